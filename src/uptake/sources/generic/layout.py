"""A table with its columns told apart: what each one means, or which of them are to be melted."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from uptake.sources.generic import dates, not_usage, wide
from uptake.sources.generic.choose import Choice, Choices, choose
from uptake.sources.generic.columns import Column, columns_of
from uptake.sources.generic.said import Said, make_out
from uptake.sources.generic.values import Profile
from uptake.sources.generic.words import Role
from uptake.sources.reading import Answers, Melt, Table

CLEAR = 0.85  # a feature or time column this sure is named by its header


@dataclass(frozen=True)
class Layout:
    """A table with its columns told apart."""

    table: Table
    answers: Answers
    con: duckdb.DuckDBPyConnection | None
    profiles: tuple[Profile, ...]
    said: Said
    choices: Choices
    headings: dates.Headings  # headers that are dates
    features: tuple[Profile, ...] = ()  # columns that count one feature each

    def taken(self, role: Role) -> Choice | None:
        return self.choices.taken.get(role)

    @property
    def melt(self) -> Melt | None:
        if self.headings.days:
            return Melt(self.headings.days)
        return Melt({profile.column.key: profile.name for profile in self.features}) if self.features else None

    @property
    def melted(self) -> tuple[Column, ...]:
        names = self.melt.columns if self.melt else {}
        return tuple(profile.column for profile in self.profiles if profile.column.key in names)

    @property
    def has_time(self) -> bool:
        return bool(self.headings.days or self.taken("timestamp") or "timestamp" in self.said.literals)

    @property
    def has_feature(self) -> bool:
        return bool(self.features or self.taken("feature") or "feature" in self.said.literals)

    @property
    def has_who(self) -> bool:
        return bool(
            self.taken("customer")
            or self.taken("visitor")
            or self.said.by_domain
            or self.said.literals.keys() & {"customer", "visitor"}
        )


def lay_out(table: Table, answers: Answers, con: duckdb.DuckDBPyConnection | None) -> Layout:
    """Tell the columns apart. Raises NotUsage for a table without columns, ProductError for answers that do not fit."""
    profiles = tuple(Profile(column) for column in columns_of(table))
    if len(profiles) < 2:
        raise not_usage.refuse_one_column(table)
    said = make_out(answers, profiles)
    names = [profile.name for profile in profiles]
    headings = _headings(names, said, answers)
    rest = [profile for profile in profiles if profile.name not in headings.days]
    choices = choose(rest, said.columns)
    choices = _leave_out(choices, said)
    taken = {
        choice.profile.name for role, choice in choices.taken.items() if role != "count" or "count" in said.columns
    }
    features = (
        ()
        if headings.days or said.knows("feature") or "feature" in choices.taken or _is_asked(answers, said)
        else wide.feature_columns(rest, taken)
    )
    if len(features) < wide.FEWEST_FEATURES and not (said.as_features and features):
        features = ()
    return Layout(table, answers, con, profiles, said, choices, headings, features)


def _is_asked(answers: Answers, said: Said) -> bool:
    """Whether the reader, who maps by hand, has still to say that each column of counts is a feature."""
    return answers.by_hand and not said.as_features


def _headings(names: Sequence[str], said: Said, answers: Answers) -> dates.Headings:
    """Headers that are dates, unless the reader named a column of dates."""
    none = dates.Headings({}, False, True)
    if "timestamp" in said.columns:
        return none
    found = dates.headings(names, answers.day_first)
    if len(found.days) >= wide.FEWEST_DATES:
        return found
    year = said.literals.get("timestamp", "")
    months = wide.bare_months(names)
    if months and len(year) == 4 and year.isdigit():
        return dates.Headings({name: f"{year}-{month:02d}-01" for name, month in months.items()}, True, True)
    return none


def _leave_out(choices: Choices, said: Said) -> Choices:
    """Roles that the reader said no column plays, or that hold one text for all rows."""
    out = said.without | said.literals.keys() | ({"customer"} if said.by_domain else set())
    return Choices({role: c for role, c in choices.taken.items() if role not in out}, choices.offered)
