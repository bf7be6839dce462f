"""Customers at risk: most of the people who once used the product are gone."""

from uptake.insights.insight import Insight
from uptake.insights.view import Presence, Row, View
from uptake.insights.words import counted, day, owned, percent

AT_RISK_SHARE = 0.5
FEWEST_USERS = 5
QUIET_DAYS = 30


def at_risk(view: View) -> list[Insight]:
    """Customers of at least five known users, half or more of them not there for 30 days."""
    found = []
    for _, row in view.shown():
        people = view.presence.get(row["customer_id"])
        if people and people.known_users >= FEWEST_USERS and people.quiet_users / people.known_users >= AT_RISK_SHARE:
            found.append(_insight(view, row, people))
    return found


def _insight(view: View, row: Row, people: Presence) -> Insight:
    share = people.quiet_users / people.known_users
    were = "was" if people.quiet_users == 1 else "were"
    return Insight(
        kind="at_risk",
        headline=f"{row['customer']}: {people.quiet_users:,} of {counted(people.known_users, 'user')} inactive",
        sentence=f"{people.quiet_users:,} of {owned(row['customer'])} {counted(people.known_users, 'known user')} "
        f"({percent(share)}) {were} not active in the {QUIET_DAYS} days up to {day(view.as_of)}.",
        evidence={"quiet_users": people.quiet_users, "known_users": people.known_users, "share": share},
        customer_id=row["customer_id"],
        weight=view.weight(row["customer_id"], share),
    )
