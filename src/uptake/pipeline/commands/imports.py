"""``uptake import``, ``imports`` and ``undo``."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from django.conf import settings
from rich.prompt import Confirm, Prompt
from rich.table import Table as RichTable

from uptake.kit.errors import ProductError
from uptake.kit.remedies import Mendable
from uptake.pipeline.commands import lists
from uptake.pipeline.commands.output import clean, console, count, is_terminal, say_json

if TYPE_CHECKING:
    from uptake.lake.models import Import
    from uptake.sources.detect import Found
    from uptake.sources.reading import Answers, Question

COLUMN_KEYS = ("customer", "visitor", "feature", "timestamp", "count", "duration", "session", "event_id")
FIXED: dict[str, dict[str, tuple[str, Any]]] = {
    "dates": {"day-first": ("day_first", True), "month-first": ("day_first", False)},
    "decimal": {"comma": ("decimal", ","), ",": ("decimal", ","), "point": ("decimal", "."), ".": ("decimal", ".")},
}
LITERALS = {"customer", "visitor", "feature"}  # a text for all rows is told from a column by a second sign
SURE_ENOUGH = 0.8
MOST_CHOICES = 12


class BadMapping(ProductError):
    """A ``--map`` that says nothing Uptake understands."""


def import_files(
    files: Annotated[
        list[Path],
        # Typer would check itself whether they can be read, and answer with its usage box instead of a sentence.
        typer.Argument(
            readable=False, help="Exports of Pendo, Amplitude, Mixpanel, …, any table of usage, or a customer list."
        ),
    ],
    source: Annotated[
        str,
        typer.Option(
            help="The platform, where it should not be found out: pendo, amplitude, …; customers: a customer list."
        ),
    ] = "auto",
    mapping: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="customer=COLUMN, visitor=, feature=, timestamp=, count=, …; timezone=, dates=, decimal=."
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Take what is assumed, and import in spite of many bad rows.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Import usage files and score every customer, or a list of customers, contracts, entitlements, stakeholders."""
    from uptake.pipeline import home
    from uptake.sources.reading import NotUsage

    said = mapping or []
    is_list = lists.is_asked_for(said, source)
    answers = None if is_list else answers_from(said, source=source, yes=yes)
    home.prepare()
    if answers is None or (source == "auto" and lists.is_clearly(files)):
        lists.import_list(files, said, yes=yes, as_json=as_json)
        return
    try:
        batch = run_import(files, answers, as_json=as_json)
    except NotUsage as no_usage:
        if source != "auto" or not _is_a_list(files, said, yes=yes, as_json=as_json):
            raise no_usage from None
        return
    report_import(batch, as_json=as_json)


def _is_a_list(files: Sequence[Path], said: Sequence[str], *, yes: bool, as_json: bool) -> bool:
    """Whether what is no usage was a customer list, and is dealt with."""
    from uptake.sources.customer_lists.recognise import NotAList

    if any(each.partition("=")[0] in COLUMN_KEYS for each in said):
        return False  # somebody said that it is usage
    try:
        lists.import_list(files, said, yes=yes, as_json=as_json)
    except NotAList:
        return False
    return True


def answers_from(mapping: Sequence[str], *, source: str, yes: bool) -> "Answers":
    """What ``--map`` and the other options say. Raises BadMapping for an unknown key or choice."""
    from uptake.sources.reading import Answers

    columns: dict[str, str] = {}
    told: dict[str, Any] = {}
    for each in mapping:
        key, sign, value = each.partition("=")
        if not sign or not value:
            raise BadMapping(f"“{each}” is no mapping; write it as customer=COLUMN.")
        if key in COLUMN_KEYS:
            columns[key] = value
        elif key == "timezone":
            told["timezone"] = _zone(value)
        elif key in FIXED:
            name, chosen = _fixed(key, value)
            told[name] = chosen
        else:
            raise BadMapping(f"“{key}” cannot be mapped; use one of {', '.join((*COLUMN_KEYS, 'timezone', *FIXED))}.")
    platform = None if source == "auto" else source
    return Answers(columns=columns, platform=platform, yes=yes, workspace_zone=settings.UPTAKE.time_zone, **told)


def _zone(value: str) -> str:
    from zoneinfo import available_timezones

    if value not in available_timezones():
        raise BadMapping(f"“{value}” is no time zone; use a name such as Europe/Berlin.")
    return value


def _fixed(key: str, value: str) -> tuple[str, Any]:
    if value not in FIXED[key]:
        raise BadMapping(f"{key}={value} is not understood; use {key}={' or '.join(FIXED[key])}.")
    return FIXED[key][value]


