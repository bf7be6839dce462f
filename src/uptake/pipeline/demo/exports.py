"""The demo's usage events as files: each platform's own layout, or a plain CSV.

All formats hold the same uses by the same people. What a platform adds by itself (session starts, page views,
identify calls) stands in its files only. Everything streams: memory does not grow with the number of events.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from uptake.kit.errors import ProductError
from uptake.pipeline.demo import amplitude, generic, mixpanel, pendo
from uptake.pipeline.demo.crowd import Crowd
from uptake.pipeline.demo.events import EventBlock, UsageEvents
from uptake.pipeline.demo.mobile import Mobile
from uptake.pipeline.demo.portfolio import Plan

Writer = Callable[[Plan, Crowd, Iterator[EventBlock], Path], list[Path]]

WRITERS: dict[str, Writer] = {
    "csv": generic.write,
    "pendo": pendo.write,
    "amplitude": amplitude.write,
    "mixpanel": mixpanel.write,
}


def write_events(plan: Plan, folder: Path, format: str, *, days: int | None = None) -> list[Path]:  # noqa: A002
    """Write the usage events of a plan into a folder, which is made; the files' paths, in the order of time.

    ``format``: csv (``customer,user,feature,timestamp,count``, one row a use, ordered by time), pendo (daily totals, a
    file a day, and the list of feature names), amplitude (the Export API's archive; from a million events on its gz
    files loose) or mixpanel (one file of JSON lines). ``days``: only the last so many days; None: the year before too.
    The same plan gives the same bytes. Raises ProductError for another format.
    """
    writer = WRITERS.get(format)
    if writer is None:
        raise ProductError(f"“{format}” is no format of the demo; use {', '.join(WRITERS)}.")
    folder.mkdir(parents=True, exist_ok=True)
    crowd = Crowd(plan)
    return writer(plan, crowd, UsageEvents(plan, crowd).blocks(days=days), folder)


def write_beside_pendo(plan: Plan, folder: Path, format: str, subscription: Path) -> list[Path]:  # noqa: A002
    """The same, but what is used in the mobile app stands in the file ``subscription``, as the Pendo that watches it."""
    crowd = Crowd(plan)
    mobile = Mobile(plan, crowd)
    paths = WRITERS[format](plan, crowd, mobile.without(UsageEvents(plan, crowd).blocks()), folder)
    mobile.write(subscription)
    return paths
