"""Userpilot: exported events."""

from uptake.sources.reading import Format
from uptake.sources.userpilot.parser import Events

FORMATS: tuple[Format, ...] = (Events(),)
