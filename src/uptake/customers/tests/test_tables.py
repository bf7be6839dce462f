"""What the metrics see of customers."""

from datetime import date
from decimal import Decimal

import pytest

from uptake.customers import tables
from uptake.customers.features import define_features
from uptake.customers.inputs import NewFeature
from uptake.customers.services import (
    NewContract,
    NewEntitlement,
    NewReading,
    add_contracts,
    archive_customer,
    attribute_accounts,
    create_customer,
    grant_entitlements,
    note_reading,
    note_readings,
)

pytestmark = pytest.mark.django_db
JAN, FEB, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)


def test_customers_with_the_revenue_that_runs_on_the_day():
    acme = create_customer(
        name="Acme", segment="smb", time_zone="Europe/Berlin", working_days="mon-fri", started_on=JAN
    )
    bolt = create_customer(name="Bolt", working_days="all days")
    cobalt = archive_customer(create_customer(name="Cobalt"))
    add_contracts(
        [
            NewContract(acme, JAN, Decimal("100.25"), ends_on=FEB),  # its last day counts
            NewContract(acme, FEB, Decimal("200")),
            NewContract(acme, MARCH, Decimal("400")),  # not yet
            NewContract(acme, JAN, Decimal("800"), ends_on=date(2026, 1, 31)),  # over
            NewContract(bolt, JAN, Decimal("1"), currency="USD"),
            NewContract(bolt, JAN, Decimal("1"), currency="EUR"),  # cannot be added to dollars
        ]
    )
    table = tables.customers_table(on=FEB)
    assert table.schema.equals(tables.CUSTOMERS)
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        (acme.pk, "Acme", "smb", 300.25, "USD", "Europe/Berlin", "1111100", JAN, False),
        (bolt.pk, "Bolt", None, None, "EUR, USD", None, "1111111", None, False),
        (cobalt.pk, "Cobalt", None, None, None, None, None, None, True),
    ]


def test_accounts_point_to_customers():
    acme = create_customer(name="Acme")
    attribute_accounts("pendo", ["acme", "ACME"], import_id=1)
    attribute_accounts("amplitude", ["Acme"], import_id=1)
    assert [tuple(row.values()) for row in tables.accounts_table().to_pylist()] == [
        ("amplitude", "Acme", acme.pk),
        ("pendo", "ACME", acme.pk),
        ("pendo", "acme", acme.pk),
    ]


def test_each_kind_of_entitlement_in_its_own_table():
    acme = create_customer(name="Acme")
    [export] = define_features([NewFeature("Data Export")])
    grant_entitlements(
        [
            NewEntitlement(acme, "seats", JAN, FEB, granted=40, price=Decimal("960")),
            NewEntitlement(acme, "seats", MARCH),
            NewEntitlement(acme, "feature", JAN, feature=export),
            NewEntitlement(
                acme, "limit", JAN, name="Storage", granted=Decimal("1.5"), unit="TB", price=Decimal("99.90")
            ),
            NewEntitlement(acme, "limit", FEB, name="API calls per day", counted_feature=export, counted_per="day"),
        ]
    )
    assert [tuple(row.values()) for row in tables.seats_table().to_pylist()] == [
        (acme.pk, 40, JAN, FEB, 960.0),
        (acme.pk, None, MARCH, None, None),
    ]
    assert [tuple(row.values()) for row in tables.feature_entitlements_table().to_pylist()] == [
        (acme.pk, "data-export", JAN, None)
    ]
    assert [tuple(row.values()) for row in tables.limits_table().to_pylist()] == [
        (acme.pk, "Storage", 1.5, "TB", JAN, None, 99.9, None, None),
        (acme.pk, "API calls per day", None, None, FEB, None, None, "data-export", "day"),
    ]


def test_readings_of_a_day_are_replaced_by_later_ones():
    acme = create_customer(name="Acme")
    note_readings([NewReading(acme, "Storage", Decimal("1.25"), JAN), NewReading(acme, "Storage", 2, FEB)])
    note_reading(acme, name="Storage", used=3, on=FEB)
    assert [tuple(row.values()) for row in tables.readings_table().to_pylist()] == [
        (acme.pk, "Storage", 1.25, JAN),
        (acme.pk, "Storage", 3.0, FEB),
    ]


def test_empty_tables_keep_their_types():
    assert tables.customers_table().schema.equals(tables.CUSTOMERS)
    assert tables.accounts_table().schema.equals(tables.ACCOUNTS)
    assert tables.seats_table().schema.equals(tables.SEATS)
    assert tables.feature_entitlements_table().schema.equals(tables.FEATURE_ENTITLEMENTS)
    assert tables.limits_table().schema.equals(tables.LIMITS)
    assert tables.readings_table().schema.equals(tables.READINGS)
