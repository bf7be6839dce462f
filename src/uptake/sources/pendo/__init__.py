"""Pendo: aggregated events of the API and its connectors, event breakdowns of the UI, and lists that are no usage."""

from uptake.sources.pendo.breakdown import EventBreakdown
from uptake.sources.pendo.lists import PendoLists
from uptake.sources.pendo.parser import AggregatedEvents
from uptake.sources.reading import Format

FORMATS: tuple[Format, ...] = (AggregatedEvents(), PendoLists(), EventBreakdown())
