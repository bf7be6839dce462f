"""GA4 BigQuery export, one event per row -> canonical events.

``event_timestamp`` is microseconds since 1970; ``event_date`` is in the property's own time zone and is not used. What
an event carries stands in lists (``params``): the session's id, the milliseconds of engagement, and the customer under a
name the site's owner chose. There is no event id.

Rows: sample/bigquery_events.jsonl
"""

from dataclasses import replace

from uptake.sources.companies import Customer, answered_customer, ask_customer
from uptake.sources.events import NONE, event_reading
from uptake.sources.fields import Fields
from uptake.sources.ga4.params import company_param, keys_seen, param
from uptake.sources.picks import Pick, pick, seconds, top
from uptake.sources.reading import Answers, Reading, Table
from uptake.sources.times import recorded

LISTS = ("event_params", "user_properties")
Inside = dict[str, tuple[str, str]]
"""Canonical word -> list and key of the parameter that ``--map`` names for it."""


class BigQueryExport:
    slug = "ga4_bigquery"
    platform = "ga4"

    def read(self, table: Table, answers: Answers) -> Reading | None:
        """Raises NoSuchColumn."""
        fields = Fields(table)
        if not fields.has("event_name", "event_timestamp", "event_params"):
            return None
        inside = _inside(fields, answers)
        answers = replace(answers, columns={word: name for word, name in answers.columns.items() if word not in inside})
        user, device = top(fields, "user_id"), top(fields, "user_pseudo_id")

        def chosen(word: str, own: Pick) -> Pick:
            return _taken(fields, *inside[word]) if word in inside else own

        time = pick(fields, answers, "timestamp", top(fields, "event_timestamp"))
        return event_reading(
            fields,
            answers,
            platform=self.platform,
            layout=self.slug,
            title="Google Analytics 4 BigQuery export",
            confidence=0.99,
            customer=_customer(fields, answers, inside),
            visitor=chosen("visitor", pick(fields, answers, "visitor", user, device)),
            feature=chosen("feature", pick(fields, answers, "feature", top(fields, "event_name"))),
            timestamp=time,
            when=recorded(time.expression, fields.values(*time.keys)),
            session=chosen("session", _session(fields)),
            event_id=chosen("event_id", NONE),
            duration=chosen("duration", _duration(fields)),
        )


def _inside(fields: Fields, answers: Answers) -> Inside:
    """The answers that name a parameter, such as ``event_params.account_id``."""
    parts = {word: name.partition(".") for word, name in answers.columns.items()}
    found = {word: (fields.find(column), key) for word, (column, _, key) in parts.items() if column.lower() in LISTS}
    return {word: (column, key) for word, (column, key) in found.items() if column and key in keys_seen(fields, column)}


def _taken(fields: Fields, column: str, key: str) -> Pick:
    return Pick(param(fields, column, key), f"{column}.{key}")


def _customer(fields: Fields, answers: Answers, inside: Inside) -> Customer:
    user = top(fields, "user_id")
    person = [user] if user else []
    answered = answered_customer(fields, answers, person)
    if answered:
        return answered
    lists = [name for each in LISTS if (name := fields.find(each))]
    found = inside.get("customer") or company_param(fields, lists)
    if found:
        named = _taken(fields, *found)
        return Customer(named.expression, named.name)
    return ask_customer(fields, person, [f"{name}.{key}" for name in lists for key in keys_seen(fields, name)])


def _session(fields: Fields) -> Pick:
    """The session's id is its start in seconds, so that two people can share one."""
    name, device = fields.find("event_params"), fields.find("user_pseudo_id")
    if not (name and device and "ga_session_id" in keys_seen(fields, name)):
        return NONE
    own = _taken(fields, name, "ga_session_id")
    return Pick(f"{fields.text(device)} || '/' || {own.expression}", own.name)


def _duration(fields: Fields) -> Pick:
    name = fields.find("event_params")
    if not (name and "engagement_time_msec" in keys_seen(fields, name)):
        return NONE
    own = _taken(fields, name, "engagement_time_msec")
    return Pick(seconds(own, unit_seconds=0.001), own.name)
