"""What an e-mail may say of a customer, and to whom it goes: its own figures on the newest day, for every door that
drafts one.
"""

from collections.abc import Collection, Mapping
from typing import Any

from uptake.customers.models import Feature, Stakeholder, TrainingResource
from uptake.insights.view import View
from uptake.pipeline.insight_view import view_for
from uptake.pipeline.scoring import NothingToScore
from uptake.team.models import Teammate

MOST_FEATURES = 3
LOW_SCORE, FELL_BY = 40.0, 5.0


def outreach_facts(teammate: Teammate, customer_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """customer_id -> facts for ``actions.email``; empty for a customer of whom nothing is known yet."""
    try:
        view = view_for(teammate)
    except NothingToScore:
        return {customer_id: {} for customer_id in customer_ids}
    return {customer_id: _facts(customer_id, view) for customer_id in customer_ids}


def _facts(customer_id: int, view: View) -> dict[str, Any]:
    place = view.place.get(customer_id)
    if place is None or customer_id not in view.seen:
        return {}
    row = view.rows[place]
    return {
        "score": row["score"],
        "band": row["band"],
        "change": row["change"],
        "as_of": view.as_of,
        "period_days": view.period.days,
        "active_users": row["active_visitors"],
        "licensed_seats": row["licensed_seats"],
        "last_active_on": row["last_active_on"],
        "features_unused": _unused(place, view),
    }


def _unused(place: int, view: View) -> list[dict[str, str]]:
    """The features most worth winning, with what the customer has from each and where to learn it."""
    features = [view.features[each] for each in view.unused_of(place)[:MOST_FEATURES]]
    keys = [feature.feature_id for feature in features]
    values = dict(Feature.objects.filter(key__in=keys).values_list("key", "value_sentence"))
    lessons = TrainingResource.objects.filter(feature__key__in=keys).order_by("-pk")
    urls = dict(lessons.values_list("feature__key", "url"))
    return [
        {
            "feature": feature.name,
            "value_sentence": values.get(feature.feature_id, ""),
            "training_url": urls.get(feature.feature_id) or "",
        }
        for feature in features
    ]


def addressees(customer_ids: Collection[int]) -> dict[int, Stakeholder]:
    """At each customer the champion, else the sponsor, else anybody with an address; nobody where none is known."""
    found: dict[int, Stakeholder] = {}
    people = Stakeholder.objects.filter(customer__in=customer_ids).exclude(email="")
    for person in people.order_by("-is_champion", "-is_sponsor", "name", "pk"):
        found.setdefault(person.customer_id, person)
    return found


def template_for(facts: Mapping[str, Any]) -> str:
    """Which e-mail fits: who slips away is won back first, and then shown what lies unused."""
    score, change = facts.get("score"), facts.get("change")
    if (score is not None and score < LOW_SCORE) or (change is not None and change <= -FELL_BY):
        return "re_engagement"
    return "feature_introduction" if facts.get("features_unused") else "check_in"
