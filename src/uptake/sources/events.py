"""The Reading of a platform's raw events: one row, one use. What all such layouts have in common."""

from uptake.sources.companies import Customer
from uptake.sources.fields import Fields
from uptake.sources.picks import NOTHING, Pick, mapping, pick
from uptake.sources.reading import Answers, Question, Reading, When

NONE = Pick(NOTHING)


def event_reading(
    fields: Fields,
    answers: Answers,
    *,
    platform: str,
    layout: str,
    title: str,
    confidence: float,
    customer: Customer,
    visitor: Pick,
    feature: Pick,
    timestamp: Pick,
    when: When,
    session: Pick = NONE,
    event_id: Pick = NONE,
    duration: Pick = NONE,
    questions: tuple[Question, ...] = (),
    warnings: tuple[str, ...] = (),
) -> Reading:
    """``duration`` is in seconds. Session, event id, duration and count are the reader's where ``--map`` names them.

    Raises NoSuchColumn.
    """
    session = _answered(fields, answers, "session", session)
    event_id = _answered(fields, answers, "event_id", event_id)
    duration = _answered(fields, answers, "duration", duration)
    count = _answered(fields, answers, "count", Pick("'1'"))
    return Reading(
        platform=platform,
        format=layout,
        title=title,
        confidence=confidence,
        grain="event",
        when=when,
        account=customer.expression,
        visitor=visitor.expression,
        event_name=feature.expression,
        event_count=count.expression,
        duration_seconds=duration.expression,
        session_id=session.expression,
        event_id=event_id.expression,
        json_paths=fields.json_paths,
        mapping=mapping(
            customer=customer.name,
            visitor=visitor,
            feature=feature,
            timestamp=timestamp,
            count=count,
            duration=duration,
            session=session,
            event_id=event_id,
        ),
        questions=(*customer.questions, *questions),
        warnings=(*customer.warnings, *warnings),
    )


def _answered(fields: Fields, answers: Answers, word: str, own: Pick) -> Pick:
    return pick(fields, answers, word) if word in answers.columns else own
