"""Adoption across the portfolio: groups, features, the spread of scores, movers; and the customers behind each figure."""
