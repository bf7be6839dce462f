"""Templates: the shipped ones, the workspace's own, and what a template may not do."""

from pathlib import Path

import pytest

from uptake.actions.email.facts import BadFacts, known_facts
from uptake.actions.email.rendering import BadTemplate, read_template, render, templates

ALL = {
    "score": 38.2,
    "change": -9.0,
    "as_of": "2026-06-30",
    "active_users": 12,
    "licensed_seats": 40,
    "last_active_on": "2026-06-12",
    "features_unused": [
        {
            "feature": "Reports",
            "value_sentence": "Saves a day a month",
            "training_url": "https://learn.example/reports",
        },
        {"feature": "Alerts", "value_sentence": "Tells you first."},
    ],
}


def written(name: str, facts: dict = ALL, **more: str) -> tuple[str, str]:
    people = {"customer": "Acme", "owner_name": "Ann Test", "stakeholder_name": "Marta", **more}
    return render(read_template(name), known_facts(facts, **people))


def test_the_shipped_templates():
    assert {template.name for template in templates()} == {
        "check_in",
        "feature_introduction",
        "re_engagement",
        "training_invitation",
    }
    assert all(template.title and template.when.endswith(".") for template in templates())


def test_an_introduction_in_full():
    assert written("feature_introduction") == (
        "Reports: worth a look for Acme",
        "Hello Marta,\n\n"
        "There are two features that your team hardly uses yet, and that many people in teams like yours do:\n\n"
        "- Reports: Saves a day a month.\n"
        "  How to start: https://learn.example/reports\n"
        "- Alerts: Tells you first.\n\n"
        "If you tell me which of these fits what you are working on, I will show it to your team with your own data; "
        "half an hour is enough.\n\n"
        "Kind regards\nAnn Test\n",
    )


def test_a_win_back_says_the_customers_own_figures():
    subject, body = written("re_engagement")
    assert subject == "Shall we look at how Acme uses the product?"
    assert "I noticed that your team makes less of the product than before. " in body
    assert "In the 30 days up to 30 June 2026, 12 of your 40 people with a seat were active." in body
    assert "One thing that may be worth a look: Reports. Saves a day a month.\n" in body


def test_nothing_is_claimed_that_the_figures_do_not_say():
    steady = {"change": 2.0, "as_of": "2026-06-30", "last_active_on": "2026-06-29"}
    _, body = written("re_engagement", steady)
    assert "less of the product" not in body
    assert "The last time" not in body
    _, body = written("re_engagement", {**steady, "last_active_on": "2026-06-12"})
    assert "The last time somebody was active was 12 June 2026." in body


@pytest.mark.parametrize("name", ["re_engagement", "check_in"])
def test_without_figures_nothing_is_claimed(name):
    _, body = written(name, {}, owner_name="", stakeholder_name="")
    assert body.startswith("Hello,\n\n")
    assert body.endswith("\n\nKind regards\n")
    assert not any(word in body for word in ("None", "Undefined", "30 days", "  ", "\n\n\n"))


def test_what_a_template_needs_must_be_there():
    with pytest.raises(BadTemplate, match="needs features unused, and there are none for Acme"):
        written("feature_introduction", {})


def test_facts_that_no_template_knows_are_a_mistake():
    with pytest.raises(BadFacts, match="churn_risk"):
        written("check_in", {"churn_risk": 1})


def test_a_hostile_name_stays_text():
    subject, body = written("check_in", {}, customer="{{ 7*7 }} <b>\r\nBcc: eve@x.example", stakeholder_name="{% x %}")
    assert subject == "How is it going at {{ 7*7 }} <b> Bcc: eve@x.example?"
    assert body.startswith("Hello {% x %},")


def test_the_example_of_the_guide_works(home):
    guide = (Path(__file__).parents[5] / "docs" / "outreach.md").read_text(encoding="utf-8")
    own(home, guide.split("```\n")[1])
    assert written("ours") == ("Our review with Acme", "Hello Marta,\n\nyour score on 30 June 2026 is 38.\n")


def own(home, text: str, name: str = "ours") -> None:
    (home / "outreach").mkdir(exist_ok=True)
    (home / "outreach" / f"{name}.txt").write_text(text, encoding="utf-8")


def test_the_workspaces_own_template_wins(home):
    own(home, "Subject: Hi {{ customer }}\n\nWe at us.", "check_in")
    own(home, "Title: A new one\nSubject: New\n\nText.")
    assert written("check_in") == ("Hi Acme", "We at us.\n")
    assert [template.title for template in templates()][:2] == ["A new one", "Introduce features"]


@pytest.mark.parametrize(
    "trick",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ customer.__init__.__globals__ }}",
        "{{ features_unused.append(1) }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ 'a' * 999999999 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% for n in range(9999999) %}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{{ unheard_of }}",
        "{% if %}",
        "{{ score.missing }}",
        "{{ 1 / 0 }}",
        "{{ 'x' | day }}",
    ],
)
def test_tricks_and_mistakes_are_refused(home, trick):
    own(home, f"Subject: x\n\n{trick}")
    with pytest.raises(BadTemplate, match="“ours”"):
        written("ours")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("no head", "should say Title"),
        ("Title: x\n\nbody", "needs a line “Subject"),
        ("Subject: x\nNeeds: y\n\nz", "needs y"),
    ],
)
def test_a_badly_made_file_says_what_is_wrong(home, text, sentence):
    own(home, text)
    with pytest.raises(BadTemplate, match=sentence):
        read_template("ours")


@pytest.mark.parametrize("name", ["../secret", "", "a/b", "nothing"])
def test_only_files_of_the_two_folders_are_templates(name):
    with pytest.raises(BadTemplate, match="There is no template"):
        read_template(name)
