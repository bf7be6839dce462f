"""From the spool into facts: each event once, at its customer, on its day, and every row in the ledger."""

import csv
import os
from datetime import date, timedelta

import pytest
from django.utils import timezone

from uptake.customers.models import Account, AccountProfile, Customer
from uptake.customers.services import create_customer
from uptake.lake import files
from uptake.lake.models import DataFile, Import
from uptake.pipeline import imports
from uptake.pipeline.home import home, set_aside_path
from uptake.pipeline.live import judging, keeping
from uptake.pipeline.live.compacting import compact
from uptake.pipeline.live.keys import create_live_source, remove
from uptake.pipeline.live.models import LivePerson, MovedSegment
from uptake.pipeline.live.moving import close_days
from uptake.pipeline.live.spool import closed_segments, folder
from uptake.pipeline.live.tests.conftest import NOW, Source, event, live_files
from uptake.pipeline.results import import_json

DAY = timedelta(days=1)
TODAY, YESTERDAY = str(NOW.date()), str((NOW - DAY).date())


def test_an_event_becomes_a_fact_with_its_day_and_customer(source):
    source.sent(event(count=3, timestamp="2026-06-29T10:00:00Z"))
    assert source.facts() == [("Export", "Acme", "ann", 3)]
    assert source.uses() == {YESTERDAY: 3}
    assert Account.objects.get(account_id="Acme").customer.name == "Acme"
    assert source.batch.files.get().name == f"Live events of Web app, {TODAY}"
    assert closed_segments() == []
    assert MovedSegment.objects.count() == 0


def test_the_import_tells_all_that_an_import_of_files_tells(source):
    source.sent(event(1), event(2, user="bo", feature="Loaded a Page"), event(3, count=-1), event(4, count=0), event(1))
    told = import_json(source.batch)
    assert told["rowsRead"] == 5
    assert told["imported"] == 2
    assert told["duplicateReasons"] == [{"reason": "sent before, by its id", "rows": 1}]
    assert told["setAside"] == [{"reason": "the count is negative", "rows": 1}]
    assert told["refused"] == [{"reason": "the count is 0: no use", "rows": 1}]
    assert (told["customers"], told["visitors"], told["features"], told["unassigned"]) == (1, 2, 1, 0)
    assert told["from"] == told["to"] == "2026-06-30T12:00:00Z"


def test_rounds_of_a_day_go_into_one_import_and_its_rows_are_numbered_on(source):
    source.sent(event(1), event(2, count=-1))
    source.sent(event(3), at=NOW + timedelta(hours=1))
    source.sent(event(4), at=NOW + DAY)
    assert [batch.rows_read for batch in source.imports] == [3, 1]
    assert source.facts("import_id, row_number, event_id") == [
        (source.imports[0].pk, 1, "e1"),
        (source.imports[0].pk, 3, "e3"),
        (source.imports[1].pk, 1, "e4"),
    ]


def test_the_day_it_came_is_the_workspaces(source, settings):
    settings.UPTAKE.time_zone, before = "Pacific/Auckland", settings.UPTAKE.time_zone
    try:
        source.sent(event(1))
    finally:
        settings.UPTAKE.time_zone = before
    assert source.batch.report["receivedOn"] == "2026-07-01"


# Every event once


def test_an_id_counts_once_within_a_request_and_across_rounds_and_days(source):
    source.sent(event(1), event(1))
    source.sent(event(1), event(2))
    source.sent(event(1), at=NOW + 3 * DAY)
    source.sent(event(1, timestamp="2026-06-30T12:00:00Z"), at=NOW + 30 * DAY)
    assert source.ledger == (6, 2, 4, 0, 0)
    assert source.uses() == {TODAY: 2}


def test_an_id_counts_once_whatever_it_says_the_second_time(source):
    """A retry has another time: the clock is put right by another difference."""
    source.sent(event(1, timestamp="2026-06-30T11:00:00Z"), sent_at="2026-06-30T11:59:59Z")
    source.sent(
        event(1, timestamp="2026-06-30T11:00:00Z"), sent_at="2026-06-30T11:59:30Z", at=NOW + timedelta(minutes=5)
    )
    assert source.ledger == (2, 1, 1, 0, 0)
    assert source.uses() == {TODAY: 1}


