"""Connections to platforms: made, asked, followed."""

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from uptake.api.access import caller
from uptake.api.schemas import Camel, Id, Text, example
from uptake.pipeline.sync import running
from uptake.pipeline.sync.connections import access_connections, access_run, connect, connected_to
from uptake.pipeline.sync.models import Connection, SyncRun
from uptake.pipeline.sync.telling import run_json

router = Router(by_alias=True)
Platform = Literal["pendo", "amplitude", "mixpanel"]

CONNECTED = {
    "connectionId": 3,
    "platform": "pendo",
    "state": "active",
    "found": {
        "counts": {"accounts": 67, "features": 24},
        "timeZone": "America/New_York",
        "newestOn": "2026-01-29",
        "notes": [],
    },
    "historyDays": 90,
    "lastSync": "2026-01-30T04:00:41Z",
    "nextSync": "2026-01-31T04:00:00Z",
    "newestEvent": "2026-01-29T00:00:00Z",
    "trouble": "",
}
SYNC = {
    "syncId": 12,
    "platform": "pendo",
    "kind": "by hand",
    "state": "done",
    "from": "2025-11-01",
    "to": "2026-01-29",
    "asked": 14,
    "received": 45_700,
    "kept": 45_678,
    "duplicates": 20,
    "setAside": 2,
    "bytes": 6_120_331,
    "startedAt": "2026-01-30T04:00:00Z",
    "finishedAt": "2026-01-30T04:00:41Z",
    "seconds": 41.2,
    "lagSeconds": 14_441,
    "message": "",
    "windows": [
        {
            "from": "2026-01-01",
            "to": "2026-01-29",
            "state": "done",
            "importId": 31,
            "received": 45_700,
            "kept": 45_678,
            "message": "",
        }
    ],
    "statusUrl": "/api/integrations/syncs/12",
}


class Connect(Camel):
    """The key, and what the platform needs besides. The key is tried before it is kept, and never told again."""

    model_config = example({"key": "…", "region": "eu", "historyDays": 90})

    key: Text = Field("", description="Pendo: an integration key. Amplitude: the API key.")
    secret: Text = Field("", description="Amplitude: the secret key. Mixpanel: the service account's secret.")
    user: Text = Field("", description="Mixpanel: the service account's user name.")
    project: Text = Field("", description="Mixpanel: the project's number.")
    region: Text = Field(
        "", description="Pendo: us, eu, us1, japan, australia; Amplitude: us, eu; Mixpanel: us, eu, in."
    )
    people: Literal["", "names", "pseudonyms", "none"] = Field("", description="Pendo: how users are told apart.")
    account: Text = Field("", description="Amplitude, Mixpanel: the property that names the customer.")
    time_zone: Text = Field("", description="Mixpanel: of projects made before 2023.")
    history_days: Literal[30, 90, 180, 365, 730] = 90
    makes_customers: bool = Field(True, description="Make a customer of every account that fits none.")


class Found(Camel):
    """What was seen when the key was tried."""

    counts: dict[str, int]
    time_zone: str | None = None
    newest_on: date | None = None
    notes: list[str]


class Connected(Camel):
    """A connection as it stands."""

    model_config = example(CONNECTED)

    connection_id: int
    platform: str
    state: str = Field(description="active, paused.")
    found: Found
    history_days: int
    last_sync: datetime | None = Field(description="The end of the newest sync that is over.")
    next_sync: datetime | None = Field(description="None: it is not asked by itself.")
    newest_event: datetime | None
    trouble: str = Field(description="Why the last sync failed; empty: it did not.")


class Window(Camel):
    """Some days of a sync, which became one import."""

    from_: date = Field(alias="from")
    to: date
    state: str = Field(description="waiting, done, same (nothing changed), empty, failed.")
    import_id: int | None
    received: int
    kept: int
    message: str


class Sync(Camel):
    """The audit row of a sync."""

    model_config = example(SYNC)

    sync_id: int
    platform: str
    kind: str
    state: str = Field(description="waiting, running, done, failed, stopped.")
    from_: date = Field(alias="from")
    to: date
    asked: int = Field(description="Requests.")
    received: int = Field(description="Rows that came.")
    kept: int
    duplicates: int
    set_aside: int = Field(description="With those refused.")
    bytes: int
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None
    lag_seconds: int | None = Field(description="How old the newest event was when it had come.")
    message: str
    windows: list[Window]
    status_url: str


class SyncAsked(Camel):
    """How far back."""

    model_config = example({"days": 30})

    days: int = Field(90, ge=1, le=730, description="Up to yesterday.")


class Connections(Camel):
    model_config = example({"connections": [CONNECTED]})

    connections: list[Connected]


def connected_json(row: Connection) -> dict[str, Any]:
    """As ``Connected`` has it."""
    last = row.runs.exclude(state__in=running.OPEN).first()
    return {
        "connectionId": row.pk,
        "platform": row.platform,
        "state": row.state,
        "found": {
            "counts": row.found.get("counts", {}),
            "timeZone": row.found.get("time_zone"),
            "newestOn": row.found.get("newest_on"),
            "notes": row.found.get("notes", []),
        },
        "historyDays": row.history_days,
        "lastSync": last.finished_at if last else None,
        "nextSync": row.next_at,
        "newestEvent": row.newest_at,
        "trouble": row.trouble,
    }


def sync_json(run: SyncRun) -> dict[str, Any]:
    return {**run_json(run), "statusUrl": f"/api/integrations/syncs/{run.pk}"}


@router.get("/integrations", response=Connections, summary="What is connected")
def integrations(request: HttpRequest) -> dict[str, Any]:
    """Every connection, with how fresh it is. 403: without the right to import."""
    return {"connections": [connected_json(row) for row in access_connections(caller(request))]}


@router.post("/integrations/{platform}/connect", response={201: Connected}, summary="Connect a platform")
def connect_platform(request: HttpRequest, platform: Platform, sent: Connect) -> Status[dict[str, Any]]:
    """Try the key, keep it encrypted, and fetch the history. 400: the key does not do, with the reason; 409: it is
    connected already."""
    told = sent.model_dump(exclude={"history_days", "makes_customers"})
    made = connect(
        caller(request), platform, told, history_days=sent.history_days, makes_customers=sent.makes_customers
    )
    running.begin_what_is_due()
    made.refresh_from_db()
    return Status(201, connected_json(made))


@router.post("/integrations/{platform}/sync", response={202: Sync}, summary="Ask a platform now")
def sync_platform(request: HttpRequest, platform: Platform, sent: SyncAsked) -> Status[dict[str, Any]]:
    """Begin a sync of the last days; follow it at ``statusUrl``. 404: not connected; 409: one is under way."""
    connection = connected_to(caller(request), platform)
    return Status(202, sync_json(running.sync_now(caller(request), connection, days=sent.days)))


@router.get("/integrations/syncs/{int:sync_id}", response=Sync, summary="How far a sync is")
def sync_status(request: HttpRequest, sync_id: Id) -> dict[str, Any]:
    """The audit row: asked, received, kept, set aside, duration, lag."""
    return sync_json(access_run(caller(request), sync_id))
