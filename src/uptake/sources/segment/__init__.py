"""Segment and RudderStack: the warehouse table ``tracks`` and the tables of single events."""

from uptake.sources.reading import Format
from uptake.sources.segment.parser import Tracks

FORMATS: tuple[Format, ...] = (Tracks(),)
