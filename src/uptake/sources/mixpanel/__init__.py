"""Mixpanel: raw events in each of their layouts, the Events page's export, and profiles, which are no usage."""

from uptake.sources.mixpanel.parser import RawEvents
from uptake.sources.mixpanel.profiles import Profiles
from uptake.sources.mixpanel.screen import EventsPage
from uptake.sources.reading import Format

FORMATS: tuple[Format, ...] = (RawEvents(), Profiles(), EventsPage())
