"""Dorado in June 2026: four users, four features, sessions and log-ins, small enough to be counted on paper.

The as-of day is Tuesday, 30 June; the 30 days begin on Monday, 1 June and have 22 working days. Times are UTC; Dorado
keeps Berlin's, two hours ahead in summer.

  ada   every working day of May and June at 08:00 Search and 08:10 Reports; on Mondays a log-in at 07:50
  ben   on the 1st and 15th of June at 08:05 Search; on the 29th at 14:00 Export
  cem   on 2 June at 09:00 Search, then no more
  dan   on 4 May at 10:00 Search, then no more
"""

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from uptake.customers.features import define_features
from uptake.customers.inputs import NewEntitlement, NewFeature, NewStakeholder
from uptake.customers.models import Customer
from uptake.customers.services import add_contract, add_stakeholders, grant_entitlements
from uptake.lake.models import Import
from uptake.pipeline import imports, preview
from uptake.sources.reading import Answers

LAST = date(2026, 6, 30)
WORKDAYS = [date(2026, 5, 1) + timedelta(days=ahead) for ahead in range(61)]
WORKDAYS = [day for day in WORKDAYS if day.weekday() < 5]
ADA, BEN, CEM, DAN = (f"{name}@dorado.example" for name in ("ada", "ben", "cem", "dan"))


def dorado_events() -> list[tuple[str, str, str, str]]:
    """(customer, user, feature, instant in UTC)."""
    rows = []
    for day in WORKDAYS:
        rows += [("Dorado", ADA, "Search", f"{day}T08:00:00Z"), ("Dorado", ADA, "Reports", f"{day}T08:10:00Z")]
        if day.weekday() == 0:
            rows.append(("Dorado", ADA, "login", f"{day}T07:50:00Z"))
    rows += [("Dorado", BEN, "Search", f"2026-06-{day}T08:05:00Z") for day in ("01", "15")]
    rows += [
        ("Dorado", BEN, "Export", "2026-06-29T14:00:00Z"),
        ("Dorado", CEM, "Search", "2026-06-02T09:00:00Z"),
        ("Dorado", DAN, "Search", "2026-05-04T10:00:00Z"),
    ]
    return rows


def dorado_papers(customer: Customer) -> None:
    """Ten seats at 1,000 a year, the catalogue, and two people whom we know."""
    begins = date(2026, 1, 1)
    add_contract(customer, starts_on=begins, arr=Decimal(5000), plan="Business")
    define_features(
        [
            NewFeature("Search", category="core", importance=90),
            NewFeature("Reports", category="core", importance=60),
            NewFeature("Export", category="advanced", importance=40),
            NewFeature("Webhooks", category="power", importance=30),
        ]
    )
    grant_entitlements([NewEntitlement(customer, "seats", starts_on=begins, granted=Decimal(10), price=Decimal(1000))])
    add_stakeholders(
        [
            NewStakeholder(customer, "Ada Lovelace", ADA, "Head of data", is_champion=True),
            NewStakeholder(customer, "Dan Brown", DAN, "Analyst"),
        ]
    )


def import_events(folder: Path, rows, name: str = "events.csv") -> Import:
    """rows: (customer, user, feature, instant), by the steps of the durable import."""
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "user", "feature", "timestamp"])
        writer.writerows(rows)
    answers = Answers(yes=True)
    batch, _ = preview.start_preview([path], answers)
    preview.confirm(batch, answers)
    for step in (imports.stage, imports.convert, imports.commit, imports.finish):
        step(batch.pk)
    batch.refresh_from_db()
    return batch
