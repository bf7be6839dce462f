"""The room's rows as plain Arrow tables, the only form in which metrics and scores see them.

No ORM object leaves here. ``customer_id`` is the same number everywhere; a last day belongs to its period.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
from django.db.models import Q
from django.utils import timezone

from uptake.customers.models import (
    Account,
    Contract,
    Customer,
    Entitlement,
    EntitlementKind,
    EntitlementReading,
    WorkingDays,
)

WORKING_WEEKS = {WorkingDays.MON_FRI.value: "1111100", WorkingDays.ALL_DAYS.value: "1111111"}
"""Monday first; 1 = use is expected on that day."""


def _column(name: str, kind: pa.DataType, meaning: str) -> pa.Field:
    return pa.field(name, kind, metadata={"meaning": meaning})


_CUSTOMER_ID = _column("customer_id", pa.int64(), "the customer's number")
_PERIOD = [
    _column("from_day", pa.date32(), "first day"),
    _column("to_day", pa.date32(), "last day, included; null: open"),
]

CUSTOMERS = pa.schema(
    [
        _CUSTOMER_ID,
        _column("customer", pa.string(), "name"),
        _column("segment", pa.string(), "as the workspace divides its customers; null: none"),
        _column("arr", pa.float64(), "a year's revenue of the contracts running; null: none, or in several currencies"),
        _column("currency", pa.string(), "ISO 4217 of arr; several, as “EUR, USD”: they cannot be added, arr is null"),
        _column("time_zone", pa.string(), "null: the workspace's"),
        _column("working_week", pa.string(), "7 characters, Monday first, 1 = use is expected; null: the workspace's"),
        _column("started_on", pa.date32(), "when they became a customer; null: not known"),
        _column("is_archived", pa.bool_(), "out of the portfolio; its past stays"),
    ]
)
ACCOUNTS = pa.schema(
    [
        _column("source", pa.string(), "platform, as in the lake"),
        _column("account_id", pa.string(), "as that platform writes it"),
        _CUSTOMER_ID,
    ]
)
_PRICE = _column("price", pa.float64(), "of all that is granted, a year, in the contract's currency; null: not priced")
SEATS = pa.schema([_CUSTOMER_ID, _column("seats", pa.int64(), "seats granted; null: unlimited"), *_PERIOD, _PRICE])
FEATURE_ENTITLEMENTS = pa.schema(
    [_CUSTOMER_ID, _column("feature_id", pa.string(), "the feature's key, as in the catalogue"), *_PERIOD]
)
LIMITS = pa.schema(
    [
        _CUSTOMER_ID,
        _column("name", pa.string(), "what is limited, such as API calls per day"),
        _column("granted", pa.float64(), "how much, in unit; null: unlimited"),
        _column("unit", pa.string(), "null: a plain count"),
        *_PERIOD,
        _PRICE,
        _column("counted_feature", pa.string(), "the feature's key whose uses are what is used; null: readings tell"),
        _column("counted_per", pa.string(), "day (working day), month (30 days), period; null: nothing is counted"),
    ]
)
READINGS = pa.schema(
    [
        _CUSTOMER_ID,
        _column("name", pa.string(), "the limit's name"),
        _column("used", pa.float64(), "in the limit's unit"),
        _column("read_on", pa.date32(), "the day it was read"),
    ]
)


def customers_table(*, on: date | None = None) -> pa.Table:
    """CUSTOMERS, one row per customer. ``on``: the day whose running contracts make ``arr``, by default today."""
    revenue = _revenue(on or timezone.localdate())
    rows = Customer.objects.order_by("pk").values_list(
        "pk", "name", "segment", "time_zone", "working_days", "started_on", "is_archived"
    )
    return _table(
        CUSTOMERS,
        (
            (
                pk,
                name,
                segment or None,
                *revenue.get(pk, (None, None)),
                zone or None,
                WORKING_WEEKS[days] if days else None,
                started,
                archived,
            )
            for pk, name, segment, zone, days, started, archived in rows
        ),
    )


def accounts_table() -> pa.Table:
    """ACCOUNTS, one row per account that is a customer's; several may be one customer."""
    mapped = Account.objects.filter(customer__isnull=False).order_by("source", "account_id")
    rows = mapped.values_list("source", "account_id", "customer_id")
    return _table(ACCOUNTS, rows)


def seats_table() -> pa.Table:
    """SEATS, one row per entitlement. Rows of a customer that run on the same day add up; unlimited wins."""
    rows = _entitlements(EntitlementKind.SEATS).values_list("customer_id", "granted", "starts_on", "ends_on", "price")
    return _table(
        SEATS,
        (
            (pk, None if seats is None else int(seats), starts_on, ends_on, _float(price))
            for pk, seats, starts_on, ends_on, price in rows
        ),
    )


def feature_entitlements_table() -> pa.Table:
    """FEATURE_ENTITLEMENTS, one row per entitlement; a customer without any has all features."""
    rows = _entitlements(EntitlementKind.FEATURE).values_list("customer_id", "feature__key", "starts_on", "ends_on")
    return _table(FEATURE_ENTITLEMENTS, rows)


def limits_table() -> pa.Table:
    """LIMITS, one row per entitlement. Rows of the same name that run on the same day add up; unlimited wins."""
    rows = _entitlements(EntitlementKind.LIMIT).values_list(
        "customer_id", "name", "granted", "unit", "starts_on", "ends_on", "price", "counted_feature__key", "counted_per"
    )
    return _table(
        LIMITS,
        (
            (pk, name, _float(granted), unit or None, starts_on, ends_on, _float(price), feature, per or None)
            for pk, name, granted, unit, starts_on, ends_on, price, feature, per in rows
        ),
    )


def readings_table() -> pa.Table:
    """READINGS, one row per reading."""
    rows = EntitlementReading.objects.order_by("customer_id", "name", "on")
    values = rows.values_list("customer_id", "name", "used", "on")
    return _table(READINGS, ((pk, name, _float(used), on) for pk, name, used, on in values))


def _revenue(on: date) -> dict[int, tuple[float | None, str]]:
    """ARR and its currency by customer, of the contracts that run on the day."""
    running = Contract.objects.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)
    sums: dict[int, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for customer_id, currency, arr in running.values_list("customer_id", "currency", "arr"):
        sums[customer_id][currency] += arr
    return {
        customer_id: (_float(next(iter(by_currency.values()))) if len(by_currency) == 1 else None, _listed(by_currency))
        for customer_id, by_currency in sums.items()
    }


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(sorted(texts))


def _entitlements(kind: EntitlementKind) -> Any:
    return Entitlement.objects.filter(kind=kind).order_by("customer_id", "starts_on", "pk")


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _table(schema: pa.Schema, rows: Iterable[Sequence[Any]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)
