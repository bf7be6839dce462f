"""What is done about customers. Each call is one transaction and leaves one line in the audit trail.

``by`` is the teammate who did it, None for a command. A refusal is a ProductError, and nothing is changed then.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db import transaction

from uptake.customers.attribution import (
    AttributedAccounts,
    ForgottenImport,
    assign_account,
    attribute_accounts,
    forget_import,
)
from uptake.customers.inputs import (
    NewContract,
    NewCustomer,
    NewEntitlement,
    NewReading,
    NewStakeholder,
    check_all,
    check_contract,
    check_customer,
    check_entitlement,
    check_reading,
    check_stakeholder,
)
from uptake.customers.models import (
    Contract,
    Customer,
    CustomerDomain,
    CustomerListLock,
    Entitlement,
    EntitlementReading,
    Stakeholder,
)
from uptake.customers.names import domain_key, name_key
from uptake.kit.errors import ProductError
from uptake.kit.marks import without_steering
from uptake.team.models import Teammate
from uptake.team.services import record

__all__ = [
    "AlreadyThere",
    "AttributedAccounts",
    "ForgottenImport",
    "NewContract",
    "NewCustomer",
    "NewEntitlement",
    "NewReading",
    "NewStakeholder",
    "add_contract",
    "add_contracts",
    "add_stakeholders",
    "archive_customer",
    "assign_account",
    "attribute_accounts",
    "create_customer",
    "create_customers",
    "forget_import",
    "grant_entitlements",
    "note_reading",
    "note_readings",
    "update_customer",
]


class AlreadyThere(ProductError):
    """A customer with this name, CRM id or domain exists."""

    status = 409


class CustomerFields(TypedDict, total=False):
    """What may be said about a customer besides the name."""

    segment: str
    region: str
    domains: tuple[str, ...]
    crm_id: str
    time_zone: str | None
    working_days: str | None
    owner: Teammate | None
    csm_rating: int | None
    csm_rated_on: date | None
    started_on: date | None


class CustomerChanges(CustomerFields, total=False):
    name: str


def create_customer(*, name: str, by: Teammate | None = None, **known: Unpack[CustomerFields]) -> Customer:
    """Make one customer. Raises AlreadyThere for a name (as ``names.name_key`` compares), CRM id or domain in use."""
    [customer] = create_customers([NewCustomer(name=name, **known)], by=by)
    return customer


@transaction.atomic
def create_customers(customers: Iterable[NewCustomer], *, by: Teammate | None = None) -> list[Customer]:
    """Make many customers, all or none; returned in the order given, with their ids."""
    news = check_all(customers, check_customer)
    CustomerListLock.take()
    _refuse_taken(news)
    rows = [Customer(slug=name_key(new.name), **_columns(new)) for new in news]
    made = Customer.objects.bulk_create(rows, batch_size=2_000)
    _add_domains(zip(made, news, strict=True))
    if made:
        record(by, "created", _subject(made, "customers"), count=len(made), customers=[row.pk for row in made])
    return made


@transaction.atomic
def update_customer(customer: Customer, *, by: Teammate | None = None, **changes: Unpack[CustomerChanges]) -> Customer:
    """Change what is known about a customer; from then on no undo of an import takes it away."""
    CustomerListLock.take()
    current = Customer.objects.select_for_update().get(pk=customer.pk)  # the reader's copy may be old
    new = NewCustomer(**{**_known(current), **changes})
    check_customer(new)
    _refuse_taken([new], besides=current)
    for field, value in _columns(new).items():
        setattr(current, field, value)
    current.slug, current.is_edited = name_key(new.name), True
    current.save()
    if "domains" in changes:
        current.domains.all().delete()
        _add_domains([(current, new)])
    told = {field: str(value) for field, value in changes.items()}
    record(by, "changed", current, customer_id=current.pk, changes=told)
    return current


@transaction.atomic
def archive_customer(customer: Customer, *, by: Teammate | None = None, archived: bool = True) -> Customer:
    """Take a customer out of the portfolio, or back in. Its facts and its past stay."""
    current = Customer.objects.select_for_update().get(pk=customer.pk)
    current.is_archived, current.is_edited = archived, True
    current.save(update_fields=["is_archived", "is_edited"])
    record(by, "archived" if archived else "restored", current)
    return current


def add_contract(
    customer: Customer,
    *,
    starts_on: date,
    arr: Decimal,
    ends_on: date | None = None,
    renews_on: date | None = None,
    currency: str = "USD",
    plan: str = "",
    by: Teammate | None = None,
) -> Contract:
    """Note one contract."""
    [contract] = add_contracts([NewContract(customer, starts_on, arr, ends_on, renews_on, currency, plan)], by=by)
    return contract


@transaction.atomic
def add_contracts(contracts: Iterable[NewContract], *, by: Teammate | None = None) -> list[Contract]:
    """Note many contracts, all or none."""
    news = check_all(contracts, check_contract)
    made = Contract.objects.bulk_create([Contract(**_shallow(new)) for new in news], batch_size=2_000)
    if made:
        record(by, "added", _subject(made, "contracts"), count=len(made), customers=_customers(news))
    return made


@transaction.atomic
def grant_entitlements(entitlements: Iterable[NewEntitlement], *, by: Teammate | None = None) -> list[Entitlement]:
    """Grant seats, features and limits, all or none. What runs at the same time adds up."""
    news = check_all(entitlements, check_entitlement)
    made = Entitlement.objects.bulk_create([Entitlement(**_shallow(new)) for new in news], batch_size=2_000)
    if made:
        record(by, "granted", _subject(made, "entitlements"), count=len(made), customers=_customers(news))
    return made


def note_reading(
    customer: Customer, *, name: str, used: Decimal | int, on: date, by: Teammate | None = None
) -> EntitlementReading:
    """Note how much of a limit was used on a day; what was noted for that day before is replaced."""
    [reading] = note_readings([NewReading(customer, name, used, on)], by=by)
    return reading


@transaction.atomic
def note_readings(readings: Iterable[NewReading], *, by: Teammate | None = None) -> list[EntitlementReading]:
    """Note many readings, all or none; the newest up to a day says what is used on it."""
    news = check_all(readings, check_reading)
    rows = {(new.customer.pk, new.name.strip(), new.on): new for new in news}  # of two of a day the later one stands
    made = EntitlementReading.objects.bulk_create(
        [EntitlementReading(**{**_shallow(new), "name": key[1]}) for key, new in rows.items()],
        batch_size=2_000,
        update_conflicts=True,
        unique_fields=["customer", "name", "on"],
        update_fields=["used"],
    )
    if made:
        record(by, "noted", _subject(made, "readings"), count=len(made), customers=_customers(news))
    return made


@transaction.atomic
def add_stakeholders(stakeholders: Iterable[NewStakeholder], *, by: Teammate | None = None) -> list[Stakeholder]:
    """Note people at customers, all or none; an e-mail address once per customer."""
    news = check_all(stakeholders, check_stakeholder)
    _refuse_known_people(news)
    made = Stakeholder.objects.bulk_create([Stakeholder(**_shallow(new)) for new in news], batch_size=2_000)
    if made:
        record(by, "added", _subject(made, "stakeholders"), count=len(made), customers=_customers(news))
    return made


def _columns(new: NewCustomer) -> dict[str, Any]:
    return {**_shallow(new, without="domains"), "name": without_steering(new.name).strip()}


def _known(customer: Customer) -> dict[str, Any]:
    """What is known now, in the words of NewCustomer."""
    known = {field.name: getattr(customer, field.name) for field in fields(NewCustomer) if field.name != "domains"}
    return {**known, "domains": tuple(customer.domains.values_list("domain", flat=True))}


def _shallow(new: Any, *, without: str = "") -> dict[str, Any]:
    return {field.name: getattr(new, field.name) for field in fields(new) if field.name != without}


def _add_domains(pairs: Iterable[tuple[Customer, NewCustomer]]) -> None:
    rows = [
        CustomerDomain(customer=customer, domain=domain)
        for customer, new in pairs
        for domain in dict.fromkeys(domain_key(text) for text in new.domains)
    ]
    CustomerDomain.objects.bulk_create(rows, batch_size=2_000)


def _refuse_taken(news: Sequence[NewCustomer], *, besides: Customer | None = None) -> None:
    """Names, CRM ids and domains belong to one customer, in the database and among the new ones."""
    others = Customer.objects.exclude(pk=besides.pk) if besides else Customer.objects.all()
    _refuse_twice("customer called", {name_key(new.name): new.name for new in news}, others, "slug")
    _refuse_repeats("customer called", [(name_key(new.name), new.name) for new in news])
    crm_ids = [(new.crm_id, new.crm_id) for new in news if new.crm_id]
    _refuse_twice("customer with the CRM id", dict(crm_ids), others.exclude(crm_id=""), "crm_id")
    _refuse_repeats("customer with the CRM id", crm_ids)
    domains = [(key, key) for new in news for key in {domain_key(text) for text in new.domains}]
    _refuse_twice("customer with the domain", dict(domains), others, "domains__domain")
    _refuse_repeats("customer with the domain", domains)


def _refuse_twice(what: str, wanted: dict[str, str], others: Any, field: str) -> None:
    if not wanted:
        return
    taken = wanted.keys() & set(others.values_list(field, flat=True))
    if taken:
        raise AlreadyThere(f"There is already a {what} {_some(wanted[key] for key in sorted(taken))}.")


def _refuse_repeats(what: str, pairs: Sequence[tuple[str, str]]) -> None:
    counts = Counter(key for key, _ in pairs)
    repeated = {key: text for key, text in pairs if counts[key] > 1}
    if repeated:
        raise AlreadyThere(f"More than one {what} {_some(repeated.values())} is to be made.")


def _refuse_known_people(news: Sequence[NewStakeholder]) -> None:
    pairs = [((new.customer.pk, new.email), new) for new in news if new.email]
    known = set(Stakeholder.objects.exclude(email="").values_list("customer_id", "email")) if pairs else set()
    for key, new in pairs:
        if key in known:
            raise AlreadyThere(f"{new.customer} already has a stakeholder with the address {new.email}.")
        known.add(key)


def _some(texts: Iterable[str]) -> str:
    """Up to three of them, quoted, and how many more."""
    quoted = [f"“{text}”" for text in texts]
    more = f" and {len(quoted) - 3} more" if len(quoted) > 3 else ""
    return ", ".join(quoted[:3]) + more


def _subject(rows: Sequence[object], many: str) -> str:
    return str(rows[0]) if len(rows) == 1 else f"{len(rows)} {many}"


def _customers(news: Iterable[NewContract | NewEntitlement | NewReading | NewStakeholder]) -> list[int]:
    return sorted({new.customer.pk for new in news})
