"""One customer's adoption dashboard as data: numbers, the lists behind them, and one user's way into the product."""

from uptake.pipeline.dashboard.annotations import add_annotation, remove_annotation
from uptake.pipeline.dashboard.journey import journey
from uptake.pipeline.dashboard.lists import behind
from uptake.pipeline.dashboard.making import dashboard

__all__ = ["add_annotation", "behind", "dashboard", "journey", "remove_annotation"]
