"""The tool that drafts e-mails. Nothing goes out by it: each draft waits for somebody's approval."""

from uptake.actions.email.models import Draft
from uptake.actions.email.services import draft_email
from uptake.chat.answers import Answer, Button, Buttons, Confirm, Item, Items, Note, counted
from uptake.chat.tools.chosen import named, whom
from uptake.chat.tools.figures import about, outreach_page
from uptake.chat.tools.links import page
from uptake.chat.tools.tool import Chosen, Tool
from uptake.customers.models import Customer
from uptake.pipeline.outreach_facts import addressees, outreach_facts, template_for
from uptake.team.models import Teammate
from uptake.team.rights import Right

SHOWN = 20  # drafts in an answer; the list has them all


def _confirm(teammate: Teammate, asked: Chosen) -> Confirm:
    customers = whom(teammate, asked)
    sentence = f"Draft an e-mail to {named(customers)}: {counted(len(customers), 'draft')}. Nothing is sent before somebody approves it."
    return Confirm(sentence, "draft_outreach", {"customers": [customer.pk for customer in customers]}, "Write drafts")


def _draft(teammate: Teammate, asked: Chosen) -> Answer:
    customers = whom(teammate, asked)
    known = outreach_facts(teammate, [customer.pk for customer in customers])
    people = addressees([customer.pk for customer in customers])
    drafts = []
    for customer in customers:
        facts, to = known[customer.pk], people.get(customer.pk)
        drafts.append(
            (customer, draft_email(customer=customer, template=template_for(facts), facts=facts, to=to, by=teammate))
        )
    more = f"{len(drafts) - SHOWN:,} more" if len(drafts) > SHOWN else ""
    shown = tuple(_item(customer, draft) for customer, draft in drafts[:SHOWN])
    items = Items("Drafts", shown, "drafts", more, outreach_page() if more else "")
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
        href=page("outreach:draft", draft.pk),
    )


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
