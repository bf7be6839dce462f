"""Guides inside the product: what a platform shows, and what each customer's people do with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from django.db import transaction

from uptake.customers.models import Account
from uptake.kit.days import Period
from uptake.lake import files
from uptake.lake.engine import engine
from uptake.lake.models import DataFile
from uptake.lake.schemas import GUIDE_EVENTS
from uptake.pipeline import scoring
from uptake.pipeline.sync.models import Guide
from uptake.sources.pull import GuideTold

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class GuideUse:
    """One guide at one or several accounts, on the days of a period."""

    guide_id: str
    name: str
    steps: int  # 0: the platform did not tell
    views: int  # times that a step of it was shown
    viewers: int  # people it was shown to
    dismissed: int  # times that it was closed before its end
    completed: int | None  # people who advanced past its last step; None: its steps are not known
    last_on: date

    @property
    def dismissal_rate(self) -> float | None:
        """Of the views, 0–1; None without a view."""
        return self.dismissed / self.views if self.views else None

    @property
    def completion_rate(self) -> float | None:
        """Of the people it was shown to, 0–1."""
        return self.completed / self.viewers if self.viewers and self.completed is not None else None


@transaction.atomic
def note_guides(source: str, told: Iterable[GuideTold]) -> int:
    """Keep what is told now. Returns how many."""
    rows = {
        each.guide_id: Guide(
            source=source,
            guide_id=each.guide_id[:200],
            name=each.name.replace("\x00", "")[:500],
            step_ids=list(each.step_ids),
            state=each.state[:40],
        )
        for each in told
    }
    Guide.objects.bulk_create(
        rows.values(),
        batch_size=500,
        update_conflicts=True,
        unique_fields=["source", "guide_id"],
        update_fields=["name", "step_ids", "state"],
    )
    return len(rows)


def guides_of(
    accounts: Sequence[Account], *, as_of: date | None = None, period: Period = scoring.DEFAULT_PERIOD
) -> tuple[date, date, list[GuideUse]]:
    """Each guide that was shown to these accounts' people, most shown first. Raises NothingToScore."""
    last = scoring.as_of_day(as_of)
    live = files.live(DataFile.Table.GUIDE_EVENTS)
    beginning = min((file.first_day for file in live), default=last)
    first = min(last, period.first_day(last, beginning))
    told = {(guide.source, guide.guide_id): guide for guide in Guide.objects.all()}
    rows = _rows(live, accounts, first, last, told) if live and accounts else []
    found = [_use(row, told) for row in rows]
    return first, last, sorted(found, key=lambda each: (-each.views, each.name))


def _rows(
    live: Sequence[DataFile],
    accounts: Sequence[Account],
    first: date,
    last: date,
    told: Mapping[tuple[str, str], Guide],
) -> list[dict[str, Any]]:
    from uptake.metrics.guides import guide_use

    ends = [
        {"source": source, "guide_id": guide_id, "step_id": guide.step_ids[-1]}
        for (source, guide_id), guide in told.items()
        if guide.step_ids
    ]
    wanted = [{"source": account.source, "account_id": account.account_id} for account in accounts]
    with engine() as opened:
        events = opened.files("guide_events", files.selections(live), GUIDE_EVENTS)
        mine = opened.small("guide_accounts", pa.Table.from_pylist(wanted, _schema("source", "account_id")))
        lasts = opened.small("guide_ends", pa.Table.from_pylist(ends, _schema("source", "guide_id", "step_id")))
        chosen: ir.Table = events.semi_join(mine, ["source", "account_id"])
        return list(opened.arrow(guide_use(chosen, lasts, first, last)).to_pylist())


def _schema(*names: str) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in names])


def _use(row: Mapping[str, Any], told: Mapping[tuple[str, str], Guide]) -> GuideUse:
    guide = told.get((row["source"], row["guide_id"]))
    return GuideUse(
        row["guide_id"],
        guide.name if guide else row["guide_id"],
        len(guide.step_ids) if guide else 0,
        row["views"],
        row["viewers"],
        row["dismissed"],
        row["completed"] if guide and guide.step_ids else None,
        row["last_on"],
    )
