"""Pendo UI, event breakdown of one feature or page, downloaded as CSV -> canonical totals per day.

A row is a visitor, an account and a day, once more per server and browser. The file does not name its feature: it is
taken from the file's name, and asked. The header texts follow Pendo's help pages and vary with the columns shown.

Rows: sample/feature_event_breakdown.csv
"""

import re

from uptake.kit import sql
from uptake.sources.companies import answered_customer, taken
from uptake.sources.fields import Fields
from uptake.sources.picks import Pick, mapping, pick, seconds, top
from uptake.sources.reading import Answers, Question, Reading, Table
from uptake.sources.times import shown

ONLY_PENDO_SHOWS = ("rage clicks", "dead clicks", "error clicks", "u-turns", "number of clicks", "number of views")
COUNTS = ("number of clicks", "number of views", "number of events", "total clicks", "total views", "clicks", "views")
NAMES = ("feature", "feature name", "page", "page name", "track event", "event name")
BOILERPLATE = re.compile(
    r"^pendo( ui)?( export)?(?!\w)|^(feature|page|track event)\s*[-–:]|"
    r"(?<!\w)((feature |page |track )?events? breakdown|\d{4}-\d\d(-\d\d)?|\d{8}|\(\d+\))(?!\w)",
    re.IGNORECASE,
)


class EventBreakdown:
    slug = "pendo_event_breakdown"
    platform = "pendo"

    def read(self, table: Table, answers: Answers) -> Reading | None:
        """Raises NoSuchColumn."""
        fields = Fields(table)
        account, visitor = top(fields, "account id"), top(fields, "visitor id")
        date, count = top(fields, "date", "day"), top(fields, *COUNTS)
        signs = sum(fields.has(name) for name in ONLY_PENDO_SHOWS)
        if table.kind == "json" or not ((account or visitor) and date and count and signs):
            return None
        time = pick(fields, answers, "timestamp", date)
        read = shown(time.expression, fields.values(*time.keys), answers, zone="UTC")
        if read is None:
            return None
        when, date_questions = read
        people = [visitor] if visitor else []
        person = pick(fields, answers, "visitor", visitor)
        customer = answered_customer(fields, answers, people) or (taken(fields, account) if account else None)
        feature, feature_questions = _feature(fields, answers)
        uses = pick(fields, answers, "count", count)
        minutes = top(fields, "number of minutes", "time (minutes)", "minutes", "total minutes")
        return Reading(
            platform=self.platform,
            format=self.slug,
            title="Pendo event breakdown of one feature or page, per visitor and day",
            confidence=0.85 if signs > 1 else 0.7,
            grain="day",
            when=when,
            account=customer.expression if customer else "NULL",
            visitor=person.expression,
            event_name=feature.expression,
            event_count=uses.expression,
            duration_seconds=seconds(pick(fields, Answers(), "duration", minutes), unit_seconds=60),
            mapping=mapping(
                customer=customer.name if customer else "",
                visitor=person,
                feature=feature,
                timestamp=time,
                count=uses,
                duration=minutes[0] if minutes else "",
            ),
            questions=(*feature_questions, *date_questions),
            warnings=customer.warnings if customer else (),
        )


def _feature(fields: Fields, answers: Answers) -> tuple[Pick, tuple[Question, ...]]:
    """The feature's column, else what the reader calls it, else the file's name and a question."""
    answer = answers.columns.get("feature")
    named = top(fields, answer) if answer else top(fields, *NAMES)
    if named:
        return Pick(fields.text(*named), named[0]), ()
    if answer:
        called = answer.removeprefix("=").strip() or answer  # feature==NAME, as other tables take it
        return Pick(sql.text(called), f"“{called}”"), ()
    guess = feature_of_file(fields.table.name)
    asked = f"{fields.table.name} is about one feature and does not name it. What is the feature called?"
    return Pick(sql.text(guess), "file name"), (Question("feature", asked, (guess,), guess),)


def feature_of_file(name: str) -> str:
    """The feature that a file's name speaks of, without what every such download is called."""
    stem = re.split(r"\s*[›/\\]\s*", name)[-1]
    stem = re.sub(r"(\.(csv|tsv|txt|xlsx?|ods|gz|zip))+$", "", stem, flags=re.IGNORECASE)
    words = re.sub(r"[\s_]+", " ", re.sub(r"(?<=[^\W\d])-|-(?=[^\W\d])", " ", stem)).strip()
    cleaned = re.sub(r"\s+", " ", BOILERPLATE.sub(" ", words)).strip(" -–")
    return cleaned or words or "Pendo feature"
