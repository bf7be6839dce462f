"""A workspace of three teammates and usage counted by hand, brought in by the steps of a real import."""

import csv
from datetime import date, timedelta
from pathlib import Path

from uptake.customers.models import Account, Customer
from uptake.customers.services import update_customer
from uptake.lake.models import Import
from uptake.pipeline import imports, preview
from uptake.pipeline.sync.models import Connection, SyncRun, SyncWindow
from uptake.sources.reading import Answers
from uptake.team.models import Role, Teammate
from uptake.team.services import add_teammate

LAST = date(2026, 6, 30)  # a Tuesday; the 30 days ending on it start on Monday 1 June: 22 working days
JUNE = [date(2026, 6, 1) + timedelta(days=ahead) for ahead in range(30)]
WORKDAYS = [day for day in JUNE if day.weekday() < 5]


def teammate(email: str, role: str = Role.CSM) -> Teammate:
    name = email.partition("@")[0].title()
    return add_teammate(email=email, role=role, name=name, password="a password of eight words")[0]


def import_usage(folder: Path, rows, name="usage.csv") -> Import:
    """rows: (customer, user, feature, day[, uses]); a new file by the steps of the durable import."""
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "user", "feature", "timestamp", "count"])
        for customer, user, feature, day, *uses in rows:
            writer.writerow([customer, user, feature, f"{day}T10:00:00Z", *(uses or [1])])
    answers = Answers(yes=True)
    batch, _ = preview.start_preview([path], answers)
    preview.confirm(batch, answers)
    for step in (imports.stage, imports.convert, imports.commit, imports.finish):
        step(batch.pk)
    batch.refresh_from_db()
    return batch


def undo(batch: Import) -> None:
    imports.retire(batch.pk)


def daily_use(customer, user, feature, days, uses=1):
    return [(customer, user, feature, day, uses) for day in days]


def own(name: str, owner: Teammate | None = None, **changes) -> Customer:
    """The customer of that name with an owner."""
    return update_customer(Customer.objects.get(name=name), owner=owner, **changes)


def pendo_came_up_to(name: str, last: date, connection: Connection | None = None) -> Connection:
    """The customer is one of Pendo's too, which has brought everything up to that day."""
    if connection is None:
        connection = Connection.objects.create(platform="pendo", name="Pendo", source="pendo")
        Account.objects.create(source="pendo", account_id=name, customer=Customer.objects.get(name=name))
    asked = SyncRun.objects.create(connection=connection, kind="daily", state="done", first_day=last, last_day=last)
    SyncWindow.objects.create(run=asked, first_day=last - timedelta(days=90), last_day=last, state="done")
    return connection
