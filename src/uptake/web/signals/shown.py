"""An alert as a page shows it: words for this reader, ways to the rows and users behind it, and what can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.urls import reverse

from uptake.customers.access import may_change
from uptake.lake import files
from uptake.lake.models import DataFile
from uptake.pipeline import scoring
from uptake.pipeline.published import published
from uptake.signals.access import evidence_for, told
from uptake.signals.models import Alert, today
from uptake.signals.registry import RULE
from uptake.signals.rule import Told, Way
from uptake.team.models import Teammate
from uptake.team.rights import Right, may

PAGES = {"rows": "customer:rows", "users": "customer:users", "features": "adoption:features"}


@dataclass(frozen=True)
class Link:
    """A way to what is behind."""

    title: str
    url: str


@dataclass(frozen=True)
class Shown:
    """One alert for one reader."""

    alert: Alert
    told: Told
    links: Sequence[Link]
    may_act: bool
    weeks: Sequence[float | None] = ()
    siblings: int = 0  # other open ones of the same customer

    @property
    def title(self) -> str:
        return RULE[self.alert.rule].title

    @property
    def steps(self) -> Sequence[str]:
        return RULE[self.alert.rule].steps

    @property
    def open_days(self) -> int:
        """Since it was raised."""
        return (today() - self.alert.raised_at.date()).days


def shown(
    alerts: Sequence[Alert], teammate: Teammate, siblings: dict[int, int] | None = None, *, with_weeks: bool = True
) -> list[Shown]:
    """In the order given."""
    with_people = may(teammate, Right.SEE_PEOPLE)
    weeks = _weeks() if alerts and with_weeks else {}
    return [
        Shown(
            alert,
            told(alert, with_people=with_people),
            links(alert, with_people=with_people),
            alert.is_live and may_change(teammate, alert.customer),
            weeks.get(alert.customer_id, ()),
            max(0, (siblings or {}).get(alert.customer_id, 1) - 1),
        )
        for alert in alerts
    ]


def _weeks() -> dict[int, list[float | None]]:
    """Scores of 13 weeks; none where nothing is live any more."""
    if files.newest_day(files.live(DataFile.Table.USAGE_DAILY)) is None:
        return {}
    return scoring.weeks(published(), as_of=scoring.newest_day())


def links(alert: Alert, *, with_people: bool) -> list[Link]:
    """What the reader may open."""
    ways = RULE[alert.rule].ways(evidence_for(alert, with_people=with_people))
    return [Link(way.title, _url(alert, way)) for way in ways if with_people or not way.names_people]


def _url(alert: Alert, way: Way) -> str:
    asked = {"as_of": alert.as_of.isoformat(), **way.filters}
    return f"{reverse(PAGES[way.kind], args=[alert.customer_id])}?{urlencode(asked)}"


def snooze_days() -> list[tuple[str, date]]:
    """What can be chosen at once."""
    now = today()
    monday = now + timedelta(days=7 - now.weekday())
    return [("Tomorrow", now + timedelta(days=1)), ("Next Monday", monday), ("In 30 days", now + timedelta(days=30))]
