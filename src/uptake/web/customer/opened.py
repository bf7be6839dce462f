"""The customer's score, opened, as its page shows it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from uptake.customers.models import Customer
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline import scoring
from uptake.pipeline.explaining import Opened, open_score
from uptake.pipeline.feature_use import feature_use
from uptake.pipeline.portfolio import portfolio
from uptake.pipeline.state import ByState, usage_state
from uptake.scores.models import decimals_to_show
from uptake.scores.rounding import shown_parts
from uptake.team.models import Teammate
from uptake.web.customer.peers import Peers, reach_of
from uptake.web.portfolio.words import shown

Row = Mapping[str, Any]


class Archived(ProductError):
    """The customer is not scored any more."""

    status = 409


def opened_for(customer: Customer, *, as_of: date | None, period: Period) -> Opened:
    """The score with all behind it; kept in this process while the facts stay as they are."""
    if customer.is_archived:
        raise Archived(f"{customer} is archived, so it is not scored any more.")
    day = scoring.as_of_day(as_of)
    return _OPENED.get((customer.pk, day, period), lambda: open_score(f"#{customer.pk}", as_of=day, period=period))


_OPENED: ByState[Opened] = ByState(usage_state, size=64)


def row_of(teammate: Teammate, customer: Customer, *, as_of: date, period: Period) -> Row:
    """The customer's row of the portfolio: percentile, health, contract and weeks beside the score."""
    found = portfolio(teammate, as_of=as_of, period=period)
    return next(row for row in found.rows if row["customer_id"] == customer.pk)


def parts_shown(opened: Opened, peers: Peers) -> list[dict[str, Any]]:
    """The parts with points that add up to the total shown."""
    told = opened.explanation
    decimals = 1 if told.score is None else max(1, decimals_to_show(told.score))
    points = shown_parts([part.points or 0.0 for part in told.parts], told.score or 0.0, decimals)
    return [
        {
            "part": part,
            "of_one": None if part.value is None else part.value / 100,
            "median": None if peers.values[part.name] is None else (peers.values[part.name] or 0.0) / 100,
            "share": part.share if part.points is not None else None,
            "adds": f"{gained:.{decimals}f}" if part.points is not None else "–",
        }
        for part, gained in zip(told.parts, points, strict=True)
    ]


def moves_shown(opened: Opened) -> list[dict[str, Any]]:
    """What moved the score, the points adding up to the change."""
    told = opened.explanation
    points = shown_parts([move.points for move in told.moves], told.change or 0.0)
    return [
        {"move": move, "points": signed(gained), "size": gained}
        for move, gained in zip(told.moves, points, strict=True)
    ]


def signed(points: float) -> str:
    """+1.2, −0.8, 0.0."""
    return f"{points:+.1f}".replace("-", "−") if round(points, 1) else "0.0"


def weeks_shown(row: Row, peers: Peers, as_of: date) -> list[dict[str, Any]]:
    """The score by week beside the peers' median; from the first week that has either."""
    weeks = [
        {"day": as_of - timedelta(days=7 * back), "score": score, "peers": median, "shown": shown(score)}
        for back, score, median in zip(range(len(row["weeks"]) - 1, -1, -1), row["weeks"], peers.weeks, strict=True)
    ]
    first = next((place for place, week in enumerate(weeks) if week["score"] is not None), len(weeks))
    return weeks[first:]


CATEGORIES = (("core", "Core"), ("advanced", "Advanced"), ("power", "Power"), ("", "Without a category"))


@dataclass(frozen=True)
class Group:
    """The features of one category."""

    title: str
    adopted: int
    available: int
    features: Sequence[Mapping[str, Any]]  # those not in the plan too, last


def features_shown(opened: Opened, peers: Peers) -> tuple[list[Group], list[Mapping[str, Any]]]:
    """The features by category, the widest reach first; and the unused ones that peers use (definitions, section 2)."""
    use = feature_use(as_of=opened.row["as_of"], period=opened.period)
    usual = reach_of(use, peers.ids)
    categories = {feature.feature_id: feature.category for feature in use.features}
    cells = [_feature(cell, usual.get(cell["feature_id"]), categories) for cell in opened.features]
    groups = []
    for category, title in CATEGORIES:
        some = [cell for cell in cells if cell["category"] == category]
        if some:
            some.sort(key=lambda cell: (cell["state"] == "not_in_plan", -(cell["reach"] or 0.0), cell["feature"]))
            adopted = sum(cell["state"] == "adopted" for cell in some)
            groups.append(Group(title, adopted, sum(cell["is_available"] for cell in some), some))
    idle = [cell for cell in cells if cell["is_idle"]]
    return groups, sorted(idle, key=lambda cell: -(cell["usual"] or 0.0))


def _feature(cell: Mapping[str, Any], usual: float | None, categories: Mapping[str, str]) -> dict[str, Any]:
    used = "adopted" if cell["is_adopted"] else "used" if cell["uses"] else "unused"
    state = used if cell["is_available"] else "not_in_plan"
    about = {**cell, "usual": usual, "state": state, "category": categories.get(cell["feature_id"], "")}
    return {**about, "is_idle": _is_idle(about)}


NOT_ADOPTED, BELOW_PEERS = 0.1, 0.2


def _is_idle(cell: Mapping[str, Any]) -> bool:
    """Available, reach under 10%, and peers' median reach at least 20 points above."""
    if not cell["is_available"] or cell["usual"] is None:
        return False
    reach = cell["reach"] or 0.0
    return bool(reach < NOT_ADOPTED and cell["usual"] - reach >= BELOW_PEERS)


STATUSES = (("active", "Active", "days 1 to 7", 7), ("engaged", "Engaged", "days 8 to 14", 14),
            ("at_risk", "At risk", "days 15 to 30", 30), ("dormant", "Dormant", "over 30 days", 10**6))  # fmt: skip
COLOURS = {"active": ("f1", "1"), "engaged": ("f3", "3"), "at_risk": ("f2", "2"), "dormant": ("f6", "peer")}


def status_of(last_on: date | None, as_of: date) -> str:
    """Of a user by the last day, the as-of day being day 1 (definitions, section 1)."""
    if last_on is None:
        return ""
    day = (as_of - last_on).days + 1
    return next(name for name, _, _, up_to in STATUSES if day <= up_to)


def users_shown(opened: Opened, status: str) -> Sequence[Row]:
    """Who was active in the period, most uses first; of one status where it is named. Raises ProductError."""
    if not status:
        return opened.visitors
    if status not in COLOURS:
        raise ProductError(f"There are no users “{status[:40]}”; there are {', '.join(COLOURS)}.")
    as_of = opened.row["as_of"]
    return [person for person in opened.visitors if status_of(person["last_on"], as_of) == status]


def statuses_shown(opened: Opened) -> list[dict[str, Any]]:
    """The period's users by how long ago they were last there, with the bar's lengths."""
    as_of = opened.row["as_of"]
    counts = Counter(status_of(person["last_on"], as_of) for person in opened.visitors)
    known = sum(count for name, count in counts.items() if name)
    found, start = [], 0.0
    for name, title, words, _ in STATUSES:
        if not known or (name == "dormant" and not counts[name]):
            continue
        share = counts[name] / known
        found.append({"name": name, "title": title, "words": words, "count": counts[name], "share": share,
                      "x": f"{100 * start:.2f}%",
                      "width": f"{max(0.0, 100 * share - 0.4):.2f}%", "fill": COLOURS[name][0], "swatch": COLOURS[name][1]})  # fmt: skip
        start += share
    return found
