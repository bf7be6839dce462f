"""Small views by hand: a customer, its features, its people, each with figures that a test can count."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import NamedTuple

from uptake.insights.matrix import Matrix
from uptake.insights.view import Champion, Presence, View
from uptake.kit.days import Period

DAY = date(2026, 6, 30)


class Cell(NamedTuple):
    users: int | None
    uses: int | None
    reach: float | None
    is_available: bool
    is_adopted: bool | None


def cell(reach, *, uses=None, available=True):
    """A feature that reached so much of the customer's active users; None: nobody was active."""
    uses = (0 if not reach else 10) if uses is None else uses
    return Cell(None, uses, reach, available, None if reach is None else reach >= 0.1)


def feature(name, importance=50):
    return SimpleNamespace(feature_id=name.lower(), name=name, importance=importance)


def row(customer_id, name=None, **figures):
    """A customer in the middle of everything, old enough, with trend; what a test is about it says itself."""
    return {
        "customer_id": customer_id,
        "customer": name or f"Customer {customer_id}",
        "segment": None,
        "score": 70.0,
        "previous_score": 70.0,
        "change": 0.0,
        "arr": None,
        "currency": None,
        "renews_on": None,
        "history_days": 400,
        "breadth": 0.8,
        "features_used": 8,
        "features_available": 10,
        "is_entitled": False,
        "depth": 12.0,
        "stickiness": 0.3,
        "quiet_days": 0,
        "last_active_on": DAY,
        "active_visitors": 8,
        "active_share": 0.8,
        "licensed_seats": 10,
        "seats_or_known": 10,
        "breadth_value": 80.0,
        "depth_value": 60.0,
        "recency_value": 100.0,
        "stickiness_value": 60.0,
        **figures,
    }


def view(rows, *, features=(), cells=None, seen=None, **more):
    ids = [each["customer_id"] for each in rows]
    return View(
        as_of=DAY,
        period=Period(30),
        rows=rows,
        features=features,
        matrix=Matrix.of_cells(ids, [each.feature_id for each in features], cells or {}),
        seen=frozenset(ids if seen is None else seen),
        **more,
    )


def presence(known=10, quiet=0, uses=0, top=0, active=5):
    return Presence(known_users=known, quiet_users=quiet, uses=uses, top_uses=top, active_users=active)


def champion(customer_id, days_quiet, name="Ada Abel", role="CIO"):
    return Champion(customer_id, name, role, DAY - timedelta(days=days_quiet))
