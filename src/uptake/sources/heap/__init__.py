"""Heap: the warehouse table of all events."""

from uptake.sources.heap.parser import AllEvents
from uptake.sources.reading import Format

FORMATS: tuple[Format, ...] = (AllEvents(),)
