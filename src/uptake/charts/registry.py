"""Every chart there is: what the gallery shows, and where page, PDF, Slack and e-mail find one by its name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from uptake.charts import examples
from uptake.charts.active_users import active_users, active_users_table
from uptake.charts.entitlements import entitlements, entitlements_table
from uptake.charts.features import feature_reach, feature_reach_table, segment_by_feature, segment_by_feature_table
from uptake.charts.gauge import score_gauge, score_gauge_table
from uptake.charts.growth import (
    growth_with_milestones,
    growth_with_milestones_table,
    uses_by_week,
    uses_by_week_table,
)
from uptake.charts.lifecycle import lifecycle_by_week, lifecycle_by_week_table
from uptake.charts.look import PAGE, Look, Spec, Width, note_of
from uptake.charts.movers import movers, movers_table
from uptake.charts.over_time import distribution_over_time, distribution_over_time_table
from uptake.charts.peers import peers_spread, peers_spread_table
from uptake.charts.people import (
    cohorts,
    cohorts_table,
    concentration,
    concentration_table,
    funnel,
    funnel_table,
    user_statuses,
    user_statuses_table,
)
from uptake.charts.rhythm import weekday_by_hour, weekday_by_hour_table
from uptake.charts.scores import distribution, distribution_table
from uptake.charts.weekly import average_by_week, average_by_week_table, score_by_week, score_by_week_table
from uptake.charts.words import Caption, Table


@dataclass(frozen=True)
class Example:
    """Rows to show a chart with, and what they say."""

    rows: Sequence[Any]  # the chart's arguments in their order
    caption: Caption


@dataclass(frozen=True)
class Chart:
    """A chart and the table that says the same, both made of the same arguments."""

    name: str
    title: str
    draw: Callable[..., Spec]
    tell: Callable[..., Table]
    example: Callable[[], Example]

    def drawn(self, *rows: Any, caption: Caption, look: Look = PAGE, width: Width = "container") -> "Drawn":
        """Everything that a place needs to show it."""
        return Drawn(self.name, caption, self.draw(*rows, caption=caption, look=look, width=width), self.tell(*rows))


LOW = 180  # pixels; the page keeps that much room for a chart before it is drawn


@dataclass(frozen=True)
class Drawn:
    """A chart with all that stands around it; ``name`` tells it from others on the same page."""

    name: str
    caption: Caption
    spec: Spec
    table: Table

    @property
    def spec_id(self) -> str:
        """Where the page keeps the specification."""
        return f"{self.name}-spec"

    @property
    def note(self) -> str:
        """How to read it, and what it leaves out; empty for nothing."""
        return note_of(self.spec)

    @property
    def is_low(self) -> bool:
        return bool(self.spec["height"] < LOW)


def _example(finding: str, unit: str, *rows: Callable[[], Any] | Any) -> Callable[[], Example]:
    return lambda: Example(
        [each() if callable(each) else each for each in rows], Caption(finding, unit, examples.AS_OF)
    )


CHARTS: Sequence[Chart] = (
    Chart(
        "score_gauge",
        "Score",
        score_gauge,
        score_gauge_table,
        _example("Adoption stands at 72, good", "Adoption score, 0–100", 72.4, "72", examples.BANDS),
    ),
    Chart(
        "score_by_week",
        "Score by week",
        score_by_week,
        score_by_week_table,
        _example(
            "Seven points in a quarter, ahead of the peers",
            "Adoption score by week, 0–100; grey is the peers’ median",
            examples.score_weeks,
        ),
    ),
    Chart(
        "active_users",
        "Active users",
        active_users,
        active_users_table,
        _example(
            "More people, more often, since the holidays",
            "Distinct users in 30, 7 and 1 days; bars are single days, pale ones weekends",
            examples.series,
        ),
    ),
    Chart(
        "user_statuses",
        "User health",
        user_statuses,
        user_statuses_table,
        _example("28 of 165 users are drifting away", "Users by days since they were last there", examples.statuses),
    ),
    Chart(
        "lifecycle_by_week",
        "New, returning, resurrected, dormant",
        lifecycle_by_week,
        lifecycle_by_week_table,
        _example(
            "The holidays cost 34 users; most came back",
            "Users by week; below the line: there the week before, and not this one",
            examples.lifecycle,
        ),
    ),
    Chart(
        "entitlements",
        "Adoption against entitlement",
        entitlements,
        entitlements_table,
        _example(
            "API calls run over the contract; a quarter of the seats is unused",
            "Used of what the contract grants, 30 days",
            examples.granted,
        ),
    ),
    Chart(
        "feature_reach",
        "Features against peers",
        feature_reach,
        feature_reach_table,
        _example(
            "Three paid features lie idle that peers use",
            "Share of active users who used the feature, 30 days",
            examples.features,
            "Acme",
        ),
    ),
    Chart(
        "funnel",
        "From core to power",
        funnel,
        funnel_table,
        _example(
            "One in eight gets to the power features",
            "Active users who used at least one feature of the kind, 30 days",
            examples.steps,
        ),
    ),
    Chart(
        "weekday_by_hour",
        "Usage by weekday and hour",
        weekday_by_hour,
        weekday_by_hour_table,
        _example(
            "Busiest Tuesday to Thursday, 9 to 11", "Uses by weekday and hour, 30 days, Europe/Berlin", examples.hours
        ),
    ),
    Chart(
        "uses_by_week",
        "Uses by week",
        uses_by_week,
        uses_by_week_table,
        _example("Twice as much use as half a year ago", "Uses by week", examples.weeks),
    ),
    Chart(
        "growth_with_milestones",
        "Growth with milestones",
        growth_with_milestones,
        growth_with_milestones_table,
        _example(
            "Use grew by more than half after the API came in",
            "Uses by week, with what happened",
            examples.weeks,
            examples.notes,
        ),
    ),
    Chart(
        "peers_spread",
        "Against peers",
        peers_spread,
        peers_spread_table,
        _example(
            "Above the peers in all but logins",
            "21 enterprise customers, 30 days, each row on its own scale",
            examples.among_peers,
            "Acme",
        ),
    ),
    Chart(
        "cohorts",
        "Users by first month",
        cohorts,
        cohorts_table,
        _example(
            "Six in ten are still there after half a year",
            "Percent of the users who began in a month, by months since",
            examples.first_months,
        ),
    ),
    Chart(
        "concentration",
        "Concentration",
        concentration,
        concentration_table,
        _example("A fifth of the users makes 80% of the use", "Share of all uses, 30 days", examples.curve),
    ),
    Chart(
        "average_by_week",
        "Average score by week",
        average_by_week,
        average_by_week_table,
        _example(
            "Three points since November",
            "Average score by week, 0–100; grey is the middle half of the customers",
            examples.average_weeks,
        ),
    ),
    Chart(
        "distribution",
        "Where the customers stand",
        distribution,
        distribution_table,
        _example(
            "More than half of the customers are good or better",
            "Customers by adoption score, in steps of five points",
            examples.scores,
            examples.BANDS,
        ),
    ),
    Chart(
        "distribution_over_time",
        "Scores over time",
        distribution_over_time,
        distribution_over_time_table,
        _example(
            "The middle customer gained eleven points since July",
            "Spread of the adoption scores, 0–100, every 30 days",
            examples.scores_by_month,
        ),
    ),
    Chart(
        "movers",
        "Movers",
        movers,
        movers_table,
        _example(
            "Two rose by more than 15 points, two fell by more than 10",
            "Adoption score, 0–100, on two days",
            examples.moved,
            date(2025, 10, 31),
            examples.AS_OF,
        ),
    ),
    Chart(
        "segment_by_feature",
        "Features by segment",
        segment_by_feature,
        segment_by_feature_table,
        _example(
            "Education adopts half of what enterprises adopt",
            "Percent of the segment’s customers that adopted the feature, 30 days",
            examples.cells,
        ),
    ),
)
"""In the order of the gallery: one customer first, then the portfolio."""

BY_NAME = {chart.name: chart for chart in CHARTS}
