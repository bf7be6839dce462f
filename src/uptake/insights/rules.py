"""The rules that make recommendations: read from YAML, checked, nothing in them is ever run (docs/recommendations.md)."""

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from uptake.insights.figure_names import NUMBERS, TEXTS
from uptake.insights.figures import Figures
from uptake.kit.errors import ProductError

FILE = "rules.yaml"
LARGEST = 200_000  # characters; a list that a person keeps is a fraction of it
CHANNELS = ("task", "email", "training")
NEEDED = ("rule", "title", "why", "when", "steps", "channel", "due", "winnable", "gap")
OPTIONAL = ("gap_words",)
GAP_WORDS = "point to go|points to go"

COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
}
_CONDITION = re.compile(r"\s*([a-z_]+)\s*(<=|>=|<|>|=)\s*(-?\d{1,12}(?:\.\d{1,6})?|[a-z_]+)\s*")
_SLOT = re.compile(r"\{([a-z_]+)(?::([^{}]+))?\}")


class BrokenRules(ProductError):
    """The rules cannot be read; the sentence names the line or the rule."""


class _Wrong(Exception):
    """What is wrong with one rule, without saying which."""


@dataclass(frozen=True)
class Condition:
    """One comparison of a figure with a number or another figure."""

    figure: str
    sign: str
    against: str | float

    def holds(self, figures: Figures) -> bool:
        """What is not known fulfils nothing."""
        one = figures.numbers.get(self.figure)
        other = figures.numbers.get(self.against) if isinstance(self.against, str) else self.against
        return one is not None and other is not None and COMPARISONS[self.sign](one, other)


@dataclass(frozen=True)
class Template:
    """Text with slots: ``{figure}``, or ``{figure:noun}`` for a count in the right number."""

    parts: tuple[str | tuple[str, str | None], ...]

    @property
    def figures(self) -> frozenset[str]:
        return frozenset(part[0] for part in self.parts if not isinstance(part, str))

    def fill(self, figures: Figures) -> str | None:
        """None where a figure is not known."""
        texts = [part if isinstance(part, str) else figures.write(*part) for part in self.parts]
        known = [text for text in texts if text is not None]
        return "".join(known) if len(known) == len(texts) else None


@dataclass(frozen=True)
class Rule:
    """When it applies, what it says, and what it is worth."""

    name: str
    title: Template
    why: Template
    when: tuple[Condition, ...]
    steps: tuple[Template, ...]
    channel: str
    due_days: int  # working days
    winnable: float  # 0–1
    gap: str  # the figure that says how many points there are to go
    gap_words: str = GAP_WORDS

    @property
    def figures(self) -> frozenset[str]:
        """Every figure that its texts write."""
        return frozenset().union(*(text.figures for text in (self.title, self.why, *self.steps)))


def default_rules() -> list[Rule]:
    """The rules that come with Uptake."""
    return read_rules((files("uptake.insights") / FILE).read_text(encoding="utf-8"))


def rules_at(path: Path) -> list[Rule]:
    """The workspace's own rules where the file is there, else those that come with Uptake. Raises BrokenRules."""
    if not path.exists():
        return default_rules()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as why:
        raise BrokenRules(f"{path.name} cannot be read as UTF-8 text: {why}.") from why
    return read_rules(text, path.name)


def read_rules(text: str, name: str = FILE) -> list[Rule]:
    """Rules in their order. Raises BrokenRules with one sentence naming the line or the rule."""
    if len(text) > LARGEST:
        raise BrokenRules(f"{name} is longer than {LARGEST:,} characters; that is no list of rules.")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        entries = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as why:
        raise BrokenRules(_not_yaml(name, why)) from why
    if not isinstance(entries, list) or not entries or not isinstance(node, yaml.SequenceNode):
        raise BrokenRules(f"{name} must be a list of rules, each starting with “- rule: NAME”.")
    found: list[Rule] = []
    for entry, where in zip(entries, node.value, strict=True):
        try:
            found.append(_rule(entry, {rule.name for rule in found}))
        except _Wrong as wrong:
            called = f", rule {_shown(entry['rule'])}" if isinstance(entry, dict) and entry.get("rule") else ""
            raise BrokenRules(f"{name}, line {where.start_mark.line + 1}{called}: {wrong}") from wrong
    return found


