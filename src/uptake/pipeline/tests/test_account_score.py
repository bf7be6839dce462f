"""The account score of imported files: sessions are made when they are asked for, and again when facts changed."""

import pytest

from uptake.customers.services import NewEntitlement, grant_entitlements, note_reading
from uptake.pipeline import imports, preview, scoring
from uptake.pipeline.published import published, sessions_ready
from uptake.pipeline.tests.by_hand import JUNE, LAST, WORKDAYS, own, undo
from uptake.scores.models import ACCOUNT
from uptake.sources.reading import Answers

pytestmark = pytest.mark.django_db(transaction=True)
ADA = "ada@acme.example"


def bring(folder, name, *events):
    """Single events, as (customer, user, feature, instant): what has a count of uses would be a total."""
    path = folder / name
    lines = ["customer,user,feature,timestamp", *(",".join(event) for event in events)]
    path.write_text("\n".join(lines))
    answers = Answers(yes=True)
    batch, _ = preview.start_preview([path], answers)
    preview.confirm(batch, answers)
    for step in (imports.stage, imports.convert, imports.commit, imports.finish):
        step(batch.pk)
    return batch


@pytest.fixture
def acme(db, tmp_path):
    """Acme: on each of June's 22 working days ada opens Search at 10:00, 10:20 and 12:00. Cobalt: once, in April."""
    times = ("10:00", "10:20", "12:00")
    events = [("Acme", ADA, "Search", f"{day}T{at}:00Z") for day in WORKDAYS for at in times]
    cobalt = [("Cobalt", "cy@cobalt.example", "Search", f"2026-04-0{day}T10:00:00Z") for day in (1, 2)]
    bring(tmp_path, "usage.csv", *events, *cobalt)
    return own("Acme")


def row_of(name):
    return next(row for row in scoring.scores(model=ACCOUNT).rows if row["customer"] == name)


def test_sessions_are_made_when_somebody_asks(acme):
    assert published().sessions == []
    scoring.scores()  # the portfolio's score needs none
    assert published().sessions == []
    row = row_of("Acme")
    assert (row["sessions"], row["session_uses"], row["actions_per_session"]) == (44, 66, 1.5)
    assert row["depth_value"] == pytest.approx(100 * 1.5 / 15)
    assert row_of("Cobalt")["actions_per_session"] == 0  # history, sessions before, nothing since


def test_another_import_and_its_undo_bring_their_sessions_and_take_them(acme, tmp_path):
    before = row_of("Acme")
    more = bring(tmp_path, "more.csv", ("Acme", "eve@acme.example", "Search", f"{LAST}T10:00:00Z"))
    assert (row_of("Acme")["sessions"], row_of("Acme")["session_uses"]) == (45, 67)
    undo(more)
    assert row_of("Acme") == before
    late = bring(tmp_path, "late.csv", ("Acme", ADA, "Search", f"{LAST}T10:50:00Z"))
    assert row_of("Acme")["sessions"] == 45  # 30 minutes after 10:20
    undo(late)
    sessions_ready()
    bring(
        tmp_path,
        "between.csv",
        ("Acme", ADA, "Search", f"{LAST}T10:40:00Z"),
        ("Acme", ADA, "Search", f"{LAST}T11:05:00Z"),
    )
    assert row_of("Acme")["sessions"] == 44  # 10:00, 10:20, 10:40, 11:05 are one; 12:00 is another
    assert row_of("Acme")["session_uses"] == 68


def test_entitlements_and_readings_count_from_their_day(acme):
    assert row_of("Acme")["entitlements_value"] is None
    grant_entitlements(
        [
            NewEntitlement(acme, "seats", JUNE[0], granted=4),
            NewEntitlement(acme, "limit", JUNE[0], name="Storage", granted=100, unit="GB"),
        ]
    )
    row = row_of("Acme")
    assert (row["utilization"], row["entitlements_measured"], row["entitlements_limited"]) == (1 / 4, 1, 2)
    note_reading(acme, name="Storage", used=75, on=LAST)
    assert row_of("Acme")["utilization"] == (1 / 4 + 3 / 4) / 2