def test_two_sources_may_use_the_same_ids(source):
    other = Source(create_live_source("Phone app", None)[0])
    source.send(event(1))
    other.sent(event(1))
    assert (source.ledger, other.ledger) == ((1, 1, 0, 0, 0), (1, 1, 0, 0, 0))
    assert source.connection.source != other.connection.source


def test_what_is_no_use_counts_once_too(source):
    for _ in range(2):
        source.sent(
            event(1, count=-1),
            {"type": "identify", "userId": "u", "messageId": "i"},
            {"type": "group", "userId": "u", "groupId": "g", "messageId": "g"},
        )
    assert source.ledger == (6, 0, 3, 1, 2)


def test_a_corrected_event_may_have_the_id_of_the_odd_one(source):
    source.sent(event(1, count=-1))
    source.sent(event(1, count=1))
    assert source.ledger == (2, 1, 0, 1, 0)


def test_a_segment_that_comes_again_after_a_kill_is_not_moved_twice(source):
    """The facts were committed, and the process was killed before the file was removed."""
    source.send(event(1), event(2, count=-1))
    [path] = closed_segments()
    kept = path.read_bytes()
    source.move()
    path.write_bytes(kept)
    MovedSegment.objects.create(segment=path.name, connection_id=source.connection.pk, day=NOW.date())
    source.move()
    assert source.ledger == (2, 1, 0, 1, 0)
    assert closed_segments() == []


@pytest.mark.parametrize("earlier", [(), (event(8, count=-1),)], ids=["first rows", "more rows"])
def test_rows_set_aside_can_be_opened_after_a_kill_behind_the_commit(source, monkeypatch, earlier):
    source.sent(*earlier, event(9))
    source.send(event(1), event(2, count=-1))

    def killed(_):
        raise SystemExit

    monkeypatch.setattr(keeping, "write_set_aside", killed)
    with pytest.raises(SystemExit):
        source.move()
    monkeypatch.undo()
    Source(source.connection).move()  # the next start
    assert source.ledger == (3 + len(earlier), 2, 0, 1 + len(earlier), 0)
    with set_aside_path(source.batch.pk).open(newline="") as file:
        assert len(list(csv.DictReader(file))) == 1 + len(earlier)


def test_files_of_rows_set_aside_are_not_written_again_for_nothing(source):
    source.sent(event(1, count=-1))
    before = set_aside_path(source.batch.pk).stat().st_mtime_ns
    Source(source.connection).move()
    assert set_aside_path(source.batch.pk).stat().st_mtime_ns == before


def test_a_round_that_is_killed_before_its_commit_is_done_again(source, monkeypatch):
    """Its files are written and not listed."""
    source.send(event(1), event(2, count=-1))

    def killed(*_):
        raise SystemExit  # as much as one process can be killed inside a test

    monkeypatch.setattr(keeping, "_sweep", lambda _: None)
    monkeypatch.setattr(imports, "all_at_once", killed)
    with pytest.raises(SystemExit):
        source.move()
    monkeypatch.undo()
    assert (source.facts(), source.ledger) == ([], (0, 0, 0, 0, 0))
    files.sweep()
    keeping.sweep_others()
    assert list(judging.others_folder().iterdir()) == []
    source.move()
    assert source.ledger == (2, 1, 0, 1, 0)
    assert source.uses() == {TODAY: 1}


def test_a_torn_segment_gives_what_is_whole(source):
    source.send(event(1))
    [path] = closed_segments()
    path.write_bytes(path.read_bytes() + b"UPlv\0\0")
    source.move()
    assert source.ledger == (1, 1, 0, 0, 0)


def test_a_damaged_segment_is_kept_for_people(source, caplog):
    source.send(event(1))
    [path] = closed_segments()
    path.write_bytes(b"damaged" + path.read_bytes())
    source.move()
    assert source.ledger == (1, 1, 0, 0, 0)
    assert [kept.name for kept in (home() / "live" / "damaged").iterdir()] == [path.name]
    assert "7 bytes" in caplog.text


