"""Which customer an account is, said by a teammate: the inbox of accounts that wait, suggestions, and taking it back.

Metrics map accounts when they are computed, so a change changes history at once and taking it back does too. What was
before stands in the audit trail: that is what an undo reads.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from rapidfuzz import fuzz, process, utils

from uptake.customers.models import Account, AccountProfile, Customer, CustomerDomain, CustomerListLock, MatchedBy
from uptake.customers.names import name_key
from uptake.customers.services import NewCustomer, create_customers
from uptake.kit.errors import ProductError
from uptake.kit.spreadsheet import harmless
from uptake.team.models import AuditRecord, Teammate
from uptake.team.rights import Right, require
from uptake.team.services import record

MAPPED, UNMAPPED = "mapped accounts", "took back the mapping of"
MOST_SUGGESTIONS = 3
CLOSE_ENOUGH = 72.0
"""Of 100, as rapidfuzz's weighted ratio counts: below this two names have little in common."""
MOST_ROWS = 50_000
COLUMNS = ("source", "account", "customer")


class BadMapping(ProductError):
    """A mapping that cannot be; nothing was changed."""


class UnknownMapping(ProductError):
    """There is no such change of the mapping, or it was taken back."""

    status = 404


@dataclass(frozen=True)
class Suggestion:
    """A customer that the account may be, and why one may think so."""

    customer_id: int
    customer: str
    why: str
    sure: float  # 0–1


def access_accounts(teammate: Teammate) -> QuerySet[Account]:
    """Every account, with its customer. Raises NotAllowed: who maps sees all customers' names."""
    require(teammate, Right.CONNECT)
    return Account.objects.select_related("customer").order_by("source", "account_id")


def profiles_of(accounts: Iterable[Account]) -> dict[tuple[str, str], AccountProfile]:
    """What the platforms tell of these accounts."""
    wanted = {(account.source, account.account_id) for account in accounts}
    sources = {source for source, _ in wanted}
    told = AccountProfile.objects.filter(source__in=sources)
    return {(row.source, row.account_id): row for row in told if (row.source, row.account_id) in wanted}


class Suggesting:
    """Suggestions for accounts, the customers read once."""

    def __init__(self) -> None:
        self._names = dict(Customer.objects.filter(is_archived=False).values_list("pk", "name"))
        domains = CustomerDomain.objects.values_list("domain", "customer_id")
        self._by_stem = {_stem(domain): customer_id for domain, customer_id in domains}

    def suggest(self, account: Account, told: AccountProfile | None) -> list[Suggestion]:
        """The likeliest first; by names that are nearly alike, and by a domain that is the company's name."""
        found: dict[int, Suggestion] = {}
        domain = told.domain if told else ""
        texts = [text for text in (told.name if told else "", account.account_id) if text]
        for text in (*texts, _stem(domain)):
            self._add(found, self._by_stem.get(_stem(text)), f"“{text}” is the name in its e-mail domain", 0.85)
        for text in texts:
            close = process.extract(
                text,
                self._names,
                scorer=fuzz.WRatio,
                processor=utils.default_process,
                score_cutoff=CLOSE_ENOUGH,
                limit=MOST_SUGGESTIONS,
            )
            for name, score, customer_id in close:
                alike = "is its name" if name_key(name) == name_key(text) else "is spelt nearly like it"
                self._add(found, customer_id, f"“{text}” {alike}", score / 100)
        if domain:
            named = _stem(domain)
            likely = process.extract(
                named, self._names, scorer=fuzz.WRatio, processor=utils.default_process, score_cutoff=90, limit=1
            )
            for name, score, customer_id in likely:
                self._add(found, customer_id, f"{domain} looks like {name}", 0.8 * score / 100)
        return sorted(found.values(), key=lambda each: -each.sure)[:MOST_SUGGESTIONS]

    def _add(self, found: dict[int, Suggestion], customer_id: int | None, why: str, sure: float) -> None:
        if customer_id is None or customer_id not in self._names:
            return
        if customer_id not in found or found[customer_id].sure < sure:
            found[customer_id] = Suggestion(customer_id, self._names[customer_id], why, sure)


