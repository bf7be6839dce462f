"""``uptake score`` and ``explain``."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from uptake.kit.errors import ProductError
from uptake.pipeline.commands.output import clean, console, count, say_json

if TYPE_CHECKING:
    from uptake.pipeline.explaining import Opened
    from uptake.pipeline.scoring import Scores

BAND_STYLE = {"excellent": "green", "good": "cyan", "fair": "yellow", "poor": "red"}
BAR_WIDTH = 10
FEW = 5  # leaders and laggards

ModelOption = Annotated[str, typer.Option("--model", help="portfolio, account, engagement or health.")]
AsOfOption = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="Score as of this day, such as 2026-03-31.")
]
PeriodOption = Annotated[str, typer.Option("--period", help="7d, 30d, 90d or all.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def to_day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as why:
        raise ProductError(f"“{text}” is no date; write it as 2026-03-31.") from why


def score(
    model: ModelOption = "portfolio",
    as_of: AsOfOption = None,
    period: PeriodOption = "30d",
    history: Annotated[bool, typer.Option("--history", help="As of each week back to the first usage.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Score every customer: who adopts, who lags, and why."""
    from uptake.kit.days import Period
    from uptake.pipeline import executor, home, scoring

    home.prepare()
    executor.finish_what_was_left()
    day, length, chosen = to_day(as_of), Period.parse(period), scoring.model_named(model)
    if history:
        rows = scoring.history(as_of=day, period=length, model=chosen)
        _say_history(rows, {"model": chosen, "period": length}, as_json=as_json)
        return
    found = scoring.scores(as_of=day, period=length, model=chosen)
    if as_json:
        say_json(scores_json(found))
    else:
        show_portfolio(found)


def scores_json(found: "Scores") -> dict[str, Any]:
    """DESIGN section 5, and what the table shows beside it."""
    return {
        "model": found.model.name,
        "version": found.model.version,
        "asOf": found.as_of,
        "period": str(found.period),
        "average": found.average,
        "scores": [_score_json(row, found) for row in found.rows],
    }


def _score_json(row: Mapping[str, Any], found: "Scores") -> dict[str, Any]:
    withheld = {} if row["score"] is not None else {"reason": row["reason"]}
    return {
        "customer": row["customer"],
        "score": row["score"],
        "present": row["present"],
        "band": row["band"],
        **withheld,
        "change": row["change"],
        "previousScore": row["previous_score"],
        "activeUsers": row["active_visitors"],
        "seats": row["licensed_seats"],
        "knownUsers": row["known_visitors"],
        "featuresUsed": row["features_used"],
        "featuresAvailable": row["features_available"],
        "lastActive": row["last_active_on"],
        "why": row["why"],
        "components": {
            part.name: {
                "value": row[f"{part.name}_value"],
                "points": row[f"{part.name}_points"],
                "weight": part.weight,
                "metric": row[part.metric],
            }
            for part in found.model.parts
        },
    }


def show_portfolio(found: "Scores") -> None:
    """Average, highest and lowest; every customer by rank; leaders and laggards; who has no score and why."""
    out = console()
    scored = found.scored
    title = f"{found.model.title} as of {found.as_of}, {_period_words(found)}"
    if not scored:
        out.print(f"\n[bold]{title}[/bold]: no customer has a score yet.")
        _show_withheld(found)
        return
    best, worst = scored[0], scored[-1]
    out.print(
        f"\n[bold]{title}[/bold]: average {shown(found.average)} over {count(len(scored), 'customer')}, "
        f"highest {shown(best['score'])} ({clean(best['customer'])}), "
        f"lowest {shown(worst['score'])} ({clean(worst['customer'])})"
    )
    out.print(_table(found, scored))
    if len(scored) > 2 * FEW:
        out.print(f"[bold]Leaders[/bold]   {_names(scored[:FEW])}")
        out.print(f"[bold]Laggards[/bold]  {_names(scored[: -FEW - 1 : -1])}")
    _show_withheld(found)
    out.print("[dim]open one with: uptake explain CUSTOMER[/dim]")


def _period_words(found: "Scores") -> str:
    return "all time" if found.period.days is None else f"last {found.period.days} days"


