"""Several changes asked for in one sentence: confirmed together, done one after the other."""

from django.db import transaction

from uptake.chat.answers import Answer, Confirm, Part, Text
from uptake.chat.tools.tool import Arguments, BadArguments, Steps, Tool
from uptake.team.models import Teammate


def _parts(asked: Steps) -> list[tuple[Tool, Arguments]]:
    from uptake.chat.tools.registry import tool_named

    if not asked.steps:
        raise BadArguments("There is nothing to do.")
    found = []
    for name, arguments in asked.steps:
        tool = tool_named(name)
        if tool.confirm is None or tool.arguments is Steps:
            raise BadArguments(f"“{tool.title}” cannot be one of several steps.")
        found.append((tool, tool.arguments.from_json(arguments)))
    return found


def _confirm(teammate: Teammate, asked: Steps) -> Confirm:
    asks = [tool.ask(teammate, arguments) for tool, arguments in _parts(asked)]
    sentence = " ".join(f"{number}. {each.sentence}" for number, each in enumerate(asks, start=1))
    steps = [[each.tool, dict(each.arguments)] for each in asks]
    return Confirm(sentence, "several", {"steps": steps}, f"Do {'both' if len(asks) == 2 else f'all {len(asks)}'}")


@transaction.atomic
def _run(teammate: Teammate, asked: Steps) -> Answer:
    """All or nothing."""
    answers = [tool.answer(teammate, arguments) for tool, arguments in _parts(asked)]
    parts: list[Part] = []
    for answer in answers:
        parts += [Text(f"{answer.headline}."), *answer.parts]
    return Answer("; ".join(answer.headline for answer in answers), tuple(parts))


SEVERAL = Tool(
    "several",
    "Several things",
    "More than one change in one sentence.",
    Steps,
    (),
    _run,
    changes=True,
    confirm=_confirm,
)
