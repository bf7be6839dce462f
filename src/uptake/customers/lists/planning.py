"""What each row of a list would do. Nothing is written here; the same rows and the same customers give the same plan.

1. Each row finds its customer, or makes one, and its parts are compared with what is there.
2. Parents are looked up when all customers are known, also those that the list makes.
3. A row that is set aside takes along the rows that rest on the customer it would have made.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from uptake.customers.lists import parts
from uptake.customers.lists.family import settle_parents
from uptake.customers.lists.known import Known
from uptake.customers.lists.rows import Aside, Choices, Edit, Of, Outcome, Row, Waits, What, plain
from uptake.customers.models import Customer
from uptake.customers.names import name_key

OF_CUSTOMER = ("crm_id", "segment", "region", "time_zone", "working_days", "owner", "started_on", "domain", "parent")


@dataclass(frozen=True)
class Plan:
    """What becomes of every row, in the rows' order."""

    outcomes: tuple[Outcome, ...]
    segments: frozenset[str] = frozenset()  # that there were before

    @property
    def counts(self) -> dict[str, int]:
        """Rows by what becomes of them; together they are all rows."""
        found = Counter(outcome.what for outcome in self.outcomes)
        return {str(what): found[what] for what in What}

    @property
    def made(self) -> dict[str, int]:
        """Customers, contracts … that are made."""
        return dict(Counter(str(edit.of) for outcome in self.outcomes for edit in outcome.edits if edit.is_new))

    @property
    def new_segments(self) -> list[str]:
        """Segments that no customer has yet: a slip of the pen makes one too."""
        said = {edit.values["segment"] for _, edit in self.edits if "segment" in edit.values}
        return sorted(said - self.segments - {""})

    @property
    def ownerless(self) -> int:
        """Rows whose CSM is unknown."""
        return sum(bool(outcome.note) for outcome in self.outcomes if outcome.what != What.ASIDE)

    @property
    def reasons(self) -> list[dict[str, Any]]:
        """Why rows are set aside, without the values that differ from row to row; the most frequent first."""
        found = Counter(_kind_of(outcome.why) for outcome in self.outcomes if outcome.what == What.ASIDE)
        return [{"reason": why, "rows": rows} for why, rows in found.most_common()]

    @property
    def edits(self) -> list[tuple[Row, Edit]]:
        return [(outcome.row, edit) for outcome in self.outcomes for edit in outcome.edits]

    @property
    def digest(self) -> str:
        """Names what would be done: another one where somebody changed a customer meanwhile."""
        told = [
            (each.row.table, each.row.number, each.what, each.why, [_told(edit) for edit in each.edits])
            for each in self.outcomes
        ]
        return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()


def _made(make: Callable[[], list[Edit]], lacks: list[str]) -> list[Edit]:
    """The part's edits; none where it waits for an answer, which is noted."""
    try:
        return make()
    except Waits as why:
        lacks.append(str(why))
        return []


def _told(edit: Edit) -> Any:
    values = {name: str(value) if name == "parent" else plain(value) for name, value in edit.values.items()}
    return (
        edit.of,
        edit.is_new,
        None if edit.is_new else edit.item.pk,
        sorted(values.items()),
        sorted(edit.before.items()),
    )


def _kind_of(why: str) -> str:
    """“Start: “x” is no date” and “Start: “y” is no date” are one reason."""
    quoted = why.split("“")
    bare = quoted[0] + "…".join(part.partition("”")[2] for part in quoted[1:]) if len(quoted) > 1 else why
    return bare.partition("; the nearest")[0].replace("  ", " ").strip(" :,;") or why


def plan(rows: Iterable[Row], choices: Choices) -> Plan:
    """What the rows would do now."""
    return _Planner(choices).plan(list(rows))


