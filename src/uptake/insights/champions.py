"""Champion gone quiet: a stakeholder marked champion who used the product and no longer does."""

from uptake.insights.insight import Insight
from uptake.insights.view import Champion, Row, View
from uptake.insights.words import counted, day

QUIET_DAYS = 30


def quiet_days(view: View, champion: Champion) -> int:
    """Days up to the as-of day on which the champion was not there."""
    return (view.as_of - champion.last_on).days


def quiet_champions(view: View) -> dict[int, list[Champion]]:
    """customer_id -> champions inactive for 30 days or more, the longest first."""
    found: dict[int, list[Champion]] = {}
    for champion in sorted(view.champions, key=lambda each: (each.last_on, each.name or "")):
        if champion.customer_id in view.seen and quiet_days(view, champion) >= QUIET_DAYS:
            found.setdefault(champion.customer_id, []).append(champion)
    return found


def champion_quiet(view: View) -> list[Insight]:
    """One insight per champion. One who was never seen among the users is not called quiet: the name may differ."""
    quiet = quiet_champions(view)
    return [_insight(view, row, champion) for _, row in view.shown() for champion in quiet.get(row["customer_id"], ())]


def _insight(view: View, row: Row, champion: Champion) -> Insight:
    days = quiet_days(view, champion)
    role = f" ({champion.role})" if champion.name and champion.role else ""
    who = (
        f"{champion.name}{role}, champion at {row['customer']},"
        if champion.name
        else f"A champion at {row['customer']}"
    )
    evidence = {"days_quiet": days, "last_on": champion.last_on}
    return Insight(
        kind="champion_quiet",
        headline=f"{row['customer']}: {champion.name or 'a champion'} inactive for {counted(days, 'day')}",
        sentence=f"{who} was last active on {day(champion.last_on)}, {counted(days, 'day')} before {day(view.as_of)}.",
        evidence={**evidence, "champion": champion.name} if champion.name else evidence,
        customer_id=row["customer_id"],
        weight=view.weight(row["customer_id"], 0.5 + min(1.0, days / 90) / 2),
    )
