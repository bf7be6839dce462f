"""Mixpanel's Events page, exported as CSV -> canonical events. The columns are those the user had on screen.

Header texts and the spelling of times are not documented: recognised with medium confidence, times settled by their
values and read in the project's time zone, which the file does not name.

Rows: sample/ui_events_table.csv
"""

from uptake.sources.companies import choose_customer
from uptake.sources.cutoff import cut_off_warnings
from uptake.sources.events import event_reading
from uptake.sources.fields import Fields
from uptake.sources.picks import pick, top
from uptake.sources.reading import Answers, Question, Reading, Table
from uptake.sources.times import shown

LIMITS = (10_000, 50_000)


class EventsPage:
    slug = "mixpanel_events_page"
    platform = "mixpanel"

    def read(self, table: Table, answers: Answers) -> Reading | None:
        """Raises NoSuchColumn."""
        fields = Fields(table)
        visitor, event = top(fields, "distinct id"), top(fields, "event name", "event")
        time_keys = top(fields, "time")
        if not (visitor and event and time_keys):
            return None
        time = pick(fields, answers, "timestamp", time_keys)
        zone = answers.timezone or answers.workspace_zone
        values = fields.values(*time.keys)
        read = shown(time.expression, values, answers, zone=zone)
        if read is None:
            return None
        when, questions = read
        named = all(_names_zone(str(value)) for value in fields.present(*time.keys))
        if not answers.timezone and when.kind != "epoch" and not named:
            asked = "Mixpanel shows times in the project's time zone and the file does not name it. Which is it?"
            questions = (*questions, Question("timezone", asked, (zone,), zone))
        return event_reading(
            fields,
            answers,
            platform=self.platform,
            layout=self.slug,
            title="Mixpanel Events page, exported rows",
            confidence=0.7,
            customer=choose_customer(fields, answers, tiers=[[()]], person=[visitor]),
            visitor=pick(fields, answers, "visitor", visitor),
            feature=pick(fields, answers, "feature", event),
            timestamp=time,
            when=when,
            event_id=pick(fields, answers, "event_id", top(fields, "insert id", "$insert_id")),
            questions=questions,
            warnings=cut_off_warnings(table, LIMITS),
        )


def _names_zone(text: str) -> bool:
    """Whether the text of a time ends with its zone: Z, UTC, +02:00."""
    return text.endswith(("Z", "UTC")) or text[-6:-5] in ("+", "-")
