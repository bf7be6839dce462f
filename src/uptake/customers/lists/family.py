"""Parents that a list says: found among all customers, without circles, not too deep."""

from collections.abc import Callable, Sequence

from uptake.customers.lists.known import Known
from uptake.customers.lists.parts import edit
from uptake.customers.lists.rows import Aside, Edit, Of, Outcome, What, shown
from uptake.customers.models import Customer
from uptake.customers.parents import MOST_LEVELS, BadParent, line_above


def settle_parents(outcomes: Sequence[Outcome], known: Known) -> None:
    """Give the rows their parents; rows whose parent cannot be are set aside, and what rests on them too."""
    saying = [each for each in outcomes if each.what != What.ASIDE and "parent" in each.row.said and _may(each)]
    for outcome in saying:
        try:
            _give(outcome, known)
        except Aside as why:
            _set_aside(outcome, str(why))
    while _drop_orphans(outcomes) or _drop_circles(outcomes, known):
        pass


def _may(outcome: Outcome) -> bool:
    return "customers" in outcome.row.kinds


def _give(outcome: Outcome, known: Known) -> None:
    text = outcome.row.said["parent"]
    parent = known.find(text)
    customer = outcome.customer
    if parent is None:
        raise Aside(f"there is no customer “{text[:80]}” that could be the parent{known.nearest(text)}")
    if parent is customer:
        raise Aside("a customer cannot be its own parent")
    mine = next((each for each in outcome.edits if each.of == Of.CUSTOMER), None)
    if mine is None:
        if made := edit(Of.CUSTOMER, customer, {"parent": parent}, is_new=False):
            outcome.edits[:0] = made
            outcome.what = What.CHANGED if outcome.what == What.SAME else outcome.what
        return
    if mine.is_new or customer.parent is not parent:
        mine.values["parent"] = parent
        if not mine.is_new:
            mine.before["parent"], mine.shown_before["parent"] = customer.parent_id, shown(customer.parent)


def _set_aside(outcome: Outcome, why: str) -> None:
    outcome.what, outcome.why, outcome.edits = What.ASIDE, why, []


def _drop_orphans(outcomes: Sequence[Outcome]) -> bool:
    """Rows that name a customer which no row makes any more. Whether there were any."""
    made = {id(edit.item) for each in outcomes for edit in each.edits if edit.of == Of.CUSTOMER and edit.is_new}
    orphans = [each for each in outcomes if each.what != What.ASIDE and not _rests_on(each, made)]
    for each in orphans:
        _set_aside(each, "the row that makes its customer, or its parent, is set aside")
    return bool(orphans)


def _rests_on(outcome: Outcome, made: set[int]) -> bool:
    parent = _parent_edit(outcome)
    wanted = [outcome.customer, *([parent.values["parent"]] if parent else [])]
    return all(customer.pk is not None or id(customer) in made for customer in wanted)


def _parent_edit(outcome: Outcome) -> Edit | None:
    return next((edit for edit in outcome.edits if "parent" in edit.values), None)


def _drop_circles(outcomes: Sequence[Outcome], known: Known) -> bool:
    """Rows that would close a circle or make a line too long. Whether there were any."""
    by_customer = {id(each.customer): each for each in outcomes if _parent_edit(each)}

    def parent_of(customer: Customer) -> Customer | None:
        outcome = by_customer.get(id(customer))
        found = _parent_edit(outcome) if outcome else None
        return found.values["parent"] if found else customer.parent

    bad: dict[int, str] = {}
    for customer in known.all if by_customer else ():
        line, why = _line(customer, parent_of)
        if why:
            bad |= {id(each): why for each in line if id(each) in by_customer}
    for key, why in bad.items():
        _set_aside(by_customer[key], why)
    return bool(bad)


def _line(customer: Customer, parent_of: Callable[[Customer], Customer | None]) -> tuple[list[Customer], str]:
    """The customers to blame and why; nothing where the line is as it should be."""
    by_id = {id(customer): customer}

    def above(key: int) -> int | None:
        parent = parent_of(by_id[key])
        if parent is None:
            return None
        by_id[id(parent)] = parent
        return id(parent)

    try:
        line = line_above(id(customer), above)
    except BadParent:
        circle = _circle(id(customer), above)
        names = ", ".join(f"“{by_id[key]}”" for key in circle)
        return [by_id[key] for key in circle], f"the parents go in a circle: {names}"
    if len(line) > MOST_LEVELS:
        return [by_id[key] for key in line], f"there would be more than {MOST_LEVELS} levels of customers"
    return [], ""


def _circle(key: int, above: Callable[[int], int | None]) -> list[int]:
    """Those that the circle goes through, without those that only lead to it."""
    walked = [key]
    while (further := above(walked[-1])) is not None and further not in walked:
        walked.append(further)
    return walked[walked.index(further) :] if further is not None else []
