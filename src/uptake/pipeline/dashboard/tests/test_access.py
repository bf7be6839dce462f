"""Ann owns Dorado, Ben is her fellow CSM, Cem a stranger; Vic may look at everything and see nobody's name."""

from dataclasses import fields, is_dataclass
from datetime import date

import pytest

from uptake.customers.access import UnknownCustomer
from uptake.pipeline.dashboard import add_annotation, behind, dashboard, journey, remove_annotation
from uptake.pipeline.dashboard.annotations import BadAnnotation, UnknownAnnotation
from uptake.pipeline.dashboard.lists import LISTS
from uptake.pipeline.dashboard.tests.by_hand import ADA, BEN, CEM, DAN
from uptake.team.models import AuditRecord
from uptake.team.rights import NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)


def texts(value):
    """Every text in a value, however deep."""
    if isinstance(value, str):
        yield value
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from texts(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from (text for each in value.values() for text in texts(each))
    elif isinstance(value, (list, tuple)):
        yield from (text for each in value for text in texts(each))


def test_only_ones_own_customers(dorado):
    asked = [
        lambda who: dashboard(who, dorado.dorado.pk),
        lambda who: behind(who, dorado.dorado.pk, "active"),
        lambda who: journey(who, dorado.dorado.pk, ADA),
        lambda who: add_annotation(who, dorado.dorado.pk, on=date(2026, 6, 1), text="A launch"),
    ]
    for ask in asked:
        ask(dorado.ann)
        for stranger in (dorado.ben, dorado.cem):
            with pytest.raises(UnknownCustomer):
                ask(stranger)


def test_without_the_right_nobody_is_named(dorado):
    """No name, address or role anywhere in the page's data, nor in any list."""
    people = (ADA, BEN, CEM, DAN, "Ada Lovelace", "Dan Brown", "Head of data")
    shown = dashboard(dorado.vic, dorado.dorado.pk)
    keys = [*LISTS, "feature:search", "funnel:core", "lifecycle:2026-06-30:returning", "cohort:2026-05", "hour:0:10"]
    keys = [key for key in keys if key not in NEEDS_MORE and not key.startswith(OF_GUIDES)]
    made = [behind(dorado.vic, dorado.dorado.pk, key) for key in keys]
    assert shown.with_people is False
    assert shown.users.data.counts == dashboard(dorado.ann, dorado.dorado.pk).users.data.counts
    told = [text for value in (shown, *made) for text in texts(value)]
    assert [text for text in told if any(name in text for name in people)] == []
    with pytest.raises(NotAllowed):
        journey(dorado.vic, dorado.dorado.pk, ADA)


OF_GUIDES = ("guide_", "onboard")  # Dorado has none; tests/test_guides.py asks as who may not see people
NEEDS_MORE = {"feature", "funnel", "lifecycle", "cohort", "hour", "week", "tag", "category"}


def test_a_journey(dorado):
    found = journey(dorado.ann, dorado.dorado.pk, BEN)
    assert [(step.feature, step.on, step.uses) for step in found.steps] == [
        ("Search", date(2026, 6, 1), 2),
        ("Export", date(2026, 6, 29), 1),
    ]
    assert found.active_days == [(date(2026, 6, 1), 1), (date(2026, 6, 15), 1), (date(2026, 6, 29), 1)]
    assert found.sentence == "Began with Search on 1 Jun 2026; 2 features used on 3 days so far."
    earlier = journey(dorado.ann, dorado.dorado.pk, BEN, as_of=date(2026, 6, 20))
    assert [step.feature for step in earlier.steps] == ["Search"]


def test_annotations_stand_on_the_page_and_in_the_audit_trail(dorado):
    made = add_annotation(dorado.ann, dorado.dorado.pk, on=date(2026, 6, 10), text="  New  sponsor ")
    [shown] = dashboard(dorado.ann, dorado.dorado.pk).growth.data.annotations
    assert (shown.on, shown.text, shown.by, shown.may_remove) == (date(2026, 6, 10), "New sponsor", "Ann", True)
    [for_vic] = dashboard(dorado.vic, dorado.dorado.pk).growth.data.annotations
    assert for_vic.may_remove is False
    record = AuditRecord.objects.get(verb="annotated")
    assert (record.teammate, record.customer_id, record.details["text"]) == (
        dorado.ann, dorado.dorado.pk, "New sponsor"
    )  # fmt: skip
    with pytest.raises(NotAllowed):
        add_annotation(dorado.vic, dorado.dorado.pk, on=date(2026, 6, 10), text="Seen")
    with pytest.raises(UnknownCustomer):
        remove_annotation(dorado.cem, dorado.dorado.pk, made.pk)
    with pytest.raises(UnknownAnnotation):
        remove_annotation(dorado.ann, dorado.dorado.pk, made.pk + 1)
    remove_annotation(dorado.ann, dorado.dorado.pk, made.pk)
    assert dashboard(dorado.ann, dorado.dorado.pk).growth.data.annotations == []
    assert AuditRecord.objects.filter(verb="removed annotation").count() == 1


def test_annotations_that_cannot_be(dorado):
    for on, text in ((date(2026, 6, 1), " "), (date(2026, 6, 1), "x" * 201), (date(2999, 1, 1), "Later")):
        with pytest.raises(BadAnnotation):
            add_annotation(dorado.ann, dorado.dorado.pk, on=on, text=text)