def test_what_fails_for_one_source_does_not_hold_up_another(source, monkeypatch):
    other = Source(create_live_source("Phone app", None)[0], mover=source.mover)
    source.send(event(1))
    other.send(event(1))
    real = keeping.judge

    def broken(con, came, *rest, **more):
        if came.connection_id == source.connection.pk:
            raise RuntimeError("a bug")
        return real(con, came, *rest, **more)

    monkeypatch.setattr(keeping, "judge", broken)
    source.move()
    source.connection.refresh_from_db()
    assert other.ledger == (1, 1, 0, 0, 0)
    assert source.connection.trouble.startswith("Its events wait")
    assert len(closed_segments()) == 1
    other.sent(event(2))  # goes on meanwhile
    assert other.ledger == (2, 2, 0, 0, 0)
    monkeypatch.undo()
    source.mover._not_before.clear()
    source.move()
    source.connection.refresh_from_db()
    assert source.ledger == (1, 1, 0, 0, 0)
    assert source.connection.trouble == ""
    assert closed_segments() == []


# Whose it is


def group(number, account, user="u", **said):
    return {"type": "group", "userId": user, "groupId": account, "messageId": f"g{number}", **said}


def track(number, user="u", **said):
    return {"type": "track", "event": "Export", "userId": user, "messageId": f"t{number}", **said}


def accounts(source):
    return [account for account, *_ in source.facts("account_id")]


def test_the_last_group_call_says_whose_a_use_is(source):
    source.sent(track(1), group(1, "a"), track(2), group(2, "b"), track(3), track(4, context={"groupId": "c"}))
    assert accounts(source) == [None, "a", "b", "c"]
    source.sent(track(5), track(6, user="other"))
    assert accounts(source) == [None, "a", "b", "c", "b", None]


def test_a_group_call_that_comes_again_changes_nothing(source):
    source.sent(group(1, "a"), group(2, "b"))
    source.sent(group(1, "a"), track(1))
    assert accounts(source) == ["b"]


def test_the_group_holds_for_the_device_before_its_user_logged_in(source):
    source.sent(group(1, "a", anonymousId="device"), {**track(1), "userId": None, "anonymousId": "device"})
    assert accounts(source) == ["a"]


def test_without_a_group_the_domain_of_the_address_says_it(source):
    identify = {"type": "identify", "userId": "u", "messageId": "i", "traits": {"email": "Ann@Acme.example"}}
    source.sent(identify, track(1), track(2, user="bo@borealis.example"), track(3, user="cem@gmail.com"))
    source.sent(track(4), group(1, "g"), track(5))
    assert accounts(source) == ["acme.example", "borealis.example", None, "acme.example", "g"]
    assert LivePerson.objects.get(person="u").email == "Ann@Acme.example"


def test_a_group_call_tells_what_the_customer_is_called(source):
    create_customer(name="Globex", domains=("globex.example",))
    source.sent(
        group(1, "acct_1", traits={"name": "Northwind Traders"}),
        track(1),
        group(2, "acct_2", user="v", traits={"name": "Globex Inc", "website": "https://www.globex.example/"}),
        track(2, user="v"),
    )
    named = dict(Account.objects.values_list("account_id", "customer__name"))
    assert named == {"acct_1": "Northwind Traders", "acct_2": "Globex"}
    source.sent(group(3, "acct_2", traits={"name": "Globex Ltd"}))
    told = AccountProfile.objects.get(account_id="acct_2")
    assert (told.name, told.domain) == ("Globex Ltd", "globex.example")


def test_a_source_may_leave_new_accounts_to_a_teammate(source):
    source.connection.options = {"makes_customers": False}
    source.connection.save()
    source.sent(event(1))
    assert Account.objects.get(account_id="Acme").customer is None
    assert source.batch.report["customers"] == 0


