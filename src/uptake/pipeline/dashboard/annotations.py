"""What teammates write beside a customer's growth. One transaction and one line of the audit trail each."""

from datetime import date

from django.db import transaction

from uptake.customers.access import access_own_customer
from uptake.kit.errors import ProductError
from uptake.pipeline.models import Annotation
from uptake.pipeline.published import yesterday
from uptake.team.models import Teammate
from uptake.team.services import record

LONGEST = 200


class BadAnnotation(ProductError):
    """What was written cannot be kept."""


class UnknownAnnotation(ProductError):
    """There is no such annotation at this customer."""

    status = 404


@transaction.atomic
def add_annotation(teammate: Teammate, customer_id: int, *, on: date, text: str) -> Annotation:
    """Write something on a day. Raises UnknownCustomer, NotAllowed and BadAnnotation."""
    customer = access_own_customer(teammate, customer_id)
    text = " ".join(text.split())
    if not text:
        raise BadAnnotation("Write what happened on that day.")
    if len(text) > LONGEST:
        raise BadAnnotation(f"That is {len(text)} characters; at most {LONGEST} fit beside a chart.")
    if on > yesterday():
        raise BadAnnotation(f"{on} is not over yet; the last complete day is {yesterday()}.")
    made = Annotation.objects.create(customer=customer, on=on, text=text, by=teammate)
    record(teammate, "annotated", customer, customer_id=customer.pk, annotation=made.pk, on=str(on), text=text)
    return made


@transaction.atomic
def remove_annotation(teammate: Teammate, customer_id: int, annotation_id: int) -> None:
    """Take an annotation away. Raises UnknownCustomer, NotAllowed and UnknownAnnotation."""
    customer = access_own_customer(teammate, customer_id)
    found = Annotation.objects.select_for_update().filter(pk=annotation_id, customer=customer).first()
    if found is None:
        raise UnknownAnnotation(f"{customer} has no annotation {annotation_id}.")
    record(
        teammate, "removed annotation", customer, customer_id=customer.pk, annotation=annotation_id,
        on=str(found.on), text=found.text,
    )  # fmt: skip
    found.delete()