def _not_yaml(name: str, why: Exception) -> str:
    mark = getattr(why, "problem_mark", None)
    problem = getattr(why, "problem", None) or "it is nested too deeply or holds an impossible value"
    line = f", line {mark.line + 1}" if mark is not None else ""
    return f"{name}{line}: this is not YAML as rules are written in: {problem}."


def _rule(entry: Any, taken: Collection[str]) -> Rule:
    if not isinstance(entry, dict):
        raise _Wrong("a rule is a list of “name: value” lines, starting with “rule: NAME”.")
    _check_keys(entry)
    rule = Rule(
        name=_text(entry, "rule"),
        title=_template(entry["title"], "title"),
        why=_template(entry["why"], "why"),
        when=tuple(_condition(text) for text in _list(entry, "when")),
        steps=tuple(_template(text, "steps") for text in _list(entry, "steps")),
        channel=_one_of(entry["channel"], "channel", CHANNELS),
        due_days=_number(entry, "due", least=1, most=250, whole=True),
        winnable=_number(entry, "winnable", least=0, most=1),
        gap=_figure(entry["gap"], NUMBERS),
        gap_words=_text(entry, "gap_words") if "gap_words" in entry else GAP_WORDS,
    )
    if rule.name in taken:
        raise _Wrong("there is another rule of this name.")
    if not rule.why.figures & NUMBERS.keys():
        raise _Wrong("“why” names no number of the customer, such as {score} or {active_users}.")
    return rule


def _shown(value: Any) -> str:
    """What stands there, short: a list may hold itself, or a hundred million aliases."""
    if isinstance(value, str | int | float):
        return f"“{str(value)[:80]}”"
    return "nothing" if value is None else f"a {'list' if isinstance(value, list) else 'block'}"


def _check_keys(entry: Mapping[Any, Any]) -> None:
    for key in entry:
        if key not in (*NEEDED, *OPTIONAL):
            raise _Wrong(f"{_shown(key)} is no part of a rule; the parts are {', '.join((*NEEDED, *OPTIONAL))}.")
    if missing := [key for key in NEEDED if key not in entry]:
        raise _Wrong(f"“{missing[0]}” is missing.")


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value.strip():
        raise _Wrong(f"“{key}” must be a text.")
    return value.strip()


def _list(entry: Mapping[str, Any], key: str) -> list[Any]:
    value = entry[key]
    if not isinstance(value, list) or not value:
        raise _Wrong(f"“{key}” must be a list of at least one line.")
    return value


def _number(entry: Mapping[str, Any], key: str, *, least: int, most: int, whole: bool = False) -> Any:
    value = entry[key]
    fits = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool) and least <= value <= most
    if not fits:
        raise _Wrong(
            f"“{key}” must be a {'whole number' if whole else 'number'} from {least} to {most}, not {_shown(value)}."
        )
    return value


def _one_of(value: Any, key: str, choices: Collection[str]) -> str:
    if value not in choices:
        raise _Wrong(f"“{key}” must be one of {', '.join(choices)}, not {_shown(value)}.")
    return str(value)


def _figure(name: Any, among: Collection[str]) -> str:
    if not isinstance(name, str) or name not in among:
        closest = get_close_matches(name, among, n=1) if isinstance(name, str) else []
        hint = f"; the closest is {closest[0]}" if closest else ""
        raise _Wrong(f"{_shown(name)} is no {'number' if among is NUMBERS else 'figure'} of a customer{hint}.")
    return name


def _condition(text: Any) -> Condition:
    found = _CONDITION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise _Wrong(f"{_shown(text)} is no condition; write one comparison such as “active_percent < 50”.")
    name, sign, against = found.groups()
    other = _figure(against, NUMBERS) if against[0].isalpha() or against[0] == "_" else float(against)
    return Condition(_figure(name, NUMBERS), sign, other)


def _template(text: Any, key: str) -> Template:
    if not isinstance(text, str) or not text.strip():
        raise _Wrong(f"“{key}” must be text, and not empty; put it in quotes if it starts with a brace.")
    parts: list[str | tuple[str, str | None]] = []
    end = 0
    for slot in _SLOT.finditer(text):
        name = _figure(slot[1], {**NUMBERS, **TEXTS})
        parts += [_plain(text[end : slot.start()], key), (name, slot[2])]
        end = slot.end()
    return Template((*parts, _plain(text[end:].rstrip(), key)))


def _plain(text: str, key: str) -> str:
    if "{" in text or "}" in text:
        raise _Wrong(f"“{key}” has a brace that is no {{figure}}: “{text.strip()}”.")
    return text