def run_import(files: Sequence[Path], answers: "Answers", *, as_json: bool) -> "Import":
    """Preview, ask what must be asked, and do the durable work; returns the finished import.

    Raises ProductError with the sentence when it was refused.
    """
    from uptake.lake.models import Import
    from uptake.pipeline import executor, imports, preview
    from uptake.pipeline.remedies import import_remedy

    batch, _, answers = settled_preview(files, answers, as_json=as_json)
    preview.confirm(batch, answers)

    def enqueue() -> None:
        from uptake.pipeline import durable

        durable.start("import", batch.pk)

    try:
        follow(batch, enqueue, executor.run_until, as_json=as_json)
    except KeyboardInterrupt:
        imports.cancel(batch.pk)
        raise
    batch = Import.objects.get(pk=batch.pk)
    if batch.state == Import.State.REFUSED and not batch.report.get("sameAs"):
        raise Mendable(batch.message, import_remedy(batch))
    if batch.step:
        raise ProductError(f"{batch.message} The facts of import {batch.pk} are kept; the next command tries again.")
    if batch.state == Import.State.CANCELLED:
        raise ProductError(f"Import {batch.pk} was cancelled.")
    return batch


def settled_preview(
    files: Sequence[Path], answers: "Answers", *, as_json: bool
) -> "tuple[Import, Sequence[Found], Answers]":
    """Look into the files until nothing is open. Asks on a terminal; elsewhere an open question is a refusal."""
    from uptake.pipeline import preview

    while True:
        batch, found = preview.start_preview(files, answers)
        questions = preview.open_questions(found, answers)
        if not questions and not _should_ask(found, answers, as_json=as_json):
            return batch, found, answers
        try:
            show_preview(found, as_json=as_json)
            if not questions:
                if not Confirm.ask("Import it like this?", default=True):
                    raise typer.Abort
                return batch, found, answers
            answers = _answered(questions, answers, as_json=as_json)
        except BaseException:
            preview.drop(batch)
            raise
        preview.drop(batch)


def _should_ask(found: "Sequence[Found]", answers: "Answers", *, as_json: bool) -> bool:
    unsure = any(each.reading.confidence < SURE_ENOUGH for each in found)
    return unsure and not answers.yes and is_terminal(as_json)


def _answered(questions: "Sequence[Question]", answers: "Answers", *, as_json: bool) -> "Answers":
    from dataclasses import asdict

    if not is_terminal(as_json):
        sentences = " ".join(question.sentence + _choices(question) for question in questions)
        how = ", ".join(f"--map {question.key}=…" for question in questions)
        assumed = all(question.assumed is not None for question in questions)
        raise ProductError(f"{sentences} Answer with {how}{', or --yes to take what is assumed' if assumed else ''}.")
    given = [f"{question.key}={_ask(question)}" for question in questions]
    told = answers_from(given, source=answers.platform or "auto", yes=answers.yes)
    known = {name: value for name, value in asdict(told).items() if value is not None and name != "columns"}
    return type(answers)(**{**asdict(answers), **known, "columns": {**answers.columns, **told.columns}})


def _choices(question: "Question") -> str:
    """The answers there are, where they are few enough to be read, and what may be said instead of a column."""
    few = question.choices if len(question.choices) <= MOST_CHOICES else ()
    listed = f" ({', '.join(few)})" if few else ""
    meant = "".join(f" {choice}: {words}." for choice, words in question.explained.items())
    sign = "==" if question.key in LITERALS else "="
    instead = f" For all rows: --map {question.key}{sign}{question.instead}." if question.instead else ""
    return f"{listed}{meant}{instead}"


def _ask(question: "Question") -> str:
    shown = ", ".join(question.choices[:12])
    answer = Prompt.ask(f"{clean(question.sentence)}\n  [dim]{clean(shown)}[/dim]", default=question.assumed or "")
    return answer.strip() or _ask(question)


def show_preview(found: "Sequence[Found]", *, as_json: bool) -> None:
    """What was found in each table and how its columns are read, with a sample of values."""
    if as_json:
        return
    out = console()
    for each in found:
        reading = each.reading
        out.print(f"\n[bold]{clean(each.table.name)}[/bold]: {clean(reading.title)} ({reading.confidence:.0%} sure)")
        table = RichTable("is", "column", "sure", "for example", "why", box=None, header_style="dim")
        for word, column in reading.mapping.items():
            guess = reading.guesses.get(word)
            sure, why = (f"{guess.confidence:.0%}", guess.why) if guess else ("", "")
            table.add_row(word, clean(column), sure, clean(_example(each, column)), clean(why))
        out.print(table)


def _example(found: "Found", column: str) -> str:
    values = (str(row.get(column)) for row in found.table.sample[:50] if row.get(column) not in (None, ""))
    return ", ".join(list(dict.fromkeys(values))[:3])[:60]


