"""Pendo aggregation API and its connectors -> canonical totals per day or hour.

One row stands for a visitor, an account, a feature, page or track event and a day (``day``) or an hour (``hour``), once
more per server, IP address and browser: ``numEvents`` says how many uses. Features are ids; names come from a list beside
the export (``lookup``). ``numMinutes`` counts the minutes in which that row's combination was active: it is the row's own
length, and adding it up over features or IP addresses counts the same minute again.

Rows: sample/feature_events.json
"""

from uptake.sources.companies import answered_customer, taken
from uptake.sources.fields import Fields, Keys
from uptake.sources.pendo.moments import total_times
from uptake.sources.picks import Pick, mapping, pick, seconds, top
from uptake.sources.reading import Answers, Grain, Reading, Table, column

ALL_ACTIVITY = "All activity"
KINDS = {  # what is counted -> the spellings of its id
    "feature": ("featureid", "feature_id"),
    "page": ("pageid", "page_id"),
    "track event": ("tracktypeid", "track_type_id", "track_event_id"),
}


class AggregatedEvents:
    slug = "pendo_aggregation"
    platform = "pendo"

    def read(self, table: Table, answers: Answers) -> Reading | None:
        """Raises NoSuchColumn."""
        fields = Fields(table)
        account = top(fields, "accountid", "account_id")
        visitor = top(fields, "visitorid", "visitor_id")
        count = top(fields, "numevents", "num_events")
        time = _time(fields)
        if not (account and visitor and count and time):
            return None
        found = {kind: keys for kind, spellings in KINDS.items() if (keys := top(fields, *spellings))}
        person = pick(fields, answers, "visitor", visitor)
        customer = answered_customer(fields, answers, [visitor]) or taken(fields, account)
        feature = pick(fields, answers, "feature", *found.values())
        uses = pick(fields, answers, "count", count)
        minutes = top(fields, "numminutes", "num_minutes")
        when = total_times(fields, answers, time)
        return Reading(
            platform=self.platform,
            format="pendo_aggregation" if table.kind == "json" else "pendo_connector",
            title=_title(table, list(found), when.grain),
            confidence=0.99,
            grain=when.grain,
            when=when.when,
            account=customer.expression,
            visitor=person.expression,
            event_name=feature.expression if feature.name else f"'{ALL_ACTIVITY}'",
            event_count=uses.expression,
            duration_seconds=_duration(fields, answers, minutes),
            identity=_identity(table),
            json_paths=fields.json_paths,
            mapping=mapping(
                customer=customer.name,
                visitor=person,
                feature=feature,
                timestamp=when.name,
                count=uses,
                duration=minutes[0] if minutes else "",
            ),
            questions=(*customer.questions, *when.questions),
            warnings=(*_unnamed(feature), *customer.warnings, *when.warnings),
        )


def _time(fields: Fields) -> Keys | None:
    for name in ("hour", "day", "timestamp"):
        keys = top(fields, name)
        if keys and fields.present(*keys):
            return keys
    return None


def _duration(fields: Fields, answers: Answers, minutes: Keys | None) -> str:
    if "duration" in answers.columns:
        return pick(fields, answers, "duration").expression
    return seconds(pick(fields, answers, "duration", minutes), unit_seconds=60)


def _identity(table: Table) -> str:
    """All of Pendo's own columns: server, IP address and browser tell two rows apart, a loader's time stamp does not."""
    own = [column(name) for name in table.columns if not name.startswith("_")]
    return f"hash({', '.join(own)})" if own else ""


def _title(table: Table, kinds: list[str], grain: Grain) -> str:
    way = "aggregation API" if table.kind == "json" else "events from a connector"
    return f"Pendo {way}, {' and '.join(kinds) or 'all'} events per {grain}"


def _unnamed(feature: Pick) -> tuple[str, ...]:
    if feature.name:
        return ()
    return (f"The rows name no feature, page or track event: all of it counts as one feature, “{ALL_ACTIVITY}”.",)
