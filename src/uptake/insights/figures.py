"""The named figures of one customer that rules may ask for and write: numbers to compare, and words to put in."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from uptake.insights import words
from uptake.insights.benchmarks import Middle
from uptake.insights.champions import quiet_champions, quiet_days
from uptake.insights.concentration import is_concentrated
from uptake.insights.figure_names import TEXTS
from uptake.insights.matrix import Bools
from uptake.insights.movers import main_move, moves_of
from uptake.insights.view import FEWEST_TO_COMPARE, Row, View

TENTHS = frozenset({"uses_a_week", "peers_uses_a_week"})
SCORES = frozenset({"score", "previous_score"})
MOST_NAMED = 3
NAMELESS = {"champion": "the champion", "top_user": "the main user"}


@dataclass(frozen=True)
class Figures:
    """One customer's figures. What is not known is not in them."""

    row: Row
    numbers: Mapping[str, float]
    texts: Mapping[str, str]
    features: Mapping[str, str]  # unused, entitled -> feature_id of the first
    people: Mapping[str, str] = field(default_factory=dict)  # champion, top_user -> name

    def without_people(self) -> "Figures":
        """The same figures as readers get them who may not see people."""
        return replace(self, texts={**self.texts, **{who: NAMELESS[who] for who in self.people}}, people={})

    def shortened(self, longest: int) -> "Figures":
        """The same figures with no text longer than so many characters."""
        return replace(self, texts={name: words.shortened(text, longest) for name, text in self.texts.items()})

    def write(self, name: str, noun: str | None = None) -> str | None:
        """A figure as sentences write it; None where it is not known."""
        if name in TEXTS:
            return self.texts.get(name)
        number = self.numbers.get(name)
        return None if number is None else _written(name, number, noun)


def _written(name: str, number: float, noun: str | None) -> str:
    if name.endswith("_percent"):
        return words.percent(number / 100)
    if name in TENTHS:
        shown = words.tenths(number)
    elif name in SCORES:
        shown = words.score(number)
    else:
        shown = words.whole(number)
    if noun is None:
        return shown
    one, _, many = noun.partition("|")
    return f"{shown} {one if shown == '1' else many or one + 's'}"


def figures_of(view: View, customer_ids: frozenset[int] | None = None) -> Iterator[Figures]:
    """The figures of every customer that may be named, or of some of them."""
    board = _Board(view)
    for place, row in view.shown():
        if customer_ids is None or row["customer_id"] in customer_ids:
            yield board.figures(place, row)


