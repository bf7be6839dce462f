"""What a sentence asks for: one tool with its arguments, a choice of a few, or nothing that we know.

Nothing here changes anything, and whatever is understood as a change is confirmed before it is done.
"""

from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any

from uptake.chat.grammar.filters import filters_of
from uptake.chat.grammar.intents import Intent
from uptake.chat.grammar.names import MOST_CHOICES, Named, NameIndex, customer_names, feature_names
from uptake.chat.grammar.reading import TAKEN, Reading, Sentence, close_ones, look_at, readings, segments
from uptake.chat.grammar.words import words
from uptake.chat.tools.registry import CHANGING, tool_named
from uptake.chat.tools.tool import Arguments, Steps
from uptake.pipeline.published import yesterday
from uptake.pipeline.scoring import NothingToScore, newest_day
from uptake.team.models import Teammate

SEVERAL = "several"
TARGETS = ("laggards", "at risk")
DEFAULT_NUMBER = 3
_POINTED = "for of at with is are did does do has about vs versus to and in on over under from by"
POINTED = frozenset(_POINTED.split())
SURE = 3.4  # what a reading with a customer must weigh for an unknown word to count as a customer's name
FORMAT_WORDS = {"csv": "csv", "excel": "xlsx", "xlsx": "xlsx", "xls": "xlsx", "parquet": "parquet"}


@dataclass(frozen=True)
class Understood:
    """One tool with its arguments, and how sure that is (0–1)."""

    tool: str
    arguments: Arguments
    confidence: float = 1.0


@dataclass(frozen=True)
class Unclear:
    """Several readings; the sentence asks which."""

    choices: tuple[Understood, ...]
    sentence: str = "I can read that in more than one way. Which do you mean?"


@dataclass(frozen=True)
class NotUnderstood:
    """Nothing fits. ``closest``: names of tools to offer."""

    sentence: str
    closest: tuple[str, ...] = ("scores", "laggards", "what_can_you_do")


Reply = Understood | Unclear | NotUnderstood
NOTHING = "I did not understand that, and changed nothing."


def understand(text: str, teammate: Teammate, *, newest: date | None = None) -> Reply:
    """Read a sentence of a teammate; only their own customers can be named in it.

    ``newest``: the day that “last week” is counted from, by default the newest with data.
    """
    customers = customer_names(teammate)
    sentence = look_at(text, customers=customers, features=feature_names(), newest=newest or _newest())
    if sentence.said & ABOUT_FILES:
        sentence = _filtered(sentence, text, teammate)
    found = readings(sentence, acting=CHANGING)
    if unknown := _unknown_customer(sentence, found):
        return NotUnderstood(f"There is no customer “{unknown}”.", _closest(found))
    if sentence.may_act and len(steps := _steps(sentence)) > 1:
        return _settled(_several(steps, sentence), sentence, customers)
    if not found:
        return NotUnderstood(NOTHING, _closest(readings(replace(sentence, strange=[]), acting=CHANGING)))
    return _settled(_chosen(found, sentence), sentence, customers)


ABOUT_FILES = frozenset({"EXPORT", "FORMAT"})


def _filtered(sentence: Sentence, text: str, teammate: Teammate) -> Sentence:
    """With what the file is narrowed to; those words are no strangers any more."""
    raw = [word if token != TAKEN else TAKEN for word, token in zip(words(text), sentence.tokens, strict=True)]
    found = filters_of(raw, teammate)
    said = {sentence.tokens[place] for place in found.places}
    return replace(sentence, filters=found.said, strange=[each for each in sentence.strange if each not in said])


def _newest() -> date:
    try:
        return newest_day()
    except NothingToScore:
        return yesterday()


def _closest(found: list[Reading]) -> tuple[str, ...]:
    names = dict.fromkeys([*(each.intent.tool for each in found), "scores", "laggards", "what_can_you_do"])
    return tuple(names)[:3]


def _chosen(found: list[Reading], sentence: Sentence) -> Reply:
    close = close_ones(found)
    confidence = _confidence(found)
    if close[0].intent.needs_target and not (sentence.customers or sentence.group):
        return _for_whom(close[0].intent, sentence)
    if close[0].intent.tool == "compare_customers" and len(sentence.customers) < 2:
        return NotUnderstood("Name two customers or more to compare.", ("compare_customers", "scores", "leaders"))
    choices = tuple(
        Understood(each.intent.tool, arguments_of(each.intent.tool, sentence), confidence) for each in close
    )
    return choices[0] if len(choices) == 1 else Unclear(choices[:MOST_CHOICES])


def _confidence(found: list[Reading]) -> float:
    """From ½ where two readings weigh the same to 1 where there is no other."""
    second = found[1].weight if len(found) > 1 else 0.0
    return round(1 - second / found[0].weight / 2, 2)


def _for_whom(intent: Intent, sentence: Sentence) -> Unclear:
    arguments = arguments_of(intent.tool, sentence)
    choices = tuple(
        Understood(intent.tool, arguments.but(group=group, number=sentence.number or DEFAULT_NUMBER), 0.5)
        for group in TARGETS
    )
    return Unclear(choices, f"{tool_named(intent.tool).title}: for whom?")


# Arguments


