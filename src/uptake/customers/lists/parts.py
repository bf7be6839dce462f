"""What one row says of its customer, a contract, entitlements and a person, against what is there.

A part returns the edits it makes, or none where all of it is so already. What the row leaves empty stays as it is.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, TypeVar

from django.db import models

from uptake.customers.inputs import check_domain, check_name
from uptake.customers.lists.known import Known
from uptake.customers.lists.rows import Aside, Choices, Edit, Of, Waits, line, plain, shown
from uptake.customers.models import Contract, Customer, Entitlement, EntitlementKind, Stakeholder, WorkingDays
from uptake.customers.names import domain_key, name_key, squashed
from uptake.kit.errors import ProductError
from uptake.kit.marks import without_steering

T = TypeVar("T", bound=models.Model)

NO_CURRENCY = "it says no currency"
NO_START = "it says no first day, and there is no contract that it could change"
NO_FIRST_GRANT = "it says no first day, and nothing is granted that it could change"
SEATS = frozenset(("users", "user", "seats", "seat", "licenses", "licences", "nutzer", "benutzer", "lizenzen", "utilisateurs",
                   "sieges", "userlicenses", "licensedusers"))  # fmt: skip
WEEK = frozenset(["monfri", "mofr", "lunven", "5", "mondaytofriday", "montagbisfreitag", "lundiauvendredi", "weekdays"])
ALL = frozenset(["alldays", "monsun", "moso", "lundim", "7", "everyday", "alletage", "touslesjours", "daily"])


def edit(
    of: Of, item: T, values: Mapping[str, Any], *, is_new: bool, old: Mapping[str, Any] | None = None
) -> list[Edit]:
    """The edit that gives the item these values; none where it has them. ``old``: values that are no fields of it."""
    known: dict[str, Any] = {}
    if not is_new:
        known = {name: old[name] if old and name in old else getattr(item, name) for name in values}
        values = {name: value for name, value in values.items() if not _is_same(known[name], value)}
    if not values and not is_new:
        return []
    before = {} if is_new else {name: plain(known[name]) for name in values}
    told = {} if is_new else {name: shown(known[name], name) for name in values}
    if is_new:
        for name, value in values.items():
            if name != "domains":
                setattr(item, name, value)
    return [Edit(of, item, is_new, dict(values), before, told)]


def _is_same(one: Any, other: Any) -> bool:
    if isinstance(one, models.Model) and isinstance(other, models.Model):
        return one is other or (one.pk is not None and one == other)
    return bool(plain(one) == plain(other))


# The customer


def customer_values(said: Mapping[str, Any], known: Known, customer: Customer | None) -> dict[str, Any]:
    """What the row says of the customer itself, without its parent. Raises Aside."""
    values = {
        "crm_id": line(said, "crm_id", 100),
        "segment": line(said, "segment", 100),
        "region": line(said, "region", 100),
        "time_zone": known.time_zone(said["time_zone"]) if "time_zone" in said else None,
        "working_days": _working_days(said["working_days"]) if "working_days" in said else None,
        "owner": known.owner(said["owner"]) if "owner" in said else None,
        "started_on": said.get("started_on"),
        "domains": _domains(said["domain"], known, customer) if "domain" in said else None,
    }
    return {name: value for name, value in values.items() if value is not None}


def named(said: Mapping[str, Any]) -> str:
    """The customer's name as it is kept. Raises Aside."""
    name = without_steering(said["customer"]).strip()
    try:
        check_name(name, "A customer")
    except ProductError as why:
        raise Aside(str(why)) from why
    return name


def _working_days(text: str) -> str:
    word = squashed(text).replace("–", "").replace(" ", "")
    if word in WEEK:
        return WorkingDays.MON_FRI.value
    if word in ALL:
        return WorkingDays.ALL_DAYS.value
    raise Aside(f"“{text[:40]}” are no working days; use mon-fri or all days")


