"""The same people and browsers as the portfolio's tests."""

from uptake.web.portfolio.tests.conftest import ann, ben, cem, lea, people, usage, vic, workspace

__all__ = ["ann", "ben", "cem", "lea", "people", "usage", "vic", "workspace"]
