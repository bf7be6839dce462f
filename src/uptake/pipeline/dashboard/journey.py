"""One user's way into the product."""

from datetime import date

import numpy as np

from uptake.customers.access import access_customer
from uptake.insights import words
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline.dashboard.asking import asked_of
from uptake.pipeline.dashboard.features import catalogue
from uptake.pipeline.dashboard.making import found_for
from uptake.pipeline.dashboard.people import Known, persons
from uptake.pipeline.dashboard.view import Journey, JourneyStep
from uptake.pipeline.scoring import DEFAULT_PERIOD
from uptake.team.models import Teammate
from uptake.team.rights import Right, require


class UnknownUser(ProductError):
    """Nobody of that id was seen at the customer up to the day."""

    status = 404


def journey(
    teammate: Teammate, customer_id: int, visitor_id: str, *, as_of: date | None = None, period: Period = DEFAULT_PERIOD
) -> Journey:
    """First uses of features in their order, and the days on which the user was there, up to the as-of day.

    Raises UnknownCustomer, NotAllowed for who may not see people, UnknownUser, and what ``dashboard`` raises.
    """
    customer = access_customer(teammate, customer_id)
    require(teammate, Right.SEE_PEOPLE)
    found = found_for(customer, as_of, period)
    chosen = np.array([each == visitor_id for each in found.today.table["visitor_id"].to_pylist()], np.bool_)
    people = persons(found.today, chosen, Known.of(customer.pk, with_people=True))
    if not people:
        raise UnknownUser(f"Nobody called “{visitor_id}” was seen at {customer} up to {found.as_of}.")
    known, names = catalogue(), found.known.feature_names()
    rows = [row for row in asked_of(found, "ways") if row["visitor_id"] == visitor_id]
    steps = [
        JourneyStep(
            row["first_on"],
            row["feature_id"],
            known[row["feature_id"]].name if row["feature_id"] in known else names.get(row["feature_id"], ""),
            row["uses"],
            row["active_days"],
        )
        for row in rows
        if row["kind"] == "feature"
    ]
    steps.sort(key=lambda step: (step.on or date.max, step.feature))
    days = sorted((row["first_on"], row["uses"]) for row in rows if row["kind"] == "day")
    return Journey(people[0], steps, days, _sentence(steps, len(days)))


def _sentence(steps: list[JourneyStep], days: int) -> str:
    if not steps:
        return f"There on {words.counted(days, 'day')}, no feature used."
    first = steps[0]
    told = f" on {words.day(first.on)}" if first.on else ""
    return (
        f"Began with {first.feature}{told}; {words.counted(len(steps), 'feature')} used "
        f"on {words.counted(days, 'day')} so far."
    )
