"""Tables that are kept: made once, swept when their state is long gone, never under a reader's eyes."""

import threading
from datetime import timedelta

import pyarrow as pa
import pytest
from django.db import connection, transaction
from django.utils import timezone

from uptake.customers.services import update_customer
from uptake.lake import files
from uptake.lake.models import DataFile
from uptake.pipeline import at_hand as hands
from uptake.pipeline import kept as keeping
from uptake.pipeline import scoring
from uptake.pipeline.at_hand import at_hand
from uptake.pipeline.feature_use import feature_use
from uptake.pipeline.kept import LAST_READ, STATES, keep, kept, kept_or_made, key_of
from uptake.pipeline.portfolio import portfolio
from uptake.pipeline.published import published
from uptake.pipeline.tests.by_hand import LAST, import_usage

pytestmark = pytest.mark.django_db(transaction=True)

ONE = pa.table({"one": [1]})


def path_of(key):
    return files.root() / DataFile.objects.get(key=key).path


def in_use():
    return set(DataFile.objects.filter(table="scores", retired_at=None).values_list("key", flat=True))


def state(number):
    return f"scores|1|state{number}|30d"


def test_tables_of_states_long_gone_go_in_two_steps(workspace):
    for number in range(STATES + 2):
        keep(state(number), ONE, [LAST])
    keep("reach|1|state5|30d", ONE, [LAST])
    assert in_use() == {*(state(number) for number in range(2, STATES + 2)), "reach|1|state5|30d"}
    assert kept(state(0)) is None
    old = path_of(state(0))
    assert old.is_file()  # somebody may have found it just before
    DataFile.objects.filter(key=state(0)).update(retired_at=timezone.now() - LAST_READ - timedelta(seconds=1))
    keep("weeks|1|state5|30d", ONE, [LAST])
    assert not old.exists()
    assert not DataFile.objects.filter(key=state(0)).exists()
    assert path_of(state(1)).is_file()
    assert kept(state(2)) == ONE


def test_a_state_that_is_asked_for_again_counts_as_new(workspace):
    for number in (0, 1, 2, 3, 0, 4):
        keep(f"{state(number)}|{DataFile.objects.count()}", ONE, [LAST])
    assert {key.split("|")[2] for key in in_use()} == {"state0", "state2", "state3", "state4"}


def test_of_many_days_the_newest_stay(workspace, monkeypatch):
    monkeypatch.setattr(keeping, "TABLES", 3)
    for day in range(5):
        keep(f"scores|1|state|{day}", ONE, [LAST])
    assert in_use() == {f"scores|1|state|{day}" for day in (2, 3, 4)}


def test_keys_of_an_older_shape_go_too(workspace):
    keep("portfolio-ab|1|30d|2026-06-30|0123456789abcdef", ONE, [LAST])
    keep("odd", ONE, [LAST])
    for number in range(STATES):
        keep(state(number), ONE, [LAST])
    assert in_use() == {state(number) for number in range(STATES)}


def test_a_table_that_vanished_is_made_again(workspace):
    before = scoring.scores().rows
    for file in DataFile.objects.filter(table="scores"):
        (files.root() / file.path).unlink()
    scoring._SCORES._values.clear()  # as another process, which holds nothing
    assert scoring.scores().rows == before


def test_made_once_whoever_asks_at_the_same_moment(workspace):
    known, times = published(), []
    key = key_of("count", known)

    def ask():
        kept_or_made(key, known, [LAST], lambda bench: times.append(1) or ONE)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert times == [1]


def test_a_writer_that_waits_for_the_table_does_not_wait_for_long(workspace, monkeypatch):
    """SQLite has one writer: who holds a transaction may wait for what another thread makes and wants to keep."""
    if connection.vendor != "sqlite":
        pytest.skip("other databases have many writers")
    monkeypatch.setattr(keeping, "BUSY_SECONDS", 0)
    known, made = published(), []

    def make():
        made.append(kept_or_made(key_of("count", known), known, [LAST], lambda bench: ONE))
        connection.close()

    with transaction.atomic():  # takes the write lock
        thread = threading.Thread(target=make)
        thread.start()
        thread.join(20)
        assert made == [ONE]
    assert kept(key_of("count", known)) is None  # somebody works it out again


def test_the_engine_stays_open_for_the_same_state_only(workspace):
    with at_hand(published()) as bench:
        first = bench
    with at_hand(published()) as bench:
        assert bench is first
    update_customer(workspace.acme, segment="Small")
    with at_hand(published()) as bench:
        assert bench is not first
        assert "Small" in bench.engine.arrow(bench.tables.customers)["segment"].to_pylist()
    import_usage(workspace.folder, [("Acme", "eve@acme.example", "Search", LAST, 1)], name="more.csv")
    with at_hand(published()) as later:
        assert later is not bench
        assert "eve@acme.example" in later.engine.arrow(later.tables.facts)["visitor_id"].to_pylist()


def test_an_engine_on_which_a_question_failed_is_closed(workspace):
    with pytest.raises(ZeroDivisionError), at_hand(published()) as bench:
        raise ZeroDivisionError
    with at_hand(published()) as other:
        assert other is not bench


def test_an_engine_that_nobody_uses_is_put_away(workspace, monkeypatch):
    monkeypatch.setattr(hands, "IDLE_SECONDS", 0.05)
    with at_hand(published()) as bench:
        folder = bench.engine.folder.path
    hands._place.timer.join(10)
    assert not folder.exists()
    assert hands._place.bench is None


def test_pages_share_what_is_worked_out(workspace):
    portfolio(workspace.lea)
    feature_use()
    names = sorted(key.partition("|")[0].partition("-")[0] for key in in_use())
    assert names == ["portfolio", "reach", "weeks"]
