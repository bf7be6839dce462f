"""The lists of people behind numbers."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from uptake.pipeline.dashboard.asking import Asking, NothingBehind, Rows, asked_of
from uptake.pipeline.dashboard.features import CATEGORIES
from uptake.pipeline.dashboard.people import numbered, persons
from uptake.pipeline.dashboard.view import Behind
from uptake.pipeline.dashboard.worked import Bools, Worked


def active(asking: Asking, _: str) -> Behind:
    return asking.people(f"Users active in {asking.span}", asking.found.today.is_there)


def within(days: int) -> "Callable[[Asking, str], Behind]":
    def made(asking: Asking, _: str) -> Behind:
        statuses = ("active",) if days == 7 else ("active", "engaged", "at_risk")
        users = asking.found.today
        return asking.people(f"Users active in the last {days} days", users.of_status(*statuses), order="quiet")

    return made


def power(asking: Asking, _: str) -> Behind:
    users = asking.found.today
    return asking.people(f"Power users in {asking.span}: {users.power_from} uses or more", users.is_power)


def known_users(asking: Asking, _: str) -> Behind:
    users = asking.found.today
    return asking.people("Users ever seen", np.ones(len(users), np.bool_), order="quiet")


def of_status(status: str, title: str) -> "Callable[[Asking, str], Behind]":
    def made(asking: Asking, _: str) -> Behind:
        chosen = asking.found.today.of_status(status)
        return asking.people(f"Users: {title.lower()}", chosen, order="quiet")

    return made


def funnel(asking: Asking, category: str) -> Behind:
    if category not in CATEGORIES:
        raise NothingBehind(f"There is no category “{category}”.")
    users = asking.found.today
    chosen = users.flag(f"uses_{category}") & users.is_there
    return asking.people(f"Users of {CATEGORIES[category].lower()} features in {asking.span}", chosen)


def feature_users(asking: Asking, feature_id: str) -> Behind:
    """Who used one feature in the period."""
    line = next((line for line in asking.lines() if line.feature_id == feature_id), None)
    if line is None:
        raise NothingBehind(f"There is no feature “{feature_id}” at {asking.customer}.")
    rows = [row for row in asked_of(asking.found, "feature_users") if row["feature_id"] == feature_id]
    return with_uses(asking, f"Users of {line.feature} in {asking.span}", rows)


def lifecycle(asking: Asking, rest: str) -> Behind:
    """Users of a week by what became of them: “2026-01-25:new”."""
    week, _, state = rest.partition(":")
    rows = [
        row for row in asked_of(asking.found, "life_users") if str(row["as_of"]) == week and row["lifecycle"] == state
    ]
    chosen = those(asking.found, {row["visitor_id"] for row in rows})
    return asking.people(f"Users {state} in the week to {week}", chosen, order="quiet")


def cohort(asking: Asking, rest: str) -> Behind:
    """Users new in a month, “2026-01”; with “:2” those of them who were there two months later."""
    month, _, since = rest.partition(":")
    rows = [row for row in asked_of(asking.found, "cohort_users") if row["month"] == month]
    if since:
        rows = [row for row in rows if str(row["since"]) == since]
    chosen = those(asking.found, {row["visitor_id"] for row in rows})
    return asking.people(f"Users new in {month}" + (f", there {since} months later" if since else ""), chosen)


def with_uses(asking: Asking, title: str, rows: Rows) -> Behind:
    """People with the uses of the rows instead of all of theirs."""
    uses = {row["visitor_id"]: row["uses"] for row in rows}
    seen = replace(asking.known, with_people=True)
    made = persons(asking.found.today, those(asking.found, set(uses)), seen)
    found = [replace(each, uses=uses[each.visitor_id]) for each in made]
    found.sort(key=lambda each: (-each.uses, each.visitor_id))
    people = numbered(found, asking.known)
    return Behind("", title, "user", len(people), people=people)


def those(found: Worked, visitors: set[str]) -> Bools:
    ids = found.today.table["visitor_id"].to_pylist()
    chosen: Bools = np.array([each in visitors for each in ids], np.bool_)
    return chosen
