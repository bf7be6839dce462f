"""Whether there is use in a table at all: who used what, and when."""

from uptake.sources.generic import dates, not_usage, wide
from uptake.sources.generic.choose import Choice
from uptake.sources.generic.layout import CLEAR, Layout
from uptake.sources.generic.words import Role
from uptake.sources.reading import NotUsage


def refuse_what_is_no_use(layout: Layout) -> None:
    """Raises NotUsage for a table that holds no use, whatever the reader might still be asked."""
    names = [profile.name for profile in layout.profiles]
    if layout.answers.by_hand or layout.said.knows("feature") or layout.said.as_features:
        return  # the reader has looked at the table and says what was used
    feature, time = layout.taken("feature"), layout.taken("timestamp")
    named = (feature is not None and feature.confidence >= CLEAR) or bool(layout.features)
    dated = bool(layout.headings.days) or (time is not None and time.confidence >= 0.9)
    kind = not_usage.kind_of(names, clear=named and dated)
    coarse = _coarse(layout)
    if coarse and not kind:
        raise NotUsage(f"{layout.table.name} holds totals of quarters or years ({coarse}). {not_usage.ACCEPTED}")
    missing = _missing(layout)
    if kind or missing:
        raise not_usage.refuse(layout.table, names, missing or _lacks(layout), kind)


def _coarse(layout: Layout) -> str:
    """A heading or value that is a quarter or a year, where nothing finer says when."""
    if layout.has_time:
        return ""
    headings = [profile.name for profile in layout.profiles if dates.is_coarse(profile.name)]
    columns = [p for p in layout.profiles if p.coarse and "count" not in p.roles and p.header.words]
    return headings[0] if len(headings) > 1 else columns[0].column.filled[0] if columns else ""


def _lacks(layout: Layout) -> str:
    lacking = [
        text
        for there, text in (
            (layout.has_feature, "what was used"),
            (layout.has_time, "when"),
            (layout.has_who, "by whom"),
        )
        if not there
    ]
    return (
        f"no column says {' or '.join(filter(None, (', '.join(lacking[:-1]), lacking[-1])))}"
        if lacking
        else "its columns speak of something else"
    )


def _missing(layout: Layout) -> str:
    """Why there is no use in the table, or nothing where the rest may be asked."""
    feature, time = layout.taken("feature"), layout.taken("timestamp")
    if layout.features and time and not _named(time, "timestamp"):
        return "no column is named as a time of use"  # numbers beside some date are not yet use on that day
    if layout.has_time and layout.has_feature:
        named = layout.has_who or layout.features or (feature is not None and feature.confidence >= CLEAR)
        return "" if named else _lacks(layout)
    if layout.has_feature:
        return "" if layout.has_who else _lacks(layout)
    if layout.has_time and layout.has_who and _smells_of_use(layout):
        return ""
    if layout.has_who and wide.bare_months([profile.name for profile in layout.profiles]):
        return ""
    return _lacks(layout)


def _named(choice: Choice | None, role: Role) -> bool:
    return choice is not None and (choice.confidence == 1 or choice.profile.roles.get(role, 0) > 0)


def _smells_of_use(layout: Layout) -> bool:
    """Something a list of people or contracts has not: a count, a length, a session, a time of day.

    Where no header names who or when, some column must at least look like features.
    """
    named = _named(layout.taken("timestamp"), "timestamp") or layout.headings.days
    if not named and not any(choice.confidence >= 0.4 for choice in layout.choices.offered.get("feature", ())):
        return False
    if layout.headings.days or any(layout.taken(role) for role in ("count", "duration", "session")):
        return True
    time = layout.taken("timestamp")
    found = dates.look(time.profile.column.cells) if time else None
    return found is not None and found.has_clock
