"""PostHog: batch exports of events."""

from uptake.sources.posthog.parser import BatchExport
from uptake.sources.reading import Format

FORMATS: tuple[Format, ...] = (BatchExport(),)
