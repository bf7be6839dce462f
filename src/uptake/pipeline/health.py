"""What is done about health: weights tried out and published, scores updated with the cause, customers rated."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from uptake.customers.access import access_customer, access_customers, access_own_customer, may_change
from uptake.customers.models import Customer, CustomerListLock
from uptake.kit.errors import ProductError
from uptake.pipeline.health_scoring import current_model, health_rows
from uptake.pipeline.models import HealthModel, HealthScore
from uptake.pipeline.scoring import Row
from uptake.pipeline.what_if import WhatIf, what_if
from uptake.scores.model import ScoreModel
from uptake.scores.models import weights_of
from uptake.team.models import Teammate
from uptake.team.rights import NotAllowed, Right, require
from uptake.team.services import record, record_all

__all__ = [
    "HealthChange",
    "WhatIf",
    "access_health_history",
    "current_model",
    "health_rows",
    "publish_weights",
    "rate_customer",
    "update_health",
    "what_if",
]

FEW = 500
SAME = 1e-6  # points; a smaller difference is that of floats


@transaction.atomic
def publish_weights(weights: Mapping[str, float], *, by: Teammate | None) -> HealthModel:
    """Weigh health so from now on, as a new version; parts not named keep their weight. Told scores keep theirs.

    Raises NotAllowed and BadWeights. The weights that hold already are not published again.
    """
    if by is not None:
        require(by, Right.SET_WEIGHTS)
    current = HealthModel.objects.select_for_update().filter(is_current=True).first()
    before = current_model()
    model = before.with_weights(weights)
    if current is not None and model.version == before.version:
        return current
    HealthModel.objects.filter(is_current=True).update(is_current=False)
    published = HealthModel.objects.create(version=model.version, weights=weights_of(model), published_by=by)
    record(by, "published health weights", published, before=weights_of(before), after=weights_of(model))
    return published


@dataclass(frozen=True)
class HealthChange:
    """What an update did to one customer's health; None: no score."""

    customer_id: int
    customer: str
    before: float | None
    after: float | None
    band_before: str | None
    band_after: str | None
    why: str  # one sentence


def update_health(customer_ids: Collection[int] | None, *, by: Teammate | None, cause: str = "") -> list[HealthChange]:
    """Tell the health of these customers anew, or of all that the teammate may change; returns what changed.

    Each change is kept in the customer's history with ``cause`` (what made somebody update it) and the part that moved
    most. Doing it again changes nothing. Raises UnknownCustomer and NotAllowed, and nothing is changed then.
    """
    theirs = _to_update(customer_ids, by)
    model = current_model()
    rows = [row for row in health_rows(model=model) if row["customer_id"] in theirs]
    with transaction.atomic():
        CustomerListLock.take()  # one update after the other: the second finds nothing left to change
        before = _newest(theirs)
        fresh = [row for row in rows if _differs(row, before.get(row["customer_id"]))]
        changes = [_change(row, before.get(row["customer_id"]), model) for row in fresh]
        HealthScore.objects.bulk_create(
            (_kept(row, change, model, cause, by) for row, change in zip(fresh, changes, strict=True)), batch_size=500
        )
        told = [(theirs[change.customer_id], change.customer_id, _told(change, cause)) for change in changes]
        record_all(by, "updated health of", told)
    return changes


def _told(change: HealthChange, cause: str) -> dict[str, object]:
    return {"before": change.before, "after": change.after, "why": change.why, "cause": cause}


def _to_update(customer_ids: Collection[int] | None, by: Teammate | None) -> dict[int, Customer]:
    if by is not None:
        require(by, Right.CHANGE_OWN)
    seen = Customer.objects.all() if by is None else access_customers(by)
    known = {customer.pk: customer for customer in seen.only("pk", "name", "owner_id")}
    if customer_ids is None:
        return {pk: customer for pk, customer in known.items() if by is None or may_change(by, customer)}
    for customer_id in customer_ids:
        if by is not None and (customer_id not in known or not may_change(by, known[customer_id])):
            access_own_customer(by, customer_id)  # raises, and says why
    return {customer_id: known[customer_id] for customer_id in customer_ids if customer_id in known}


def _newest(customer_ids: Collection[int]) -> dict[int, HealthScore]:
    told = HealthScore.objects.all()
    if len(customer_ids) <= FEW:  # one customer's page asks for one; more are sooner read than named
        told = told.filter(customer_id__in=customer_ids)
    newest = told.order_by().values("customer_id").annotate(newest=Max("pk")).values("newest")
    found = HealthScore.objects.filter(pk__in=newest)
    return {each.customer_id: each for each in found if each.customer_id in customer_ids}


def _differs(row: Row, before: HealthScore | None) -> bool:
    known = None if before is None else before.score
    if row["score"] is None or known is None:
        return bool((row["score"] is None) != (known is None))
    return bool(abs(row["score"] - known) > SAME)


def _change(row: Row, before: HealthScore | None, model: ScoreModel) -> HealthChange:
    from uptake.scores.health_words import why_changed

    known = None if before is None else {"score": before.score, "version": before.version, "parts": before.parts}
    return HealthChange(
        customer_id=row["customer_id"],
        customer=row["customer"],
        before=None if before is None else before.score,
        after=row["score"],
        band_before=None if before is None else before.band or None,
        band_after=row["band"],
        why=why_changed(row, known, model),
    )


def _kept(row: Row, change: HealthChange, model: ScoreModel, cause: str, by: Teammate | None) -> HealthScore:
    from uptake.scores.explain import parts

    return HealthScore(
        customer_id=row["customer_id"],
        as_of=row["as_of"],
        score=row["score"],
        band=row["band"] or "",
        present=row["present"] or 0.0,
        parts=[asdict(part) for part in parts(row, model)],
        version=model.version,
        cause=cause[:500],
        why=change.why[:500],
        updated_by=by,
    )


def access_health_history(teammate: Teammate, customer_id: int) -> "QuerySet[HealthScore]":
    """What a customer's health was told to be, newest last. Raises UnknownCustomer."""
    customer = access_customer(teammate, customer_id)
    return HealthScore.objects.filter(customer=customer).select_related("updated_by").order_by("pk")


@transaction.atomic
def rate_customer(customer: Customer, rating: int | None, *, by: Teammate | None) -> Customer:
    """Note how the CSM sees the customer, 0 to 100; None takes it back. Health takes it up with its next update.

    Raises NotAllowed, and ProductError for a rating that cannot be.
    """
    if by is not None and not may_change(by, customer):
        raise NotAllowed(f"{customer} is not yours to change.")
    if rating is not None and (isinstance(rating, bool) or not 0 <= rating <= 100):
        raise ProductError(f"The rating of {customer} is {rating}; it must be a whole number from 0 to 100.")
    current = Customer.objects.select_for_update().get(pk=customer.pk)
    before = current.csm_rating
    current.csm_rating = rating
    current.csm_rated_on = None if rating is None else timezone.localdate()
    current.is_edited = True
    current.save(update_fields=["csm_rating", "csm_rated_on", "is_edited"])
    record(by, "rated", current, customer_id=current.pk, before=before, after=rating)
    return current
