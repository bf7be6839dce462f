"""Guides inside the product: what a platform shows, and what each customer's people do with it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from django.db import transaction

from uptake.customers.models import Account
from uptake.kit.days import Period
from uptake.lake import files
from uptake.lake.models import DataFile
from uptake.lake.schemas import GUIDE_EVENTS
from uptake.pipeline import scoring
from uptake.pipeline.at_hand import Bench, at_hand
from uptake.pipeline.published import published
from uptake.pipeline.sync.models import Guide
from uptake.sources.pull import GuideTold
from uptake.team.models import Teammate
from uptake.team.rights import Right, require
from uptake.team.services import record

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True)
class GuideUse:
    """One guide at one or several accounts, on the days of a period."""

    source: str
    guide_id: str
    name: str
    steps: int  # 0: the platform did not tell
    views: int  # times that a step of it was shown
    viewers: int  # people it was shown to
    dismissed: int  # times that it was closed before its end
    completed: int | None  # people who advanced past its last step; None: its steps are not known
    last_on: date
    is_onboarding: bool = False  # the workspace says so

    @property
    def key(self) -> str:
        """Names it among all guides."""
        return f"{self.source}:{self.guide_id}"

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
    with at_hand(published()) as bench:
        lasts = bench.engine.small("guide_ends", pa.Table.from_pylist(ends, _schema("source", "guide_id", "step_id")))
        return list(bench.engine.arrow(guide_use(_events(bench, live, accounts), lasts, first, last)).to_pylist())


STEPS = pa.schema(
    [
        *((name, pa.string()) for name in ("source", "guide_id", "step_id")),
        ("step", pa.int64()),
        ("is_last", pa.bool_()),
    ]
)


def _schema(*names: str) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in names])


def _use(row: Mapping[str, Any], told: Mapping[tuple[str, str], Guide]) -> GuideUse:
    guide = told.get((row["source"], row["guide_id"]))
    return GuideUse(
        row["source"],
        row["guide_id"],
        guide.name if guide else row["guide_id"],
        len(guide.step_ids) if guide else 0,
        row["views"],
        row["viewers"],
        row["dismissed"],
        row["completed"] if guide and guide.step_ids else None,
        row["last_on"],
        bool(guide and guide.is_onboarding),
    )


@dataclass(frozen=True)
class GuidePerson:
    """What one person did with one guide."""

    source: str
    guide_id: str
    visitor_id: str | None  # None: those whom the platform does not name, together
    views: int
    dismissed: int
    has_completed: bool
    furthest: int | None  # the last step seen or passed, from 1; None: its steps are not known
    last_on: date


def guide_people_of(
    accounts: Sequence[Account], first: date, last: date, *, guide: tuple[str, str] | None = None
) -> list[GuidePerson]:
    """The people behind ``guides_of``, of one guide (source, guide_id) where it is asked for; most views first."""
    from uptake.metrics.guides import guide_people

    live = files.live(DataFile.Table.GUIDE_EVENTS)
    if not live or not accounts:
        return []
    steps = [
        {"source": each.source, "guide_id": each.guide_id, "step_id": step, "step": place, "is_last": place == len(ids)}
        for each in Guide.objects.all()
        if (ids := list(dict.fromkeys(each.step_ids)))
        for place, step in enumerate(ids, 1)
    ]
    with at_hand(published()) as bench:
        chosen = _events(bench, live, accounts)
        if guide is not None:
            chosen = chosen.filter(chosen.source == guide[0], chosen.guide_id == guide[1])
        told = bench.engine.small("guide_steps", pa.Table.from_pylist(steps, STEPS))
        rows = bench.engine.arrow(guide_people(chosen, told, first, last)).to_pylist()
    found = [GuidePerson(**row) for row in rows]
    return sorted(found, key=lambda each: (-each.views, each.visitor_id is None, each.visitor_id or ""))


MOST_EVENTS = 1_000


def guide_events_of(
    accounts: Sequence[Account], first: date, last: date, *, guide: tuple[str, str]
) -> list[dict[str, Any]]:
    """The newest events of a guide as they came: day, visitor_id, step_id, kind, import_id, row_number."""
    live = files.live(DataFile.Table.GUIDE_EVENTS)
    if not live or not accounts:
        return []
    with at_hand(published()) as bench:
        rows = _events(bench, live, accounts)
        rows = rows.filter(rows.source == guide[0], rows.guide_id == guide[1], rows.day >= first, rows.day <= last)
        rows = rows.order_by(rows.occurred_at.desc(), "import_id", "row_number").limit(MOST_EVENTS)
        shown = rows.select("day", "occurred_at", "visitor_id", "step_id", "kind", "import_id", "row_number")
        found: list[dict[str, Any]] = bench.engine.arrow(shown).to_pylist()
    return found


@transaction.atomic
def mark_onboarding(teammate: Teammate, chosen: Collection[int]) -> int:
    """Exactly these guides are onboarding from now on. Returns how many changed. Raises NotAllowed."""
    require(teammate, Right.EDIT_CATALOGUE)
    wanted = set(chosen)
    changed = [each for each in Guide.objects.select_for_update() if each.is_onboarding != (each.pk in wanted)]
    for guide in changed:
        guide.is_onboarding = guide.pk in wanted
    Guide.objects.bulk_update(changed, ["is_onboarding"], batch_size=500)
    marked = sorted(guide.name for guide in changed if guide.is_onboarding)
    unmarked = sorted(guide.name for guide in changed if not guide.is_onboarding)
    if changed:
        record(teammate, "marked onboarding guides", changed[0], marked=marked[:50], unmarked=unmarked[:50])
    return len(changed)


def has_guides() -> bool:
    """Whether any guide event has ever come."""
    return bool(files.live(DataFile.Table.GUIDE_EVENTS))


def beginning_of_guides() -> date:
    """The first day of which guide events are there."""
    return min(file.first_day for file in files.live(DataFile.Table.GUIDE_EVENTS))


def _events(bench: Bench, live: Sequence[DataFile], accounts: Sequence[Account]) -> "ir.Table":
    """What people of these accounts did with guides, without those who do not count."""
    from uptake.metrics.attributed import not_human

    wanted = [{"source": account.source, "account_id": account.account_id} for account in accounts]
    events = bench.engine.files("guide_events", files.selections(live), GUIDE_EVENTS)
    mine = bench.engine.small("guide_accounts", pa.Table.from_pylist(wanted, _schema("source", "account_id")))
    chosen = events.semi_join(mine, ["source", "account_id"])
    rules = bench.tables.rules
    return chosen.anti_join(not_human(chosen, rules), "visitor_id") if rules else chosen
