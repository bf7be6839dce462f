"""PostHog batch export (JSON lines, or Parquet and CSV with JSON in cells) -> canonical events.

One row is one event, ``uuid`` its id, ``timestamp`` ISO with its zone. The customer is a group: by its type in
``properties.$groups``, or by number in ``properties.$group_0`` to ``$group_4``.

Rows: sample/batch_events.jsonl
"""

from uptake.sources.companies import Customer, answered_customer, choose_customer, taken
from uptake.sources.events import event_reading
from uptake.sources.fields import Fields, Keys, label
from uptake.sources.picks import pick, top
from uptake.sources.reading import Answers, Question, Reading, Table
from uptake.sources.times import recorded

BY_NUMBER = tuple(f"$group_{number}" for number in range(5))


class BatchExport:
    slug = "posthog_batch_export"
    platform = "posthog"

    def read(self, table: Table, answers: Answers) -> Reading | None:
        """Raises NoSuchColumn."""
        fields = Fields(table)
        if not fields.has("uuid", "event", "distinct_id", "properties", "timestamp"):
            return None
        properties = top(fields, "properties") or ()
        visitor = top(fields, "distinct_id")
        time = pick(fields, answers, "timestamp", top(fields, "timestamp"))
        return event_reading(
            fields,
            answers,
            platform=self.platform,
            layout=self.slug,
            title="PostHog batch export",
            confidence=0.99,
            customer=_customer(fields, answers, properties, visitor),
            visitor=pick(fields, answers, "visitor", visitor, top(fields, "person_id")),
            feature=pick(fields, answers, "feature", top(fields, "event")),
            timestamp=time,
            when=recorded(time.expression, fields.values(*time.keys)),
            session=pick(fields, answers, "session", (*properties, "$session_id")),
            event_id=pick(fields, answers, "event_id", top(fields, "uuid")),
        )


def _customer(fields: Fields, answers: Answers, properties: Keys, visitor: Keys | None) -> Customer:
    groups = (*properties, "$groups")
    of_person = top(fields, "person_properties")
    email = (*of_person, "email") if of_person and fields.present(*of_person, "email") else None
    person = [keys for keys in (email, visitor) if keys]
    answered = answered_customer(fields, answers, person)
    if answered:
        return answered
    tiers = [[groups], [properties, of_person] if of_person else [properties]]
    found = choose_customer(fields, answers, tiers=tiers, groups=groups, person=person)
    return found if found.name else _by_number(fields, properties) or found


def _by_number(fields: Fields, properties: Keys) -> Customer | None:
    """The numbered group that most events carry, and a question where there are several."""
    numbered = {key: len(seen) for key in BY_NUMBER if (seen := fields.present(*properties, key))}
    if not numbered:
        return None
    guess = taken(fields, (*properties, max(numbered, key=lambda key: numbered[key])))
    if len(numbered) == 1:
        return guess
    asked = f"This file groups its events by {', '.join(numbered)}. Which of them is the customer?"
    question = Question("customer", asked, tuple(label((*properties, key)) for key in numbered), guess.name)
    return Customer(guess.expression, guess.name, (question,), guess.warnings)
