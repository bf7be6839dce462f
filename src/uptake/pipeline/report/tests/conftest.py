"""Dorado, whose numbers the dashboard's tests work out by hand."""

from uptake.pipeline.dashboard.tests.conftest import dorado, people, usage, workspace

__all__ = ["dorado", "people", "usage", "workspace"]
