"""Any table that is not a known platform's export -> a Reading, by header and by values.

1. What the reader said with ``--map`` holds.
2. Headers that are dates, or many numeric columns without a feature column: a wide table, to be melted.
3. Every other column is weighed for every role (``choose``).
4. A table without use in it is refused; what only the reader can know is asked.

Ids are taken before names: names change and two customers may share one. Features are taken by name: people read them.
"""

from collections.abc import Mapping, Sequence

import duckdb

from uptake.kit import sql
from uptake.sources.domains import BY_DOMAIN, domain_of
from uptake.sources.fields import NoSuchColumn
from uptake.sources.generic import amounts, moments, wide
from uptake.sources.generic.amounts import Amount, Spelling
from uptake.sources.generic.choose import Choice
from uptake.sources.generic.dates import FEWEST_READABLE
from uptake.sources.generic.layout import CLEAR, Layout, lay_out
from uptake.sources.generic.moments import Facts, Moments
from uptake.sources.generic.said import AS_FEATURES, NO_COLUMN
from uptake.sources.generic.values import Profile
from uptake.sources.generic.verdict import refuse_what_is_no_use
from uptake.sources.generic.words import Role, words
from uptake.sources.reading import Answers, Guess, Question, Reading, Table

UNANSWERED = 0.3  # confidence of a reading that lacks what only the reader knows
NONE_NAMES_THEM = {NO_COLUMN: "no column names the user"}
EACH_ROW = {NO_COLUMN: "each row counts as one use"}
SUBSCRIPTION_WORDS = words("subscription abonnement suscripcion contract vertrag contrat contrato license licence")


class GenericFormat:
    """Asked last, after the platforms' own formats."""

    slug = "generic"
    platform = "generic"

    def read(self, table: Table, answers: Answers, con: duckdb.DuckDBPyConnection | None = None) -> Reading:
        """How to read the table; what is still open stands in ``questions``.

        ``con`` lets whole columns decide what the sample leaves open: the order of day and month, the decimal sign.
        Raises NotUsage, and ProductError for answers that do not fit the table.
        """
        layout = lay_out(table, answers, con)
        refuse_what_is_no_use(layout)
        return _reading(layout)


def _reading(layout: Layout) -> Reading:
    questions: list[Question] = []
    warnings: list[str] = []
    mapping: dict[str, str] = {}
    account = _account(layout, questions, warnings, mapping)
    visitor = _visitor(layout, questions, warnings, mapping)
    event_name = _event_name(layout, questions, mapping)
    when = _moments(layout, mapping)
    count, duration = _count(layout, when, mapping), _duration(layout, mapping)
    for part in (when, count, duration):
        questions += [question for question in part.questions if question.key not in {q.key for q in questions}]
        warnings += part.warnings
    for role in ("session", "event_id"):
        if choice := layout.taken(role):
            mapping[role] = choice.profile.name
    expressions = [account, visitor, event_name, when.when.expression, count.expression, duration.expression]
    expressions += [_column(layout, "session"), _column(layout, "event_id")]
    return Reading(
        platform="generic",
        format="generic",
        title=_title(layout, when),
        confidence=_confidence(layout, questions),
        grain=when.grain,
        when=when.when,
        account=account,
        visitor=visitor,
        event_name=event_name,
        event_count=count.expression,
        duration_seconds=duration.expression,
        session_id=_column(layout, "session"),
        event_id=_column(layout, "event_id"),
        json_paths=_json_paths(layout, expressions),
        melt=layout.melt,
        mapping=mapping,
        guesses=_guesses(layout, when),
        questions=tuple(questions),
        warnings=tuple(warnings),
    )


def _column(layout: Layout, role: Role) -> str:
    choice = layout.taken(role)
    return choice.profile.column.sql if choice else "NULL"


def _account(layout: Layout, questions: list[Question], warnings: list[str], mapping: dict[str, str]) -> str:
    addresses = _addresses(layout)
    if literal := layout.said.literals.get("customer"):
        mapping["customer"] = f"={literal}"
        return sql.text(literal)
    if layout.said.by_domain:
        if addresses is None:
            raise NoSuchColumn("The table has no column of e-mail addresses whose domain could name the customer.")
        mapping["customer"] = f"{BY_DOMAIN} of {addresses.name}"
        return domain_of(addresses.column.sql)
    if choice := layout.taken("customer"):
        mapping["customer"] = choice.profile.name
        if SUBSCRIPTION_WORDS & set(choice.profile.header.words):
            warnings.append(
                f"“{choice.profile.name}” stands for the customer, as no other column names one: "
                "a customer with several of them appears several times until they are mapped to it."
            )
        return choice.profile.column.sql
    choices = (*_others(layout, "customer"), *((BY_DOMAIN,) if addresses else ()))
    explained = {BY_DOMAIN: f"the domain of the addresses in “{addresses.name}”"} if addresses else {}
    sentence = "No column clearly names the customer. Which one does?"
    questions.append(Question("customer", sentence, choices, None, explained, instead="NAME"))
    return "NULL"


