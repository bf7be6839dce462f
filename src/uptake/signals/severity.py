"""How pressing an alert is: what the rule says, one level up where the renewal is near."""

from datetime import date

from uptake.signals.models import Severity
from uptake.signals.rule import Evidence, Rule

SOON = 90  # days to the renewal
LEVELS = (Severity.LOW, Severity.MEDIUM, Severity.HIGH, Severity.CRITICAL)


def severity_of(rule: Rule, found: Evidence, *, day: date, renews_on: date | None) -> str:
    """low, medium, high, critical."""
    is_soon = renews_on is not None and 0 <= (renews_on - day).days <= SOON
    return LEVELS[min(len(LEVELS) - 1, rule.level(found) + is_soon)].value
