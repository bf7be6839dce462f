"""The list behind every number of the dashboard: people, features or rows, made from the very same numbers."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

from uptake.customers.access import access_customer
from uptake.kit.days import Period
from uptake.pipeline.dashboard import guides
from uptake.pipeline.dashboard.asking import Asking, NothingBehind
from uptake.pipeline.dashboard.lists_of_people import (
    active,
    cohort,
    feature_users,
    funnel,
    known_users,
    lifecycle,
    of_status,
    power,
    within,
)
from uptake.pipeline.dashboard.lists_of_rows import (
    category,
    days,
    hour,
    logins,
    session_users,
    sessions_list,
    sticky_days,
    tagged,
    trend,
    uses_by_feature,
    week,
)
from uptake.pipeline.dashboard.making import found_for
from uptake.pipeline.dashboard.peers import among, checked
from uptake.pipeline.dashboard.people import STATUSES, Known
from uptake.pipeline.dashboard.view import Behind
from uptake.pipeline.facts_about import about_customers
from uptake.pipeline.scoring import DEFAULT_PERIOD
from uptake.pipeline.still import still
from uptake.team.models import Teammate
from uptake.team.rights import Right, may


def behind(
    teammate: Teammate,
    customer_id: int,
    key: str,
    *,
    as_of: date | None = None,
    period: Period = DEFAULT_PERIOD,
    comparison: str = "peers",
) -> Behind:
    """The list that a number's ``opens`` names; as long as the number's ``count``. Names only for who may see people.

    ``comparison`` says whose features the unused ones are those of. Raises UnknownCustomer, NothingBehind, and what
    ``dashboard`` raises.
    """
    what, _, rest = key.partition(":")
    with still():
        customer = access_customer(teammate, customer_id)
        found = found_for(customer, as_of, period)
        make = LISTS.get(what)
        if make is None:
            raise NothingBehind(f"There is no list “{key}”.")
        known = Known.of(customer.pk, with_people=may(teammate, Right.SEE_PEOPLE))
        peers = among(found.board, about_customers(on=found.as_of), customer.pk, checked(comparison))
        made = make(Asking(customer, found, known, peers), rest)
        return replace(made, key=key, as_of=found.as_of, period=found.asked.period)


LISTS: Mapping[str, Callable[[Asking, str], Behind]] = {
    "active": active,
    "guide_viewers": guides.guide_viewers,
    "guide_dismissals": guides.guide_dismissals,
    "guide_completions": guides.guide_completions,
    "guide_stopped": guides.guide_stopped,
    "guide_rows": guides.guide_rows,
    "onboarded": guides.onboarded,
    "wau": within(7),
    "mau": within(30),
    "dau": days,
    "power": power,
    "known": known_users,
    **{f"status_{each}": of_status(each, title) for each, title, _ in STATUSES},
    "sticky_days": sticky_days,
    "uses": uses_by_feature,
    "trend": trend,
    "funnel": funnel,
    "feature": feature_users,
    "lifecycle": lifecycle,
    "cohort": cohort,
    "hour": hour,
    "week": week,
    "tag": tagged,
    "category": category,
    "sessions": sessions_list(lambda _: True, "Sessions"),
    "shared_sessions": sessions_list(lambda row: bool(row["is_shared"]), "Sessions while others were there"),
    "session_users": session_users,
    "logins": logins,
    "used": lambda asking, _: asking.features(
        f"Available features used in {asking.span}", lambda line: line.is_available and bool(line.uses)
    ),
    "available": lambda asking, _: asking.features("Available features", lambda line: line.is_available),
    "adopted": lambda asking, _: asking.features(
        "Features adopted: reach 10% and over", lambda line: line.is_available and bool(line.is_adopted)
    ),
    "unused": lambda asking, _: asking.features(
        "Features that peers use and this customer does not", lambda line: line.is_unused
    ),
    "sticky": lambda asking, _: asking.features(
        "Features that half of their users came back to", lambda line: bool(line.is_sticky)
    ),
    "first_uses": lambda asking, _: asking.features(
        "Features used so far, by days to the first use", lambda line: line.time_to_feature is not None
    ),
}
"""By the first part of a key; what follows a colon says which."""