def _stem(domain: str) -> str:
    """The name in a domain: ``acme`` of ``app.acme.co.uk``; nothing of a text that is none."""
    parts = domain.casefold().removeprefix("www.").split(".")
    if len(parts) < 2:
        return name_key(domain).replace("-", "")
    short = parts[-2] in {"co", "com", "org", "net", "ac", "gov"} and len(parts) > 2
    return parts[-3] if short else parts[-2]


@transaction.atomic
def map_accounts(teammate: Teammate, wanted: Mapping[int, int | None]) -> AuditRecord:
    """Say which customers accounts are: account -> customer, None: nobody's, and not asked about any more.

    All or none. Raises NotAllowed and BadMapping. The record can be taken back with ``undo_mapping``.
    """
    require(teammate, Right.CONNECT)
    if not wanted:
        raise BadMapping("Tick an account, or type a customer's name beside one.")
    CustomerListLock.take()
    accounts = {account.pk: account for account in Account.objects.filter(pk__in=wanted)}
    customers = set(
        Customer.objects.filter(pk__in=[each for each in wanted.values() if each]).values_list("pk", flat=True)
    )
    if len(accounts) < len(wanted) or {each for each in wanted.values() if each} - customers:
        raise BadMapping("An account or a customer of these is not there any more; look at the list again.")
    changes = []
    for pk, customer_id in wanted.items():
        account = accounts[pk]
        changes.append(_change(account, customer_id))
        account.customer_id, account.matched_by = customer_id, str(MatchedBy.PERSON)
        account.is_confirmed, account.created_by_import = True, None
    Account.objects.bulk_update(
        accounts.values(), ["customer", "matched_by", "is_confirmed", "created_by_import"], batch_size=500
    )
    one = next(iter(accounts.values()))
    what = str(one) if len(accounts) == 1 else f"{len(accounts)} accounts"
    return record(teammate, MAPPED, what, changes=changes)


def _change(account: Account, customer_id: int | None) -> dict[str, Any]:
    return {
        "account": account.pk,
        "before": account.customer_id,
        "after": customer_id,
        "matched_by": account.matched_by,
        "is_confirmed": account.is_confirmed,
        "created_by_import": account.created_by_import,
    }


@transaction.atomic
def make_customers_of(teammate: Teammate, account_ids: Sequence[int]) -> AuditRecord:
    """A new customer for each of these accounts, called as its platform calls it. Raises as ``map_accounts``."""
    require(teammate, Right.CONNECT)
    accounts = list(Account.objects.filter(pk__in=account_ids, customer=None))
    if not accounts:
        raise BadMapping("Every one of these accounts is some customer's already.")
    told = profiles_of(accounts)
    names = {account.pk: _name(account, told.get((account.source, account.account_id))) for account in accounts}
    known = {customer.slug: customer.pk for customer in Customer.objects.filter(slug__in=map(name_key, names.values()))}
    news = {name_key(name): name for name in names.values() if name_key(name) not in known}
    made = create_customers([NewCustomer(name=name) for name in news.values()], by=teammate)
    known |= {customer.slug: customer.pk for customer in made}
    return map_accounts(teammate, {pk: known[name_key(name)] for pk, name in names.items()})


def _name(account: Account, told: AccountProfile | None) -> str:
    return told.name if told and name_key(told.name) else account.account_id


@transaction.atomic
def undo_mapping(teammate: Teammate, record_id: int) -> AuditRecord:
    """Take a change of the mapping back: each account is whose it was before. Raises UnknownMapping and BadMapping."""
    require(teammate, Right.CONNECT)
    CustomerListLock.take()
    done = AuditRecord.objects.filter(pk=record_id, verb=MAPPED).first()
    if done is None or AuditRecord.objects.filter(verb=UNMAPPED, details__of=record_id).exists():
        raise UnknownMapping("There is no such change of the mapping, or it was taken back already.")
    changes = {change["account"]: change for change in done.details["changes"]}
    accounts = list(Account.objects.filter(pk__in=changes))
    moved = [str(each) for each in accounts if each.customer_id != changes[each.pk]["after"]]
    if moved:
        raise BadMapping(f"{moved[0]} was mapped once more since; take that back first.")
    gone = {change["before"] for change in changes.values() if change["before"]}
    gone -= set(Customer.objects.filter(pk__in=gone).values_list("pk", flat=True))
    if gone:
        raise BadMapping("A customer whose account it was is not there any more; map the account by hand.")
    for account in accounts:
        change = changes[account.pk]
        account.customer_id, account.matched_by = change["before"], change["matched_by"]
        account.is_confirmed, account.created_by_import = change["is_confirmed"], change["created_by_import"]
    Account.objects.bulk_update(
        accounts, ["customer", "matched_by", "is_confirmed", "created_by_import"], batch_size=500
    )
    return record(teammate, UNMAPPED, done.subject, of=record_id, accounts=len(accounts))


