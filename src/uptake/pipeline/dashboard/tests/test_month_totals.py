"""Totals of a month beside days: what they say is counted, and what they cannot say is left out, on both sides of them.

Acme: ann searches on every working day from February to June; old@acme on those from 20 May, and in a total for January,
which names them first.
"""

import csv
from datetime import date, timedelta

import pytest

from uptake.pipeline import imports, preview
from uptake.pipeline.dashboard import behind, dashboard
from uptake.pipeline.dashboard.tests.by_hand import import_events
from uptake.pipeline.dashboard.tests.lists_hold import told_apart
from uptake.pipeline.tests.by_hand import own
from uptake.sources.reading import Answers

pytestmark = pytest.mark.django_db(transaction=True)
END = date(2026, 6, 30)


def import_months(folder, rows, name):
    path = folder / name
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "user", "feature", "month", "count"])
        writer.writerows(rows)
    answers = Answers(yes=True)
    batch, _ = preview.start_preview([path], answers)
    preview.confirm(batch, answers)
    for step in (imports.stage, imports.convert, imports.commit, imports.finish):
        step(batch.pk)


@pytest.fixture
def acme(people, tmp_path):
    days = [date(2026, 2, 2) + timedelta(days=ahead) for ahead in range(149)]
    days = [day for day in days if day.weekday() < 5]
    rows = [("Acme", "ann@acme.example", "Search", f"{day}T10:00:00Z") for day in days]
    rows += [("Acme", "old@acme.example", "Search", f"{day}T10:00:00Z") for day in days if day >= date(2026, 5, 20)]
    import_events(tmp_path, rows)
    import_months(tmp_path, [("Acme", "old@acme.example", "Search", "2026-01", 5)], "january.csv")
    return own("Acme", people.ann)


def test_whoever_a_months_total_named_before_came_back_and_is_not_new(acme, people):
    told = dashboard(people.ann, acme.pk, as_of=END)
    weeks = {week.week_end: week for week in told.lifecycle.data}
    back = weeks[date(2026, 5, 26)]  # 20 to 26 May
    assert (back.new, back.returning, back.resurrected, back.dormant) == (0, 1, 1, 0)
    assert told_apart(told, people.ann) == []


def test_a_cohort_is_that_of_the_months_total(acme, people):
    told = dashboard(people.ann, acme.pk, as_of=END)
    assert {(cohort.month, cohort.size) for cohort in told.cohorts.data} == {
        (date(2026, 1, 1), 1),
        (date(2026, 2, 1), 1),
    }


def test_a_months_total_outside_the_period_takes_nothing_from_it(acme, people):
    told = dashboard(people.ann, acme.pk, as_of=END)
    [sticky] = [each for each in told.figures.data if each.slug == "feature_stickiness"]
    assert (sticky.value, sticky.count) == (1.0, 1)
    assert behind(people.ann, acme.pk, "sticky", as_of=END).count == 1


def test_a_months_total_after_the_day_changes_nothing_of_it(acme, people, tmp_path):
    day = date(2026, 4, 30)
    before = dashboard(people.ann, acme.pk, as_of=day)
    import_months(tmp_path, [("Acme", "ann@acme.example", "Search", "2026-06", 7)], "june.csv")
    after = dashboard(people.ann, acme.pk, as_of=day)
    assert before.series.data.wau[-1] == 1
    assert after.series.data == before.series.data
    assert after.lifecycle.data == before.lifecycle.data
    assert after.growth.data.weeks == before.growth.data.weeks
    now = dashboard(people.ann, acme.pk, as_of=END)
    assert now.series.data.wau[-1] is None  # June is told of as a whole: nobody knows by whom this week
    assert now.series.data.wau[-31] == 2  # 31 May