def _addresses(layout: Layout) -> Profile | None:
    """The column of the users' e-mail addresses: the user column itself, or one beside it."""
    visitor = layout.taken("visitor")
    if visitor and visitor.profile.emails > 0.5:
        return visitor.profile
    return next((p for p in layout.profiles if p.emails > 0.5), None)


def _others(layout: Layout, role: Role) -> tuple[str, ...]:
    """Columns that could play the role: those that come close first, then every one with words or ids in it."""
    offered = [choice.profile.name for choice in layout.choices.offered.get(role, ())]
    taken = {choice.profile.name for choice in layout.choices.taken.values()}
    melted = set(layout.melt.columns) if layout.melt else set()
    rest = [p.name for p in layout.profiles if _may_name(p, layout) and p.name not in taken | melted]
    return tuple(dict.fromkeys((*offered, *rest)))


def _may_name(profile: Profile, layout: Layout) -> bool:
    """Whoever maps by hand is offered every column: the values of “a” may say nothing to us and all to the reader."""
    return profile.names_things or (layout.answers.by_hand and not profile.empty)


def _visitor(layout: Layout, questions: list[Question], warnings: list[str], mapping: dict[str, str]) -> str:
    if literal := layout.said.literals.get("visitor"):
        mapping["visitor"] = f"={literal}"
        return sql.text(literal)
    if choice := layout.taken("visitor"):
        mapping["visitor"] = choice.profile.name
        return choice.profile.column.sql
    is_open = "visitor" not in layout.said.without
    if is_open and layout.answers.by_hand:
        names = (*_others(layout, "visitor"), NO_COLUMN)
        questions.append(Question("visitor", "Which column names the user?", names, None, NONE_NAMES_THEM))
        return "NULL"
    warnings.append(
        "No column names the user: active users, stickiness and all else that counts people will be missing."
    )
    offered = [c for c in layout.choices.offered.get("visitor", ()) if c.profile.roles.get("visitor")]
    if is_open and offered:
        names = (*(choice.profile.name for choice in offered), NO_COLUMN)
        questions.append(Question("visitor", f"Does “{names[0]}” name the user?", names, NO_COLUMN, NONE_NAMES_THEM))
    return "NULL"


def _event_name(layout: Layout, questions: list[Question], mapping: dict[str, str]) -> str:
    if literal := layout.said.literals.get("feature"):
        mapping["feature"] = f"={literal}"
        return sql.text(literal)
    if choice := layout.taken("feature"):
        mapping["feature"] = choice.profile.name
        return choice.profile.column.sql
    if layout.features:
        mapping["feature"] = AS_FEATURES
        return "_melted_name"
    taken = {choice.profile.name for role, choice in layout.choices.taken.items() if role != "count"}
    numeric = () if layout.headings.days else wide.feature_columns(layout.profiles, taken)
    choices = (*_others(layout, "feature"), *((AS_FEATURES,) if numeric else ()))
    sentence = "No column clearly names what was used. Which one does?"
    counts = ", ".join(profile.name for profile in numeric)
    explained = {AS_FEATURES: f"each column of counts is a feature ({counts})"} if numeric else {}
    questions.append(Question("feature", sentence, choices, None, explained, instead="NAME"))
    return "NULL"


def _moments(layout: Layout, mapping: dict[str, str]) -> Moments:
    literal = layout.said.literals.get("timestamp", "")
    if layout.headings.days:
        mapping["timestamp"] = "column headings"
        return moments.of_headings(layout.headings, layout.answers)
    if literal:
        mapping["timestamp"] = f"={literal}"
        return moments.of_literal(literal, layout.answers)
    choice = layout.taken("timestamp")
    if choice is None:
        return moments.unknown(_which_time(layout), layout.answers)
    taken = {each.profile.name for each in layout.choices.taken.values()}
    others = [profile for profile in layout.profiles if profile.name not in taken]
    found = moments.of_column(choice.profile, others, _facts(layout))
    mapping["timestamp"] = choice.profile.name
    if found.clock_column:
        mapping["time_of_day"] = found.clock_column
    return found


def _facts(layout: Layout) -> Facts:
    keys = [choice.profile.column for role in ("customer", "visitor", "feature") if (choice := layout.taken(role))]
    counted = layout.melt is not None or layout.taken("count") is not None
    return Facts(layout.table, layout.answers, layout.con, counted, layout.taken("event_id") is not None, tuple(keys))


def _which_time(layout: Layout) -> Question:
    offered = tuple(c.profile.name for c in layout.choices.offered.get("timestamp", ()))
    if layout.answers.by_hand:
        offered = tuple(dict.fromkeys((*offered, *_others(layout, "timestamp"))))
    if wide.bare_months([profile.name for profile in layout.profiles]):
        return Question(
            "timestamp", "The columns are months without a year. Which year is it?", (), None, instead="2025"
        )
    sentence = "The table has no dates. For which day or month does it stand?"
    if offered:
        sentence = "No column clearly says when. Which one does? If none, for which day or month does the table stand?"
    return Question("timestamp", sentence, offered, None, instead="2025-10-31 or 2025-10")


