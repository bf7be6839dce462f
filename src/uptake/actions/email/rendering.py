"""A template and a customer's facts -> subject and body. Templates run in a sandbox and see plain values only."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from jinja2 import StrictUndefined, TemplateError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from uptake.actions.email.facts import FROM_THE_LIST, UNKNOWN
from uptake.kit.errors import ProductError

SHIPPED = Path(__file__).parent / "templates"
LONGEST_SUBJECT, LONGEST_BODY = 200, 20_000
HEADER = re.compile(r"(Title|When|Needs|Subject): *(.*)")
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class BadTemplate(ProductError):
    """The template cannot be used; the sentence says which, and why."""


@dataclass(frozen=True)
class Template:
    """One kind of e-mail, as its file says."""

    name: str
    title: str
    when: str  # a sentence: what it is good for
    needs: tuple[str, ...]  # facts without which it says nothing
    subject: str
    body: str


class Sandbox(ImmutableSandboxedEnvironment):
    """No attributes that lead out of the values, no changing of values, no products that fill the memory."""

    intercepted_binops = frozenset({"*", "**"})

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        raise SecurityError(f"“{operator}” is not for templates.")


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%B %Y}"


def _sentence(text: str) -> str:
    """With a full stop; as people type it, it may have none."""
    text = text.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _in_words(number: int) -> str:
    return WORDS[number] if 0 <= number < len(WORDS) else str(number)


def _sandbox() -> Sandbox:
    sandbox = Sandbox(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # plain text
    sandbox.filters.update(day=_day, sentence=_sentence, in_words=_in_words)
    return sandbox


def templates() -> list[Template]:
    """Every kind of e-mail that a person can choose, by title: those shipped, and the workspace's own in
    ``UPTAKE_HOME/outreach``. What announces a report is chosen by its schedule alone, which attaches it."""
    names = {file.stem for folder in (SHIPPED, _own()) if folder.is_dir() for file in folder.glob("*.txt")}
    found = [template for template in map(read_template, names) if "report" not in template.needs]
    return sorted(found, key=lambda template: template.title)


def _own() -> Path:
    return Path(settings.UPTAKE_HOME) / "outreach"


def read_template(name: str) -> Template:
    """One kind of e-mail; the workspace's own file of that name wins. Raises BadTemplate."""
    file = _file(name)
    head, _, body = file.read_text(encoding="utf-8").partition("\n\n")
    lines = {}
    for line in head.splitlines():
        found = HEADER.fullmatch(line.strip())
        if not found:
            raise BadTemplate(f"{file.name}: “{line}” should say Title, When, Needs or Subject, then an empty line.")
        lines[found[1]] = found[2].strip()
    if not lines.get("Subject") or not body.strip():
        raise BadTemplate(f"{file.name} needs a line “Subject: …”, an empty line, and a body.")
    needs = tuple(fact for fact in re.split(r"[,\s]+", lines.get("Needs", "")) if fact)
    if odd := sorted(set(needs) - set(UNKNOWN) - set(FROM_THE_LIST)):
        raise BadTemplate(f"{file.name} needs {', '.join(odd)}, which no customer has.")
    return Template(name, lines.get("Title") or name, lines.get("When", ""), needs, lines["Subject"], body)


def _file(name: str) -> Path:
    if re.fullmatch(r"\w{1,50}", name):
        for folder in (_own(), SHIPPED):
            if (folder / f"{name}.txt").is_file():
                return folder / f"{name}.txt"
    there = sorted(file.stem for file in SHIPPED.glob("*.txt"))
    raise BadTemplate(f"There is no template “{name[:50]}”; there are {', '.join(there)}.")


def render(template: Template, facts: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and body. Raises BadTemplate for tricks, mistakes, and facts that are missing."""
    if missing := [name for name in template.needs if facts.get(name) in (None, "", [], ())]:
        words = " and ".join(name.replace("_", " ") for name in missing)
        raise BadTemplate(f"“{template.title}” needs {words}, and there are none for {facts['customer']}.")
    days = facts["period_days"]
    values = {**facts, "period_words": f"{days} days" if days else "time", "quiet_days": _quiet_days(facts)}
    subject = " ".join(_filled(template, template.subject, values).split())
    body = re.sub(r"\n{3,}", "\n\n", _filled(template, template.body, values)).strip() + "\n"
    if len(body) > LONGEST_BODY:
        raise BadTemplate(f"“{template.title}” makes {len(body):,} characters; {LONGEST_BODY:,} is the most.")
    return subject[:LONGEST_SUBJECT], body


def _quiet_days(facts: Mapping[str, Any]) -> int:
    """Days without anybody, up to the day of the figures; 0 where that is not known."""
    if not facts["as_of"] or not facts["last_active_on"]:
        return 0
    return (date.fromisoformat(facts["as_of"]) - date.fromisoformat(facts["last_active_on"])).days


def _filled(template: Template, text: str, values: Mapping[str, Any]) -> str:
    try:
        return _sandbox().from_string(text).render(values)
    except TemplateError as why:  # a trick the sandbox refuses, a mistake in writing, a name nobody knows
        raise BadTemplate(f"The template “{template.title}” cannot be used: {why}.") from why
    except (TypeError, ValueError, ArithmeticError, LookupError, AttributeError, OverflowError) as why:
        raise BadTemplate(f"The template “{template.title}” does not fit the facts: {why}.") from why
