"""A table becomes a chart's specification."""
