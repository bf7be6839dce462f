"""The door of the chat: a sentence, or a pressed button, to an answer."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from uptake.chat.answers import Answer, Button, Buttons, Note, Part, Text, listed
from uptake.chat.grammar import NotUnderstood, Unclear, Understood, understand
from uptake.chat.grammar.names import names_of
from uptake.chat.tools.examples import example_for
from uptake.chat.tools.registry import TOOLS, tool_named
from uptake.chat.tools.tool import Arguments, Steps, Tool
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate

SUGGESTED = ("scores", "laggards", "customers_at_risk", "feature_shares", "create_tasks")


def reply(teammate: Teammate, text: str) -> Answer:
    """Answer a sentence. What would change something comes back as a question, with a Confirm to press.

    Raises ProductError where the data cannot answer, such as NothingToScore, and NotAllowed.
    """
    found = understand(text, teammate)
    if isinstance(found, NotUnderstood):
        return _not_understood(teammate, found)
    if isinstance(found, Unclear):
        return _unclear(teammate, found)
    tool = tool_named(found.tool)
    if not tool.changes:
        return tool.answer(teammate, found.arguments)
    return _asked_first(tool.ask(teammate, found.arguments))


def press(teammate: Teammate, tool: str, arguments: Any) -> Answer:
    """Do what a button says: the teammate pressed it, so a change is made too. Arguments are checked like any input.

    Raises BadArguments, NotAllowed, UnknownCustomer and what the services refuse; nothing is changed then.
    """
    known = tool_named(tool)
    return known.answer(teammate, known.arguments.from_json(arguments))


def choose(teammate: Teammate, tool: str, arguments: Any) -> Answer:
    """As ``press``, for a button that only says what was meant: a change is still asked about first."""
    known = tool_named(tool)
    read = known.arguments.from_json(arguments)
    return _asked_first(known.ask(teammate, read)) if known.changes else known.answer(teammate, read)


def _asked_first(confirm: Any) -> Answer:
    return Answer("Shall I?", (confirm,))


def _not_understood(teammate: Teammate, found: NotUnderstood) -> Answer:
    tools = [tool_named(name) for name in found.closest]
    tools = [tool for tool in tools if tool.is_for(teammate) and example_for(teammate, tool)]
    buttons = tuple(_example(tool) for tool in tools if not tool.changes and _runs_bare(tool))
    asks = listed([f"“{example_for(teammate, tool)}”" for tool in tools], 3)
    parts: tuple[Part, ...] = (Text(f"You can ask, for example: {asks}."),) if tools else ()
    return Answer(found.sentence, (*parts, Buttons((*buttons, *_help(buttons)))))


def _help(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    shown = {button.tool for button in buttons}
    return () if "what_can_you_do" in shown else (Button("What can you do?", "what_can_you_do", icon="circle-help"),)


NEEDS_MORE = frozenset(
    {
        "explain_score",
        "why_changed",
        "customer_adoption",
        "quiet_users",
        "feature_adoption",
        "unused_features",
        "compare_customers",
        "open_page",
    }
)


def _runs_bare(tool: Tool) -> bool:
    """Whether it can be asked without naming anything."""
    return tool.name not in NEEDS_MORE


def _example(tool: Tool) -> Button:
    return Button(tool.title, tool.name)


def _unclear(teammate: Teammate, found: Unclear) -> Answer:
    buttons, notes = [], list[Part]()
    for choice in found.choices:
        tool = tool_named(choice.tool)
        if not tool.is_for(teammate):
            continue
        if not tool.changes:
            buttons.append(Button(label_of(choice, teammate), tool.name, choice.arguments.to_json()))
            continue
        try:  # what the button would do is settled now, so that pressing it does what it says
            confirm = tool.ask(teammate, choice.arguments)
        except ProductError as why:
            notes.append(Note(str(why)))
            continue
        buttons.append(Button(confirm.sentence, confirm.tool, confirm.arguments))
    if not buttons:
        return Answer("Nothing of that can be done", tuple(notes))
    return Answer(found.sentence, (Buttons(tuple(buttons)), *notes))


def label_of(understood: Understood, teammate: Teammate) -> str:
    """“Explain a score: OldCorp”: the tool, and what is named."""
    tool = tool_named(understood.tool)
    said = _said(understood.arguments, teammate)
    return f"{tool.title}: {said}" if said else tool.title


def _said(arguments: Arguments, teammate: Teammate) -> str:
    if isinstance(arguments, Steps):
        return " and ".join(tool_named(name).title.lower() for name, _ in arguments.steps)
    told: Mapping[str, Any] = {each.name: getattr(arguments, each.name) for each in fields(arguments)}
    names = names_of(teammate, told.get("customers", ()))
    group = f"the {told['number'] or ''} {told['group']}".replace("  ", " ") if told.get("group") else ""
    return ", ".join(filter(None, (listed(names), group))) if names or group else ""


def suggestions(teammate: Teammate) -> list[str]:
    """Sentences to begin with, for the composer of an empty conversation."""
    mine = [tool for tool in TOOLS if tool.name in SUGGESTED and tool.is_for(teammate)]
    return [said for tool in mine if (said := example_for(teammate, tool))]
