"""What is known of a customer besides its score: contract, people, health as told, tasks and drafts."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from django.utils import timezone

from uptake.actions.email.access import access_drafts
from uptake.actions.email.models import DraftStatus
from uptake.actions.task.access import access_tasks, hide_people
from uptake.customers.access import access_customers
from uptake.customers.models import Customer
from uptake.pipeline.facts_about import about_customers
from uptake.pipeline.health import access_health_history
from uptake.pipeline.models import HealthScore
from uptake.pipeline.published import published
from uptake.pipeline.stakeholders import StakeholderUse, stakeholder_use
from uptake.scores.rounding import shown_parts
from uptake.team.models import Teammate
from uptake.team.rights import Right, may

MOST = 8  # tasks and drafts on the page; the rest stands on theirs
MOST_CHANGES = 12


def known_of(teammate: Teammate, customer: Customer) -> dict[str, Any]:
    """People by name only for who may see them; tasks and drafts by the rights of their rooms."""
    tasks = access_tasks(teammate).filter(customer=customer).open().select_related("customer")
    sees_people = may(teammate, Right.SEE_PEOPLE)
    drafts = access_drafts(teammate).filter(customer=customer).exclude(status=DraftStatus.DISCARDED)
    history = list(access_health_history(teammate, customer.pk))
    return {
        "contracts": customer.contracts.all(),
        "today": timezone.localdate(),
        "stakeholders": customer.stakeholders.all() if sees_people else (),
        "stakeholder_count": customer.stakeholders.count(),
        "tasks": hide_people(list(tasks.most_urgent_first()[:MOST]), teammate),
        "task_count": tasks.count(),
        "drafts": drafts[:MOST] if sees_people else (),
        "draft_count": drafts.count(),
        "health": history[-1] if history else None,
        "health_parts": _parts(history[-1]) if history else (),
        **_family(teammate, customer),
        "health_changes": changes(history)[:MOST_CHANGES],
    }


def people_of(teammate: Teammate, customer: Customer, day: date) -> dict[str, Any]:
    """How much each stakeholder was there, for who may see people; champions first."""
    if not may(teammate, Right.SEE_PEOPLE):
        return {}
    use = stakeholder_use(published(), day)
    people = customer.stakeholders.order_by("-is_champion", "-is_sponsor", "name", "pk")
    return {
        "people_use": [{"person": each, "use": use.get(each.pk), "trend": _trend(use.get(each.pk))} for each in people]
    }


def _trend(use: StakeholderUse | None) -> str:
    """“before: 8”: days are compared as they are, for one person has too few for a percentage."""
    if use is None or use.active_days_before is None:
        return ""
    return f"before: {use.active_days_before}"


def _family(teammate: Teammate, customer: Customer) -> dict[str, Any]:
    """The parent and the children that the teammate may see, each with its own figures: nothing is added up."""
    seen = access_customers(teammate)
    children = list(seen.filter(parent=customer, is_archived=False))
    known = about_customers() if children else {}
    return {
        "parent": seen.filter(pk=customer.parent_id).first() if customer.parent_id else None,
        "children": [(child, known.get(child.pk, {})) for child in children],
    }


def changes(history: Sequence[HealthScore]) -> list[dict[str, Any]]:
    """Each telling with what it was before, the newest first."""
    return [
        {"told": now, "before": before.score if before else None, "first": before is None}
        for before, now in pairwise([None, *history])
        if now is not None
    ][::-1]


def _parts(told: HealthScore) -> list[dict[str, Any]]:
    """The parts as they were kept, with points that add up to the total shown."""
    points = shown_parts([part["points"] or 0.0 for part in told.parts], told.score or 0.0)
    return [
        {**part, "adds": f"{gained:.1f}" if part["points"] is not None else "–",
         "of_one": None if part["value"] is None else part["value"] / 100}
        for part, gained in zip(told.parts, points, strict=True)
    ]  # fmt: skip
