"""What is known of customers besides their use: owner, region, contract, rating, and health as last updated."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Max, Q
from django.utils import timezone

from uptake.customers.models import Contract, Customer
from uptake.customers.tables import customers_table
from uptake.pipeline.models import HealthScore
from uptake.pipeline.state import ByState, state

About = Mapping[str, Any]
"""owner_id, owner, segment, region, plan, arr, currency, renews_on, csm_rating, health, health_band, health_on."""


def about_customers(*, on: date | None = None) -> Mapping[int, About]:
    """Every customer in the portfolio, by number.

    ``on``: ARR, plan and renewal are those of the contracts that ran on that day, and health is as it stood then; by
    default today. Owner, segment, region and rating are as they are now.
    """
    return _KNOWN.get(on, lambda: _about(on))


_KNOWN: ByState[Mapping[int, About]] = ByState(state, size=4)


def _about(on: date | None) -> dict[int, About]:
    day = on or timezone.localdate()
    revenue = customers_table(on=day).select(["customer_id", "arr", "currency"]).to_pylist()
    money = {row["customer_id"]: (row["arr"], row["currency"]) for row in revenue}
    contracts = _contracts(day)
    health = newest_health(on=on)
    found: dict[int, About] = {}
    rows = (
        Customer.objects.filter(is_archived=False)
        .order_by("pk")
        .values_list(
            "pk", "segment", "region", "csm_rating", "owner_id", "owner__first_name", "owner__last_name", "owner__email"
        )
    )
    for pk, segment, region, rating, owner_id, first, last, email in rows:
        arr, currency = money[pk]
        plan, renews_on = contracts.get(pk, ("", None))
        score, band, on = health.get(pk, (None, None, None))
        found[pk] = {
            "segment": segment or None,
            "region": region or None,
            "owner_id": owner_id,
            "owner": None if owner_id is None else f"{first} {last}".strip() or email,
            "plan": plan or None,
            "arr": arr,
            "currency": currency,
            "renews_on": renews_on,
            "csm_rating": rating,
            "health": score,
            "health_band": band,
            "health_on": on,
        }
    return found


def _contracts(day: date) -> dict[int, tuple[str, date | None]]:
    """Plan and next renewal of the contracts that ran on the day; of several plans the latest one's."""
    running = Contract.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)
    found: dict[int, tuple[str, date | None]] = {}
    rows = running.order_by("starts_on", "pk").values_list("customer_id", "plan", "renews_on")
    for customer_id, plan, renews_on in rows:
        earlier_plan, earlier = found.get(customer_id, ("", None))
        renewals = [day for day in (earlier, renews_on) if day is not None]
        found[customer_id] = (plan or earlier_plan, min(renewals, default=None))
    return found


def newest_health(*, on: date | None = None) -> dict[int, tuple[float | None, str | None, date]]:
    """customer_id -> score, band and day of the health last told; ``on``: not counting what is of later days."""
    known = HealthScore.objects.all() if on is None else HealthScore.objects.filter(as_of__lte=on)
    newest = known.order_by().values("customer_id").annotate(newest=Max("pk")).values("newest")
    rows = HealthScore.objects.filter(pk__in=newest).order_by().values_list("customer_id", "score", "band", "as_of")
    return {customer_id: (score, band or None, as_of) for customer_id, score, band, as_of in rows}
