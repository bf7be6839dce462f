"""What metrics and scores see: the lake's tables, and the database's rows published beside them."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc
from django.conf import settings

from uptake.customers import tables as customers
from uptake.customers.catalogue import resolve_event_names
from uptake.customers.visitor_rules import active_rules
from uptake.lake import files
from uptake.lake.engine import Engine
from uptake.lake.models import DataFile, Import
from uptake.lake.schemas import USAGE_DAILY

if TYPE_CHECKING:
    from uptake.metrics.attributed import Rule
    from uptake.scores.tables import Tables


def zones() -> pa.Table:
    """source, account_id, zone of the accounts whose customer keeps its own time zone."""
    own = {row["customer_id"]: row["time_zone"] for row in customers.customers_table().to_pylist() if row["time_zone"]}
    rows = [
        {"source": row["source"], "account_id": row["account_id"], "zone": own[row["customer_id"]]}
        for row in (customers.accounts_table().to_pylist() if own else [])
        if row["customer_id"] in own
    ]
    return pa.Table.from_pylist(rows, pa.schema([(name, pa.string()) for name in ("source", "account_id", "zone")]))


def workspace_week() -> str:
    """Monday first; 1 = use is expected on that day."""
    return customers.WORKING_WEEKS[settings.UPTAKE.working_days]


def yesterday() -> date:
    """The last complete day in the workspace's time zone."""
    return datetime.now(tz=ZoneInfo(settings.UPTAKE.time_zone)).date() - timedelta(days=1)


@dataclass(frozen=True)
class Published:
    """The database's side, read once: plain tables, and a token that changes with anything a score depends on."""

    customers: pa.Table
    accounts: pa.Table
    seats: pa.Table
    feature_entitlements: pa.Table
    event_names: pa.Table
    rules: "tuple[Rule, ...]"

    @cached_property
    def token(self) -> str:
        """Names facts, mappings and rules together: equal tokens give equal scores."""
        told = hashlib.sha256(files.state_token(DataFile.Table.USAGE_DAILY).encode())
        for table in (self.customers, self.accounts, self.seats, self.feature_entitlements, self.event_names):
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, table.schema) as stream:
                stream.write_table(table.combine_chunks())
            told.update(sink.getvalue())
        told.update(repr((self.rules, workspace_week(), settings.UPTAKE.time_zone)).encode())
        return told.hexdigest()[:16]

    def tables(self, engine: Engine) -> "Tables":
        """The same on an engine, beside the lake's daily usage. Usage is attributed once and held."""
        from uptake.scores.tables import Tables  # heavy; who only reads scores that are kept does without

        daily = engine.files("usage_daily", files.selections(files.live(DataFile.Table.USAGE_DAILY)), USAGE_DAILY)
        tables = Tables(
            daily=daily,
            accounts=engine.small("accounts", self.accounts),
            customers=engine.small("customers", self.customers),
            event_names=engine.small("event_names", self.event_names),
            seats=engine.small("seats", self.seats),
            feature_entitlements=engine.small("feature_entitlements", self.feature_entitlements),
            rules=self.rules,
        )
        return tables.held(engine.keep)

    @cached_property
    def names(self) -> dict[int, tuple[str, str | None]]:
        """customer_id -> (name, segment)."""
        return {row["customer_id"]: (row["customer"], row["segment"]) for row in self.customers.to_pylist()}

    def feature_names(self) -> dict[str, str]:
        """feature_id -> what people call it."""
        rows = self.event_names.filter(pc.equal(self.event_names["kind"], "feature")).to_pylist()
        return {row["feature_id"]: row["feature"] for row in rows}


def published() -> Published:
    """Customers in the portfolio with their accounts, entitlements, the catalogue and the rules, as they stand."""
    everybody = customers.customers_table()
    listed = everybody.filter(pc.invert(everybody["is_archived"]))
    return Published(
        customers=listed,
        accounts=customers.accounts_table(),
        seats=customers.seats_table(),
        feature_entitlements=customers.feature_entitlements_table(),
        event_names=resolve_event_names(_live_event_names()),
        rules=tuple(active_rules()),
    )


def _live_event_names() -> list[tuple[str, str]]:
    """Every event name that a live import brought; the import wrote them down, so no fact is read for it."""
    reports = Import.objects.filter(state=Import.State.LIVE).values_list("report", flat=True)
    return sorted({(source, name) for report in reports for source, name in report.get("eventNames", [])})
