"""``uptake report``."""

from pathlib import Path
from typing import Annotated

import typer

from uptake.kit.errors import ProductError
from uptake.pipeline.commands.output import clean, console, say_json
from uptake.pipeline.commands.scores import AsOfOption, JsonOption, PeriodOption, to_day


def report(
    customer: Annotated[str, typer.Argument(help="Name or number of the customer.")],
    pdf: Annotated[Path, typer.Option("--pdf", metavar="FILE", help="Where to write the report.")],
    edition: Annotated[
        str, typer.Option("--edition", help="internal, or customer: only what is safe to share.")
    ] = "internal",
    as_of: AsOfOption = None,
    period: PeriodOption = "30d",
    comparison: Annotated[str, typer.Option("--comparison", help="peers, segment or all.")] = "peers",
    paper: Annotated[str, typer.Option("--paper", help="a4 or letter.")] = "a4",
    as_json: JsonOption = False,
) -> None:
    """Write one customer's adoption as a PDF: for the team, or to hand over to the customer."""
    from uptake.customers.access import find_customer
    from uptake.kit.days import Period
    from uptake.pipeline import executor, home
    from uptake.pipeline.report import making

    home.prepare()
    executor.finish_what_was_left()
    made = making.report(
        making.whoever_runs_it(),
        find_customer(customer).pk,
        edition=edition,
        as_of=to_day(as_of),
        period=Period.parse(period),
        comparison=comparison,
        paper=paper,
    )
    _write(pdf, made.pdf)
    if as_json:
        say_json(
            {
                "customer": made.customer,
                "edition": made.edition,
                "asOf": made.as_of,
                "period": str(made.period),
                "file": str(pdf),
                "bytes": len(made.pdf),
            }
        )
    else:
        console().print(f"Report on {clean(made.customer)} as of {made.as_of} written to {clean(pdf)}.")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as why:
        raise ProductError(f"{path} cannot be written: {why.strerror}.") from why
