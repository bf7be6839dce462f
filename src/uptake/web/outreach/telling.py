"""What the outreach pages say: the headline, and the facts a draft was made from."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from uptake.actions.email.models import Draft, DraftStatus
from uptake.scores.rounding import half_up
from uptake.web.tasks.telling import words
from uptake.web.templatetags.uptake import BAND_NAMES, day, score

Counts = Mapping[str, int]


def headline(counts: Counts) -> str:
    """A finding: what waits for whom."""
    review, ready = counts["review"], counts["approved"]
    if review:
        return f"{words(review, 'e-mail')} {'waits' if review == 1 else 'wait'} for somebody to read and approve"
    if ready:
        return f"{words(ready, 'e-mail')} {'is' if ready == 1 else 'are'} approved and ready"
    if counts["sent"]:
        return f"Nothing waits; {words(counts['sent'], 'e-mail').lower()} {'has' if counts['sent'] == 1 else 'have'} gone out"
    return "No e-mails yet"


def headline_of(draft: Draft) -> str:
    """What is the matter with one e-mail."""
    whom = draft.to_name or draft.to_email or "nobody yet"
    return {
        DraftStatus.DRAFT: f"An e-mail to {draft.customer}, to read and approve",
        DraftStatus.APPROVED: f"Approved: an e-mail to {whom} at {draft.customer}",
        DraftStatus.SENDING: f"This e-mail to {whom} may have been sent",
        DraftStatus.SENT: f"Sent to {whom} at {draft.customer}",
        DraftStatus.FAILED: f"This e-mail to {whom} could not be sent",
        DraftStatus.DISCARDED: f"A discarded e-mail to {draft.customer}",
    }[DraftStatus(draft.status)]


def facts_of(draft: Draft) -> list[tuple[str, str]]:
    """Label and value of what the template was filled with; what nobody knew is left out."""
    facts = draft.facts
    change, days = facts.get("change"), facts.get("period_days")
    seats = facts.get("licensed_seats")
    active = facts.get("active_users")
    known = [
        ("Adoption score", facts.get("score") is not None and score(facts["score"])),
        ("Band", BAND_NAMES.get(facts.get("band") or "", "")),
        (
            f"Change against the {days} days before" if days else "Change",
            change is not None and f"{half_up(change):+.0f} points".replace("-", "−"),
        ),
        (
            f"Active users in {days} days" if days else "Active users",
            active is not None and (f"{active} of {seats} seats" if seats else f"{active}"),
        ),
        ("Last active", facts.get("last_active_on") and day(date.fromisoformat(facts["last_active_on"]))),
        ("Signed by", facts.get("owner_name")),
        ("Written to", facts.get("stakeholder_name")),
    ]
    return [(label, str(value)) for label, value in known if value]


def as_of(draft: Draft) -> date | None:
    text: Any = draft.facts.get("as_of")
    return date.fromisoformat(text) if text else None
