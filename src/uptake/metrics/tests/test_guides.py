"""Guides, counted by hand."""

import pyarrow as pa

from uptake.lake.schemas import GUIDE_EVENTS
from uptake.metrics.guides import guide_people, guide_use
from uptake.metrics.tests.engines import day, engine

__all__ = ["engine"]

ENDS = pa.schema([(name, pa.string()) for name in ("source", "guide_id", "step_id")])
STEPS = pa.schema([*ENDS, pa.field("step", pa.int64()), pa.field("is_last", pa.bool_())])


def events(engine, *rows):
    """rows: (visitor, guide, step, kind, day)."""
    full = [
        ("pendo", "a1", visitor, guide, step, kind, None, day(on), 1, number)
        for number, (visitor, guide, step, kind, on) in enumerate(rows)
    ]
    return engine.table(full, GUIDE_EVENTS)


def world(engine):
    return events(
        engine,
        ("ann", "tour", "s1", "seen", "03-01"),
        ("ann", "tour", "s1", "advanced", "03-01"),
        ("ann", "tour", "s2", "seen", "03-01"),
        ("ann", "tour", "s2", "advanced", "03-02"),  # past the last step: completed
        ("bob", "tour", "s1", "seen", "03-03"),
        ("bob", "tour", "s1", "seen", "03-04"),
        ("bob", "tour", "s1", "dismissed", "03-04"),
        (None, "tour", "s1", "seen", "03-05"),
        ("cy", "tour", "s2", "seen", "03-05"),  # saw the end and did not pass it
        ("cy", "tour", "s9", "seen", "03-06"),  # a step that the guide no longer has
        ("ann", "news", "n1", "seen", "03-05"),  # its steps are not known
        ("dee", "tour", "s1", "seen", "02-28"),  # before
        ("dee", "tour", "s1", "seen", "04-01"),  # after
    )


def test_a_guide_is_counted_by_views_and_by_people(engine):
    ends = engine.table([("pendo", "tour", "s2")], ENDS)
    rows = {row["guide_id"]: row for row in engine.rows(guide_use(world(engine), ends, day("03-01"), day("03-31")))}
    tour = rows["tour"]
    assert (tour["views"], tour["viewers"], tour["dismissed"], tour["completed"]) == (2 + 2 + 1 + 2, 3, 1, 1)
    assert (rows["news"]["views"], rows["news"]["completed"]) == (1, 0)


def test_each_person_stands_once_a_guide_with_where_they_stopped(engine):
    steps = engine.table([("pendo", "tour", "s1", 1, False), ("pendo", "tour", "s2", 2, True)], STEPS)
    rows = engine.rows(guide_people(world(engine), steps, day("03-01"), day("03-31")))
    told = {
        (row["guide_id"], row["visitor_id"]): (row["views"], row["dismissed"], row["has_completed"], row["furthest"])
        for row in rows
    }
    assert told == {
        ("tour", "ann"): (2, 0, True, 2),
        ("tour", "bob"): (2, 1, False, 1),
        ("tour", "cy"): (2, 0, False, 2),
        ("tour", None): (1, 0, False, 1),
        ("news", "ann"): (1, 0, False, None),
    }
    # the people add up to what the guide shows
    assert sum(views for (guide, _), (views, *_) in told.items() if guide == "tour") == 7
