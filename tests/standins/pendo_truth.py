"""What a Pendo subscription holds: made from a seed, with the odd things that real ones have."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

DEFAULT_APP, OTHER_APP = -323232, 5_017_171_400_000
FEATURES, PAGES, TRACKS, GUIDES = "featureEvents", "pageEvents", "trackEvents", "guideEvents"
ID_OF = {FEATURES: "featureId", PAGES: "pageId", TRACKS: "trackTypeId"}
PLACEHOLDER = "ACCOUNT-UNIQUE-ID"  # left in the snippet that installs Pendo
COMPANIES = (
    "Northwind Traders", "Fabrikam", "Contoso & Söhne", "<b>Adatum</b>", 'The "Quoted" Company', "Litware", "Proseware",
    "Tailspin Toys", "Wingtip", "Blue Yonder", "Coho", "Relecloud",
)  # fmt: skip
WHAT = (
    "Export",
    "Dashboard",
    "<i>Invite</i>",
    "Filters",
    "Audit log",
    "Bulk edit",
    'Say "hi"',
    "API keys",
    "Search",
    "SSO",
)


@dataclass(frozen=True)
class Use:
    """One raw row: a visitor's uses of one thing on one day from one address and browser."""

    source: str
    day: date
    account: str | None
    visitor: str
    item: str
    app: int
    events: int
    minutes: int
    ip: str
    as_text: bool = False  # numbers written as text


@dataclass(frozen=True)
class GuideEvent:
    day: date
    second: int  # of the day
    account: str | None
    visitor: str
    guide: str
    step: str
    type: str


@dataclass(frozen=True)
class Item:
    """A feature, a page, a track type or a guide."""

    id: str
    name: str
    app: int
    steps: tuple[str, ...] = ()


