"""Which drafts a teammate may see: none without the right to see customers' people."""

from django.db.models import QuerySet

from uptake.actions.email.models import Draft
from uptake.customers.access import access_customers, may_change
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.rights import NotAllowed, Right, may


class UnknownDraft(ProductError):
    """There is no such draft, or it is not the teammate's to see."""

    status = 404


def access_drafts(teammate: Teammate) -> "QuerySet[Draft]":
    """The drafts to the customers a teammate may see."""
    if not may(teammate, Right.SEE_PEOPLE):
        return Draft.objects.none()
    return Draft.objects.filter(customer__in=access_customers(teammate))


def access_draft(teammate: Teammate, draft_id: int) -> Draft:
    """One draft to look at. Raises UnknownDraft."""
    drafts = access_drafts(teammate).select_related("customer", "created_by", "approved_by")
    draft = drafts.filter(pk=draft_id).first()
    if draft is None:
        raise UnknownDraft(f"There is no draft {draft_id}, or it is not yours.")
    return draft


def access_own_draft(teammate: Teammate, draft_id: int) -> Draft:
    """One draft to change. Raises UnknownDraft, and NotAllowed where it may only be looked at."""
    draft = access_draft(teammate, draft_id)
    if not may_change(teammate, draft.customer):
        raise NotAllowed(f"{draft.customer} is not yours to change.")
    return draft
