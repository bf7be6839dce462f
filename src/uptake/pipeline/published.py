"""What metrics and scores see: the lake's tables, and the database's rows published beside them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from uptake.customers import tables as customers
from uptake.customers.catalogue import resolve_event_names
from uptake.customers.visitor_rules import active_rules
from uptake.lake import files
from uptake.lake.derive import days_without_sessions, derive_sessions
from uptake.lake.engine import Engine, engine
from uptake.lake.models import DataFile, Import
from uptake.lake.schemas import SESSIONS, USAGE_DAILY
from uptake.pipeline.questions import Question, hold
from uptake.pipeline.state import ByState, usage_state
from uptake.pipeline.workspace import workspace_week, yesterday

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from uptake.metrics.attributed import Rule
    from uptake.scores.tables import Tables

__all__ = ["Published", "published", "workspace_week", "yesterday", "zones"]


def zones() -> pa.Table:
    """source, account_id, zone of the accounts whose customer keeps its own time zone."""
    own = {row["customer_id"]: row["time_zone"] for row in customers.customers_table().to_pylist() if row["time_zone"]}
    rows = [
        {"source": row["source"], "account_id": row["account_id"], "zone": own[row["customer_id"]]}
        for row in (customers.accounts_table().to_pylist() if own else [])
        if row["customer_id"] in own
    ]
    return pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in ("source", "account_id", "zone")]))


@dataclass(frozen=True)
class Published:
    """The database's side, read once: plain tables, and a token that changes with anything a score depends on."""

    customers: pa.Table
    accounts: pa.Table
    seats: pa.Table
    feature_entitlements: pa.Table
    limits: pa.Table
    readings: pa.Table
    event_names: pa.Table
    rules: "tuple[Rule, ...]"
    daily: Sequence[DataFile]  # the files of usage_daily
    sessions: Sequence[DataFile]  # those of sessions that were asked for so far: ``sessions_ready`` sees to the others

    @cached_property
    def token(self) -> str:
        """Names facts, mappings and rules together: equal tokens give equal scores.

        Sessions are left out: they follow from the facts, and whoever needs them has them made first.
        """
        told = hashlib.sha256(repr([(file.pk, file.hidden_ranges) for file in self.daily]).encode())
        for table in (
            *(self.customers, self.accounts, self.seats, self.feature_entitlements, self.limits, self.readings),
            self.event_names,
        ):
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, table.schema) as stream:
                stream.write_table(table.combine_chunks())
            told.update(sink.getvalue())
        told.update(repr((self.rules, workspace_week(), settings.UPTAKE.time_zone)).encode())
        return told.hexdigest()[:16]

    def tables(self, engine: Engine) -> "Tables":
        """The same on an engine, beside the lake's daily usage. Usage is attributed once and held."""
        from uptake.scores.tables import Tables  # heavy; who only reads scores that are kept does without

        tables = Tables(
            daily=engine.files("usage_daily", files.selections(self.daily), USAGE_DAILY),
            accounts=engine.small("accounts", self.accounts),
            customers=engine.small("customers", self.customers),
            event_names=engine.small("event_names", self.event_names),
            seats=engine.small("seats", self.seats),
            feature_entitlements=engine.small("feature_entitlements", self.feature_entitlements),
            limits=engine.small("limits", self.limits),
            readings=engine.small("readings", self.readings),
            sessions=engine.files("sessions", files.selections(self.sessions), SESSIONS),
            rules=self.rules,
        )
        return tables.held(hold(engine, "facts", Question(_facts, tables)))

    @cached_property
    def names(self) -> dict[int, tuple[str, str | None]]:
        """customer_id -> (name, segment)."""
        return {row["customer_id"]: (row["customer"], row["segment"]) for row in self.customers.to_pylist()}

    def feature_names(self) -> dict[str, str]:
        """feature_id -> what people call it."""
        rows = self.event_names.filter(pc.equal(self.event_names["kind"], "feature")).to_pylist()
        return {row["feature_id"]: row["feature"] for row in rows}


def _facts(tables: "Tables", _days: Sequence[date]) -> "ir.Table":
    return tables.facts


def published() -> Published:
    """Customers in the portfolio with their accounts, entitlements, the catalogue and the rules, as they stand.

    Read once per state of the workspace: with thousands of customers that takes longer than most questions.
    """
    return _PUBLISHED.get(files.state_token(DataFile.Table.SESSIONS), _published)


_PUBLISHED: ByState[Published] = ByState(usage_state, size=1)


def _published() -> Published:
    everybody = customers.customers_table()
    listed = everybody.filter(pc.invert(everybody["is_archived"]))
    return Published(
        customers=listed,
        accounts=customers.accounts_table(),
        seats=customers.seats_table(),
        feature_entitlements=customers.feature_entitlements_table(),
        limits=customers.limits_table(),
        readings=customers.readings_table(),
        event_names=resolve_event_names(_live_event_names()),
        rules=tuple(active_rules()),
        daily=files.live(DataFile.Table.USAGE_DAILY),
        sessions=files.live(DataFile.Table.SESSIONS),
    )


def sessions_ready() -> None:
    """Derive the sessions of days that have usage and none yet. Call before ``published`` where sessions are read.

    An import that ends meanwhile may put days out of date; then they are derived once more.
    """
    while (facts := _facts_state()) not in _with_sessions:
        sources = sorted({file.source for file in files.live(DataFile.Table.USAGE_EVENTS)})
        lacking = [source for source in sources if days_without_sessions(source)]
        if lacking:  # to open an engine takes a second, and mostly there is nothing to do
            with engine() as opened:
                for source in lacking:
                    derive_sessions(opened, source, zones())
        if facts == _facts_state():
            _with_sessions.clear()
            _with_sessions.add(facts)
        else:
            _hide_sessions()


_with_sessions: set[str] = set()
"""The state of the facts for which this process knows that all sessions are there."""


def _facts_state() -> str:
    return f"{files.root()}|{files.state_token(DataFile.Table.USAGE_EVENTS, DataFile.Table.USAGE_DAILY)}"


def _hide_sessions() -> None:
    for file in files.live(DataFile.Table.SESSIONS):
        files.hide_days(DataFile.Table.SESSIONS, file.source, [(file.first_day, file.last_day)])


def _live_event_names() -> list[tuple[str, str]]:
    """Every event name that a live import brought; the import wrote them down, so no fact is read for it."""
    reports = Import.objects.filter(state=Import.State.LIVE).values_list("report", flat=True)
    return sorted({(source, name) for report in reports for source, name in report.get("eventNames", [])})
