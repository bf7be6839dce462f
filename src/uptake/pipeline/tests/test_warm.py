"""What pages show first is worked out ahead."""

import threading
import time
from collections import OrderedDict

import pytest
from django.db import connection

from uptake.customers.services import update_customer
from uptake.lake.models import DataFile
from uptake.pipeline import compiled, scoring, warm
from uptake.pipeline.feature_use import feature_use
from uptake.pipeline.insight_view import insights_for
from uptake.pipeline.portfolio import portfolio
from uptake.pipeline.tests.by_hand import import_usage

pytestmark = pytest.mark.django_db(transaction=True)


def kept_tables():
    return DataFile.objects.filter(table="scores").count()


def ask_for_all(leader):
    portfolio(leader)
    feature_use()
    insights_for(leader)


def test_when_everything_is_ready_nothing_is_worked_out_any_more(workspace):
    warm.get_ready(threading.Event())
    before = kept_tables()
    assert before >= 5
    ask_for_all(workspace.lea)
    assert kept_tables() == before


def test_without_usage_the_sql_is_made_for_the_first_import(people, usage, home, tmp_path, monkeypatch):
    folder = home / compiled.FOLDER
    folder.unlink()  # leads to what the suite made before
    monkeypatch.setattr(compiled, "_at_hand", OrderedDict())
    warm.get_ready(threading.Event())
    assert kept_tables() == 0
    ready = set(folder.iterdir())
    assert ready
    import_usage(tmp_path, usage)
    ask_for_all(people.lea)
    assert set(folder.iterdir()) == ready


def test_it_follows_the_state_and_outlives_what_fails(workspace, monkeypatch):
    monkeypatch.setattr(warm, "LOOK_EVERY_SECONDS", 0.01)
    rounds = []

    def get_ready(_):
        rounds.append(1)
        raise scoring.NothingToScore

    monkeypatch.setattr(warm, "get_ready", get_ready)
    with warm.kept_warm():
        until(lambda: len(rounds) == 1)
        update_customer(workspace.acme, segment="Small")
        until(lambda: len(rounds) == 2)
        time.sleep(0.1)
    assert len(rounds) == 2  # nothing changed any more
    connection.close()


def test_an_import_comes_first(workspace):
    stop, done = threading.Event(), []

    def begin_an_import():
        done.append("first")
        importing.__enter__()

    importing = warm.put_off()
    steps = [begin_an_import, lambda: done.append("second")]
    round_of = threading.Thread(target=lambda: done.append(warm._do(steps, stop)))
    round_of.start()
    until(lambda: done)
    time.sleep(0.05)
    assert done == ["first"]  # the second waits
    importing.__exit__(None, None, None)
    round_of.join(5)
    assert done == ["first", False]  # the import changed what the first step showed: once more from the start


def until(what):
    end = time.monotonic() + 20
    while not what():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_told_to_stop_it_ends_after_the_step_it_is_at(workspace):
    stop = threading.Event()
    stop.set()
    warm.get_ready(stop)
    assert kept_tables() == 0
