"""Which customer an account is: found, or made; and all of it taken back when the import is undone."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import models, transaction
from django.db.models import Exists, ForeignObjectRel, OuterRef, QuerySet

from uptake.customers.models import (
    Account,
    AccountProfile,
    AccountSighting,
    Customer,
    CustomerDomain,
    CustomerListLock,
    MatchedBy,
)
from uptake.customers.names import LONGEST_TEXT, domain_key, most_readable, name_key
from uptake.kit.marks import without_steering
from uptake.team.models import Teammate
from uptake.team.services import record

BATCH = 900
"""Ids in one statement; some databases take no more than 999 values."""


@dataclass(frozen=True)
class AttributedAccounts:
    """Every distinct account id given is in one of the five numbers, a new customer's first account in the first."""

    created_customers: int
    matched: int  # new accounts that found a customer, also one made in the same call
    already_known: int
    unusable: int  # blank, holding a NUL, or over names.LONGEST_TEXT characters: no account; its rows stay unassigned
    waiting: int = 0  # new accounts that no customer fits, where none was to be made of them


@dataclass(frozen=True)
class ForgottenImport:
    """What an undo took back."""

    accounts: int
    customers: int


@dataclass(frozen=True)
class _Customers:
    """How a customer may be known, each key to the customer's id."""

    by_crm_id: Mapping[str, int]
    by_slug: Mapping[str, int]
    by_domain: Mapping[str, int]

    def find(self, account_id: str, told: AccountProfile | None) -> tuple[int, str] | None:
        """By the id, and by what its platform tells of it."""
        crm_id, name, domain = (told.crm_id, told.name, told.domain) if told else ("", "", "")
        ways = (
            (MatchedBy.CRM, self.by_crm_id, account_id.strip()),
            (MatchedBy.CRM, self.by_crm_id, crm_id),
            (MatchedBy.ID, self.by_slug, account_id.strip()),
            (MatchedBy.NAME, self.by_slug, name_key(account_id)),
            (MatchedBy.NAME, self.by_slug, name_key(name)),
            (MatchedBy.DOMAIN, self.by_domain, domain_key(account_id)),
            (MatchedBy.DOMAIN, self.by_domain, domain),
        )
        return next(((known[key], str(how)) for how, known, key in ways if key and key in known), None)


@transaction.atomic
def attribute_accounts(
    source: str,
    account_ids: Iterable[str],
    *,
    import_id: int | None,
    makes_customers: bool = True,
    by: Teammate | None = None,
) -> AttributedAccounts:
    """Give each account not seen before a customer; made where none fits, or left to wait for a teammate.

    In order: the customer's CRM id or key, its name (``names.name_key``), one of its domains, by the account's id and by
    what its platform tells of it; else a new customer called as the account. One that waits finds a customer that was
    made since. Idempotent; safe when imports do it at once. ``import_id`` None: nothing undoes it.
    """
    wanted = dict.fromkeys(account_ids)
    usable = [text for text in wanted if _is_usable(text)]
    CustomerListLock.take()
    known = set(Account.objects.filter(source=source).values_list("account_id", flat=True))
    unseen = sorted(set(usable) - known)
    told = {row.account_id: row for row in AccountProfile.objects.filter(source=source)}
    _match_waiting(source, told, by)
    made = _make_customers(unseen, told, import_id) if makes_customers else {}
    rows = _make_accounts(source, unseen, told, made, import_id)
    _note_sightings(source, usable, import_id)
    if unseen:
        record(by, "attributed", f"{len(unseen)} {source} accounts", import_id=import_id, new_customers=len(made))
    counts = Counter(row.matched_by for row in rows)
    waiting = counts[MatchedBy.NONE]
    matched = len(rows) - waiting - counts[MatchedBy.NEW]
    return AttributedAccounts(len(made), matched, len(usable) - len(unseen), len(wanted) - len(usable), waiting)


@transaction.atomic
def forget_import(import_id: int, *, by: Teammate | None = None) -> ForgottenImport:
    """Take back the accounts and customers that only this import brought and that nobody has touched since.

    An account stays while another import brought it too, or a teammate confirmed it; a customer while anything hangs
    on it (an account, a contract, a stakeholder …), it has an owner, or it was edited. Calling it again finds nothing.
    """
    CustomerListLock.take()
    AccountSighting.objects.filter(import_id=import_id).delete()
    elsewhere = AccountSighting.objects.filter(account=OuterRef("pk"))
    accounts = dict(
        Account.objects.filter(created_by_import__isnull=False, is_confirmed=False)
        .exclude(Exists(elsewhere))
        .values_list("pk", "customer_id")
    )
    _delete(Account, accounts)
    customers = _untouched() & {customer for customer in accounts.values() if customer is not None}
    _delete(Customer, customers)
    if accounts:
        record(by, "forgot", f"import {import_id}", accounts=len(accounts), customers=len(customers))
    return ForgottenImport(len(accounts), len(customers))


@transaction.atomic
def assign_account(*, source: str, account_id: str, customer: Customer, by: Teammate | None = None) -> Account:
    """Say which customer an account is. The account then stays, whatever import is undone."""
    account, _ = Account.objects.update_or_create(
        source=source,
        account_id=account_id,
        defaults={
            "customer": customer,
            "matched_by": MatchedBy.PERSON,
            "is_confirmed": True,
            "created_by_import": None,
        },
    )
    record(by, "assigned", account, customer=customer.pk)
    return account


