"""Features that a customer could use and hardly does, while its peers do."""

from uptake.insights.insight import Insight
from uptake.insights.view import Row, View
from uptake.insights.words import counted, listed, owned, percent, span

MOST_NAMED = 3
FEWEST_ACTIVE = 3  # of one or two users, nobody or half use everything


def underused(view: View) -> list[Insight]:
    """One insight per customer of three active users or more that has unused features (docs/definitions.md)."""
    found = []
    for place, row in view.shown():
        if (row["active_visitors"] or 0) >= FEWEST_ACTIVE and (features := view.unused_of(place)):
            found.append(_insight(view, place, row, features))
    return found


def _insight(view: View, place: int, row: Row, features: list[int]) -> Insight:
    first = features[0]
    names = [view.features[feature].name for feature in features]
    reached = [
        f"{view.features[feature].name} {percent(float(view.available_reach[place, feature]))} "
        f"against {percent(float(view.peer_reach.of_peers[place, feature]))}"
        for feature in features
    ]
    return Insight(
        kind="underused",
        headline=f"{row['customer']} hardly uses {listed(names, MOST_NAMED)}",
        sentence=f"Reach among {owned(row['customer'])} {counted(row['active_visitors'], 'active user')} in "
        f"{span(view.period)}, against the middle of {view.peer_reach.words(place, first)}: {listed(reached, MOST_NAMED)}.",
        evidence={"features": [_evidence(view, place, feature) for feature in features]},
        customer_id=row["customer_id"],
        feature_id=view.features[first].feature_id,
        weight=view.weight(row["customer_id"], view.pull(place, first)),
    )


def _evidence(view: View, place: int, feature: int) -> dict[str, object]:
    return {
        "feature_id": view.features[feature].feature_id,
        "feature": view.features[feature].name,
        "reach": float(view.available_reach[place, feature]),
        "peers_median": float(view.peer_reach.of_peers[place, feature]),
        "peers": int(view.peer_reach.peers[place, feature]),
        "among": view.peer_reach.words(place, feature),
    }
