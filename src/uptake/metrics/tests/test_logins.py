import pytest

from uptake.kit.days import Period
from uptake.metrics.logins import login_frequency, logins_behind
from uptake.metrics.tests.engines import by, customers, day, facts, sessions
from uptake.metrics.windows import windows

D = day("03-29")  # 30 days back: 28 February
IDS = (1, 2, 3, 4, 5, 6, 7)


def spans(engine, usage, *ids, days=30):
    return windows(usage, customers(engine, *ids), as_of=[D], period=Period(days))


def small(engine):
    return facts(
        engine,
        (1, "ann", None, "03-02", 3),
        (1, "ann", None, "03-10", 1),
        (1, "ann", None, "02-27", 9),  # before the window
        (1, "bob", "A", "03-02"),  # never logs in, and counts below the line
        (1, None, None, "03-02", 50),  # a log-in of nobody
        (2, "cem", "A", "03-02", 50),
        (2, "dee", "A", "03-02"),
        (2, "cem", "A", "01-02"),
        (3, "eve", "A", "03-03"),
        (3, "eve", "A", "03-04"),
        (3, "fay", "A", "03-04"),
        (3, "fay", "A", "01-04"),
        (4, "gus", None, "01-04"),  # history, nothing in the window
        (5, None, "A", "03-04"),  # never says who
        (6, "hal", "A", "02-15", 5, "month"),
        (6, "hal", "A", "03-04"),  # no log-ins, no sessions: days would be counted, but February's total has none
        (6, "hal", "A", "03-01", 5, "month"),
        (7, "ida", None, "03-25", 4),  # 5 days of history
    )


def held(engine):
    return sessions(
        engine,
        (1, "ann", "03-02T09:00", "03-02T09:20"),
        (2, "cem", "03-02T09:00", "03-02T09:20"),
        (2, "cem", "03-02T12:00", "03-02T12:20"),
        (2, "only heartbeats", "03-02T12:00", "03-02T12:20"),  # not active: neither above nor below the line
    )


def test_log_ins_else_sessions_else_active_days(engine):
    usage = small(engine)
    found = login_frequency(usage, spans(engine, usage, *IDS), sessions=held(engine))
    rows = by(engine.rows(found), "customer_id")
    weeks = 30 / 7
    assert {key: (row["login_basis"], row["login_count"], row["active_visitors"]) for key, row in rows.items()} == {
        1: ("logins", 4, 2),
        2: ("sessions", 2, 2),
        3: ("active days", 3, 2),
        4: (None, 0, 0),
        5: (None, None, None),
        6: ("active days", None, 1),
        7: ("logins", 4, 1),
    }
    assert rows[1]["login_frequency"] == pytest.approx(4 / 2 / weeks)
    assert rows[2]["login_frequency"] == pytest.approx(2 / 2 / weeks)
    assert rows[3]["login_frequency"] == pytest.approx(3 / 2 / weeks)
    assert [rows[key]["login_frequency"] for key in (4, 5, 6)] == [0, None, None]
    assert rows[7]["login_frequency"] == pytest.approx(4 / (5 / 7))  # its own week is five days long


def test_without_sessions_active_days_are_counted(engine):
    usage = small(engine)
    [row] = engine.rows(login_frequency(usage, spans(engine, usage, 2)))
    assert (row["login_basis"], row["login_count"]) == ("active days", 2)


def test_the_people_behind_are_the_active_ones_and_add_up(engine):
    usage = small(engine)
    people = engine.rows(logins_behind(usage, spans(engine, usage, 1, 2), sessions=held(engine)))
    found = {(row["customer_id"], row["visitor_id"]): (row["login_basis"], row["login_count"]) for row in people}
    assert found == {
        (1, "ann"): ("logins", 4),
        (1, "bob"): ("logins", 0),
        (2, "cem"): ("sessions", 2),
        (2, "dee"): ("sessions", 0),
    }
