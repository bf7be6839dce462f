"""The layouts that are known, in the order in which a table is shown to them: the surest signature first."""

from uptake.sources.amplitude.chart import ChartCsv
from uptake.sources.amplitude.lists import AmplitudeLists
from uptake.sources.amplitude.parser import RawEvents as AmplitudeEvents
from uptake.sources.ga4.parser import BigQueryExport
from uptake.sources.generic.parser import GenericFormat
from uptake.sources.heap.parser import AllEvents
from uptake.sources.mixpanel.parser import RawEvents as MixpanelEvents
from uptake.sources.mixpanel.profiles import Profiles
from uptake.sources.mixpanel.screen import EventsPage
from uptake.sources.pendo.breakdown import EventBreakdown
from uptake.sources.pendo.lists import PendoLists
from uptake.sources.pendo.parser import AggregatedEvents
from uptake.sources.posthog.parser import BatchExport
from uptake.sources.reading import Format
from uptake.sources.segment.parser import Tracks
from uptake.sources.userpilot.parser import Events as UserpilotEvents

FORMATS: tuple[Format, ...] = (
    AmplitudeEvents(),
    AmplitudeLists(),
    AggregatedEvents(),
    BatchExport(),
    MixpanelEvents(),
    Profiles(),
    Tracks(),
    BigQueryExport(),
    AllEvents(),
    UserpilotEvents(),
    PendoLists(),
    EventBreakdown(),
    EventsPage(),
    ChartCsv(),
)

GENERIC = GenericFormat()  # any other table, by its headers and values
