"""What a list says, what is planned of it, and the values in the words of people and of JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db import models

from uptake.customers.models import ListChange

Of = ListChange.Of

TITLES = {
    "name": "name", "crm_id": "CRM id", "domains": "domains", "segment": "segment", "region": "region", "owner": "CSM",
    "time_zone": "time zone", "working_days": "working days", "parent": "parent", "started_on": "customer since",
    "starts_on": "start", "ends_on": "end", "renews_on": "renewal", "arr": "ARR", "currency": "currency", "plan": "plan",
    "granted": "granted", "unit": "unit", "price": "price", "email": "e-mail", "role": "role",
    "is_champion": "champion", "is_sponsor": "sponsor", "kind": "kind", "feature": "feature",
}  # fmt: skip


class What(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    ASIDE = "aside"
    WAITS = "waits"  # for an answer; what else it says is planned, so that other rows can rest on it


@dataclass(frozen=True)
class Row:
    """One row of a list. ``said``: meaning -> value, without what the row leaves empty; ``wrong``: it cannot be read."""

    table: str
    number: int
    text: str = ""
    kinds: frozenset[str] = frozenset()  # customers, contracts, entitlements, stakeholders
    said: Mapping[str, Any] = field(default_factory=dict)
    wrong: str = ""


@dataclass(frozen=True)
class Choices:
    """What the person said for rows that do not say it themselves."""

    today: date
    currency: str = ""  # of amounts without one
    starts_on: date | None = None  # of new contracts and entitlements without a first day
    makes_customers: bool = False  # also rows that say nothing of the customer but its name


class Aside(Exception):
    """The row cannot be taken; the sentence says why."""


class Waits(Exception):
    """The row lacks what one answer gives to all such rows; the sentence says what."""


@dataclass
class Edit:
    """One customer, contract, entitlement or person that a row makes or changes."""

    of: Of
    item: models.Model  # not saved yet where it is new
    is_new: bool
    values: dict[str, Any]  # field -> value; of a customer also ``domains``, the whole list
    before: dict[str, Any]  # field -> plain value
    shown_before: dict[str, str]

    def told(self) -> dict[str, Any]:
        """For the preview: each field with what it was and what it becomes."""
        said = {name: shown(value, name) for name, value in self.values.items()}
        changes = [
            {"field": TITLES.get(name, name), "old": self.shown_before.get(name, ""), "new": new}
            for name, new in said.items()
            if new != self.shown_before.get(name, "") and not (self.is_new and name == "name")  # the title says it
        ]
        return {"of": str(self.of), "title": str(self.item), "isNew": self.is_new, "changes": changes}


@dataclass
class Outcome:
    """What becomes of one row, with the reason where it is set aside."""

    row: Row
    what: What
    why: str = ""
    customer: Any = None  # Customer, saved or not
    edits: list[Edit] = field(default_factory=list)
    note: str = ""  # what it says that could not be taken, though the row is

    def told(self) -> dict[str, Any]:
        """For the preview."""
        return {
            "table": self.row.table,
            "row": self.row.number,
            "what": str(self.what),
            "why": self.why,
            "note": self.note,
            "customer": str(self.customer or self.row.said.get("customer") or self.row.said.get("crm_id") or ""),
            "edits": [edit.told() for edit in self.edits],
            "text": self.row.text[:500] if self.what == What.ASIDE else "",
        }


def plain(value: Any) -> Any:
    """As JSON keeps it, so that equal values are equal there: 1200.00 and 1200 are “1200”."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, date):
        return value.isoformat()
    return sorted(value) if isinstance(value, list | tuple | set) else value


def shown(value: Any, name: str = "") -> str:
    """As people read it; ``name``: the field's."""
    if value is None:
        return "unlimited" if name == "granted" else ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:,.2f}" if value % 1 else f"{value:,.0f}"
    return ", ".join(sorted(value)) if isinstance(value, list | tuple | set) else str(value)


def line(said: Mapping[str, Any], key: str, longest: int) -> str | None:
    """A text that the database can keep, None where the row does not say it. Raises Aside."""
    text = said.get(key)
    if text is None:
        return None
    if len(text) > longest or not text.isprintable():
        raise Aside(f"“{text[:40]}…” is longer than {longest} characters, or holds signs that are no text.")
    return str(text)
