"""Speed, measured: ``uptake import`` and ``score`` against the floor and against the script that an analyst would write.

``python -m bench --list`` names the jobs; ``bench/RESULTS.md`` is written by the program from what it measured.
Nothing here imports the product: it is run as a user runs it, by its command.
"""
