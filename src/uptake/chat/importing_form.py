"""The column mapping as a form: what was found, what each column means, and what the file does not say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

from uptake.chat.answers import counted, listed
from uptake.chat.importing import MEANINGS, expected_rows
from uptake.kit.errors import ProductError

NO_COLUMN = "@none"
"""What the pipeline calls “no column says it”."""

MAY_BE_LEFT_OUT = {"visitor", "count", "duration", "session", "event_id"}
SURE = 0.8
LONGEST_CHOICE = 70
GRAINS = {
    "event": "one row per use",
    "hour": "totals per hour",
    "day": "totals per day",
    "month": "totals per month",
}
CHOICE_WORDS = {
    "day-first": "Day first: 31/12/2025",
    "month-first": "Month first: 12/31/2025",
    "point": "A point: 1,234.5",
    "comma": "A comma: 1.234,5",
    NO_COLUMN: "No column says it",
    "@domain": "The domain of the e-mail address",
}
QUESTION_WORDS = {"dates": "Dates", "timezone": "Time zone", "decimal": "Decimal sign"}
ANSWERED_BY_TEXT = {
    "customer": "or one customer for all rows",
    "feature": "or one feature for all rows",
    "timestamp": "or the day or month of all rows, such as {example}",
}
IN_THE_PIPELINE = {".": "point", ",": "comma"}


class TwoOfOne(ProductError):
    """Two columns were given the same meaning."""


@dataclass(frozen=True)
class Column:
    """One line of the form."""

    field: str
    name: str
    examples: str
    means: str
    options: tuple[tuple[str, str], ...]
    found: str
    sure: str
    why: str
    is_unsure: bool


@dataclass(frozen=True)
class Asked:
    """One question of the file's reading."""

    key: str
    title: str
    sentence: str
    choices: tuple[tuple[str, str], ...]
    chosen: str
    text_label: str  # where something may be typed instead
    typed: str


@dataclass(frozen=True)
class Layout:
    """The form. Columns can be changed where one table (or many alike) was found."""

    title: str
    sentence: str
    is_by_hand: bool
    columns: tuple[Column, ...]
    others: tuple[str, ...]  # further tables, read differently
    questions: tuple[Asked, ...]
    warnings: tuple[str, ...]
    button: str


def layout(preview: Mapping[str, Any], posted: Mapping[str, str]) -> Layout:
    """What to show of a preview; ``posted`` is what the teammate chose and could not be taken yet."""
    tables = preview["tables"]
    rows = expected_rows(preview)
    columns = tuple(_column(place, one, posted) for place, one in enumerate(tables[0]["columns"]))
    by_hand = bool(preview.get("byHand"))
    samples = {column.name: column.examples for column in columns}
    return Layout(
        title="a table that Uptake cannot read by itself" if by_hand else _title(tables[0]),
        sentence=_by_hand(tables[0]) if by_hand else _sentence(tables[0], columns, bool(preview["questions"])),
        is_by_hand=by_hand,
        columns=columns,
        others=tuple(f"{one['name']}: {_title(one)}" for one in tables[1:]),
        questions=tuple(_asked(one, posted, samples) for one in preview["questions"]),
        warnings=tuple(preview.get("warnings") or ()),
        button=f"Import {counted(rows, 'row')}" if rows else "Import all rows",
    )


PLATFORMS = {"posthog": "PostHog", "ga4": "Google Analytics 4"}


def _title(table: Mapping[str, Any]) -> str:
    """“a usage export from Pendo (aggregation API, feature events per hour)”; of a plain table what it is."""
    title = table["title"]
    if table["platform"] == "generic":
        return f"a {title[:1].lower()}{title[1:]}"
    name = PLATFORMS.get(table["platform"], table["platform"].capitalize())
    return f"a usage export from {name} ({title.removeprefix(name).strip(' ,')})"


def _by_hand(table: Mapping[str, Any]) -> str:
    more = f" ({counted(table['alike'], 'more table')} like it)" if table["alike"] else ""
    return (
        f"its columns do not say who used what and when{more}. Choose which one is the customer, the user, the feature "
        "and the time; nothing is imported or scored before you confirm."
    )


def _sentence(table: Mapping[str, Any], columns: tuple[Column, ...], has_questions: bool) -> str:
    parts = [] if table["platform"] == "generic" else [GRAINS.get(table["grain"], "")]  # a plain table's title says it
    if table["alike"]:
        parts.append(f"{counted(table['alike'], 'more table')} read in the same way")
    words = "; ".join(filter(None, parts))
    unclear = [column.name for column in columns if column.is_unsure]
    if unclear:
        clear = "Please look at " + listed([f"“{name}”" for name in unclear], 4)
    elif has_questions:
        clear = "One thing the file does not say"
    else:
        clear = "The columns are clear"
    words = f"{words}, " if words else ""
    return f"{words}{table['confidence']:.0%} sure. {clear}; nothing is imported or scored before you confirm."


