"""The product's mobile app, which a Pendo subscription watches: what some customers' people do in it comes from there.

In the last 90 days these customers' uses of three features stand in the subscription instead of the file, so that no
number of the demo becomes another by it. Beside them: guides, and accounts that no customer of the demo is.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from uptake.pipeline.demo import names, noise
from uptake.pipeline.demo.crowd import Crowd
from uptake.pipeline.demo.events import DAY, EventBlock
from uptake.pipeline.demo.features import NUMBER
from uptake.pipeline.demo.noise import Flags
from uptake.pipeline.demo.pendo import feature_id
from uptake.pipeline.demo.portfolio import HISTORY_DAYS, RECENT_DAYS, CustomerPlan, Plan

Row = dict[str, Any]

APP = 5_017_171_400_000
CUSTOMERS = (
    *("Acme Corp", "DataPro", "CloudMax", "Kestrel Media", "Lumen Health", "Portside Freight", "Fennel Bank"),
    *("Maple Logistics", "Isarwerk", "Northgate Labs"),
)
APART = "Helio Systems"
"""Its people stand under an account whose name is only nearly its own, and wait until somebody says whose they are."""
APART_ACCOUNT = ("helio-emea-7731", "Helio Systems EMEA", "helio.example")
NOBODYS = (("qa-sandbox", "QA sandbox", ""), ("pilot-0917", "Wychwood Pilot", "wychwood.example"))
"""Accounts of nobody in the portfolio: one for tests, one that only tries the product."""
CRM = "acct-"
"""How accounts begin that the CRM made: they carry its id."""


class Item(NamedTuple):
    """What the subscription calls one thing that can be done in the app."""

    source: str  # of the Aggregation API
    id: str
    name: str


FEATURES, PAGES, TRACKS, GUIDES = "featureEvents", "pageEvents", "trackEvents", "guideEvents"
LISTS = {FEATURES: "feature", PAGES: "page", TRACKS: "tracktype"}
KEYS = {FEATURES: "featureId", PAGES: "pageId", TRACKS: "trackTypeId"}


def _items() -> dict[int, tuple[Item, Item]]:
    """Each feature's uses are seen in two ways."""
    ways = {
        "Mobile App": ((PAGES, "Mobile home"), (FEATURES, "Approve on the way")),
        "Notifications": ((FEATURES, "Open a notification"), (TRACKS, "push_opened")),
        "Calendar Sync": ((PAGES, "Mobile calendar"), (FEATURES, "Sync the calendar")),
    }
    begin = {FEATURES: "ft", PAGES: "pg", TRACKS: "tt"}
    found = {}
    for feature, pair in ways.items():
        number = NUMBER[feature]
        one, other = (Item(source, feature_id(number).replace("ft", begin[source]), name) for source, name in pair)
        found[number] = (one, other)
    return found


ITEMS = _items()


class Guide(NamedTuple):
    id: str
    name: str
    steps: int
    dismissed: float  # of its views, usually


SHOWN = (
    Guide("gd_meet_mobile", "Meet the mobile app", 3, 0.15),
    Guide("gd_calendar", "Your calendar in one minute", 2, 0.25),
    Guide("gd_notifications", "Turn on notifications", 1, 0.35),
)
WEARY = "Isarwerk"
"""Where the guide about notifications is shown again and again, and closed."""


def event_names(feature: int) -> list[tuple[str, str]]:
    """How Pendo calls a feature's uses, for the catalogue."""
    return [("pendo", item.id) for item in ITEMS.get(feature, ())]


