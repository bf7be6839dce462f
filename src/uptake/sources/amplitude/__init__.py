"""Amplitude: raw events, charts as CSV, and lists that are no usage."""

from uptake.sources.amplitude.chart import ChartCsv
from uptake.sources.amplitude.lists import AmplitudeLists
from uptake.sources.amplitude.parser import RawEvents
from uptake.sources.reading import Format

FORMATS: tuple[Format, ...] = (RawEvents(), AmplitudeLists(), ChartCsv())
