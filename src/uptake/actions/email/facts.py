"""What an e-mail may say of a customer: the words a template can use, and whether they are what they must be."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from uptake.kit.errors import ProductError

UNKNOWN: Mapping[str, Any] = {
    "score": None,  # adoption score, 0 to 100
    "band": None,  # excellent, good, fair or poor
    "change": None,  # points against the period before
    "as_of": None,  # the day the figures stand for
    "period_days": 30,
    "active_users": None,
    "licensed_seats": None,
    "last_active_on": None,
    "features_unused": (),  # [{feature, value_sentence, training_url}], the most worthwhile first
    "report": None,  # what the attached report tells of: “30 days to 30 Jun 2026”; only a schedule attaches one
    "report_says": "",  # its first sentence
}
"""Every fact that the caller may give, with what it is where nobody knows."""

FROM_THE_LIST = ("customer", "owner_name", "stakeholder_name")
"""These are filled in here, from the customer."""

DAYS = ("as_of", "last_active_on")
MOST_FEATURES = 3  # more than that nobody reads


class BadFacts(ProductError):
    """The caller gave facts that no template knows."""


def known_facts(given: Mapping[str, Any], *, customer: str, owner_name: str, stakeholder_name: str) -> dict[str, Any]:
    """All facts, as plain values that can be kept as JSON (days as 2026-01-29). Raises BadFacts."""
    if odd := sorted(set(given) - set(UNKNOWN) - set(FROM_THE_LIST)):
        raise BadFacts(f"No template knows {', '.join(odd)}; the facts are {', '.join(UNKNOWN)}.")
    facts = {**UNKNOWN, **{name: value for name, value in given.items() if name in UNKNOWN}}
    facts["features_unused"] = [_feature(feature) for feature in facts["features_unused"] or ()][:MOST_FEATURES]
    for name in DAYS:
        if isinstance(facts[name], date):
            facts[name] = facts[name].isoformat()
    return {**facts, "customer": customer, "owner_name": owner_name, "stakeholder_name": stakeholder_name}


def _feature(given: str | Mapping[str, Any]) -> dict[str, str]:
    if isinstance(given, str):
        given = {"feature": given}
    return {name: str(given.get(name) or "") for name in ("feature", "value_sentence", "training_url")}
