"""Customer lists that come through a page or the API, looked at while their sender waits: they are small."""

from collections.abc import Sequence
from pathlib import Path

from uptake.kit.errors import ProductError
from uptake.lake.models import Import
from uptake.pipeline import uploads
from uptake.pipeline.lists.deciding import require_lists
from uptake.pipeline.lists.looking import look_at_list
from uptake.pipeline.lists.told import ListAnswers
from uptake.team.models import Teammate


def begin_list(files: Sequence[tuple[str, Path]], *, by: Teammate, answers: ListAnswers | None = None) -> Import:
    """Take the files over (name, where their bytes are) and say what they would do; nothing is written.

    Raises NotAllowed, NotAList and what opening files raises; nothing is kept then.
    """
    require_lists(by)
    batch = uploads.take_over(files, by=by)
    Import.objects.filter(pk=batch.pk).update(step="")
    batch.step = ""
    try:
        look_at_list(batch, answers or ListAnswers())
    except ProductError:
        uploads.forget_upload(batch.pk)
        batch.delete()
        raise
    return batch