def _names(rows: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{clean(row['customer'])} {shown(row['score'])}" for row in rows)


def shown(score: float | None) -> str:
    """A whole number, half up; with decimals where the whole number would seem to be of the next band."""
    from uptake.scores.models import decimals_to_show
    from uptake.scores.rounding import half_up

    if score is None:
        return "–"
    decimals = decimals_to_show(score)
    return f"{half_up(score, decimals):.{decimals}f}"


def _table(found: "Scores", rows: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for name, right in COLUMNS:
        table.add_column(name, justify="right" if right else "left", no_wrap=name not in {"customer", "why"})
    for rank, row in enumerate(rows, start=1):
        table.add_row(
            str(rank),
            clean(row["customer"]),
            shown(row["score"]),
            _bar(row),
            of(row["active_visitors"], row["seats_or_known"]),
            of(row["features_used"], row["features_available"]),
            trend_words(row["change"]),
            str(row["last_active_on"] or "–"),
            clean(row["why"]),
        )
    return table


COLUMNS = (
    ("#", True),
    ("customer", False),
    ("score", True),
    ("", False),
    ("users", True),
    ("features", True),
    ("trend", True),
    ("last active", False),
    ("why", False),
)


def _bar(row: Mapping[str, Any]) -> Text:
    filled = round(row["score"] / 100 * BAR_WIDTH)
    bar = Text("█" * filled, style=BAND_STYLE[row["band"]])
    return bar.append("·" * (BAR_WIDTH - filled), style="dim").append(f" {row['band']}", style="dim")


def of(part: int | None, whole: int | None) -> str:
    return f"{'–' if part is None else f'{part:,}'}/{'–' if whole is None else f'{whole:,}'}"


def trend_words(change: float | None) -> str:
    """▲ 4, ▼ 12, stable; – where there is none yet."""
    from uptake.scores.rounding import half_up

    if change is None:
        return "–"
    points = half_up(abs(change))
    return "stable" if points == 0 else f"{'▲' if change > 0 else '▼'} {points:.0f}"


def _show_withheld(found: "Scores") -> None:
    withheld: dict[str, list[str]] = {}
    for row in found.rows:
        if row["score"] is None:
            withheld.setdefault(row["reason"], []).append(clean(row["customer"]))
    for reason, names in withheld.items():
        more = f" and {len(names) - FEW} more" if len(names) > FEW else ""
        console().print(f"[dim]no score, {clean(reason)}: {', '.join(names[:FEW])}{more}[/dim]")


def _say_history(rows: Sequence[Mapping[str, Any]], asked: Mapping[str, Any], *, as_json: bool) -> None:
    by_customer: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_customer.setdefault(row["customer"], []).append(row)
    if as_json:
        say_json(
            {
                "model": asked["model"].name,
                "version": asked["model"].version,
                "period": str(asked["period"]),
                "history": [
                    {
                        "customer": name,
                        "scores": [
                            {
                                "asOf": row["as_of"],
                                "score": row["score"],
                                "present": row["present"],
                                "band": row["band"],
                            }
                            | ({} if row["score"] is not None else {"reason": row["reason"]})
                            for row in theirs
                        ],
                    }
                    for name, theirs in sorted(by_customer.items(), key=lambda pair: pair[0].casefold())
                ],
            }
        )
        return
    out = console()
    days = sorted({row["as_of"] for row in rows})
    out.print(f"\n[bold]{asked['model'].title} as of each week, {days[0]} to {days[-1]}[/bold]")
    table = Table("customer", "first", "last", "weeks", box=None, header_style="dim", pad_edge=False)
    for name, theirs in sorted(by_customer.items(), key=lambda pair: pair[0].casefold()):
        known = [row["score"] for row in theirs if row["score"] is not None]
        ends = (known[0], known[-1]) if known else (None, None)
        table.add_row(clean(name), *map(shown, ends), _spark(theirs))
    out.print(table)


def _spark(rows: Sequence[Mapping[str, Any]]) -> str:
    """A bar a week, · where there was no score."""
    return "".join("·" if row["score"] is None else "▁▂▃▄▅▆▇█"[min(7, int(row["score"] / 12.5))] for row in rows)


def explain(
    customer: Annotated[str, typer.Argument(help="Name or number of the customer.")],
    model: ModelOption = "portfolio",
    as_of: AsOfOption = None,
    period: PeriodOption = "30d",
    rows: Annotated[bool, typer.Option("--rows", help="List the files and row numbers behind it.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Open one customer's score: parts, formulas, what moved it, features, users and rows."""
    from uptake.kit.days import Period
    from uptake.pipeline import executor, home, scoring
    from uptake.pipeline.commands import explained
    from uptake.pipeline.explaining import open_score

    home.prepare()
    executor.finish_what_was_left()
    opened: Opened = open_score(
        customer, as_of=to_day(as_of), period=Period.parse(period), model=scoring.model_named(model), with_rows=rows
    )
    if as_json:
        say_json(explained.as_json(opened, with_rows=rows))
    else:
        explained.show(opened, with_rows=rows)
