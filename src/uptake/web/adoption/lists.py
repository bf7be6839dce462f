"""The list behind a number as a table: columns, cells with their addresses, and the same as a file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from uptake.pipeline.dashboard.view import Behind, FeatureLine, Person
from uptake.web.adoption.asked import Asked
from uptake.web.exports import Column, Kind
from uptake.web.templatetags.uptake import day, percent, whole

Row = Mapping[str, Any]

STATUSES = {
    "active": "Active",
    "engaged": "Engaged",
    "at_risk": "At risk",
    "dormant": "Dormant",
    "undated": "Without a day",
}


def kind_of(person: Person) -> str:
    told = (person.is_champion and "champion", person.is_power and "power user")
    return ", ".join(each for each in told if each).capitalize()


def state_of(line: FeatureLine) -> str:
    if not line.is_available:
        return "Not in plan"
    return "Adopted" if line.is_adopted else "Used" if line.uses else "Unused"


@dataclass(frozen=True)
class Field:
    """One column of a list: of what a row is made, how it is written, and as what a file has it."""

    name: str
    title: str
    of: Callable[[Any], Any]
    kind: Kind = "text"
    css: str = ""


PEOPLE: Sequence[Field] = (
    Field("user", "User", lambda person: person.visitor_id or f"User {person.number}"),
    Field("name", "Name", lambda person: person.name, css="second"),
    Field("role", "Role", lambda person: person.role, css="third"),
    Field("status", "Status", lambda person: STATUSES[person.status], css="second"),
    Field("last_active_on", "Last active", lambda person: person.last_on, "date"),
    Field("first_active_on", "First active", lambda person: person.first_on, "date", "third"),
    Field("active_days", "Active days", lambda person: person.active_days, "whole", "second"),
    Field("uses", "Uses", lambda person: person.uses, "whole"),
    Field("features", "Features", lambda person: person.features, "whole", "second"),
    Field("kind", "Note", kind_of, css="third"),
)
NAMES = ("name", "role")  # columns that only readers who see people have

FEATURES: Sequence[Field] = (
    Field("feature", "Feature", lambda line: line.feature),
    Field("category", "Category", lambda line: line.category.title(), css="third"),
    Field("state", "State", state_of, css="second"),
    Field("reach", "Reach", lambda line: line.reach, "share"),
    Field("peers_median_reach", "Peers’ median", lambda line: line.peers_median_reach, "share", "second"),
    Field("users", "Users", lambda line: line.users, "whole", "second"),
    Field("uses", "Uses", lambda line: line.uses, "whole"),
    Field("first_used_on", "First used", lambda line: line.first_used_on, "date", "third"),
    Field("days_to_first_use", "Days to first use", lambda line: line.time_to_feature, "whole", "third"),
)


@dataclass(frozen=True)
class Listed:
    """A list with its columns, for page and file."""

    made: Behind
    fields: Sequence[Field]
    rows: Sequence[Any]
    sum: str = ""  # what the column “amount” is together, where the number is made of it


def listed(made: Behind, *, with_people: bool) -> Listed:
    """By what the list holds."""
    if made.columns:
        fields = [_field(name, title, made.rows) for name, title in made.columns]
        return Listed(made, fields, made.rows, _sum(made))
    if made.noun == "feature":
        return Listed(made, FEATURES, made.features)
    fields = [field for field in PEOPLE if with_people or field.name not in NAMES]
    return Listed(made, fields, made.people)


def _field(name: str, title: str, rows: Sequence[Row]) -> Field:
    """The kind of a column as its first value tells."""
    value = next((row[name] for row in rows if row[name] is not None), "")
    return Field(name, title, lambda row: row[name], kind_told(value))


def kind_told(value: Any) -> Kind:
    if isinstance(value, bool | str | datetime):
        return "text"
    if isinstance(value, date):
        return "date"
    return "whole" if isinstance(value, int) else "number" if isinstance(value, float) else "text"


def _sum(made: Behind) -> str:
    """“Together 46.8 minutes, 2.2 a session.” Users of several days are only told as a mean: most are the same ones."""
    amounts = [row["amount"] for row in made.rows if row.get("amount") is not None]
    if not amounts or made.noun == "period":
        return ""
    unit = dict(made.columns)["amount"].lower()
    mean = _figure(sum(amounts) / len(amounts))
    if unit == "users":
        return f"{mean} users a {made.noun} on average."
    return f"Together {_figure(sum(amounts))} {unit}, {mean} a {made.noun}."


def _figure(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def cells(
    listed: Listed, rows: Sequence[Any], asked: Asked, *, with_people: bool
) -> list[list[tuple[Field, str, str]]]:
    """(column, text, address) of each row's cells."""
    return [[(field, written(field.of(row), field.kind), _way(field, row, asked, with_people)) for field in listed.fields]
            for row in rows]  # fmt: skip


def _way(field: Field, row: Any, asked: Asked, with_people: bool) -> str:
    """A user leads to the user's own way into the product, a feature to its users."""
    if field.name == "user" and with_people:
        visitor = row.visitor_id if isinstance(row, Person) else row["user"]
        return asked.url("user", user=visitor) if visitor else ""
    if field.name == "feature":
        feature = row.feature_id if isinstance(row, FeatureLine) else row["feature_id"]
        users = row.users if isinstance(row, FeatureLine) else row["users"]
        return asked.url("behind", f"feature:{feature}") if users else ""
    return ""


def written(value: Any, kind: Kind) -> str:
    """As a page writes it."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%H:%M}"
    if kind == "date":
        return day(value)
    if kind == "share":
        return f"{percent(value)}%"
    return whole(value) if kind == "whole" else f"{value:,.1f}" if kind == "number" else str(value)


def file_of(listed: Listed) -> tuple[list[Column], list[dict[str, Any]]]:
    """Columns and rows for ``exports.exported``."""
    columns = [Column(field.name, field.kind) for field in listed.fields]
    return columns, [{field.name: _plain(field, row) for field in listed.fields} for row in listed.rows]


def _plain(field: Field, row: Any) -> Any:
    value = field.of(row)
    if field.kind != "text" or value is None:
        return value
    return value.isoformat() if isinstance(value, datetime) else written(value, "text") if value != "" else ""
