"""The demo portfolio: invented customers whose use tells a story, the same from every seed.

plan.make_plan -> load.load_customers (rows of the customers room) and exports.write_events (files to import)
"""