def test_each_source_knows_its_own_people(source):
    source.sent(group(1, "a"))
    other = Source(create_live_source("Phone app", None)[0])
    other.sent(track(1))
    assert accounts(other) == [None]


# When


def test_a_late_event_counts_on_its_day_and_has_a_file_of_its_own(source):
    source.sent(event(1), event(2, timestamp="2025-01-10"), event(3, timestamp="2025-01-11"))
    assert source.uses() == {"2025-01-10": 1, "2025-01-11": 1, TODAY: 1}
    assert sorted((file.first_day, file.last_day) for file in live_files(source)) == [
        (date(2025, 1, 10), date(2025, 1, 11)),
        (date(2026, 6, 30), date(2026, 6, 30)),
    ]
    source.sent(event(4, timestamp="2025-01-10"), event(2, timestamp="2025-01-10"))
    assert source.uses() == {"2025-01-10": 2, "2025-01-11": 1, TODAY: 1}


def test_a_future_event_is_set_aside_or_counts_as_of_now(source):
    source.sent(event(1, timestamp="2026-06-30T13:00:00Z"), event(2, timestamp="2026-07-02"))
    assert source.uses() == {TODAY: 1}
    assert source.batch.report["setAside"] == [{"reason": "the date is in the future", "rows": 1}]
    assert source.batch.report["warnings"][0].startswith("1 events were of the future")


# Odd events


def test_the_rows_set_aside_can_be_opened(source):
    source.sent(event(1, count=-1, user="=SUM(A1)"), event(2))
    source.sent(event(3, feature=""), {"feature": "=cmd"}, "=no event")
    with set_aside_path(source.batch.pk).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["row"], row["reason"]) for row in rows] == [
        ("1", "the count is negative"),
        ("3", "no feature"),
        ("5", "the event is no object"),
    ]
    assert '"user":"=SUM(A1)"' in rows[0]["text"]


def test_ten_thousand_features_are_no_trouble_and_ever_more_are_set_aside(source, monkeypatch):
    source.sent(*(event(n, feature=f"Feature {n}") for n in range(10_000)))
    assert source.ledger == (10_000, 10_000, 0, 0, 0)
    assert len(source.batch.report["eventNames"]) == 10_000
    monkeypatch.setattr(judging, "MOST_EVENT_NAMES", 10_002)
    source.sent(*(event(10_000 + n, feature=f"New {n % 5}") for n in range(10)), event(20_000, feature="Feature 7"))
    assert source.ledger == (10_011, 10_005, 0, 6, 0)


def test_markup_and_odd_letters_are_kept_as_text(source):
    name = "<b>Export</b> \u202e\U0001f600 'quoted'; DROP TABLE"
    source.sent(event(1, feature=name, customer='O\'Neill "&" Söhne', user="\ud800"))
    assert source.facts() == [(name, 'O\'Neill "&" Söhne', "?", 1)]


# Undo


def test_an_undo_takes_the_day_back_and_what_comes_later_is_another_import(source):
    source.sent(event(1))
    first = source.batch
    imports.retire(first.pk)
    assert source.uses() == {}
    assert not Customer.objects.filter(name="Acme").exists()
    source.sent(event(1), event(2))  # what was taken back does not come back because it is sent again
    second = source.imports[1]
    assert second.files.get().name == f"Live events of Web app, {TODAY}, part 2"
    assert (second.imported_count, second.duplicate_count) == (1, 1)
    assert source.uses() == {TODAY: 1}
    imports.restore(first.pk)
    assert source.uses() == {TODAY: 2}
    first.refresh_from_db()
    assert first.state == Import.State.LIVE


def test_an_import_whose_undo_is_asked_for_takes_nothing_more(source):
    source.sent(event(1))
    imports.ask_for_undo(source.batch.pk)
    source.sent(event(2))
    assert [batch.rows_read for batch in source.imports] == [1, 1]


