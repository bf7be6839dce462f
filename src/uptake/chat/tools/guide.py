"""Tools that show the way: how to bring data in, where the pages are, what can be asked."""

from uptake.chat.answers import Answer, Button, Buttons, Item, Items, Note, Text
from uptake.chat.tools.examples import example_for
from uptake.chat.tools.links import page
from uptake.chat.tools.tool import BadArguments, Nothing, Opened, Tool, access_named
from uptake.team.models import Teammate
from uptake.team.rights import Right, may


def _upload_help(teammate: Teammate, _: Nothing) -> Answer:
    if not may(teammate, Right.IMPORT):
        return Answer(
            "Your role does not import usage", (Text("A CSM, a leader or an admin can drop the file into their chat."),)
        )
    steps = (
        Item(
            "Drop the export into this chat",
            "CSV, Excel, JSON or a zip of them; several files at once, up to 2 GB each.",
        ),
        Item(
            "Confirm the columns",
            "Each column is shown with examples and how sure the reading is. Nothing is imported before.",
        ),
        Item(
            "Read the results",
            "Scores, leaders and laggards, features, what to do next. Every row is accounted for, and an import can be undone.",
        ),
    )
    return Answer(
        "Drop a usage export into this chat",
        (
            Items("How it goes", steps, "advice"),
            Note(
                "Exports of Pendo, Amplitude, Mixpanel, Userpilot and Google Analytics are known by their columns; "
                "of any other table with a customer, a time and a feature you say which column is which."
            ),
            Buttons(_there(Button("Open imports", href=page("imports:page"), icon="download"))),
        ),
    )


def _there(*buttons: Button) -> tuple[Button, ...]:
    return tuple(button for button in buttons if button.href or button.tool)


PAGES = {
    "portfolio": ("portfolio:page", "Portfolio"),
    "tasks": ("tasks:page", "Tasks"),
    "outreach": ("outreach:page", "Outreach"),
    "imports": ("imports:page", "Imports"),
    "settings": ("settings:page", "Settings"),
}


def _open_page(teammate: Teammate, asked: Opened) -> Answer:
    customers = access_named(teammate, asked.customers)
    if customers:
        found = [(f"Open {customer}", page("customer:page", customer.pk)) for customer in customers]
    elif asked.page in PAGES:
        name, title = PAGES[asked.page]
        found = [(f"Open {title.lower()}", page(name))]
    else:
        raise BadArguments("Say which page: portfolio, tasks, outreach, imports, settings, or a customer.")
    buttons = _there(
        *(Button(label, href=href, icon="arrow-right", main=place == 0) for place, (label, href) in enumerate(found))
    )
    if not buttons:
        return Answer("That page is not there yet")
    return Answer("Here is the way", (Buttons(buttons),))


def _what_can_you_do(teammate: Teammate, _: Nothing) -> Answer:
    from uptake.chat.tools.registry import TOOLS

    mine = [tool for tool in TOOLS if tool.is_for(teammate) and tool.examples]
    items = tuple(
        Item(tool.title, tool.description, note=f"“{said}”" if (said := example_for(teammate, tool)) else "")
        for tool in mine
    )
    return Answer(
        "Ask in your own words, or drop a usage export here",
        (
            Items("What I can do", items, "advice"),
            Note(
                "Name customers, features and days as you like: “last 90 days”, “in March”, “since 1 November”. "
                "Whatever changes something is confirmed first."
            ),
        ),
    )


UPLOAD_HELP = Tool(
    "upload_help",
    "Bring data in",
    "How to import a usage export.",
    Nothing,
    ("How do I upload a Pendo export?", "Which files can I import?"),
    _upload_help,
)
OPEN_PAGE = Tool(
    "open_page",
    "Open a page",
    "The way to a page or a customer.",
    Opened,
    ("Open the portfolio", "Go to my tasks"),
    _open_page,
)
WHAT_CAN_YOU_DO = Tool(
    "what_can_you_do",
    "What can you do?",
    "Everything that can be asked here.",
    Nothing,
    ("What can you do?", "Help"),
    _what_can_you_do,
)
