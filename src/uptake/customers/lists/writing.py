"""A plan written, and noted value by value so that it can be taken back. The caller holds the transaction and the lock."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from uptake.customers.lists.planning import Plan
from uptake.customers.lists.rows import Edit, Of, Row, plain
from uptake.customers.models import (
    Contract,
    Customer,
    CustomerDomain,
    Entitlement,
    ListChange,
    Stakeholder,
)
from uptake.customers.names import name_key
from uptake.team.models import Teammate
from uptake.team.services import record_all

AT_ONCE = 2_000
MODELS: dict[str, type[models.Model]] = {
    Of.CUSTOMER: Customer,
    Of.CONTRACT: Contract,
    Of.ENTITLEMENT: Entitlement,
    Of.STAKEHOLDER: Stakeholder,
}
NO_FIELDS = {"domains"}  # values that are rows of their own


def write(plan: Plan, *, import_id: int, by: Teammate | None) -> None:
    """Make and change what the plan says, with an audit record for each customer and a note of each value."""
    of: dict[str, list[tuple[Row, Edit]]] = defaultdict(list)
    for row, edit in plan.edits:
        of[edit.of].append((row, edit))
    customers = [edit for _, edit in of[Of.CUSTOMER]]
    _make_customers([edit for edit in customers if edit.is_new])
    _change(Customer, [edit for edit in customers if not edit.is_new])
    _add_domains(customers)
    for kind in (Of.CONTRACT, Of.ENTITLEMENT, Of.STAKEHOLDER):
        edits = [edit for _, edit in of[kind]]
        MODELS[kind]._base_manager.bulk_create([edit.item for edit in edits if edit.is_new], batch_size=AT_ONCE)
        _change(MODELS[kind], [edit for edit in edits if not edit.is_new])
    ListChange.objects.bulk_create((_note(row, edit, import_id) for row, edit in plan.edits), batch_size=AT_ONCE)
    _record(plan, import_id, by)


def _make_customers(edits: Sequence[Edit]) -> None:
    """First without parents: a parent may be one of them."""
    made: list[Any] = [edit.item for edit in edits]
    for customer in made:
        customer.parent = None
    Customer.objects.bulk_create(made, batch_size=AT_ONCE)
    children = [edit for edit in edits if "parent" in edit.values]
    for edit in children:
        edit.item.parent = edit.values["parent"]  # type: ignore[attr-defined]
    Customer.objects.bulk_update([edit.item for edit in children], ["parent"], batch_size=500)  # type: ignore[misc]


def _change(model: type[models.Model], edits: Sequence[Edit]) -> None:
    changed: set[str] = set()
    for edit in edits:
        if edit.of == Of.CUSTOMER:
            _mark_edited(edit)
        for name, value in edit.values.items():
            if name not in NO_FIELDS:
                setattr(edit.item, name, value)
                changed.add(name)
    items = {edit.item.pk: edit.item for edit in edits}
    if changed:
        model._base_manager.bulk_update(items.values(), sorted(changed), batch_size=500)


def _mark_edited(edit: Edit) -> None:
    """A name's key goes with it; and no undo of a usage import takes away what a list speaks of."""
    customer: Any = edit.item
    if "name" in edit.values:
        edit.before["slug"], edit.values["slug"] = customer.slug, name_key(edit.values["name"])
    if not customer.is_edited:
        edit.before["is_edited"], edit.values["is_edited"] = False, True


def _add_domains(edits: Iterable[Edit]) -> None:
    rows = [
        CustomerDomain(customer=edit.item, domain=domain)  # type: ignore[misc]
        for edit in edits
        for domain in edit.values.get("domains", ())
        if domain not in edit.before.get("domains", ())
    ]
    CustomerDomain.objects.bulk_create(rows, batch_size=AT_ONCE)


def _note(row: Row, edit: Edit, import_id: int) -> ListChange:
    after = {name: plain(value) for name, value in edit.values.items()}
    return ListChange(
        import_id=import_id,
        row=row.number,
        of=edit.of,
        object_id=edit.item.pk,
        is_new=edit.is_new,
        before=edit.before,
        after=after,
    )


def _record(plan: Plan, import_id: int, by: Teammate | None) -> None:
    """One record for each customer: what was made of it, and each value that was changed."""
    told: dict[Customer, dict[str, str]] = defaultdict(dict)
    made: set[Customer] = set()
    for outcome in plan.outcomes:
        for edit in outcome.edits:
            if edit.of == Of.CUSTOMER and edit.is_new:
                made.add(outcome.customer)
            begin = "" if edit.of == Of.CUSTOMER else f"{edit.of} {edit.item}: "
            for change in edit.told()["changes"]:
                told[outcome.customer][f"{begin}{change['field']}"] = change["new"]
            told[outcome.customer].setdefault(f"{begin}row", str(outcome.row.number))
    for verb, those in (("created", made), ("changed", told.keys() - made)):
        record_all(
            by,
            verb,
            [
                (each, each.pk, {"import": import_id, "changes": told[each]})
                for each in sorted(those, key=lambda each: each.pk)
            ],
        )
