"""What the buttons leave behind: drafts, tasks, notes, minutes; and that strangers leave nothing.

Dorado on 30 June 2026: ada and ben are active, cem was last there on 2 June (at risk), dan on 4 May (dormant).
"""

from decimal import Decimal

import pytest

from uptake.actions.email.models import Draft, DraftStatus
from uptake.actions.task.models import Task
from uptake.customers.models import Feature, TrainingResource
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.dashboard.tests.by_hand import ADA, CEM, DAN
from uptake.pipeline.insight_view import recommendations_for
from uptake.pipeline.models import Annotation

pytestmark = pytest.mark.django_db(transaction=True)

FORMS = {
    "campaign": {"status": "dormant"},
    "task": {"rule": "x", "feature": ""},
    "training": {"feature": "export"},
    "guide": {"feature": "export", "resource": "1"},
    "minutes": {"feature": "search", "minutes": "5"},
    "notes": {"on": "2026-06-01", "text": "A launch"},
    "notes/1/remove": {},
}


def address(dorado, part=""):
    return f"/customers/{dorado.dorado.pk}/adoption/{part}"


def test_strangers_and_viewers_change_nothing(ben, cem, vic, dorado):
    for part, fields in FORMS.items():
        found = [who.post(address(dorado, part), fields).status_code for who in (ben, cem, vic)]
        assert found == [404, 404, 403], part
    assert not Draft.objects.exists()
    assert not Task.objects.exists()
    assert not Annotation.objects.exists()
    assert not Feature.objects.exclude(minutes_saved=None).exists()


def test_forms_are_only_posted(ann, dorado):
    assert {part: ann.get(address(dorado, part)).status_code for part in FORMS} == dict.fromkeys(FORMS, 405)


def test_a_campaign_drafts_to_each_quiet_user_once(ann, dorado):
    for _ in range(2):
        answer = ann.post(address(dorado, "campaign"), {"status": "dormant"})
        assert answer["Location"] == f"/outreach/?customer={dorado.dorado.pk}"
    [draft] = Draft.objects.all()
    assert (draft.to_email, draft.to_name, draft.template) == (DAN, "Dan Brown", "re_engagement")
    assert draft.status == DraftStatus.DRAFT
    ann.post(address(dorado, "campaign"), {"status": "at_risk"})
    assert set(Draft.objects.values_list("to_email", "to_name")) == {(DAN, "Dan Brown"), (CEM, "")}
    told = ann.get(f"/outreach/?customer={dorado.dorado.pk}").content.decode()
    assert "1 draft for 1 user; nothing goes out before somebody approves it." in told


def test_a_campaign_for_nobody_is_refused(ann, dorado):
    for fields in ({"status": "active"}, {}, {"status": "at_risk"}):
        query = "?as_of=2026-06-05" if fields == {"status": "at_risk"} else ""
        assert ann.post(address(dorado, f"campaign{query}"), fields).status_code == 400
    assert not Draft.objects.exists()


def test_a_recommendation_becomes_a_task(ann, dorado):
    advice = recommendations_for(dorado.ann, [dorado.dorado.pk])
    assert advice
    fields = {"rule": advice[0].rule, "feature": advice[0].feature_id or ""}
    answer = ann.post(address(dorado, "task?comparison=all"), fields)
    assert answer["Location"] == address(dorado, "?comparison=all#advice")
    assert Task.objects.get().title == advice[0].title
    assert ann.post(address(dorado, "task"), {"rule": "none"}).status_code == 400


def test_a_training_is_a_task_and_made_once(ann, dorado):
    for _ in range(2):
        assert ann.post(address(dorado, "training"), {"feature": "export"}).status_code == 302
    task = Task.objects.get()
    assert (task.title, task.rule) == ("Train Dorado in Export", "training:export")
    assert task.why.startswith("Used by 33% of the active users")  # ben, of ada, ben and cem
    assert ann.post(address(dorado, "training"), {"feature": "no-such"}).status_code == 400


def test_a_guide_is_a_draft_to_the_champion(ann, dorado):
    feature = Feature.objects.get(key="export")
    guide = TrainingResource.objects.create(
        feature=feature, title="Start", url="https://docs.example/start", kind="guide"
    )
    answer = ann.post(address(dorado, "guide"), {"feature": "export", "resource": guide.pk})
    draft = Draft.objects.get()
    assert answer["Location"] == f"/outreach/{draft.pk}/"
    assert (draft.to_email, draft.template) == (ADA, "feature_introduction")
    assert "https://docs.example/start" in draft.body
    assert ann.post(address(dorado, "guide"), {"feature": "search", "resource": guide.pk}).status_code == 400


def test_minutes_are_changed_by_who_edits_the_catalogue(ann, lea, dorado):
    fields = {"feature": ["search", "reports", "no-such"], "minutes": ["6", "", "9"]}
    assert ann.post(address(dorado, "minutes"), fields).status_code == 403
    assert lea.post(address(dorado, "minutes"), fields).status_code == 302
    assert Feature.objects.get(key="search").minutes_saved == Decimal(6)
    assert not Feature.objects.filter(key="no-such").exists()
    [line] = dashboard(dorado.ann, dorado.dorado.pk).worth.data.lines
    # Search: ada 22, ben 2, cem 1 in June; 25 uses of six minutes are 2.5 hours
    assert (line.feature, line.uses, line.hours) == ("Search", 25, 2.5)
    assert "<b>2.5</b>" in lea.get(address(dorado)).content.decode()
    for wrong in ("x", "-1", "NaN"):
        assert lea.post(address(dorado, "minutes"), {"feature": "search", "minutes": wrong}).status_code == 400
    assert lea.post(address(dorado, "minutes"), {"feature": "search", "minutes": ""}).status_code == 302
    assert Feature.objects.get(key="search").minutes_saved is None


def test_notes_are_added_and_removed(ann, dorado):
    answer = ann.post(address(dorado, "notes"), {"on": "2026-06-10", "text": "New sponsor"})
    assert answer["Location"] == address(dorado, "#growth")
    note = Annotation.objects.get()
    assert (note.text, str(note.on), note.by) == ("New sponsor", "2026-06-10", dorado.ann)
    assert ann.post(address(dorado, f"notes/{note.pk}/remove")).status_code == 302
    assert not Annotation.objects.exists()
    for fields in ({"on": "", "text": "x"}, {"on": "x", "text": "x"}, {"on": "2026-06-10", "text": ""}):
        assert ann.post(address(dorado, "notes"), fields).status_code == 400
