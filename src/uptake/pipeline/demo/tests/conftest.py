"""The default portfolio up to a fixed day, and its usage events as the CSV tells them."""

import csv
from collections import defaultdict
from datetime import UTC, date, datetime
from typing import NamedTuple

import pytest

from uptake.pipeline.demo.exports import write_events
from uptake.pipeline.demo.plan import make_plan

UNTIL = date(2026, 11, 19)  # a Thursday, no holidays near


class Use(NamedTuple):
    customer: str
    user: str
    feature: str
    at: datetime
    count: int

    @property
    def day(self):
        return self.at.date()


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            at = datetime.strptime(row["timestamp"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
            yield Use(row["customer"], row["user"], row["feature"], at, int(row["count"]))


@pytest.fixture(scope="session")
def plan():
    return make_plan(until=UNTIL)


@pytest.fixture(scope="session")
def uses(plan, tmp_path_factory):
    [path] = write_events(plan, tmp_path_factory.mktemp("demo"), "csv")
    return list(read_csv(path))


@pytest.fixture(scope="session")
def by_customer(uses):
    grouped = defaultdict(list)
    for use in uses:
        grouped[use.customer].append(use)
    return grouped