def changes_of_mapping(teammate: Teammate, *, most: int = 20) -> list[tuple[AuditRecord, bool]]:
    """The newest changes, and whether each can still be taken back. Raises NotAllowed."""
    require(teammate, Right.CONNECT)
    done = list(AuditRecord.objects.filter(verb=MAPPED).select_related("teammate")[:most])
    taken = set(AuditRecord.objects.filter(verb=UNMAPPED).values_list("details__of", flat=True))
    return [(each, each.pk not in taken) for each in done]


def mapping_csv(teammate: Teammate) -> str:
    """Every account with its customer's name, to be filled in and sent back. Raises NotAllowed."""
    out = io.StringIO()
    rows = csv.writer(out)
    accounts = list(access_accounts(teammate))
    told = profiles_of(accounts)
    rows.writerow([*COLUMNS, "name at the platform"])
    for account in accounts:
        profile = told.get((account.source, account.account_id))
        cells = (account.source, account.account_id, str(account.customer or ""), profile.name if profile else "")
        rows.writerow([harmless(cell) for cell in cells])
    return out.getvalue()


def map_by_csv(teammate: Teammate, text: str) -> tuple[AuditRecord | None, int]:
    """As a filled-in ``mapping_csv`` says, all or none; the change, and how many rows say what holds already.

    An empty customer leaves the account as it is. Raises NotAllowed and BadMapping naming the first row that cannot be.
    """
    require(teammate, Right.CONNECT)
    names = Customer.objects.values_list("pk", "name")
    customers = {name_key(text): pk for pk, name in names for text in (name, harmless(name))}
    known = {(each.source, harmless(each.account_id).strip()): each for each in Account.objects.all()}
    wanted: dict[int, int | None] = {}
    same = 0
    for number, row in enumerate(_rows(text), start=2):
        source, account_id, name = (row[column] for column in COLUMNS)
        account = known.get((source, account_id))
        if account is None:
            raise BadMapping(f"Row {number}: {source or 'no source'} has no account “{account_id[:80]}”.")
        if not name.strip():
            continue
        customer_id = customers.get(name_key(name))
        if customer_id is None:
            raise BadMapping(f"Row {number}: there is no customer “{name[:80]}”; make it first, or write it as it is.")
        if account.customer_id == customer_id:
            same += 1
        else:
            wanted[account.pk] = customer_id
    return (map_accounts(teammate, wanted) if wanted else None), same


def _rows(text: str) -> list[dict[str, str]]:
    sample = text.lstrip("\ufeff")
    first = sample.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    read = csv.DictReader(io.StringIO(sample), delimiter=delimiter)
    names = {(name or "").strip().lower(): name for name in read.fieldnames or ()}
    if missing := [column for column in COLUMNS if column not in names]:
        raise BadMapping(
            f"The file has no column “{missing[0]}”; it needs {', '.join(COLUMNS)}, as the download has them."
        )
    found: list[dict[str, str]] = []
    for row in read:
        if len(found) == MOST_ROWS:
            raise BadMapping(f"The file has more than {MOST_ROWS:,} rows.")
        found.append({column: (row.get(names[column]) or "").strip() for column in COLUMNS})
    return found


def waiting(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Those that are nobody's and nobody said should stay so."""
    return accounts.filter(customer=None, is_confirmed=False)


def found_by(accounts: QuerySet[Account], word: str) -> QuerySet[Account]:
    """Whose id, customer or name at the platform holds the word."""
    told = AccountProfile.objects.filter(name__icontains=word).values_list("source", "account_id")
    named = Q(pk=None)
    for source, account_id in told[:200]:
        named |= Q(source=source, account_id=account_id)
    return accounts.filter(Q(account_id__icontains=word) | Q(customer__name__icontains=word) | named)
