"""The lists of days, sessions, uses and features behind numbers."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from uptake.customers.models.features import TAGS
from uptake.insights import words
from uptake.pipeline.dashboard.asking import Asking, NothingBehind, asked_of
from uptake.pipeline.dashboard.features import CATEGORIES
from uptake.pipeline.dashboard.hours import hours_of
from uptake.pipeline.dashboard.rhythm import WEEKDAYS
from uptake.pipeline.dashboard.view import Behind


def days(asking: Asking, _: str) -> Behind:
    """The working days of the period with their users."""
    found = asking.found
    days = [day for day in found.period_days if found.is_working(day)]
    rows = [{"day": day, "amount": found.days.visitors(day) or 0} for day in days]
    return asking.rows(
        f"Users on the working days of {asking.span}", "day", (("day", "Day"), ("amount", "Users")), rows
    )


def sticky_days(asking: Asking, _: str) -> Behind:
    """The working days of the last 30 days with their users, whatever the period."""
    found = asking.found
    first_ever = found.now["first_ever_on"]
    days = [found.as_of - timedelta(days=back) for back in range(29, -1, -1)]
    chosen = [day for day in days if found.is_working(day) and first_ever and day >= first_ever]
    rows = [{"day": day, "amount": found.days.visitors(day) or 0} for day in chosen]
    columns = (("day", "Day"), ("amount", "Users"))
    return asking.rows("Users on the working days of the last 30 days", "day", columns, rows)


def uses_by_feature(asking: Asking, _: str) -> Behind:
    rows = [
        {"feature": line.feature, "feature_id": line.feature_id, "users": line.users, "amount": line.uses}
        for line in asking.lines()
        if line.uses
    ]
    columns = (("feature", "Feature"), ("users", "Users"), ("amount", "Uses"))
    return asking.rows(f"Uses by feature in {asking.span}", "feature", columns, rows)


def trend(asking: Asking, _: str) -> Behind:
    now = asking.found.now
    rows = [
        {"period": "this period", "amount": now["expected_uses"], "days": now["expected_days"]},
        {"period": "the period before", "amount": now["previous_expected_uses"], "days": now["previous_expected_days"]},
    ]
    columns = (("period", "Period"), ("amount", "Uses on working days"), ("days", "Working days"))
    return asking.rows("Uses on working days, this period and the one before", "period", columns, rows)


def hour(asking: Asking, rest: str) -> Behind:
    """The days behind one cell of weekday and hour: “1:10” is Tuesday, 10 to 11."""
    day, _, hour = rest.partition(":")
    found = asking.found
    if not (day in map(str, range(7)) and hour in map(str, range(24))) or found.first_day is None:
        raise NothingBehind(f"There is no hour “{rest}”.")
    table = hours_of(found.known, asking.customer.pk, found.first_day, found.as_of).to_pylist()
    rows = [
        {"day": row["day"], "amount": row["uses"]}
        for row in table
        if row["hour"] == int(hour) and row["day"].weekday() == int(day)
    ]
    title = f"Uses on {WEEKDAYS[int(day)]}s between {hour} and {int(hour) + 1}"
    return asking.rows(title, "day", (("day", "Day"), ("amount", "Uses")), rows)


def sessions_list(keep: Callable[[Mapping[str, Any]], bool], title: str) -> "Callable[[Asking, str], Behind]":
    def made(asking: Asking, _: str) -> Behind:
        rows = [
            {
                "user": row["visitor_id"] if asking.known.with_people else "",
                "day": row["day"],
                "started_at": row["started_at"],
                "amount": row["minutes"],
                "with_others": row["is_shared"],
            }
            for row in asked_of(asking.found, "session_rows")
            if keep(row)
        ]
        columns = (("user", "User"), ("day", "Day"), ("started_at", "Begun (UTC)"), ("amount", "Minutes"))
        return asking.rows(
            f"{title} in {asking.span}", "session", (*columns, ("with_others", "Others there too")), rows
        )

    return made


def session_users(asking: Asking, _: str) -> Behind:
    """Users with their sessions and the uses that stand in them; the uses add up to the figure's."""
    found = sorted(asked_of(asking.found, "session_users"), key=lambda row: (-row["session_uses"], row["visitor_id"]))
    rows = [
        {
            "user": row["visitor_id"] if asking.known.with_people else f"User {number}",
            "sessions": row["sessions"],
            "minutes": row["minutes"],
            "amount": row["session_uses"],
        }
        for number, row in enumerate(found, 1)
    ]
    columns = (("user", "User"), ("sessions", "Sessions"), ("minutes", "Minutes"), ("amount", "Uses"))
    return asking.rows(f"Users with sessions in {asking.span}", "user", columns, rows)


def logins(asking: Asking, _: str) -> Behind:
    found = sorted(asked_of(asking.found, "login_users"), key=lambda row: (-row["login_count"], row["visitor_id"]))
    basis = found[0]["login_basis"] if found else "logins"
    rows = [
        {"user": row["visitor_id"] if asking.known.with_people else f"User {number}", "amount": row["login_count"]}
        for number, row in enumerate(found, 1)
    ]
    return asking.rows(
        f"Active users by {basis} in {asking.span}", "user", (("user", "User"), ("amount", basis.capitalize())), rows
    )


def tagged(asking: Asking, tag: str) -> Behind:
    """Features of a kind with their uses in the period; the used ones."""
    if tag not in TAGS:
        raise NothingBehind(f"There is no kind of feature “{tag}”.")
    lines = [line for line in asking.lines() if tag in line.tags and line.uses]
    rows = [
        {"feature": line.feature, "feature_id": line.feature_id, "users": line.users, "amount": line.uses}
        for line in lines
    ]
    columns = (("feature", "Feature"), ("users", "Users"), ("amount", "Uses"))
    return asking.rows(f"Features used in {asking.span}: {tag}", "feature", columns, rows)


def category(asking: Asking, category: str) -> Behind:
    if category not in CATEGORIES:
        raise NothingBehind(f"There is no category “{category}”.")
    return asking.features(
        f"Available {CATEGORIES[category].lower()} features used in {asking.span}",
        lambda line: line.category == category and line.is_available and bool(line.uses),
    )


def week(asking: Asking, week: str) -> Behind:
    """The days of a week of use, named by its last day."""
    found = asking.found
    last = next(
        (day for day in (found.as_of - timedelta(days=7 * back) for back in range(106)) if str(day) == week), None
    )
    if last is None:
        raise NothingBehind(f"No week of this page ends on “{week}”.")
    days = [last - timedelta(days=back) for back in range(6, -1, -1)]
    rows = [{"day": day, "users": found.days.visitors(day), "amount": found.days.uses_on(day)} for day in days]
    columns = (("day", "Day"), ("users", "Users"), ("amount", "Uses"))
    return asking.rows(f"The week to {words.day(last)}", "day", columns, rows)