def _domains(text: str, known: Known, customer: Customer | None) -> list[str]:
    """The customer's domains with those of the row. Raises Aside for what is none, or another customer's."""
    written = text.replace(",", " ").replace(";", " ").replace("|", " ").split()
    found = [domain_key(each.partition("://")[2].partition("/")[0] or each.partition("/")[0]) for each in written]
    for domain in found:
        try:
            check_domain(domain)
        except ProductError as why:
            raise Aside(str(why)) from why
        whose = known.by_domain.get(domain)
        if whose is not None and whose is not customer:
            raise Aside(f"{domain} is the domain of “{whose}”")
    before = known.domains[customer.pk] if customer and customer.pk else []
    return sorted({*before, *found})


# Contracts


def contract(said: Mapping[str, Any], customer: Customer, known: Known, choices: Choices) -> list[Edit]:
    """The customer's contract that starts that day, else the one that runs; a new one where there is none."""
    values = _given(
        starts_on=said.get("starts_on"),
        ends_on=said.get("ends_on"),
        renews_on=said.get("renews_on"),
        arr=_money(said.get("arr")),
        plan=line(said, "plan", 100),
    )
    there = _theirs(known.contracts, customer)
    mine = _one_of(there, said, choices.today, f"contracts of {customer}")
    currency = said.get("currency of arr") or said.get("currency") or ""
    if "arr" in values:
        currency = currency or choices.currency  # an answer is about every amount of the list that names none
    if mine is None:
        values.setdefault("starts_on", _first_day(said, choices))
        _refuse_incomplete(values, currency)
        mine = Contract(customer=customer)
    if currency:
        values["currency"] = currency
    _in_order(values, mine)
    return edit(Of.CONTRACT, mine, values, is_new=mine.pk is None)


def _first_day(said: Mapping[str, Any], choices: Choices) -> date | None:
    """Of something new without a first day of its own: since when the row's customer is one, else what was answered."""
    return said.get("started_on") or choices.starts_on


def _refuse_incomplete(values: Mapping[str, Any], currency: str) -> None:
    """What a new contract cannot do without. Raises Aside, and Waits with all that an answer would give."""
    if "arr" not in values:
        raise Aside("it says no amount, and there is no contract that it could change")
    lacks = [NO_START] if values["starts_on"] is None else []
    lacks += [] if currency else [NO_CURRENCY]
    if lacks:
        raise Waits("; ".join(lacks))


def _one_of(there: Sequence[T], said: Mapping[str, Any], today: date, what: str) -> T | None:
    """The one that the row is about. Raises Aside where several could be."""
    if "starts_on" in said:
        those = [each for each in there if each.starts_on == said["starts_on"]]  # type: ignore[attr-defined]
    else:
        those = [each for each in there if each.ends_on is None or each.ends_on >= today]  # type: ignore[attr-defined]
    if len(those) > 1 and "plan" in said:
        those = [each for each in those if getattr(each, "plan", "") == said["plan"]] or those
    if len(those) > 1:
        raise Aside(f"there are {len(those)} {what} that it may be about; say the first day and the plan")
    return those[0] if those else None


def _in_order(values: Mapping[str, Any], item: Any) -> None:
    starts, ends = (values.get(name) or getattr(item, name) for name in ("starts_on", "ends_on"))
    if ends is not None and ends < starts:
        raise Aside(f"it ends on {ends}, before its start on {starts}")


# Entitlements


def entitlements(said: Mapping[str, Any], customer: Customer, known: Known, choices: Choices) -> list[Edit]:
    """Seats, a feature or a limit that the customer may use."""
    made: list[Edit] = []
    if "seats" in said:
        made += _entitlement(EntitlementKind.SEATS, "", {**said, "granted": said["seats"]}, customer, known, choices)
    if "entitlement" in said:
        kind, name = _what(said, known)
        made += _entitlement(kind, name, said, customer, known, choices)
    return made


