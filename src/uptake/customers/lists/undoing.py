"""An import of a list taken back: each value becomes what it was, where nobody changed it since."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from uptake.customers.attribution import nothing_refers_to
from uptake.customers.lists.rows import TITLES, Of, plain
from uptake.customers.lists.writing import MODELS, NO_FIELDS
from uptake.customers.models import Customer, CustomerDomain, ListChange
from uptake.customers.names import name_key
from uptake.team.models import AuditRecord, Teammate
from uptake.team.services import record_all

AT_ONCE = 500
SILENT = {"slug", "is_edited"}  # follow from other values


@dataclass
class Undone:
    """What came of the undo. ``stays``: a sentence for each thing that somebody changed since, or that is still needed."""

    restored: int = 0  # values
    removed: dict[str, int] = field(default_factory=dict)  # customer, contract, entitlement, stakeholder -> how many
    stays: list[str] = field(default_factory=list)


def take_back(import_id: int, *, by: Teammate | None) -> Undone:
    """People, grants and contracts first, customers last: what rests on them goes before them.

    The caller holds the transaction and the lock.
    """
    taking = _TakingBack(import_id, by)
    for of in (Of.STAKEHOLDER, Of.ENTITLEMENT, Of.CONTRACT, Of.CUSTOMER):
        taking.restore(of)
        taking.remove(of)
    taking.tell()
    return taking.undone


class _TakingBack:
    def __init__(self, import_id: int, by: Teammate | None) -> None:
        self._import_id, self._by = import_id, by
        self._changes = list(ListChange.objects.filter(import_id=import_id).order_by("-pk"))
        self._edited = _edited_since(import_id)
        self._touched: dict[int, Customer] = {}
        self.undone = Undone()

    def restore(self, of: str) -> None:
        """Give what the import changed its earlier values."""
        changes = [change for change in self._changes if change.of == of and not change.is_new]
        items = _items(of, changes)
        fields: set[str] = set()
        for change in changes:
            item = items.get(change.object_id)
            if item is None:
                said = f"{change.get_of_display()} of row {change.row} was removed since; it is not brought back."
                self.undone.stays.append(said)
                continue
            fields |= self._restored(item, change)
        if fields:
            MODELS[of]._base_manager.bulk_update(items.values(), sorted(fields), batch_size=AT_ONCE)

    def _restored(self, item: Any, change: ListChange) -> set[str]:
        """The fields that have their earlier value again."""
        now, back = _now(item, change.after), set()
        for name, before in change.before.items():
            if now[name] == change.after[name] and _can_be(item, name, before, self._edited):
                _set(item, name, before)
                back.add(name)
            elif name not in SILENT:
                self.undone.stays.append(f"{_called(item)}: {TITLES.get(name, name)} was changed since and stays.")
        self.undone.restored += len(back - SILENT)
        if back:
            self._touched[_customer_of(item).pk] = _customer_of(item)
        return back - NO_FIELDS

    def remove(self, of: str) -> None:
        """What the import made goes, unless somebody changed it since or something else rests on it."""
        changes = [change for change in self._changes if change.of == of and change.is_new]
        items = _items(of, changes)
        going: list[Any] = []
        for change in changes:
            item = items.get(change.object_id)
            if item is None:
                continue
            if _now(item, change.after) != change.after or (of == Of.CUSTOMER and item.is_archived):
                self.undone.stays.append(f"{_called(item)} was changed since and stays.")
            else:
                going.append(item)
        if of == Of.CUSTOMER:
            going = self._free(going)
            gone = [(item, item.pk, {"undid import": self._import_id}) for item in going]
            record_all(self._by, "removed", gone)
        else:
            self._touched.update({item.customer.pk: item.customer for item in going})
        for batch in _batches(item.pk for item in going):
            MODELS[of]._base_manager.filter(pk__in=batch).delete()
        if going:
            self.undone.removed[str(of)] = len(going)

    def _free(self, customers: list[Any]) -> list[Any]:
        """Those that nothing rests on, once the others of this import are gone; a parent only with all its children."""
        free: set[int] = set()
        for batch in _batches(customer.pk for customer in customers):
            left = nothing_refers_to(Customer.objects.filter(pk__in=batch), besides=(CustomerDomain, Customer))
            free |= set(left.values_list("pk", flat=True))
        children = dict(Customer.objects.filter(parent__isnull=False).values_list("pk", "parent_id"))
        while needed := {parent for child, parent in children.items() if child not in free} & free:
            free -= needed
        for customer in customers:
            if customer.pk not in free:
                self.undone.stays.append(f"{customer} stays: usage, tasks or something else rests on it by now.")
            else:
                self._touched.pop(customer.pk, None)
        return [customer for customer in customers if customer.pk in free]

    def tell(self) -> None:
        """A line of the audit trail for each customer that has other values now."""
        told = [(each, each.pk, {"undid import": self._import_id}) for each in self._touched.values()]
        record_all(self._by, "changed", told)


def _edited_since(import_id: int) -> set[int]:
    """Customers that somebody changed after the import did: they stay marked as edited."""
    mine = AuditRecord.objects.filter(verb__in=("created", "changed"), **{"details__import": import_id})
    newest = mine.order_by("-pk").values_list("pk", flat=True).first()
    later = AuditRecord.objects.filter(verb__in=("changed", "archived", "restored"), customer_id__isnull=False)
    ids = later.filter(pk__gt=newest).values_list("customer_id", flat=True) if newest else ()
    return {pk for pk in ids if pk is not None}


def _items(of: str, changes: Iterable[ListChange]) -> dict[int, Any]:
    found: dict[int, Any] = {}
    for batch in _batches({change.object_id for change in changes}):
        items: Any = MODELS[of]._base_manager.filter(pk__in=batch)
        items = items.prefetch_related("domains") if of == Of.CUSTOMER else items.select_related("customer")
        found |= {item.pk: item for item in items}
    return found


def _customer_of(item: Any) -> Customer:
    customer: Customer = item if isinstance(item, Customer) else item.customer
    return customer


def _called(item: Any) -> str:
    return str(item) if isinstance(item, Customer) else f"{item} of {item.customer}"


def _now(item: Any, after: dict[str, Any]) -> dict[str, Any]:
    """The values as they are, in the words of the note."""
    found = {name: plain(getattr(item, _field(item, name).attname)) for name in after if name not in NO_FIELDS}
    if "domains" in after:
        found["domains"] = sorted(each.domain for each in item.domains.all())
    return found


def _field(item: Any, name: str) -> Any:
    return item._meta.get_field(name)


def _can_be(item: Any, name: str, before: Any, edited: set[int]) -> bool:
    """Whether the earlier value is possible still: a name is not another's by now, a parent is there."""
    if name == "is_edited":
        return item.pk not in edited
    if name in {"slug", "name"}:
        slug = before if name == "slug" else name_key(before)
        return not Customer.objects.filter(slug=slug).exclude(pk=item.pk).exists()
    if name == "crm_id" and before:
        return not Customer.objects.filter(crm_id=before).exclude(pk=item.pk).exists()
    if name in NO_FIELDS or before is None or not _field(item, name).is_relation:
        return True
    return bool(_field(item, name).related_model._base_manager.filter(pk=before).exists())


def _set(item: Any, name: str, before: Any) -> None:
    if name == "domains":
        CustomerDomain.objects.filter(customer=item).exclude(domain__in=before).delete()
        return
    kind = _field(item, name)
    setattr(item, kind.attname, before if kind.is_relation else kind.to_python(before))


def _batches(pks: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(pks)
    return (ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE))
