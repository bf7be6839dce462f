"""The commands, one module a group; this is the list."""

import typer

from uptake.pipeline.commands import check, imports, scores, team
from uptake.pipeline.commands.demo import demo
from uptake.pipeline.commands.report import report
from uptake.pipeline.commands.serve import serve
from uptake.pipeline.commands.sources import sources
from uptake.pipeline.commands.sync import sync

app = typer.Typer(
    help="Uptake tells which customers adopt your product, which stall, why, and what to do next.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.command("demo")(demo)
app.command("serve")(serve)
app.command("import")(imports.import_files)
app.command("imports")(imports.list_imports)
app.command("undo")(imports.undo)
app.command("score")(scores.score)
app.command("explain")(scores.explain)
app.command("report")(report)
app.command("sync")(sync)
app.command("check")(check.check)
app.command("worker")(check.worker)
app.add_typer(team.teammates, name="teammate")
app.add_typer(team.keys, name="key")
app.add_typer(sources, name="source")
