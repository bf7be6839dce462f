"""Whether files that came are a customer list, and a list's first look."""

from collections.abc import Sequence
from pathlib import Path

from uptake.kit.errors import ProductError
from uptake.lake.models import Import
from uptake.pipeline.home import staging
from uptake.pipeline.lists.deciding import require_lists
from uptake.pipeline.lists.looking import is_clearly_a_list, look_at_list, opened
from uptake.pipeline.lists.told import ListAnswers
from uptake.pipeline.preview import answers_of, drop, look, start_batch
from uptake.sources.customer_lists.recognise import NotAList
from uptake.sources.reading import NotUsage
from uptake.team.models import Teammate
from uptake.team.rights import NotAllowed


class NotYours(ProductError):
    """A customer list, and the teammate may not import one."""

    status = 403


def is_taken_for_a_list(batch: Import, by: Teammate | None) -> bool:
    """Whether the files are a list; if so it is looked at. What its headers leave open is usage if it can be.

    Raises NotAllowed where they are a list and the teammate may import none.
    """
    paths = [Path(file.path) for file in batch.files.all()]
    work = staging(batch.pk) / "sniffed"
    if not is_clearly_a_list(paths, work) and (_is_usage(batch) or not _is_list(paths, work)):
        return False
    try:
        require_lists(by)
    except NotAllowed as why:
        raise NotYours(f"This is a list of customers, not usage. {why}") from why
    look_at_list(batch)
    return True


def _is_list(paths: Sequence[Path], work: Path) -> bool:
    try:
        with opened(paths, work, ListAnswers()):
            return True
    except NotAList:
        return False


def _is_usage(batch: Import) -> bool:
    try:
        look(batch, answers_of(batch))
    except NotUsage:
        return False
    return True


def start_list(paths: Sequence[Path], answers: ListAnswers) -> Import:
    """A list where its files lie, for the command line. Raises NotAList and what opening files raises."""
    batch = start_batch(paths)
    try:
        look_at_list(batch, answers)
    except BaseException:
        drop(batch)
        raise
    return batch