class _Planner:
    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self._known = Known()
        self._seen: dict[Any, tuple[Row, Mapping[str, Any]]] = {}
        self._changed: dict[Any, Row] = {}

    def plan(self, rows: Sequence[Row]) -> Plan:
        # Rows that make customers come first: in a workbook the sheet of contracts may stand before that of customers.
        rows = [replace(row, said=self._known.spelt(row.said)) for row in rows]
        order = sorted(range(len(rows)), key=lambda place: "customers" not in rows[place].kinds)
        outcomes = {place: self._outcome(rows[place]) for place in order}
        found = [outcomes[place] for place in range(len(rows))]
        settle_parents(found, self._known)
        return Plan(tuple(found), self._known.segments)

    def _outcome(self, row: Row) -> Outcome:
        if row.wrong:
            return Outcome(row, What.ASIDE, row.wrong)
        try:
            return self._taken(row)
        except Aside as why:
            return Outcome(row, What.ASIDE, str(why))

    def _taken(self, row: Row) -> Outcome:
        customer, is_new = self._customer(row)
        edits: list[Edit] = []
        seen: dict[Any, tuple[Row, Mapping[str, Any]]] = {}
        is_about_it = "customers" in row.kinds or is_new
        if is_about_it and self._is_first(row, ("customer", id(customer)), OF_CUSTOMER, seen):
            edits += self._of_customer(row, customer, is_new)
        lacks: list[str] = []
        for of, keys, make in self._parts(row, customer):
            if self._is_first(row, of, keys, seen):
                edits += _made(make, lacks)
        if not seen:
            raise Aside(self._said_already(row, customer))
        self._refuse_changed_twice(row, edits)
        self._seen |= seen
        if is_new:
            self._known.add(customer)
        for domain in next((edit.values["domains"] for edit in edits if "domains" in edit.values), ()):
            self._known.by_domain[domain] = customer
        for edit in edits:
            if edit.of == Of.CUSTOMER and "name" in edit.values:
                self._known.by_slug[name_key(edit.values["name"])] = customer
        what = What.NEW if any(edit.is_new for edit in edits) else What.CHANGED if edits else What.SAME
        what = What.WAITS if lacks else what
        return Outcome(
            row,
            what,
            "; ".join(lacks),
            customer=customer,
            edits=edits,
            note=self._without_owner(row) if is_about_it else "",
        )

    def _without_owner(self, row: Row) -> str:
        """A CSM who has not been invited yet is no reason to leave the customer out."""
        address = row.said.get("owner")
        if not address or self._known.owner(address) is not None:
            return ""
        return f"nobody who can look after a customer has the address “{address[:100]}”: no CSM is taken from this row"

    def _refuse_changed_twice(self, row: Row, edits: Sequence[Edit]) -> None:
        """One row names a contract by its first day, another as the one that runs: which one is right? Raises Aside."""
        changed = {(edit.of, edit.item.pk): edit for edit in edits if not edit.is_new}
        for key, edit in changed.items():
            if key in self._changed:
                raise Aside(f"row {self._changed[key].number} changes the same {edit.of} already")
        self._changed |= dict.fromkeys(changed, row)

    def _customer(self, row: Row) -> tuple[Customer, bool]:
        """Whose row it is, and whether the row makes that customer. Raises Aside."""
        said, known = row.said, self._known
        crm_id, name = said.get("crm_id"), said.get("customer")
        by_crm = known.by_crm_id.get(crm_id) if crm_id else None
        by_name = known.find(name) if name else None
        if by_crm and by_name and by_crm is not by_name:
            raise Aside(f"the CRM id is that of “{by_crm}”, the name that of “{by_name}”")
        if found := by_crm or by_name:
            return found, False
        if name is None:
            raise Aside(f"no customer has the CRM id “{str(crm_id)[:60]}”" if crm_id else "it names no customer")
        if "customers" not in row.kinds and not self._choices.makes_customers:
            raise Aside(f"there is no customer “{name[:80]}”{known.nearest(name)}")
        called = parts.named(said)
        return Customer(name=called, slug=name_key(called), is_edited=True), True

    def _of_customer(self, row: Row, customer: Customer, is_new: bool) -> list[Edit]:
        values = parts.customer_values(row.said, self._known, None if is_new else customer)
        if is_new:
            values["name"] = customer.name
        elif values.get("crm_id") and customer.crm_id == values["crm_id"] and "customer" in row.said:
            called = parts.named(row.said)  # found by its CRM id: the list may call it by another name now
            if name_key(called) != customer.slug and self._known.find(called) is None:
                values["name"] = called
        old = {"domains": self._known.domains[customer.pk] if customer.pk else []}
        return parts.edit(Of.CUSTOMER, customer, values, is_new=is_new, old=old)

    def _parts(self, row: Row, customer: Customer) -> list[tuple[Any, tuple[str, ...], Any]]:
        """What else the row is about: its key in this list, the meanings it has, and how its edits are made."""
        said, known, choices = row.said, self._known, self._choices
        found: list[tuple[Any, tuple[str, ...], Any]] = []
        starts = said.get("starts_on")
        keys: tuple[str, ...]
        if "contracts" in row.kinds and said.keys() & {"arr", "renews_on", "plan", "ends_on", "starts_on"}:
            keys = ("arr", "currency", "plan", "starts_on", "ends_on", "renews_on")
            of = ("contract", id(customer), starts, said.get("plan") if starts else None)
            found.append((of, keys, lambda: parts.contract(said, customer, known, choices)))
        if "entitlements" in row.kinds and said.keys() & {"entitlement", "seats"}:
            keys = ("entitlement", "seats", "granted", "unit", "price", "starts_on", "ends_on")
            of = ("entitlement", id(customer), name_key(said.get("entitlement", "seats")), starts)
            found.append((of, keys, lambda: parts.entitlements(said, customer, known, choices)))
        people = {"person", "first_name", "last_name", "email"}
        if "stakeholders" in row.kinds and said.keys() & people:
            keys = (*sorted(people), "role", "champion", "sponsor")
            who = (said.get("email") or " ".join(str(said[key]) for key in sorted(people) if key in said)).casefold()
            found.append((("person", id(customer), who), keys, lambda: parts.person(said, customer, known)))
        return found

    def _is_first(
        self, row: Row, of: Any, keys: tuple[str, ...], seen: dict[Any, tuple[Row, Mapping[str, Any]]]
    ) -> bool:
        """Whether no earlier row is about the very thing. Raises Aside where one says something else of it."""
        mine = {key: row.said[key] for key in keys if key in row.said}
        earlier = self._seen.get(of)
        if earlier is None:
            seen[of] = (row, mine)
            return True
        other, theirs = earlier
        if differ := [key for key in mine if theirs.get(key) != mine[key]]:
            raise Aside(f"row {other.number} names the same {of[0]} with another {differ[0].replace('_', ' ')}")
        return False

    def _said_already(self, row: Row, customer: Customer) -> str:
        earlier = [other.number for of, (other, _) in self._seen.items() if of[1] == id(customer)]
        return (
            f"row {earlier[0]} names “{customer}” already and says the same"
            if earlier
            else "it says nothing of the customer"
        )