def arguments_of(tool: str, sentence: Sentence) -> Arguments:
    """What the sentence says of what the tool takes."""
    kind = tool_named(tool).arguments
    said: dict[str, Any] = {
        "customers": tuple(int(each.ids[0]) for each in sentence.customers),
        "features": tuple(each.ids[0] for each in sentence.features),
        "period": sentence.when.period,
        "as_of": sentence.when.as_of,
        "number": sentence.number,
        "group": _group(tool, sentence),
        **{name: sentence.filters.get(name, "") for name in ("segment", "region", "plan", "band", "owner")},
        "format": next((FORMAT_WORDS[token] for token in sentence.tokens if token in FORMAT_WORDS), ""),
        "page": _page(sentence),
    }
    return kind(**{each.name: said[each.name] for each in fields(kind) if each.name in said})


def _group(tool: str, sentence: Sentence) -> str:
    group = sentence.group
    if tool == "export" and sentence.filters:
        return ""  # “poor customers” are those of a band, and no laggards
    return "" if group == "all" and tool in {"export", "update_health"} else group


def _page(sentence: Sentence) -> str:
    if sentence.customers:
        return "customer"
    pages = ("settings", "imports", "outreach", "tasks", "portfolio")
    return next((page for page in pages if f"PAGE_{page.upper()}" in sentence.concepts), "")


# Several things in one sentence


def _steps(sentence: Sentence) -> list[tuple[Intent, Sentence]]:
    """What each part that begins with a verb asks to change; no tool twice."""
    steps: dict[str, tuple[Intent, Sentence]] = {}
    for part in segments(sentence):
        found = readings(part, acting=CHANGING)
        if found and found[0].intent.tool in CHANGING:
            steps.setdefault(found[0].intent.tool, (found[0].intent, part))
    return list(steps.values())


def _several(steps: list[tuple[Intent, Sentence]], whole: Sentence) -> Reply:
    """One tool with several steps. A part that names nobody takes whom the sentence names: “… for the 3 laggards”."""
    told = []
    for intent, part in steps:
        aimed = part if part.customers or (part.group and part.group != "all") else _aimed(intent, part, whole)
        if intent.needs_target and not (aimed.customers or aimed.group):
            return _for_whom(intent, whole)
        told.append((intent.tool, arguments_of(intent.tool, aimed).to_json()))
    return Understood(SEVERAL, Steps(steps=tuple(told)))


def _aimed(intent: Intent, part: Sentence, whole: Sentence) -> Sentence:
    if whole.customers:
        return replace(part, customers=whole.customers)
    if not intent.needs_target:
        return part  # health is updated for all, unless customers are named
    groups = {name: found for name, found in whole.concepts.items() if name in {"LOW", "HIGH", "RISK", "ALL"}}
    return replace(part, concepts={**groups, **part.concepts}, number=part.number or whole.number)


# Whom a name means


def _settled(reply: Reply, sentence: Sentence, index: NameIndex) -> Reply:
    """Where a name fits several customers nothing is guessed: each is a choice."""
    open_names = [each for each in sentence.customers if len(each.ids) > 1]
    if not open_names or isinstance(reply, NotUnderstood):
        return reply
    first = open_names[0]
    if len(open_names) > 1:
        some = "; ".join(" or ".join(f"“{index.names[one]}”" for one in each.ids[:3]) for each in open_names)
        return NotUnderstood(f"Several customers are called like that: {some}. Write their whole names.")
    if isinstance(reply, Unclear):
        reply = reply.choices[0]
    choices = tuple(_with(reply, first, customer) for customer in first.ids[:MOST_CHOICES])
    others = len(first.ids) - MOST_CHOICES
    more = f" {others:,} more begin like that; write more of the name." if others > 0 else ""
    return Unclear(choices, f"Which customer do you mean?{more}")


def _with(reply: Understood, named: Named, customer: str) -> Understood:
    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: told(each) for key, each in value.items()}
        if isinstance(value, (list, tuple)):
            return tuple(told(each) for each in value)
        return int(customer) if value == int(named.ids[0]) and not isinstance(value, bool) else value

    arguments = reply.arguments
    if isinstance(arguments, Steps):
        return replace(reply, arguments=Steps(steps=told(arguments.steps)))
    return replace(reply, arguments=arguments.but(customers=told(arguments.to_json()["customers"])))


def _unknown_customer(sentence: Sentence, found: list[Reading]) -> str:
    """Words that stand where a customer's name would, and are none of theirs; the same whether others have one."""
    runs = _strange_runs(sentence)
    if not runs:
        return ""
    if found and found[0].intent.tool in CHANGING:
        return runs[0][1]
    named = [*sentence.customers, Named(0, 0, ("0",))]
    supposed = readings(replace(sentence, customers=named, strange=[]), acting=CHANGING)
    if not supposed or supposed[0].weight < SURE or (found and supposed[0].weight < found[0].weight + 0.5):
        return ""
    pointed = [run for at, run in runs if at > 0 and sentence.tokens[at - 1] in POINTED | {"§"}]
    if supposed[0].intent.least_customers > len(sentence.customers):
        return (pointed or [run for _, run in runs])[0]
    return pointed[0] if pointed else ""


def _strange_runs(sentence: Sentence) -> list[tuple[int, str]]:
    """Neighbouring words that nobody knows, from three letters on, and where each run begins."""
    runs: list[tuple[int, list[str]]] = []
    for at, token in enumerate(sentence.tokens):
        if token not in sentence.strange or len(token) < 3:
            continue
        if runs and runs[-1][0] + len(runs[-1][1]) == at:
            runs[-1][1].append(token)
        else:
            runs.append((at, [token]))
    return [(at, " ".join(tokens)) for at, tokens in runs]
