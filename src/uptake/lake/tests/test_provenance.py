"""The rows listed behind a number are exactly the rows that were counted."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from uptake.lake import files
from uptake.lake.derive import derive_daily
from uptake.lake.models import DataFile, Import
from uptake.lake.provenance import facts_of, listed
from uptake.lake.tests.conftest import MARCH, NO_ZONES, daily_rows

ACME = [("pendo", "acme", None)]


def rows_behind(engine) -> list[dict]:
    return listed(engine, facts_of(engine, ACME, *MARCH[0]), limit=1000)


def test_a_use_that_came_twice_is_listed_once_where_it_came_first(engine, bring):
    first = bring({"event_id": "e1"}, {"event_name": "Share"}, {"event_name": "Share"})
    second = bring({"event_id": "e1"}, {"event_name": "Share"}, {"event_name": "Share"}, {"event_name": "Share"})
    listed_rows = Counter((row["event_name"], row["import_id"]) for row in rows_behind(engine))
    assert listed_rows == {("Export", first.pk): 1, ("Share", second.pk): 3}  # the fullest file's three


def test_a_replaced_total_is_not_listed(engine, bring):
    day = {"grain": "day", "at": "2026-03-02T00:00", "occurred_on": date(2026, 3, 2)}
    bring(day | {"event_count": 4})
    newer = bring(day | {"event_count": 5})
    assert [(row["import_id"], row["event_count"]) for row in rows_behind(engine)] == [(newer.pk, 5)]


def test_rows_of_two_platforms_are_listed_in_one_order(engine, bring):
    bring({"at": "2026-03-02T09:00"}, {"at": "2026-03-05T09:00"})
    bring({"at": "2026-03-04T09:00", "source": "mixpanel"})
    DataFile.objects.filter(pk=DataFile.objects.last().pk).update(source="mixpanel")
    tables = facts_of(engine, [*ACME, ("mixpanel", "acme", None)], *MARCH[0])
    assert [row["day"].day for row in listed(engine, tables, limit=2)] == [5, 4]


FACT = st.fixed_dictionaries(
    {
        "at": st.sampled_from(["2026-03-02T09:00", "2026-03-02T09:01", "2026-03-03T09:00"]),
        "event_name": st.sampled_from(["Export", "Share"]),
        "event_id": st.sampled_from([None, None, "e1", "e2"]),
        "event_count": st.integers(1, 3),
        "grain": st.sampled_from(["event", "event", "hour"]),
    }
)


@given(batches=st.lists(st.lists(FACT, min_size=1, max_size=8), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.django_db
def test_the_rows_listed_add_up_to_the_uses_counted(duck, bring, batches):
    DataFile.objects.all().delete()
    Import.objects.all().delete()
    for batch in batches:
        bring(*batch, has_repeats=True)
    derive_daily(duck, "pendo", MARCH, NO_ZONES)
    counted = sum(row["uses"] for row in daily_rows(duck))
    behind = rows_behind(duck)
    assert sum(row["event_count"] for row in behind) == counted
    assert len(behind) == sum(row["fact_rows"] for row in daily_rows(duck))
    assert files.live("usage_events")