def _count(layout: Layout, when: Moments, mapping: dict[str, str]) -> Amount:
    spelling = Spelling(layout.table, layout.answers, layout.con, layout.profiles)
    if layout.melt is not None:
        mapping["count"] = "cells"
        return amounts.melted(layout.melted, spelling)
    if choice := layout.taken("count"):
        mapping["count"] = choice.profile.name
        return amounts.count(choice.profile.column, spelling)
    if (unread := _unread(layout, "count")) and "count" not in layout.said.without:
        sentence = f"“{unread.name}” should count uses, but holds values such as “{unread.column.filled[0]}”. Which column does?"
        return Amount("'1'", (Question("count", sentence, (NO_COLUMN,), None, EACH_ROW),))
    if when.grain == "event":
        return Amount("'1'")
    people = layout.taken("people")
    if people and "count" not in layout.said.without:
        name = people.profile.name
        sentence = f"“{name}” counts people, and no column counts uses. Which one does?"
        return Amount("'1'", (Question("count", sentence, (NO_COLUMN, name), None, EACH_ROW),))
    return Amount("'1'", warnings=("No column counts uses: each row counts as one use.",))


def _unread(layout: Layout, role: Role) -> Profile | None:
    """A column whose header is the role's own, but whose values are nothing of the kind."""
    taken = {choice.profile.name for choice in layout.choices.taken.values()}
    named = [p for p in layout.profiles if p.roles.get(role, 0) >= CLEAR and not p.empty and p.name not in taken]
    return next((profile for profile in named if max(profile.numbers, profile.clocks) < FEWEST_READABLE), None)


def _duration(layout: Layout, mapping: dict[str, str]) -> Amount:
    choice = layout.taken("duration")
    if layout.melt is not None:  # a wide row's length would be counted once per cell
        return Amount("NULL")
    if choice is None:
        unread = _unread(layout, "duration")
        left_out = f"“{unread.name}” holds no lengths of time that Uptake can read, and is left out." if unread else ""
        return Amount("NULL", warnings=(left_out,) if left_out else ())
    spelling = Spelling(layout.table, layout.answers, layout.con, layout.profiles)
    amount = amounts.duration(choice.profile, spelling, layout.said.length)
    if amount.expression != "NULL":
        mapping["duration"] = choice.profile.name
    return amount


def _json_paths(layout: Layout, expressions: Sequence[str]) -> Mapping[str, str]:
    """Of JSON records, the values that the expressions name."""
    if layout.table.kind != "json":
        return {}
    melted = set(layout.melt.columns) if layout.melt else set()
    return {
        profile.column.key: profile.column.path
        for profile in layout.profiles
        if profile.column.key in melted or any(profile.column.sql in expression for expression in expressions)
    }


def _confidence(layout: Layout, questions: Sequence[Question]) -> float:
    """As sure as the least sure of customer, feature and time; low while the reader has to answer."""
    if any(question.assumed is None for question in questions):
        return UNANSWERED
    needed = [c.confidence for role in ("customer", "feature", "timestamp") if (c := layout.taken(role))]
    return min([0.9 if layout.melt else 1.0, *needed])


def _guesses(layout: Layout, when: Moments) -> Mapping[str, Guess]:
    guesses = {
        role: Guess(choice.profile.name, choice.confidence, choice.why + _beside(layout, role, choice))
        for role, choice in layout.choices.taken.items()
        if role != "people" and not (layout.melt and role in ("count", "duration"))
    }
    if when.why and (time := guesses.get("timestamp")):
        guesses["timestamp"] = Guess(time.column, time.confidence, f"{time.why}; {when.why}")
    return {str(role): guess for role, guess in guesses.items()}


def _beside(layout: Layout, role: Role, choice: Choice) -> str:
    """What stands beside the chosen column and was not taken, where a reader would wonder."""
    if role == "count" and (people := layout.taken("people")):
        return f"; “{people.profile.name}” counts people, not uses"
    if role not in ("customer", "visitor", "feature"):
        return ""
    others = [c.profile for c in layout.choices.offered.get(role, ()) if c.confidence >= CLEAR]
    if not others:
        return ""
    if choice.profile.header.is_id and not others[0].header.is_id:
        return f"; an id is taken before “{others[0].name}”, as names change"
    return f"; “{others[0].name}” would be possible too"


def _title(layout: Layout, when: Moments) -> str:
    grain = {"event": "single events", "hour": "totals per hour", "day": "totals per day", "month": "totals per month"}[
        when.grain
    ]
    shape = "one column per date" if layout.headings.days else "one column per feature" if layout.features else ""
    return f"Usage table, {grain}{f', {shape}' if shape else ''}"