def _what(said: Mapping[str, Any], known: Known) -> tuple[EntitlementKind, str]:
    name = line(said, "entitlement", 200) or ""
    if squashed(name) in SEATS:
        return EntitlementKind.SEATS, ""
    if "granted" in said:
        return EntitlementKind.LIMIT, name
    if known.feature(name) is None:
        raise Aside(f"“{name[:60]}” is no feature of the catalogue, and no limit is said")
    return EntitlementKind.FEATURE, name


def _entitlement(
    kind: EntitlementKind, name: str, said: Mapping[str, Any], customer: Customer, known: Known, choices: Choices
) -> list[Edit]:
    feature = known.feature(name) if kind == EntitlementKind.FEATURE else None
    if kind == EntitlementKind.SEATS and "granted" not in said:
        raise Aside("it says no number of seats")
    values = _given(
        starts_on=said.get("starts_on"),
        ends_on=said.get("ends_on"),
        unit=line(said, "unit", 50),
        price=_money(said.get("price")),
    )
    if kind != EntitlementKind.FEATURE:
        values["granted"] = _granted(said["granted"], kind)
    there = [
        each
        for each in _theirs(known.entitlements, customer)
        if each.kind == kind
        and each.feature == feature
        and (not name or feature or name_key(each.name) == name_key(name))
    ]
    what = "grants of seats" if not name else f"grants of “{name}”"
    mine = _one_of(there, said, choices.today, f"{what} of {customer}")
    if mine is None:
        values.setdefault("starts_on", _first_day(said, choices))
        if values["starts_on"] is None:
            raise Waits(NO_FIRST_GRANT)
        mine = Entitlement(customer=customer, kind=kind, feature=feature, name="" if feature else name)
    _in_order(values, mine)
    return edit(Of.ENTITLEMENT, mine, values, is_new=mine.pk is None)


def _granted(value: Decimal | str, kind: EntitlementKind) -> Decimal | None:
    if isinstance(value, str):
        return None  # unlimited
    if kind == EntitlementKind.SEATS and value % 1:
        raise Aside(f"{value} seats: seats are whole")
    return value.quantize(Decimal("0.0001"), ROUND_HALF_UP)


# People


def person(said: Mapping[str, Any], customer: Customer, known: Known) -> list[Edit]:
    """The person with that address, else of that name; a new one where there is none."""
    full = " ".join(filter(None, (said.get("first_name"), said.get("last_name"))))
    name = line({"name": said.get("person") or full or None}, "name", 200)
    email = line(said, "email", 254)
    if email is not None and ("@" not in email or " " in email):
        raise Aside(f"“{email[:60]}” is no e-mail address")
    values = _given(
        name=name,
        email=email,
        role=line(said, "role", 200),
        is_champion=said.get("champion"),
        is_sponsor=said.get("sponsor"),
    )
    there = _theirs(known.people, customer)
    mine = _first(there, lambda each: bool(email) and each.email.casefold() == (email or "").casefold())
    mine = mine or _first(there, lambda each: _is_called(each, name) and not (email and each.email))
    if mine is None:
        if name is None and email is None:
            raise Aside("it names no person")
        values["name"] = name or email
        mine = Stakeholder(customer=customer)
    elif "email" in values and mine.email.casefold() == values["email"].casefold():
        del values["email"]  # the same address in other letters
    return edit(Of.STAKEHOLDER, mine, values, is_new=mine.pk is None)


def _is_called(each: Stakeholder, name: str | None) -> bool:
    return bool(name) and name_key(each.name) == name_key(name or "")


def _first(there: Sequence[Stakeholder], is_it: Callable[[Stakeholder], bool]) -> Stakeholder | None:
    return next((each for each in there if is_it(each)), None)


def _theirs(known: Mapping[int, list[T]], customer: Customer) -> list[T]:
    return known.get(customer.pk, []) if customer.pk else []


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _money(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("0.01"), ROUND_HALF_UP)
