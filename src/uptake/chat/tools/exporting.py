"""The tool that gives a file."""

from uptake.chat.answers import Answer, Button, Buttons, Text, counted
from uptake.chat.tools.figures import seen, span
from uptake.chat.tools.links import page
from uptake.chat.tools.tool import FORMATS, Exported, Tool
from uptake.team.models import Teammate
from uptake.team.rights import Right

TITLES = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}


def _export(teammate: Teammate, asked: Exported) -> Answer:
    board = seen(teammate, asked)
    text = f"{counted(len(board.rows), 'customer')}, {span(board.as_of, board.period)}: scores and all that they are made of."
    wanted = asked.format or FORMATS[0]
    buttons = [
        Button(TITLES[each], href=export_url(each, asked), icon="download", main=each == wanted)
        for each in sorted(FORMATS, key=lambda each: each != wanted)
    ]
    ready = [button for button in buttons if button.href]
    if not ready:
        return Answer("There is no export here yet", (Text("The portfolio page has one as soon as it is there."),))
    return Answer(f"The portfolio as {TITLES[wanted]} is ready", (Text(text), Buttons(tuple(ready))))


def export_url(format_: str, asked: Exported) -> str:
    """The file's address on the portfolio page; it asks for the right again."""
    return page("portfolio:export", format_, period=asked.period, as_of=asked.as_of)


EXPORT = Tool(
    "export",
    "Export",
    "The portfolio as CSV, Excel or Parquet.",
    Exported,
    ("Export the portfolio to Excel", "Download scores as csv"),
    _export,
    right=Right.EXPORT,
)