def _is_usable(account_id: str) -> bool:
    return bool(name_key(account_id)) and len(account_id) <= LONGEST_TEXT and "\x00" not in account_id


def _all_customers() -> _Customers:
    rows = list(Customer.objects.values_list("pk", "slug", "crm_id"))
    return _Customers(
        by_crm_id={crm_id: pk for pk, _, crm_id in rows if crm_id},
        by_slug={slug: pk for pk, slug, _ in rows},
        by_domain=dict(CustomerDomain.objects.values_list("domain", "customer_id")),
    )


def _match_waiting(source: str, told: Mapping[str, AccountProfile], by: Teammate | None) -> None:
    """Accounts that no customer fitted when they came, and one does now."""
    matched = []
    waiting = list(Account.objects.filter(source=source, customer=None, is_confirmed=False))
    customers = _all_customers() if waiting else None
    for account in waiting:
        found = customers.find(account.account_id, told.get(account.account_id)) if customers else None
        if found is not None:
            account.customer_id, account.matched_by = found
            account.save(update_fields=["customer", "matched_by"])
            matched.append(account.pk)
    if matched:
        record(by, "attributed", f"{len(matched)} {source} accounts that waited", accounts=matched)


def _called(account_id: str, told: Mapping[str, AccountProfile]) -> str:
    """As a customer made of it is called."""
    profile = told.get(account_id)
    return profile.name if profile and name_key(profile.name) else account_id


def _make_customers(
    account_ids: Iterable[str], told: Mapping[str, AccountProfile], import_id: int | None
) -> dict[str, str]:
    """A customer per name that fits none, called by its most readable spelling: slug -> the account that named it."""
    customers = _all_customers()
    spellings: dict[str, list[tuple[str, str]]] = {}
    for account_id in account_ids:
        if customers.find(account_id, told.get(account_id)) is None:
            name = _called(account_id, told)
            spellings.setdefault(name_key(name), []).append((name, account_id))
    named = {slug: most_readable(name for name, _ in pairs) for slug, pairs in sorted(spellings.items())}
    Customer.objects.bulk_create(
        [Customer(name=_shown(name), slug=slug, created_by_import=import_id) for slug, name in named.items()],
        batch_size=2_000,
    )
    return {slug: min(pairs, key=lambda pair: pair[0].strip() != named[slug])[1] for slug, pairs in spellings.items()}


def _shown(name: str) -> str:
    """A customer's name as it is written; the account's stays as the platform sent it."""
    return without_steering(name).strip() or "No name"


def _make_accounts(
    source: str,
    account_ids: Iterable[str],
    told: Mapping[str, AccountProfile],
    made: Mapping[str, str],
    import_id: int | None,
) -> list[Account]:
    """An account row for each: its customer's, or nobody's where none fits and none was made."""
    customers = _all_customers()
    namers = set(made.values())
    rows = []
    for account_id in account_ids:
        customer_id, matched_by = customers.find(account_id, told.get(account_id)) or (None, str(MatchedBy.NONE))
        rows.append(
            Account(
                source=source,
                account_id=account_id,
                customer_id=customer_id,
                matched_by=str(MatchedBy.NEW) if account_id in namers else matched_by,
                created_by_import=import_id,
            )
        )
    Account.objects.bulk_create(rows, batch_size=2_000)
    return rows


def _note_sightings(source: str, account_ids: Iterable[str], import_id: int | None) -> None:
    """Remember that this import stands on these accounts, so that undoing another one leaves them."""
    wanted = set(account_ids)
    by_imports = Account.objects.filter(source=source, created_by_import__isnull=False)
    seen = [pk for pk, account_id in by_imports.values_list("pk", "account_id") if account_id in wanted]
    if import_id is None:  # live events are never undone: what they stand on stays
        for batch in _batches(seen):
            Account.objects.filter(pk__in=batch).update(created_by_import=None)
        return
    noted = set(AccountSighting.objects.filter(import_id=import_id).values_list("account_id", flat=True))
    rows = [AccountSighting(account_id=pk, import_id=import_id) for pk in seen if pk not in noted]
    AccountSighting.objects.bulk_create(rows, batch_size=2_000)


def _untouched() -> set[int]:
    """Customers made by an import that nobody edited and nothing refers to, in whatever room."""
    customers = Customer.objects.filter(created_by_import__isnull=False, is_edited=False, owner__isnull=True)
    return set(nothing_refers_to(customers).values_list("pk", flat=True))


def nothing_refers_to(
    customers: QuerySet[Customer], *, besides: Collection[type[models.Model]] = ()
) -> QuerySet[Customer]:
    """Those of the customers that no row of any room refers to. ``besides``: rows that are no reason to stay.

    What follows from use by itself, such as kept health scores, is none either: it says so by ``follows_from_use``.
    """
    for relation in Customer._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ForeignObjectRel) or relation.related_model in besides:
            continue
        if not getattr(relation.related_model, "follows_from_use", False):
            referring = relation.related_model._base_manager.filter(**{relation.field.name: OuterRef("pk")})
            customers = customers.exclude(Exists(referring))
    return customers


def _delete(model: type[Account] | type[Customer], ids: Iterable[int]) -> None:
    for batch in _batches(ids):
        model._base_manager.filter(pk__in=batch).delete()


def _batches(ids: Iterable[int]) -> Iterable[list[int]]:
    ordered = sorted(ids)
    return (ordered[start : start + BATCH] for start in range(0, len(ordered), BATCH))