def _column(place: int, told: Mapping[str, Any], posted: Mapping[str, str]) -> Column:
    field = f"means-{place}"
    means = posted.get(field, told["means"]) if posted else told["means"]
    known = dict(MEANINGS) | ({told["means"]: told["means"].replace("_", " ").capitalize()} if told["means"] else {})
    known |= {word: MEANINGS[word] for word in MEANINGS}
    sure = told["confidence"]
    return Column(
        field=field,
        name=told["column"],
        examples=", ".join(told["examples"]),
        means=means,
        options=(*known.items(), ("", "Not imported")),
        found=counted(told["distinct"], "value") if told["distinct"] else "empty",
        sure=f"{sure:.0%}" if sure is not None else "",
        why=told["why"],
        is_unsure=sure is not None and sure < SURE,
    )


def _asked(told: Mapping[str, Any], posted: Mapping[str, str], samples: Mapping[str, str]) -> Asked:
    key = told["key"]
    explained = told.get("explained") or {}
    offered = [IN_THE_PIPELINE.get(one, one) for one in told["choices"]]
    if key == "timezone":
        offered = [*offered, *sorted(available_timezones() - set(offered))]
    return Asked(
        key=key,
        title=QUESTION_WORDS.get(key, MEANINGS.get(key, key)),
        sentence=told["sentence"],
        choices=tuple((one, _choice(one, explained, samples)) for one in offered),
        chosen=posted.get(f"told-{key}") or told["assumed"] or "",
        text_label=_text_label(key, told.get("instead", ""), is_only_way=not offered),
        typed=posted.get(f"typed-{key}", ""),
    )


def _text_label(key: str, example: str, *, is_only_way: bool) -> str:
    label = ANSWERED_BY_TEXT.get(key, "").format(example=example)
    return label.removeprefix("or ").capitalize() if is_only_way else label


def _choice(one: str, explained: Mapping[str, str], samples: Mapping[str, str]) -> str:
    """A choice as people read it: what it means, or the column with what stands in it."""
    if one in explained:
        return explained[one][:1].upper() + explained[one][1:]
    if one in CHOICE_WORDS:
        return CHOICE_WORDS[one]
    return f"{one}: {samples[one]}"[:LONGEST_CHOICE] if samples.get(one) else one


# What came back


@dataclass(frozen=True)
class Decided:
    """The form as the pipeline takes it."""

    columns: Mapping[str, str]
    told: Mapping[str, str]


def decided(preview: Mapping[str, Any], posted: Mapping[str, str]) -> Decided:
    """Columns only where one was changed, so that a platform's own reading stays. Raises TwoOfOne."""
    table = preview["tables"][0]
    guessed = {one["means"]: one["column"] for one in table["columns"] if one["means"]}
    chosen: dict[str, str] = {}
    for place, one in enumerate(table["columns"]):
        word = posted.get(f"means-{place}", one["means"])
        if word in chosen:
            raise TwoOfOne(
                f"“{chosen[word]}” and “{one['column']}” cannot both be {MEANINGS.get(word, word)}; choose one."
            )
        if word:
            chosen[word] = one["column"]
    told = _agreeing(_told(preview, posted), chosen, guessed)
    columns = {} if chosen == guessed else _with_left_out(chosen, guessed)
    said = {key: told.pop(key) for key in MAY_BE_LEFT_OUT & told.keys()}  # these questions are answered by a column
    return Decided({**columns, **said}, told)


def _agreeing(told: dict[str, str], chosen: Mapping[str, str], guessed: Mapping[str, str]) -> dict[str, str]:
    """The answers that do not go against what was changed in the list of columns. Raises TwoOfOne."""
    for word, name in [*told.items()]:
        column = chosen.get(word)
        if column in (None, name, guessed.get(word)):
            continue
        if name != NO_COLUMN:
            raise TwoOfOne(f"“{column}” and “{name}” cannot both be {MEANINGS.get(word, word)}; choose one.")
        del told[word]  # “no column says it” stood there from the beginning
    return told


def _with_left_out(chosen: dict[str, str], guessed: Mapping[str, str]) -> dict[str, str]:
    left_out = [word for word in guessed if word not in chosen and word in MAY_BE_LEFT_OUT]
    known = {word: column for word, column in chosen.items() if word in MEANINGS}
    return known | dict.fromkeys(left_out, NO_COLUMN)


def _told(preview: Mapping[str, Any], posted: Mapping[str, str]) -> dict[str, str]:
    told = {}
    for question in preview["questions"]:
        key = question["key"]
        typed = posted.get(f"typed-{key}", "").strip()
        if typed:
            told[key] = typed if key == "timestamp" else f"={typed}"
        elif value := posted.get(f"told-{key}", ""):
            told[key] = value
    return told


@dataclass(frozen=True)
class FirstRows:
    """The beginning of a table, as its file has it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def first_rows(preview: Mapping[str, Any], sample: tuple[Mapping[str, Any], ...], most: int = 20) -> FirstRows:
    """Of a preview's first table."""
    names = tuple(one["column"] for one in preview["tables"][0]["columns"])
    return FirstRows(names, tuple(tuple(_cell(row, name) for name in names) for row in sample[:most]))


def _cell(row: Mapping[str, Any], name: str) -> str:
    value: Any = row.get(name)
    if value is None and name not in row:
        value = row
        for key in name.split("."):
            value = value.get(key) if isinstance(value, Mapping) else None
    return "" if value is None else str(value)[:200]
