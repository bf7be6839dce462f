"""Concentration: one user makes most of a customer's use."""

from uptake.insights.insight import Insight
from uptake.insights.view import Presence, Row, View
from uptake.insights.words import counted, owned, percent, span

MOST_OF_IT = 0.5
FEWEST_USES = 50
LESS_THAN_GONE = 0.7


def concentration(view: View) -> list[Insight]:
    """Customers with at least 50 uses in the period, half or more of them by one user; not where one seat is all."""
    found = []
    for _, row in view.shown():
        people = view.presence.get(row["customer_id"])
        if people and is_concentrated(row, people):
            found.append(_insight(view, row, people))
    return found


def is_concentrated(row: Row, people: Presence) -> bool:
    """Whether one user makes half or more of enough uses."""
    if people.uses < FEWEST_USES or row["licensed_seats"] == 1:
        return False
    return people.top_uses / people.uses >= MOST_OF_IT


def _insight(view: View, row: Row, people: Presence) -> Insight:
    share = people.top_uses / people.uses
    top_user = view.top_users.get(row["customer_id"])
    who = f"one user ({top_user})" if top_user else "one user"
    others = (
        f"{counted(people.active_users, 'user')} {'was' if people.active_users == 1 else 'were'} active"
        if people.active_users > 1
        else "nobody else was active"
    )
    evidence = {"top_uses": people.top_uses, "uses": people.uses, "share": share, "active_users": people.active_users}
    return Insight(
        kind="concentration",
        headline=f"{row['customer']}: one user makes {percent(share)} of the use",
        sentence=f"{people.top_uses:,} of {owned(row['customer'])} {counted(people.uses, 'use')} in {span(view.period)} "
        f"({percent(share)}) came from {who}; {others}.",
        evidence={**evidence, "top_user": top_user} if top_user else evidence,
        customer_id=row["customer_id"],
        weight=view.weight(row["customer_id"], share * LESS_THAN_GONE),
    )
