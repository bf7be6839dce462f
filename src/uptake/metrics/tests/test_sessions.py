import pyarrow as pa
import pytest

from uptake.kit.days import Period
from uptake.lake.schemas import SESSIONS
from uptake.metrics.attributed import VisitorRule
from uptake.metrics.sessions import (
    actions_per_session,
    attributed_sessions,
    multi_user_sessions,
    session,
    session_minutes,
    sessions_behind,
    sessions_by_visitor,
)
from uptake.metrics.tests.engines import ACCOUNTS, by, customers, day, facts, sessions
from uptake.metrics.windows import windows

D = day("03-29")  # 30 days back: 28 February


def spans(engine, usage, *ids, days=30, as_of=D):
    return windows(usage, customers(engine, *ids), as_of=[as_of], period=Period(days))


def used(engine):
    return facts(
        engine,
        (1, "ann", "A", "03-02", 7),
        (1, "ann", None, "03-02"),  # a log-in: no use
        (1, "bob", "A", "03-03", 2),
        (1, "bob", "A", "03-04", 90, "day"),  # a day's total: in no session
        (1, None, "A", "03-05", 90),  # nobody: in no session
        (1, "ann", "A", "02-27", 50),  # before the window
        (2, "cem", "A", "01-05"),  # history, nothing in the window
        (3, "dee", "A", "03-04", 5, "day"),  # totals only: never a session
        (4, "eve", "A", "01-04"),
        (4, "eve", "A", "03-04", 5, "day"),  # sessions before, totals now
    )


def held(engine):
    return sessions(
        engine,
        (1, "ann", "03-02T09:00", "03-02T09:20"),
        (1, "ann", "03-02T14:00", "03-02T14:00"),
        (1, "bob", "03-03T10:00", "03-03T10:40"),
        (1, "ann", "02-27T10:00", "02-27T11:00"),  # before the window
        (1, "ann", "03-30T10:00", "03-30T11:00"),  # after the as-of day
        (2, "cem", "01-05T10:00", "01-05T11:00"),
        (4, "eve", "01-04T10:00", "01-04T11:00"),
        (9, "zoe", "03-04T10:00", "03-04T11:00"),  # not asked about
    )


IDS = (1, 2, 3, 4, 5)


def test_sessions_of_the_window_and_what_is_not_known(engine):
    rows = by(engine.rows(session(held(engine), spans(engine, used(engine), *IDS))), "customer_id")
    # 2: nothing there, sessions before; 3: never; 4: something there that has no sessions; 5: no history
    assert {key: row["session"] for key, row in rows.items()} == {1: 3, 2: 0, 3: None, 4: None, 5: None}


def test_minutes_are_the_mean_over_sessions(engine):
    rows = by(engine.rows(session_minutes(held(engine), spans(engine, used(engine), *IDS))), "customer_id")
    assert rows[1]["session_minutes"] == pytest.approx((20 + 0 + 40) / 3)
    assert (rows[1]["total_minutes"], rows[1]["sessions"]) == (60, 3)
    assert [rows[key]["session_minutes"] for key in (2, 3, 4, 5)] == [0, None, None, None]


def test_actions_are_uses_of_features_by_single_events_of_people(engine):
    usage = used(engine)
    rows = by(engine.rows(actions_per_session(usage, held(engine), spans(engine, usage, *IDS))), "customer_id")
    assert (rows[1]["session_uses"], rows[1]["sessions"]) == (7 + 2, 3)
    assert rows[1]["actions_per_session"] == pytest.approx(9 / 3)
    assert [rows[key]["actions_per_session"] for key in (2, 3, 4, 5)] == [0, None, None, None]


def test_a_session_is_shared_with_whoever_else_is_there_meanwhile(engine):
    usage = used(engine)
    found = sessions(
        engine,
        (1, "ann", "03-02T09:00", "03-02T09:30"),
        (1, "bob", "03-02T09:30", "03-02T09:40"),  # touches ann's end
        (1, "cem", "03-02T09:41", "03-02T10:30"),  # after all
        (1, "cem", "03-02T10:20", "03-02T10:50"),  # overlaps his own: not shared with himself
        (1, "dee", "03-02T12:00", "03-02T15:00"),  # a long one
        (1, "eve", "03-02T13:00", "03-02T13:00"),  # an instant within it
        (1, "fay", "03-02T14:00", "03-02T14:30"),  # and another
        (1, "gus", "03-02T16:00", "03-02T16:10"),
        (2, "hal", "03-02T16:00", "03-02T16:10"),  # elsewhere
    )
    window = spans(engine, usage, 1)
    [row] = engine.rows(multi_user_sessions(found, window))
    # ann, bob, dee, eve, fay of ann, bob, cem twice, dee, eve, fay, gus
    assert (row["shared_sessions"], row["sessions"]) == (5, 8)
    assert row["multi_user_sessions"] == pytest.approx(5 / 8)
    listed = engine.rows(sessions_behind(found, window))
    assert len(listed) == 8
    assert {each["visitor_id"] for each in listed if each["is_shared"]} == {"ann", "bob", "dee", "eve", "fay"}
    assert sum(each["minutes"] for each in listed) == 30 + 10 + 49 + 30 + 180 + 0 + 30 + 10


def test_two_who_begin_and_end_together_share_both(engine):
    usage = used(engine)
    twice = ("03-02T09:00", "03-02T09:30")
    found = sessions(engine, (1, "ann", *twice), (1, "ann", *twice), (1, "bob", *twice))
    assert engine.rows(multi_user_sessions(found, spans(engine, usage, 1)))[0]["multi_user_sessions"] == 1
    alone = sessions(engine, (1, "ann", *twice), (1, "ann", *twice))
    assert engine.rows(multi_user_sessions(alone, spans(engine, usage, 1)))[0]["multi_user_sessions"] == 0


def test_the_people_behind_add_up(engine):
    usage = used(engine)
    people = by(engine.rows(sessions_by_visitor(usage, held(engine), spans(engine, usage, 1))), "visitor_id")
    assert {key: (row["sessions"], row["minutes"], row["session_uses"]) for key, row in people.items()} == {
        "ann": (2, 20, 7),
        "bob": (1, 40, 2),
    }


def test_sessions_of_every_week_in_one_query(engine):
    usage, as_of = used(engine), [day("03-01"), day("03-08"), day("03-15")]
    window = windows(usage, customers(engine, 1), as_of=as_of, period=Period(7))
    rows = by(engine.rows(session(held(engine), window)), "as_of")
    assert [rows[end]["session"] for end in as_of] == [1, 3, 0]
    rows = by(engine.rows(session(held(engine), window.previous())), "as_of")
    assert [rows[end]["session"] for end in as_of] == [None, 1, 3]  # the first lies before the customer's first day


def test_sessions_belong_to_customers_and_to_people(engine):
    at = ("2026-03-02T09:00", "2026-03-02T09:20")
    rows = [
        ("generic", account, visitor, day("03-02"), None, *map(instant, at), 3, 1)
        for account, visitor in (("acme", "ann"), ("acme", "bot 7"), ("nobody", "bob"))
    ]
    found = attributed_sessions(
        engine.table(rows, SESSIONS),
        engine.table([("generic", "acme", 1)], ACCOUNTS),
        [VisitorRule("service", "^bot", "Bot")],
    )
    [row] = engine.rows(found)
    assert (row["customer_id"], row["visitor_id"], row["uses"]) == (1, "ann", 3)


def instant(text):
    return pa.scalar(text).cast(pa.timestamp("us")).as_py()