class _Board:
    """What is worked out once for all customers."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.quiet = quiet_champions(view)

    @cached_property
    def depth(self) -> Middle:
        values = np.array([[np.nan if row["depth"] is None else float(row["depth"])] for row in self.view.rows])
        return Middle.of(self.view.segments, values.reshape(-1, 1))

    @cached_property
    def without_use(self) -> Bools:
        found: Bools = self.view.matrix.is_available & (self.view.matrix.uses == 0)
        return found

    def figures(self, place: int, row: Row) -> Figures:
        found = _Found()
        for tell in TELLING:
            tell(self, place, row, found)
        numbers = {name: float(value) for name, value in found.numbers.items() if value is not None}
        texts = {name: value for name, value in found.texts.items() if value is not None}
        return Figures(row, numbers, texts, found.features, found.people)


@dataclass
class _Found:
    """Figures while they are put together; None: not known."""

    numbers: dict[str, float | None] = field(default_factory=dict)
    texts: dict[str, str | None] = field(default_factory=dict)
    features: dict[str, str] = field(default_factory=dict)
    people: dict[str, str] = field(default_factory=dict)


def _whole_picture(board: _Board, place: int, row: Row, found: _Found) -> None:
    view, arr, renews_on = board.view, row["arr"], row["renews_on"]
    found.numbers |= {
        "score": row["score"],
        "score_gap": _to_full(row["score"]),
        "history_days": row["history_days"],
        "days_to_renewal": None if renews_on is None else (renews_on - view.as_of).days,
    }
    found.texts |= {
        "customer": row["customer"],
        "period": words.span(view.period),
        "as_of": words.day(view.as_of),
        "arr": None if arr is None else words.money(float(arr), row["currency"]),
        "renewal_day": None if renews_on is None else words.day(renews_on),
    }


def _trend(board: _Board, place: int, row: Row, found: _Found) -> None:
    change = row["change"]
    if change is None:
        return
    found.numbers |= {"previous_score": row["previous_score"], "fall": max(0.0, -change)}
    if change < 0 and (moves := moves_of(board.view, row)):
        main = main_move(moves, change)
        found.numbers["moved_points"] = max(0.0, -main.points)
        found.texts["moved_part"] = main.title


def _breadth(board: _Board, place: int, row: Row, found: _Found) -> None:
    share = None if row["breadth"] is None else 100 * row["breadth"]
    found.numbers |= {
        "features_used": row["features_used"],
        "features_available": row["features_available"],
        "breadth_percent": share,
        "breadth_gap": _to_full(share),
    }


def _unused(board: _Board, place: int, row: Row, found: _Found) -> None:
    view = board.view
    features = view.unused_of(place)
    found.numbers["unused_features"] = len(features)
    if not features:
        return
    first = features[0]
    reach, peers = view.available_reach[place], view.peer_reach.of_peers[place]
    names = [view.features[feature].name for feature in features]
    compared = [
        f"{view.features[feature].name} {words.percent(float(reach[feature]))} "
        f"against {words.percent(float(peers[feature]))}"
        for feature in features
    ]
    found.numbers |= {
        "feature_reach_percent": 100 * float(reach[first]),
        "feature_peers_percent": 100 * float(peers[first]),
        "feature_gap": 100 * float(peers[first] - reach[first]),
    }
    feature_id = view.features[first].feature_id
    found.texts |= {
        "features": words.listed(names, MOST_NAMED),
        "features_compared": words.listed(compared, MOST_NAMED),
        "feature": names[0],
        "feature_peers": view.peer_reach.words(place, first),
        "training": _training(view.training.get(feature_id, ())),
    }
    found.features["unused"] = feature_id


def _training(titles: Sequence[str]) -> str:
    return words.listed([f"“{title}”" for title in titles], 2) if titles else "a walkthrough of 20 minutes"


def _entitled(board: _Board, place: int, row: Row, found: _Found) -> None:
    if not row["is_entitled"]:
        return
    features = board.view.features
    available = int(board.view.matrix.is_available[place].sum())
    idle = [features[feature] for feature in np.flatnonzero(board.without_use[place]).tolist()]
    found.numbers |= {
        "entitled": available,
        "entitled_unused": len(idle),
        "entitled_gap": 100 * len(idle) / available if available else None,
    }
    if idle:
        idle.sort(key=lambda feature: (-feature.importance, feature.name.casefold()))
        found.texts["entitled_features"] = words.listed([feature.name for feature in idle], MOST_NAMED)
        found.features["entitled"] = idle[0].feature_id


def _habits(board: _Board, place: int, row: Row, found: _Found) -> None:
    peers = float(board.depth.of_peers[place, 0])
    has_peers = int(board.depth.peers[place, 0]) >= FEWEST_TO_COMPARE
    found.numbers |= {
        "uses_a_week": row["depth"],
        "peers_uses_a_week": peers if has_peers else None,
        "depth_gap": _to_full(row["depth_value"]),
        "visit_percent": None if row["stickiness"] is None else 100 * row["stickiness"],
        "stickiness_gap": _to_full(row["stickiness_value"]),
        "quiet_days": row["quiet_days"],
        "recency_gap": _to_full(row["recency_value"]),
    }
    last = row["last_active_on"]
    found.texts |= {
        "depth_peers": board.depth.words(place, 0) if has_peers else None,
        "last_active": None if last is None else words.day(last),
    }


def _people(board: _Board, place: int, row: Row, found: _Found) -> None:
    share = None if row["active_share"] is None else 100 * row["active_share"]
    base, seats = row["seats_or_known"], row["licensed_seats"]
    found.numbers |= {
        "active_users": row["active_visitors"],
        "people": base,
        "active_percent": share,
        "active_gap": _to_full(share),
    }
    if base is not None:
        found.texts["people_words"] = words.counted(base, "licensed seat" if seats is not None else "known user")
    people = board.view.presence.get(row["customer_id"])
    if people is None:
        return
    found.numbers |= {
        "known_users": people.known_users,
        "quiet_users": people.quiet_users,
        "quiet_users_percent": 100 * people.quiet_users / people.known_users if people.known_users else None,
        "uses": people.uses,
    }
    if is_concentrated(row, people):
        found.numbers |= {"top_user_uses": people.top_uses, "top_user_percent": 100 * people.top_uses / people.uses}
        _name(found, "top_user", board.view.top_users.get(row["customer_id"]))


def _champion(board: _Board, place: int, row: Row, found: _Found) -> None:
    if quiet := board.quiet.get(row["customer_id"]):
        found.numbers["champion_days"] = quiet_days(board.view, quiet[0])
        found.texts["champion_last"] = words.day(quiet[0].last_on)
        _name(found, "champion", quiet[0].name)


def _name(found: _Found, figure: str, name: str | None) -> None:
    found.texts[figure] = name or NAMELESS[figure]
    if name:
        found.people[figure] = name


def _to_full(value: float | None) -> float | None:
    return None if value is None else max(0.0, 100 - value)


TELLING: Sequence[Callable[[_Board, int, Row, _Found], None]] = (
    _whole_picture,
    _trend,
    _breadth,
    _unused,
    _entitled,
    _habits,
    _people,
    _champion,
)
