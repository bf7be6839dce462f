"""An import that a connection brought holds its days whole: a newer one of the same days stands in for it."""

import json
from datetime import UTC, date, datetime

import pytest

from uptake.kit.errors import ProductError
from uptake.lake import files
from uptake.lake.engine import engine
from uptake.lake.models import Import
from uptake.lake.schemas import USAGE_DAILY
from uptake.pipeline import imports, preview
from uptake.sources.reading import Answers

pytestmark = pytest.mark.django_db
ANN, BOB = "ann@acme.example", "bob@acme.example"


@pytest.fixture
def asked(tmp_path, settings):
    """What Pendo told for whole days: (day of March, visitor, uses) each; as the steps of the import take it."""

    def bring(first, last, *rows, connection_id=7) -> Import:
        path = tmp_path / f"events-{Import.objects.count()}.json"
        told = [
            {"accountId": "Acme", "visitorId": who, "featureId": "f1", "day": _midnight(day), "numEvents": uses}
            for day, who, uses in rows
        ]
        path.write_text(json.dumps({"results": told}))
        answers = Answers(platform="pendo", yes=True, workspace_zone=settings.UPTAKE.time_zone)
        batch, _ = preview.start_preview([path], answers)
        batch.connection_id, batch.whole_days = connection_id, [[f"2026-03-{first:02}", f"2026-03-{last:02}"]]
        batch.save()
        preview.confirm(batch, answers)
        try:
            for step in (imports.stage, imports.convert, imports.commit, imports.finish):
                step(batch.pk)
        except ProductError as why:
            imports.refuse(batch.pk, why)
        batch.refresh_from_db()
        return batch

    return bring


def _midnight(day):
    return int(datetime(2026, 3, day, tzinfo=UTC).timestamp() * 1000)


def uses():
    """{(day of March, visitor): uses}"""
    with engine() as opened:
        live = files.selections(files.live("usage_daily"))
        rows = opened.arrow(opened.files("usage_daily", live, USAGE_DAILY)).to_pylist()
    return {(row["day"].day, row["visitor_id"]): row["uses"] for row in rows}


def test_a_day_that_is_asked_for_again_is_as_it_is_told_now(asked):
    asked(1, 3, (1, ANN, 5), (2, ANN, 5), (2, BOB, 1), (3, ANN, 5))
    newer = asked(2, 4, (2, ANN, 6), (4, ANN, 2))  # Bob's use and all of the third have gone
    assert (newer.rows_read, newer.imported_count, newer.duplicate_count) == (2, 2, 0)
    assert uses() == {(1, ANN): 5, (2, ANN): 6, (4, ANN): 2}


def test_undoing_it_brings_back_what_was_told_before(asked):
    asked(1, 3, (1, ANN, 5), (2, ANN, 5), (3, BOB, 5))
    newer = asked(2, 3, (2, ANN, 6))
    imports.retire(newer.pk)
    assert uses() == {(1, ANN): 5, (2, ANN): 5, (3, BOB): 5}
    imports.restore(newer.pk)
    assert uses() == {(1, ANN): 5, (2, ANN): 6}


def test_undoing_the_older_one_leaves_the_newer(asked):
    older = asked(1, 3, (1, ANN, 5), (2, ANN, 5))
    asked(2, 2, (2, ANN, 6))
    imports.retire(older.pk)
    assert uses() == {(2, ANN): 6}


def test_the_same_bytes_again_change_nothing(asked):
    asked(1, 1, (1, ANN, 5))
    again = asked(1, 1, (1, ANN, 5))
    assert (again.state, "sameAs" in again.report) == (Import.State.REFUSED, True)
    assert uses() == {(1, ANN): 5}


def test_a_correction_that_was_taken_back_counts(asked):
    asked(1, 1, (1, ANN, 5))
    asked(1, 1, (1, ANN, 6))
    back = asked(1, 1, (1, ANN, 5))  # the first one's bytes, but the second's stand in for them
    assert back.state == Import.State.LIVE
    assert uses() == {(1, ANN): 5}


def test_files_of_people_and_other_connections_are_left_alone(asked):
    asked(1, 2, (1, ANN, 5), (2, ANN, 5))
    asked(1, 2, (2, BOB, 3), connection_id=8)
    assert uses() == {(1, ANN): 5, (2, ANN): 5, (2, BOB): 3}


def test_the_days_of_the_file_are_not_more_than_those_asked_for(asked):
    batch = asked(1, 3, (2, ANN, 5))
    assert files.whole_days(batch) == [(date(2026, 3, 1), date(2026, 3, 3))]
    assert (batch.first_day, batch.last_day) == (date(2026, 3, 2), date(2026, 3, 2))
