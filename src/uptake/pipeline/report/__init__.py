"""One customer's adoption as a PDF: for the team, or for the customer."""

from uptake.pipeline.report.making import Report, report, whoever_runs_it

__all__ = ["Report", "report", "whoever_runs_it"]
