"""Adoption across the portfolio, for who leads a team: groups of customers, features, the spread of scores, movers.

Every number knows its cell, and ``behind`` gives exactly the customers of a cell (docs/definitions.md, section 7).
"""

from uptake.pipeline.leader.behind import behind
from uptake.pipeline.leader.view import Asked, get_ready, leader_view

__all__ = ["Asked", "behind", "get_ready", "leader_view"]