def follow(batch: "Import", enqueue: Any, run_until: Any, *, as_json: bool) -> None:
    """Wait for the import's end with a progress bar on standard error."""
    from uptake.lake.models import Import

    step, share = "", 0.0

    def is_done() -> bool:
        nonlocal step, share
        step, share, message = Import.objects.values_list("step", "done_share", "message").get(pk=batch.pk)
        return step == "" or message != ""  # a step that failed leaves its name and a message

    if as_json or not sys.stderr.isatty():
        run_until(is_done, enqueue=enqueue, look=lambda: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    total = sum(file.size for file in batch.files.all())
    columns = (TextColumn("{task.description:<8}"), BarColumn(), TextColumn("{task.fields[rate]}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading", total=1.0, rate="")

        def look() -> None:
            seconds = bar.tasks[0].elapsed or 0
            speed = (
                f"{total * share / seconds / 1e6:,.0f} MB/s" if step == "convert" and seconds > 0.5 and share else ""
            )
            bar.update(task, description=STEP_WORDS.get(step, step), completed=share, rate=speed)

        run_until(is_done, enqueue=enqueue, look=look)


STEP_WORDS = {"stage": "looking", "convert": "reading", "commit": "counting", "retire": "counting", "score": "scoring"}


def report_import(batch: "Import", *, as_json: bool) -> None:
    """Say what came of it: as JSON the object of DESIGN section 5, for people a few lines and the portfolio."""
    from uptake.pipeline import results

    told = results.import_json(batch)
    if as_json:
        say_json(told)
        return
    say_import(told)
    from uptake.pipeline import scoring
    from uptake.pipeline.commands.scores import show_portfolio

    show_portfolio(scoring.scores())


def say_import(told: dict[str, Any]) -> None:
    out = console()
    if told["alreadyLive"]:
        out.print(f"Nothing changed: the same file is live already as import {told['importId']}.")
        return
    span = f"{told['from'][:10]} to {told['to'][:10]}" if told["from"] else "no days"
    out.print(
        f"[bold]Import {told['importId']}[/bold]: {count(told['imported'], 'usage event')} "
        f"for {count(told['customers'], 'customer')}, {count(told['visitors'], 'user')} "
        f"and {count(told['features'], 'feature')}, {span}."
    )
    out.print(
        f"  {count(told['rowsRead'], 'row')} read = {told['imported']:,} imported + {count(told['duplicates'], 'duplicate')} + "
        f"{_rows(told['setAside']):,} set aside + {_rows(told['refused']):,} refused",
        style="dim",
    )
    for kind, reasons in (("set aside", told["setAside"]), ("refused", told["refused"])):
        for each in reasons:
            out.print(f"  {each['rows']:,} {kind}: {clean(each['reason'])}", style="dim")
    if told["setAsideFile"]:
        out.print(f"  the rows set aside: {clean(told['setAsideFile'])}", style="dim")
    if told["unassigned"]:
        out.print(f"  {told['unassigned']:,} rows name no customer and count for none", style="dim")
    for each in told["notFeatures"]:
        out.print(f"  {each['rows']:,} × {clean(each['name'])}: not feature use, kept and not counted", style="dim")
    if told["clashes"]:
        out.print(f"  {told['clashes']:,} event ids stand on rows that differ: all of them are counted", style="dim")
    for warning in told["warnings"]:
        out.print(f"  {clean(warning)}", style="yellow")
    out.print(f"  undo it with: uptake undo {told['importId']}", style="dim")


def _rows(reasons: Sequence[dict[str, Any]]) -> int:
    return sum(each["rows"] for each in reasons)


def list_imports(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """List the imports, newest first."""
    from uptake.lake.models import Import
    from uptake.pipeline import home, results

    home.prepare()
    batches = Import.objects.exclude(state=Import.State.PREVIEW).prefetch_related("files")
    if as_json:
        say_json({"imports": [results.import_line(batch) for batch in batches]})
        return
    table = RichTable(
        "import", "when", "files", "platform", "rows", "duplicates", "set aside", "days", "state", box=None
    )
    for name in ("rows", "duplicates", "set aside"):
        next(column for column in table.columns if column.header == name).justify = "right"
    for batch in batches:
        table.add_row(*results.import_cells(batch))
    out = console()
    out.print(table if table.row_count else "No imports yet. Start with: uptake import FILE")


def undo(
    import_id: Annotated[int, typer.Argument(metavar="ID", help="The import's number, as `uptake imports` lists it.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Take an import back: every score becomes what it was without it."""
    from uptake.lake.models import Import
    from uptake.pipeline import executor, home, imports, results
    from uptake.pipeline.lists import told as list_told

    home.prepare()
    batch = imports.access_live_import(import_id)
    if list_told.is_list(batch):
        lists.undo_a_list(batch, as_json=as_json)
        return
    Import.objects.filter(pk=batch.pk, step="").update(step="retire")

    def enqueue() -> None:
        from uptake.pipeline import durable

        durable.start("undo", batch.pk)

    follow(batch, enqueue, executor.run_until, as_json=as_json)
    batch.refresh_from_db()
    if batch.state != Import.State.UNDONE or batch.step:
        raise ProductError(batch.message or f"Import {import_id} could not be undone.")
    if as_json:
        say_json(results.import_line(batch))
    else:
        console().print(f"Import {import_id} is undone: {batch.imported_count:,} usage events are out of every number.")
