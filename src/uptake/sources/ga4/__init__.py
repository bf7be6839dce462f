"""Google Analytics 4: rows of the BigQuery export."""

from uptake.sources.ga4.parser import BigQueryExport
from uptake.sources.reading import Format

FORMATS: tuple[Format, ...] = (BigQueryExport(),)
