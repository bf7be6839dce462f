"""Customer lists on the command line: shown first, written when somebody says so, undone like any import."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import typer
from rich.prompt import Confirm
from rich.table import Table as RichTable

from uptake.kit.errors import ProductError
from uptake.pipeline.commands.output import clean, console, is_terminal, say_json

if TYPE_CHECKING:
    from uptake.lake.models import Import
    from uptake.pipeline.lists.told import ListAnswers

SOURCE = "customers"
"""``--source``: it is a customer list, whatever it looks like."""

OF_USAGE = {"customer", "visitor", "feature", "timestamp", "count", "duration", "session", "event_id", "timezone"}
LITERALS = {"currency": "currency", "starts_on": "starts"}  # --map currency==EUR: for all rows
TO_FILL = {"currency": "CODE", "starts_on": "YYYY-MM-DD"}  # no value that somebody could copy unread
SHOWN = 20


class NotConfirmed(ProductError):
    """Nobody said yes, and nobody can be asked."""


def is_asked_for(mapping: Sequence[str], source: str) -> bool:
    """Whether the options say that it is a list."""
    from uptake.sources.customer_lists.fields import BY_KEY

    keys = {each.partition("=")[0] for each in mapping}
    return source == SOURCE or bool(keys & ((BY_KEY.keys() | {"customers"}) - OF_USAGE))


def is_clearly(files: Sequence[Path]) -> bool:
    """Whether the files' own headers say that they are lists."""
    from uptake.pipeline.lists.looking import is_clearly_a_list

    with TemporaryDirectory(prefix="uptake-") as work:
        return is_clearly_a_list(files, Path(work))


def list_answers_from(mapping: Sequence[str]) -> "ListAnswers":
    """What ``--map`` says of a list. Raises BadAnswer and BadMeaning."""
    from uptake.pipeline.lists.deciding import BadAnswer, answered
    from uptake.pipeline.lists.told import ListAnswers
    from uptake.sources.customer_lists.fields import BY_KEY

    columns: dict[str, str] = {}
    told: dict[str, str] = {}
    for each in mapping:
        key, sign, value = each.partition("=")
        if not sign or not value:
            raise BadAnswer(f"“{each}” is no mapping; write it as arr=COLUMN.")
        if key in LITERALS and value.startswith("="):
            told[LITERALS[key]] = value.removeprefix("=")
        elif key in {"dates", "decimal", "customers"}:
            told[key] = value
        elif key in BY_KEY:
            columns[key] = value
        else:
            raise BadAnswer(f"“{key}” is nothing that a list says; use one of {', '.join(BY_KEY)}.")
    return answered(ListAnswers(), told, columns)


def import_list(files: Sequence[Path], mapping: Sequence[str], *, yes: bool, as_json: bool) -> None:
    """Show what the list would do; write it where somebody says yes. Raises NotConfirmed where nobody can be asked."""
    from uptake.pipeline.lists.beginning import start_list
    from uptake.pipeline.lists.deciding import confirm_list
    from uptake.pipeline.lists.told import list_json

    batch = start_list(files, list_answers_from(mapping))
    try:
        _refuse_open(batch)
        if not as_json:
            show_list(batch)
        _ask(batch, yes=yes, as_json=as_json)
        batch = confirm_list(batch, by=None)
    except BaseException:
        _forget(batch)
        raise
    if as_json:
        say_json(list_json(batch))
        return
    _say_done(batch)


def _forget(batch: "Import") -> None:
    from uptake.pipeline.home import forget_staging, set_aside_path
    from uptake.pipeline.lists.told import outcomes_path

    for path in (outcomes_path(batch.pk), set_aside_path(batch.pk)):
        path.unlink(missing_ok=True)
    forget_staging(batch.pk)
    batch.delete()


def _refuse_open(batch: "Import") -> None:
    from uptake.pipeline.lists.told import list_json

    questions = list_json(batch)["questions"]
    if questions:
        how = " ".join(f"--map {_answer(each)}" for each in questions)
        raise ProductError(f"{' '.join(each['sentence'] for each in questions)} Answer with {how}")


def _answer(question: Mapping[str, Any]) -> str:
    literal = {told: key for key, told in LITERALS.items()}.get(question["key"])
    if literal:
        return f"{literal}=={TO_FILL[literal]}"
    return f"{question['key']}={' or '.join(question['choices'])}"


def _ask(batch: "Import", *, yes: bool, as_json: bool) -> None:
    if yes:
        return
    if is_terminal(as_json):
        if not Confirm.ask("Write this?", default=False):
            raise typer.Abort
        return
    from uptake.pipeline.lists.told import list_json, list_sentence

    why = f"This is a customer list. {list_sentence(batch)} Nothing is written yet; --yes writes it."
    if as_json:
        say_json(list_json(batch) | {"error": why})
        raise typer.Exit(1)
    raise NotConfirmed(why)


def show_list(batch: "Import") -> None:
    """What was recognised, and the first rows that would change anything or cannot be taken."""
    from uptake.pipeline.lists.told import list_json, list_sentence, outcomes

    out = console()
    for table in list_json(batch)["tables"]:
        out.print(f"\n[bold]{clean(table['name'])}[/bold]: {', '.join(table['kinds'])}")
        out.print("  " + clean(", ".join(f"{key} = {column}" for key, column in table["mapping"].items())), style="dim")
        for column in table["columns"]:
            if hint := column.get("hint"):
                out.print(f"  “{clean(column['column'])}” {hint} (--map arr=COLUMN)")
    rows = RichTable("row", "", "customer", "what", box=None, header_style="dim")
    telling = (told for told in outcomes(batch) if told["what"] != "same")
    for _, told in zip(range(SHOWN), telling, strict=False):
        rows.add_row(str(told["row"]), _word(told["what"]), clean(told["customer"]), clean(_what(told)))
    if rows.row_count:
        out.print(rows)
    out.print(list_sentence(batch))


def _word(what: str) -> str:
    return "set aside" if what == "aside" else what


def _what(told: Mapping[str, Any]) -> str:
    if told["why"]:
        return str(told["why"])
    edits = [
        f"{edit['of']} {edit['title']}: "
        + ", ".join(
            f"{each['field']} {each['old'] + ' → ' if each['old'] else ''}{each['new']}" for each in edit["changes"]
        )
        for edit in told["edits"]
    ]
    return "; ".join([*edits, *filter(None, [told.get("note")])])


def _say_done(batch: "Import") -> None:
    from uptake.pipeline.home import set_aside_path
    from uptake.pipeline.lists.told import list_sentence, nothing_changes

    out = console()
    if nothing_changes(batch):
        out.print(f"[bold]Import {batch.pk}[/bold]: nothing changed. {list_sentence(batch)}")
        return
    out.print(f"[bold]Import {batch.pk}[/bold] is written. {list_sentence(batch)}")
    if set_aside_path(batch.pk).is_file():
        out.print(f"  the rows set aside: {clean(set_aside_path(batch.pk))}", style="dim")
    out.print(f"  undo it with: uptake undo {batch.pk}", style="dim")


def undo_a_list(batch: "Import", *, as_json: bool) -> None:
    """Take it back, and say what stays."""
    from uptake.pipeline.lists.deciding import undo_list
    from uptake.pipeline.lists.told import list_json, undone_sentence

    batch = undo_list(batch, by=None)
    if as_json:
        say_json(list_json(batch))
        return
    undone = batch.report["undone"]
    out = console()
    out.print(f"Import {batch.pk} is undone: {undone_sentence(undone)}")
    for sentence in undone["stays"]:
        out.print(f"  {clean(sentence)}", style="dim")