def test_an_import_that_is_undone_in_the_middle_of_a_round_takes_nothing(source, monkeypatch):
    source.sent(event(1))
    source.send(event(2))
    real, undone = keeping.judge, []

    def judge(con, came, batch, *rest, **more):
        judged = real(con, came, batch, *rest, **more)
        if not undone:
            undone.append(batch.pk)
            imports.retire(batch.pk)
        return judged

    monkeypatch.setattr(keeping, "judge", judge)
    source.move()
    assert [(batch.state, batch.rows_read) for batch in source.imports] == [("undone", 1), ("live", 1)]
    assert source.uses() == {TODAY: 1}
    assert [name for (name,) in source.facts("event_id")] == ["e2"]


def test_what_waits_of_a_source_that_was_removed_with_its_facts_is_refused(source):
    source.send(event(1))
    remove(source.connection, None, with_facts=True)
    source.move()
    assert source.ledger == (1, 0, 0, 0, 1)
    assert source.batch.report["refused"] == [{"reason": "its source was removed with its facts", "rows": 1}]


def test_what_waits_of_a_source_that_was_removed_becomes_facts(source):
    source.send(event(1))
    remove(source.connection, None)
    source.move()
    assert source.ledger == (1, 1, 0, 0, 0)


# Many small files


def test_small_files_become_one_with_the_same_rows(source):
    for number in range(5):
        source.sent(event(number, timestamp=f"2026-06-30T11:0{9 - number}:00Z"))
    before, uses = source.facts("*"), source.uses()
    assert compact(source.batch.pk, at_least=2) == 5
    assert (source.facts("*"), source.uses()) == (before, uses)
    [file] = live_files(source)
    assert (file.row_count, file.key) == (5, files.ONCE)
    source.sent(event(3), event(9))
    assert source.ledger == (7, 6, 1, 0, 0)


def test_an_undone_import_comes_back_once_although_its_files_were_put_together(source):
    for number in range(3):
        source.sent(event(number))
    compact(source.batch.pk, at_least=2)
    imports.retire(source.batch.pk)
    imports.restore(source.batch.pk)
    assert source.uses() == {TODAY: 3}
    assert len(source.facts()) == 3
    DataFile.objects.filter(key=files.SUPERSEDED).update(retired_at=NOW - 300 * DAY)
    assert files.sweep_retired() == 3
    assert len(source.facts()) == 3
    assert len(list((files.root() / "usage_events").iterdir())) == 1


def test_files_are_put_together_in_time_and_when_the_day_is_over(source):
    for number in range(14):
        source.sent(event(number), event(100 + number, count=-1))
    assert len(live_files(source)) == 3  # twelve became one
    assert len(source.batch.report["others"]) == 3
    close_days(NOW.date())
    assert len(live_files(source)) == 3  # more may come today
    close_days(NOW.date() + DAY)
    assert len(live_files(source)) == 1
    assert source.uses() == {TODAY: 14}
    assert source.ledger == (28, 14, 0, 14, 0)
    assert sum(1 for _ in set_aside_path(source.batch.pk).open()) == 15


def test_files_of_an_undone_import_are_not_put_together(source):
    for number in range(3):
        source.sent(event(number))
    imports.retire(source.batch.pk)
    assert compact(source.batch.pk, at_least=2) == 0


def test_days_that_were_derived_again_do_not_fill_the_disk(source):
    """Each round writes today's days anew; those of other platforms may be read by somebody for hours."""
    for number in range(3):
        source.sent(event(number))
    retired = DataFile.objects.filter(table=DataFile.Table.USAGE_DAILY).exclude(retired_at=None)
    assert retired.count() == 2
    retired.update(retired_at=timezone.now() - timedelta(hours=1))
    DataFile.objects.filter(pk=retired.first().pk).update(source="pendo")
    source.mover._swept_at = float("-inf")
    source.sent(event(4))
    assert [file.source for file in retired.filter(retired_at__lt=timezone.now() - timedelta(minutes=30))] == ["pendo"]
    assert source.uses() == {TODAY: 4}


def test_the_spool_is_empty_in_the_end(source):
    for number in range(3):
        source.send(event(number))
    source.move()
    assert os.listdir(folder()) == []  # noqa: PTH208
