"""Guides: who was shown which, who closed it, who came to its end, and where the others stopped."""

from datetime import date

import ibis.expr.types as ir


def guide_use(events: ir.Table, ends: ir.Table, first: date, last: date) -> ir.Table:
    """What was done with each guide between two days, both in.

    Unit:   views and dismissals: times; viewers and completions: people.
    In:     events: columns of GUIDE_EVENTS; ends: source, guide_id, step_id of the last step of guides whose steps are known.
    Out:    source, guide_id, views, viewers, dismissed, completed, last_on; a row where it was shown or closed.
    Absent: people are those whom the platform names; where it names none, viewers and completions are 0.
    Source: docs/definitions.md#8-guides
    """
    rows = events.filter(events.day >= first, events.day <= last)
    end = ends.select("source", "guide_id", end="step_id")
    rows = rows.left_join(end, ["source", "guide_id"])
    came_to_end = (rows.kind == "advanced") & (rows.step_id == rows.end)
    return rows.group_by("source", "guide_id").agg(
        views=rows.kind.count(where=rows.kind == "seen"),
        viewers=rows.visitor_id.nunique(where=rows.kind == "seen"),
        dismissed=rows.kind.count(where=rows.kind == "dismissed"),
        completed=rows.visitor_id.nunique(where=came_to_end),
        last_on=rows.day.max(),
    )


def guide_people(events: ir.Table, steps: ir.Table, first: date, last: date) -> ir.Table:
    """The people behind ``guide_use``, each guide and person once; those whom nobody names are one row.

    In:     events: columns of GUIDE_EVENTS; steps: source, guide_id, step_id, step (its place from 1), is_last.
    Out:    source, guide_id, visitor_id (null: not named), views, dismissed, has_completed (advanced past the last step),
            furthest (the last step seen or advanced past; null: its steps are not known), last_on.
    Source: docs/definitions.md#8-guides
    """
    rows = events.filter(events.day >= first, events.day <= last)
    rows = rows.left_join(steps, ["source", "guide_id", "step_id"]).select(*events.columns, "step", "is_last")
    was_there = rows.kind.isin(("seen", "advanced"))
    ended = (rows.kind == "advanced") & rows.is_last.fill_null(False)
    found = rows.group_by("source", "guide_id", "visitor_id").agg(
        views=rows.kind.count(where=rows.kind == "seen"),
        dismissed=rows.kind.count(where=rows.kind == "dismissed"),
        ends=ended.sum(),
        furthest=rows.step.max(where=was_there),
        last_on=rows.day.max(),
    )
    return found.mutate(has_completed=found.ends > 0).drop("ends")
