"""The tool that gives a file: of the whole portfolio, of the customers named, or of those that a filter leaves."""

from uptake.chat.answers import Answer, Button, Buttons, Part, Text, counted, listed
from uptake.chat.tools.chosen import GROUPS
from uptake.chat.tools.figures import span
from uptake.chat.tools.links import page
from uptake.chat.tools.tool import DEFAULT_PERIOD, FORMATS, MOST_CUSTOMERS, BadArguments, Exported, Tool, access_named
from uptake.pipeline.portfolio import NO_BAND, Filters, Portfolio, portfolio
from uptake.team.models import Teammate
from uptake.team.rights import Right

TITLES = {"csv": "CSV", "xlsx": "Excel", "parquet": "Parquet"}
FILTERS = ("segment", "region", "plan", "band", "owner")


def _export(teammate: Teammate, asked: Exported) -> Answer:
    """Raises UnknownCustomer for a customer that is not theirs to see."""
    asked = _settled(teammate, asked)
    board = _board(teammate, asked)
    wanted = set(asked.customers)
    rows = [row for row in board.rows if not wanted or row["customer_id"] in wanted]
    what = _what(asked, [row["customer"] for row in rows])
    days = span(board.as_of, board.period)
    if not rows:
        return Answer("There is nothing to export", (Text(f"No customer fits: {what}, {days}."),))
    parts: list[Part] = [
        Text(f"{counted(len(rows), 'customer')}, {days}: scores and all that they are made of."),
        _files(asked),
    ]
    if len(asked.customers) == 1:
        parts += [Text(f"And the rows of usage behind the score of {rows[0]['customer']}:"), _rows(asked)]
    return Answer(f"{what[:1].upper()}{what[1:]} as {TITLES[asked.format or FORMATS[0]]} is ready", tuple(parts))


def _settled(teammate: Teammate, asked: Exported) -> Exported:
    """With customers in place of a group: the 3 laggards are those of now, also when the file is taken later."""
    if asked.customers:
        return asked.but(customers=tuple(customer.pk for customer in access_named(teammate, asked.customers)))
    if asked.group in ("", "all"):
        return asked
    ids = GROUPS[asked.group](teammate, asked)
    ids = ids[: asked.number] if asked.group == "at risk" and asked.number else ids
    if not ids:
        raise BadArguments("There is no such customer to export.")
    if len(ids) > MOST_CUSTOMERS:
        raise BadArguments(f"That would be {len(ids):,} customers by name; {MOST_CUSTOMERS} is the most. Say how many.")
    return asked.but(customers=tuple(ids))


def _board(teammate: Teammate, asked: Exported) -> Portfolio:
    filters = Filters(**{name: getattr(asked, name) for name in FILTERS})
    return portfolio(teammate, as_of=asked.as_of, period=asked.period or DEFAULT_PERIOD, filters=filters)


def _what(asked: Exported, names: list[str]) -> str:
    """“TechCorp and DataPro”; “the portfolio, Enterprise, poor”."""
    if asked.customers:
        return listed(names, 3)
    told = [asked.segment, asked.region, asked.plan, "no score" if asked.band == NO_BAND else asked.band]
    mine = "your own customers" if asked.owner else "the portfolio"
    return ", ".join([mine, *filter(None, told)])


def _files(asked: Exported) -> Buttons:
    wanted = asked.format or FORMATS[0]
    formats = sorted(FORMATS, key=lambda each: each != wanted)
    return Buttons(
        tuple(
            Button(TITLES[each], href=export_url(each, asked), icon="download", main=each == wanted) for each in formats
        )
    )


def _rows(asked: Exported) -> Buttons:
    """The file of the one customer's rows, in the format asked for."""
    wanted, [customer_id] = asked.format or FORMATS[0], asked.customers
    url = page("customer:export_rows", customer_id, wanted, period=asked.period, as_of=asked.as_of)
    return Buttons((Button(f"Rows as {TITLES[wanted]}", href=url, icon="download"),))


def export_url(format_: str, asked: Exported) -> str:
    """The file's address on the portfolio page; it asks for the right again."""
    chosen = {name: getattr(asked, name) for name in FILTERS}
    if asked.customers:
        chosen["customer"] = ",".join(map(str, asked.customers))
    return page("portfolio:export", format_, period=asked.period, as_of=asked.as_of, **chosen)


EXPORT = Tool(
    "export",
    "Export",
    "The portfolio, some customers, or a segment as CSV, Excel or Parquet.",
    Exported,
    ("Export the portfolio to Excel", "Download TechCorp as csv"),
    _export,
    right=Right.EXPORT,
)