class Mobile:
    """Takes the app's uses out of the demo's, and tells them as a subscription does."""

    def __init__(self, plan: Plan, crowd: Crowd) -> None:
        self.plan, self.crowd = plan, crowd
        wanted = (*CUSTOMERS, APART)
        self.accounts = {one.number: _account(one) for one in plan.customers if one.name in wanted}
        self._emails = crowd.emails()
        self._taken: list[EventBlock] = []

    def without(self, blocks: Iterator[EventBlock]) -> Iterator[EventBlock]:
        """The events that are not the subscription's; the others are kept for ``write``."""
        for block in blocks:
            taken = self._is_mobile(block)
            self._taken.append(block.where(taken))
            yield block.where(~taken)

    def _is_mobile(self, block: EventBlock) -> Flags:
        first = self.plan.first_day + timedelta(days=HISTORY_DAYS - RECENT_DAYS)
        recent = block.second >= (first - date(1970, 1, 1)).days * DAY
        customer = np.isin(self.crowd.customer[block.person], list(self.accounts))
        return np.asarray(recent & customer & np.isin(block.feature, list(ITEMS)) & ~block.anonymous)

    def write(self, path: Path) -> None:
        """The whole subscription as one JSON file. Nothing where no customer of the plan uses the app."""
        if not self.accounts:
            return
        events = defaultdict(list, self._usage())
        self._add_strangers(events)
        held = {
            "accounts": self._account_rows(),
            "visitors": _visitors(events),
            "lists": _lists(),
            "events": {source: events[source] for source in LISTS} | {GUIDES: self._guide_events(events)},
        }
        path.write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")

    def _usage(self) -> dict[str, list[Row]]:
        """Uses and minutes per day, person and item."""
        uses: Counter[tuple[int, int, Item]] = Counter()
        minutes: dict[tuple[int, int, Item], set[int]] = defaultdict(set)
        for block in self._taken:
            columns = (block.person, block.feature, block.second, block.key)
            for person, feature, second, key in zip(*(column.tolist() for column in columns), strict=True):
                which = second // DAY, person, ITEMS[feature][key % 2]
                uses[which] += 1
                minutes[which].add(second // 60)
        found: dict[str, list[Row]] = defaultdict(list)
        for (day, person, item), count in sorted(uses.items()):
            account = self.accounts[int(self.crowd.customer[person])][0]
            took = len(minutes[day, person, item])
            found[item.source].append(_use(item, day, account, self._emails[person], count, took))
        return found

    def _add_strangers(self, events: dict[str, list[Row]]) -> None:
        """On working days the test account is busy, and the one that tries the product begins."""
        for place, (account, _, domain) in enumerate(NOBODYS):
            for ago in range((RECENT_DAYS, 24)[place]):
                day = self.plan.until - timedelta(days=ago)
                chance = noise.one(self.plan.seed, "stranger", place, ago)
                if day.weekday() > 4 or chance < 0.35:
                    continue
                who = f"{'robot' if place == 0 else names.GIVEN[int(chance * 3)].lower()}@{domain or 'qa.example'}"
                item = ITEMS[NUMBER["Mobile App"]][ago % 2]
                events[item.source].append(_use(item, _number(day), account, who, 1 + int(chance * 12), 3))

    def _guide_events(self, events: dict[str, list[Row]]) -> list[Row]:
        """Who opens the app's pages is shown a guide now and then, goes through it or closes it."""
        seed, weary = self.plan.seed, [one.number for one in self.plan.customers if one.name == WEARY]
        tired = self.accounts[weary[0]][0] if weary else ""
        opened = sorted({(row["day"], row["visitorId"], row["accountId"]) for row in events[PAGES] + events[FEATURES]})
        found: list[Row] = []
        for place, (day, visitor, account) in enumerate(opened):
            chance, way = noise.one(seed, "guide", place), noise.one(seed, "guide's way", place)
            is_tired = account == tired
            if chance > (0.9 if is_tired else 0.22):
                continue
            guide = SHOWN[2] if is_tired and chance < 0.7 else SHOWN[place % len(SHOWN)]
            rate = 0.88 if is_tired and guide is SHOWN[2] else guide.dismissed
            found += _followed(guide, day, visitor, account, way, rate)
        return found

    def _account_rows(self) -> list[Row]:
        by_number = {one.number: one for one in self.plan.customers}
        found = [_described(*account, by_number[number]) for number, account in self.accounts.items()]
        return [*found, *(_described(*account, None) for account in NOBODYS)]


def _account(customer: CustomerPlan) -> tuple[str, str, str]:
    """Id, name and domain: some accounts are known by their CRM id, some by key, some by their domain."""
    if customer.name == APART:
        return APART_ACCOUNT
    way = customer.number % 3
    if way == 0:
        return f"{CRM}{1000 + customer.number}", customer.name.upper(), ""
    return (customer.key, customer.name, "") if way == 1 else (customer.domain, "", customer.domain)


def _described(account: str, name: str, domain: str, customer: CustomerPlan | None) -> Row:
    """As the source ``accounts`` has it."""
    crm_id = customer.crm_id if customer and account.startswith(CRM) else ""
    return {
        "accountId": account,
        "metadata": {
            "agent": {key: value for key, value in (("name", name), ("domain", domain)) if value},
            "auto": {"id": account},
            "salesforce": {"id": crm_id} if crm_id else {},
        },
    }


def _visitors(events: dict[str, list[Row]]) -> list[Row]:
    accounts = {row["visitorId"]: row["accountId"] for rows in events.values() for row in rows}
    return [
        {
            "visitorId": visitor,
            "metadata": {
                "agent": {"email": visitor},
                "auto": {"id": visitor, "accountid": account, "accountids": [account]},
            },
        }
        for visitor, account in sorted(accounts.items())
    ]


def _lists() -> dict[str, list[Row]]:
    """What the GET requests for names answer."""
    items = [item for pair in ITEMS.values() for item in pair]
    found = {
        path: [{"id": item.id, "name": item.name, "appId": APP} for item in items if item.source == source]
        for source, path in LISTS.items()
    }
    return found | {
        "guide": [
            {
                "id": each.id,
                "name": each.name,
                "appId": APP,
                "state": "public",
                "steps": [{"id": step} for step in _steps(each)],
            }
            for each in SHOWN
        ]
    }


def _steps(guide: Guide) -> list[str]:
    return [f"{guide.id}-{number + 1}" for number in range(guide.steps)]


def _use(item: Item, day: int, account: str, visitor: str, uses: int, minutes: int) -> Row:
    return {
        "day": day * DAY * 1000,
        "accountId": account,
        "visitorId": visitor,
        KEYS[item.source]: item.id,
        "numEvents": uses,
        "numMinutes": minutes,
        "appId": APP,
    }


def _followed(guide: Guide, day: int, visitor: str, account: str, way: float, dismissed: float) -> Iterator[Row]:
    """The steps seen one after the other, up to where it is closed; past its last one where it is not."""
    steps = _steps(guide)
    end = int(way / dismissed * guide.steps) if way < dismissed else None
    for number, step in enumerate(steps):
        at = day + (10 * 3600 + number * 20) * 1000
        common = {"accountId": account, "visitorId": visitor, "guideId": guide.id, "guideStepId": step, "appId": APP}
        yield common | {"day": day, "browserTime": at, "type": "guideSeen", "eventId": ""}
        kind = "guideDismissed" if number == end else "guideAdvanced"
        yield common | {"day": day, "browserTime": at + 9_000, "type": kind, "eventId": ""}
        if number == end:
            return


def _number(day: date) -> int:
    return (day - date(1970, 1, 1)).days
