"""The tool that drafts e-mails. Nothing goes out by it: each draft waits for somebody's approval."""

from collections.abc import Mapping
from typing import Any

from uptake.actions.email.models import Draft
from uptake.actions.email.services import draft_email
from uptake.chat.answers import Answer, Button, Buttons, Confirm, Item, Items, Note, counted
from uptake.chat.tools.chosen import named, whom
from uptake.chat.tools.figures import MOVED, about, outreach_page, seen
from uptake.chat.tools.tool import Chosen, Tool
from uptake.customers.models import Customer, Feature, Stakeholder, TrainingResource
from uptake.insights.view import View
from uptake.pipeline.insight_view import view_for
from uptake.pipeline.portfolio import Portfolio
from uptake.pipeline.scoring import Row
from uptake.team.models import Teammate
from uptake.team.rights import Right

MOST_FEATURES = 3
LOW = 40.0
"""Below it a customer is won back before it is shown more features."""


def _confirm(teammate: Teammate, asked: Chosen) -> Confirm:
    customers = whom(teammate, asked)
    sentence = f"Draft an e-mail to {named(customers)}: {counted(len(customers), 'draft')}. Nothing is sent before somebody approves it."
    return Confirm(sentence, "draft_outreach", {"customers": [customer.pk for customer in customers]}, "Write drafts")


def _draft(teammate: Teammate, asked: Chosen) -> Answer:
    customers = whom(teammate, asked)
    board, view = seen(teammate, Chosen()), view_for(teammate)
    rows = {row["customer_id"]: row for row in board.rows}
    people = _recipients(customers)
    drafts = []
    for customer in customers:
        facts = facts_of(rows.get(customer.pk), board, view)
        to = people.get(customer.pk)
        drafts.append(
            (customer, draft_email(customer=customer, template=template_for(facts), facts=facts, to=to, by=teammate))
        )
    items = Items("Drafts", tuple(_item(customer, draft) for customer, draft in drafts), "drafts")
    nobody = [customer for customer, draft in drafts if not draft.to_email]
    notes = (
        (Note(f"No address is known at {named(nobody)}; choose the recipient in the draft.", tone="warning"),)
        if nobody
        else ()
    )
    buttons = Buttons((Button("Read and approve", href=outreach_page(), icon="send", main=True),))
    return Answer(f"{counted(len(drafts), 'draft')} for {named(customers, 3)}, not sent", (items, *notes, buttons))


def _item(customer: Customer, draft: Draft) -> Item:
    to = draft.to_name or draft.to_email
    return Item(
        about(str(customer), draft.subject),
        draft.body,
        note=f"to {to}" if to else "no recipient yet",
        href=outreach_page(),
    )


def _recipients(customers: list[Customer]) -> Mapping[int, Stakeholder]:
    """At each customer the champion, else the sponsor, else anybody with an address."""
    found: dict[int, Stakeholder] = {}
    known = Stakeholder.objects.filter(customer__in=customers).exclude(email="")
    for person in known.order_by("-is_champion", "-is_sponsor", "name"):
        found.setdefault(person.customer_id, person)
    return found


def facts_of(row: Row | None, board: Portfolio, view: View) -> dict[str, Any]:
    """The customer's own figures, as the e-mail's templates want them; what is not known is left out."""
    if row is None:
        return {}
    return {
        "score": row["score"],
        "band": row["band"],
        "change": row["change"],
        "as_of": board.as_of,
        "period_days": board.period.days,
        "active_users": row["active_visitors"],
        "licensed_seats": row["licensed_seats"],
        "last_active_on": row["last_active_on"],
        "features_unused": _unused(row["customer_id"], view),
    }


def _unused(customer_id: int, view: View) -> list[dict[str, str]]:
    place = view.place.get(customer_id)
    keys = [] if place is None else [view.features[each].feature_id for each in view.unused_of(place)[:MOST_FEATURES]]
    known = {feature.key: feature for feature in Feature.objects.filter(key__in=keys)}
    training = dict(
        TrainingResource.objects.filter(feature__key__in=keys).order_by("-pk").values_list("feature__key", "url")
    )
    return [
        {"feature": known[key].name, "value_sentence": known[key].value_sentence, "training_url": training.get(key, "")}
        for key in keys
        if key in known
    ]


def template_for(facts: Mapping[str, Any]) -> str:
    """Which e-mail fits: a customer that slips away is won back first, then shown what it leaves unused."""
    score, change = facts.get("score"), facts.get("change")
    if (score is not None and score < LOW) or (change is not None and change <= -MOVED):
        return "re_engagement"
    return "feature_introduction" if facts.get("features_unused") else "check_in"


DRAFT_OUTREACH = Tool(
    "draft_outreach",
    "Draft outreach",
    "Writes an e-mail to each customer from its own figures, for you to edit and approve.",
    Chosen,
    ("Draft an email to OldCorp", "Draft outreach to the 3 laggards"),
    _draft,
    right=Right.CHANGE_OWN,
    changes=True,
    confirm=_confirm,
)