class PendoTruth:
    """``days`` days from ``first``, midnight in ``zone``; about ``rows`` raw rows a day and source;
    ``named``: the accounts, ids to names.

    ``uses`` and ``guide_events`` may be changed by hand; ``correct`` changes a day as a late correction does.
    """

    def __init__(
        self, seed: int = 0, *, first: date = date(2026, 1, 1), days: int = 10, zone: str = "America/New_York",
        accounts: int = 5, people: int = 4, rows: int = 20, empty: bool = False, named: dict[str, str] | None = None,
    ) -> None:  # fmt: skip
        self.random = random.Random(seed)
        self.zone = ZoneInfo(zone)
        self.first, self.last = first, first + timedelta(days=days - 1)
        self.accounts = {} if empty else named or self._accounts(accounts)
        self.visitors = {} if empty else self._visitors(people)
        self._people = list(self.visitors)
        self.emails: dict[str, str] = {}  # of visitors whose id is another than their address
        self.items = {
            FEATURES: self._items("feature", 0 if empty else 8),
            PAGES: self._items("page", 0 if empty else 5),
            TRACKS: self._items("track", 0 if empty else 3),
        }
        self.guides = self._guides(0 if empty else 3)
        self.uses: list[Use] = []
        self.guide_events: list[GuideEvent] = []
        for number in range(0 if empty else days):
            self._fill(first + timedelta(days=number), rows)

    def _accounts(self, count: int) -> dict[str, str]:
        """Ids to names. One id looks like a number, one has signs that must be escaped, one is all letters and case."""
        ids = [f"acct_{number:03d}" for number in range(count)]
        ids[1:3] = ["4711", 'O"Brien \\ Söhne 🙂'][: max(0, count - 1)]
        return {each: COMPANIES[number % len(COMPANIES)] for number, each in enumerate(ids[:count])}

    def _visitors(self, people: int) -> dict[str, str | None]:
        """Visitor to account: some without one, some under the placeholder, some anonymous."""
        out: dict[str, str | None] = {}
        for number, account in enumerate(self.accounts):
            out |= {f"user{n}@company{number}.example": account for n in range(people)}
        out |= {"nobody@nowhere.example": None, "test@vendor.example": PLACEHOLDER, "9917": next(iter(self.accounts))}
        out |= {f"_PENDO_T_{self.random.randrange(16**8):08x}": None for _ in range(2)}
        return out

    def _items(self, kind: str, count: int) -> list[Item]:
        """One of them in an app that is not the default one, the last of them deleted: used, and in no list."""
        apps = [OTHER_APP if number == 1 else DEFAULT_APP for number in range(count)]
        return [
            Item(f"{kind}-{self.random.randrange(16**12):012x}", f"{WHAT[number % len(WHAT)]} {kind} {number}", app)
            for number, app in enumerate(apps)
        ]

    def _guides(self, count: int) -> list[Item]:
        return [
            Item(
                f"guide-{number}",
                f"Welcome <tour> {number}",
                DEFAULT_APP,
                tuple(f"g{number}-step{n}" for n in range(3)),
            )
            for number in range(count)
        ]

    def _fill(self, day: date, rows: int) -> None:
        for source, items in self.items.items():
            busy = rows if day.weekday() < 5 else rows // 4
            self.uses += [self._use(source, day, items) for _ in range(busy)]
        for _ in range(max(1, rows // 4) if self.guides else 0):
            self._guided(day)

    def _use(self, source: str, day: date, items: list[Item]) -> Use:
        pick = self.random
        visitor = pick.choice(self._people)
        item = pick.choice(items)
        return Use(
            source, day, self.visitors[visitor], visitor, item.id, item.app, pick.randint(1, 40), pick.randint(1, 9),
            f"203.0.113.{pick.randint(1, 9)}", pick.random() < 0.02,
        )  # fmt: skip

    def _guided(self, day: date) -> None:
        """Somebody sees a guide, goes on step by step, and leaves it somewhere or gets past its end."""
        visitor = self.random.choice(self._people)
        guide = self.random.choice(self.guides)
        second = self.random.randint(0, 80_000)
        for step in guide.steps[: self.random.randint(1, 3)]:
            way = self.random.choice(["guideAdvanced", "guideAdvanced", "guideDismissed"])
            for kind in ("guideSeen", way):
                second += self.random.randint(0, 20)
                self.guide_events.append(GuideEvent(day, second, self.visitors[visitor], visitor, guide.id, step, kind))
            if way == "guideDismissed":
                break

    def correct(self, day: date) -> None:
        """The day anew: some rows are gone, some have other numbers, some are new."""
        others = [use for use in self.uses if use.day != day]
        kept = [use for use in self.uses if use.day == day and self.random.random() < 0.8]
        changed = [replace(use, events=use.events + self.random.randint(1, 5)) for use in kept]
        new = [self._use(source, day, items) for source, items in self.items.items() for _ in range(5)]
        self.uses = [*others, *changed, *new]

    def totals(self, first: date | None = None, last: date | None = None) -> dict[tuple[date, str | None, str], int]:
        """Uses per day, account and item; the account is None where it is missing or the placeholder."""
        out: Counter[tuple[date, str | None, str]] = Counter()
        for use in self.uses:
            if (first or self.first) <= use.day <= (last or self.last):
                out[use.day, None if use.account == PLACEHOLDER else use.account, use.item] += use.events
        return dict(out)

    def per_day(self) -> dict[date, int]:
        out: Counter[date] = Counter()
        for use in self.uses:
            out[use.day] += use.events
        return dict(out)

    def names(self) -> dict[str, str]:
        return {item.id: item.name for items in self.items.values() for item in items}

    # What the server sends: rows as Pendo writes them.

    def midnight(self, day: date) -> int:
        return round(datetime.combine(day, time(), tzinfo=self.zone).timestamp() * 1000)

    def rows(self, source: str, first: date, last: date) -> Iterator[dict[str, Any]]:
        if source == GUIDES:
            yield from (self._guide_row(each) for each in self.guide_events if first <= each.day <= last)
            return
        wanted = PAGES if source == "events" else source
        yield from (self._row(use) for use in self.uses if use.source == wanted and first <= use.day <= last)

    def _row(self, use: Use) -> dict[str, Any]:
        events, minutes = (str(use.events), str(use.minutes)) if use.as_text else (use.events, use.minutes)
        return {
            "accountId": use.account, "appId": use.app, "day": self.midnight(use.day), ID_OF[use.source]: use.item,
            "numEvents": events, "numMinutes": minutes, "remoteIp": use.ip, "server": "app.cohortworks.example",
            "userAgent": "Mozilla/5.0 (stand-in)", "visitorId": use.visitor, "parameters": None,
        }  # fmt: skip

    def _guide_row(self, event: GuideEvent) -> dict[str, Any]:
        return {
            "accountId": event.account, "accountIds": [event.account] if event.account else [], "appId": DEFAULT_APP,
            "browserTime": self.midnight(event.day) + event.second * 1000, "country": "US", "elementPath": "BODY",
            "eventId": "", "guideId": event.guide, "guideStepId": event.step, "latitude": 0, "loadTime": 0, "longitude": 0,
            "region": "nc", "remoteIp": "203.0.113.7", "serverName": "app.cohortworks.example", "type": event.type,
            "url": "https://app.cohortworks.example/home", "userAgent": "Mozilla/5.0 (stand-in)", "visitorId": event.visitor,
        }  # fmt: skip

    def account_rows(self) -> Iterator[dict[str, Any]]:
        for number, (account, name) in enumerate(self.accounts.items()):
            yield {"accountId": account, "metadata": {
                "agent": {"name": name, "domain": f"https://www.company{number}.example/start"},
                "auto": {"id": account, "firstvisit": self.midnight(self.first), "lastvisit": str(self.midnight(self.last))},
                "custom": {"planlevel": "team"}, "salesforce": {"id": f"001{number:015d}"} if number % 2 == 0 else {},
            }}  # fmt: skip
        if self.accounts:
            yield {"accountId": PLACEHOLDER, "metadata": {"auto": {"id": PLACEHOLDER}}}

    def visitor_rows(self, *, identified: bool) -> Iterator[dict[str, Any]]:
        for visitor, account in self.visitors.items():
            if identified and visitor.startswith("_PENDO_T_"):
                continue
            email = self.emails.get(visitor, visitor if "@" in visitor else "")
            yield {"visitorId": visitor, "metadata": {
                "agent": {"email": email} if email else {},
                "auto": {"id": visitor, "accountid": account, "accountids": [account] if account else None},
            }}  # fmt: skip

    def list_of(self, path: str) -> list[dict[str, Any]]:
        """A GET list: bare, the deleted item of each kind left out."""
        if path == "guide":
            return [
                {"id": each.id, "name": each.name, "state": "public", "appId": each.app,
                 "steps": [{"id": step, "guideId": each.id} for step in each.steps]} for each in self.guides
            ]  # fmt: skip
        source = {"feature": FEATURES, "page": PAGES, "tracktype": TRACKS}[path]
        return [
            {"id": item.id, "name": item.name, "kind": path.title(), "appId": item.app, "rootVersionId": item.id,
             "lastUpdatedAt": 1769904000000, "group": {"id": "g", "name": "Reporting"}} for item in self.items[source][:-1]
        ]  # fmt: skip
