"""The tool that says which usage alerts stand open."""

from uptake.chat.answers import Answer, Button, Buttons, Item, Items, Note, Part, Text, counted, day_text, listed
from uptake.chat.tools.links import page
from uptake.chat.tools.tool import About, Tool, access_named
from uptake.pipeline.alerts.run import last_look
from uptake.signals.access import access_alerts, told
from uptake.signals.models import Incident
from uptake.signals.registry import RULE
from uptake.team.models import Teammate
from uptake.team.rights import Right, may

SHOWN = 8


def _alerts(teammate: Teammate, asked: About) -> Answer:
    customers = access_named(teammate, asked.customers)
    found = access_alerts(teammate).shown().select_related("customer")
    if customers:
        found = found.filter(customer__in=customers)
    alerts, total = list(found.most_severe_first()[:SHOWN]), found.count()
    whom = f" at {listed([str(customer) for customer in customers])}" if customers else ""
    last, incident = last_look(), Incident.objects.filter(state=Incident.State.OPEN).first()
    looked = f"Usage up to {day_text(last)} was looked at." if last else "Nobody has looked yet: there is no usage."
    held: list[Part] = []
    if incident is not None:
        held.append(
            Note(
                f"New alerts are held back: on {day_text(incident.as_of)} {incident.fallen:,} of {incident.customers:,} "
                "customers fell at once, which looks like missing data. A leader decides."
            )
        )
    way = Buttons(
        (Button("Open signals", href=_page(customers[0].pk if len(customers) == 1 else None), icon="activity"),)
    )
    if not alerts:
        return Answer(f"No usage alert stands open{whom}", (Text(looked), *held, way))
    with_people = may(teammate, Right.SEE_PEOPLE)
    items = []
    for alert in alerts:
        said = told(alert, with_people=with_people)
        items.append(
            Item(
                said.headline,
                said.sentence,
                note=f"{RULE[alert.rule].title}, since {day_text(alert.raised_on)}",
                priority=alert.severity,
                href=page("signals:alert", alert.pk),
            )
        )
    more = f"{total - SHOWN:,} more" if total > SHOWN else ""
    first = told(alerts[0], with_people=with_people).headline
    headline = first if total == 1 else f"{counted(total, 'usage alert')}{whom}. First: {first}"
    return Answer(headline, (Text(looked), Items("Usage alerts", tuple(items), "advice", more), *held, way))


def _page(customer_id: int | None) -> str:
    return page("signals:page", customer=customer_id) if customer_id else page("signals:page", whose="all")


ALERTS = Tool(
    "alerts",
    "Usage alerts",
    "Which usage alerts stand open: drops, silence, key features abandoned, champions gone quiet.",
    About,
    ("Any usage alerts for my portfolio?", "Alerts for TechCorp"),
    _alerts,
)
