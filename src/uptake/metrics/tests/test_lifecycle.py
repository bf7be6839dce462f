from uptake.kit.days import Period
from uptake.metrics.activity import active_visitors
from uptake.metrics.lifecycle import STATES, lifecycle, visitors_by_lifecycle
from uptake.metrics.tests.engines import by, customers, day, facts
from uptake.metrics.windows import windows

D = day("03-29")  # a Sunday: its week begins on Monday 23 March, the one before on 16 March


def spans(engine, usage, *ids, as_of=(D,), days=7):
    return windows(usage, customers(engine, *ids), as_of=as_of, period=Period(days))


def small(engine):
    return facts(
        engine,
        (1, "ann", "A", "03-23"),  # her first day ever is the first of the week
        (1, "bob", "A", "03-22"),  # there in both, both days at the border
        (1, "bob", None, "03-29"),
        (1, "cem", "A", "03-15"),  # the day before the week before: absent a week, then back
        (1, "cem", "A", "03-24", 9),
        (1, "dee", "A", "03-16"),  # there in the week before, not in this one
        (1, "eve", "A", "01-15"),  # gone long ago: no longer told
        (1, "fay", "A", "03-30"),  # not there yet
        (1, None, "A", "03-24"),  # nobody
        (2, "gus", "A", "03-25"),  # a young customer: there was no week before
        (3, "hal", "A", "01-25"),  # history, nobody in either
        (4, "ida", "A", "03-24"),
        (4, None, "A", "03-18"),  # the week before does not say who
        (4, "ida", "A", "01-18"),
        (5, "jim", "A", "03-24"),
        (5, "jim", "A", "02-01", 5, "month"),
        (6, "kim", "A", "03-24"),
        (6, "kim", "A", "03-01", 5, "month"),  # reaches into both weeks
    )


def test_who_is_new_returning_resurrected_and_dormant(engine):
    usage = small(engine)
    rows = by(engine.rows(lifecycle(usage, spans(engine, usage, 1, 2, 3, 4, 5, 6, 7))), "customer_id")
    found = {key: tuple(row[state] for state in STATES) for key, row in rows.items()}
    unknown = (None, None, None, None)
    assert found == {
        1: (1, 1, 1, 1),
        2: (1, 0, 0, 0),
        3: (0, 0, 0, 0),
        4: unknown,
        5: (0, 0, 1, 0),
        6: unknown,
        7: unknown,
    }


def test_the_people_behind_are_as_many_as_the_numbers(engine):
    usage = small(engine)
    people = by(engine.rows(visitors_by_lifecycle(usage, spans(engine, usage, 1))), "visitor_id")
    assert {key: row["lifecycle"] for key, row in people.items()} == {
        "ann": "new",
        "bob": "returning",
        "cem": "resurrected",
        "dee": "dormant",
    }


def test_weeks_add_up_to_active_visitors_now_and_the_week_before(engine):
    usage, as_of = small(engine), [day("03-22"), D]
    window = spans(engine, usage, 1, as_of=as_of)
    rows = by(engine.rows(lifecycle(usage, window)), "as_of")
    there = by(engine.rows(active_visitors(usage, window)), "as_of")
    for end in as_of:
        assert rows[end]["new"] + rows[end]["returning"] + rows[end]["resurrected"] == there[end]["active_visitors"]
    assert rows[D]["returning"] + rows[D]["dormant"] == there[day("03-22")]["active_visitors"]


def test_the_period_all_has_nothing_before_it(engine):
    usage = small(engine)
    window = spans(engine, usage, 1, days=None)
    assert [engine.rows(lifecycle(usage, window))[0][state] for state in STATES] == [None] * 4
    assert engine.rows(visitors_by_lifecycle(usage, window)) == []
