import re
from pathlib import Path

import pytest

from uptake.insights.figure_names import NUMBERS, TEXTS
from uptake.insights.figures import Figures
from uptake.insights.rules import BrokenRules, default_rules, read_rules, rules_at

GOOD = """
- rule: calm
  title: "Call {customer}"
  why: "{customer} has {active_users:active user}."
  when:
    - active_users < 3
  steps:
    - "Call"
  channel: task
  due: 5
  winnable: 0.4
  gap: score_gap
"""
DOCS = Path(__file__).parents[4] / "docs" / "recommendations.md"


def figures(numbers=None, **texts):
    return Figures({}, numbers or {}, texts, {})


def test_the_rules_that_come_along_are_sound_and_cover_what_goes_wrong():
    names = [rule.name for rule in default_rules()]
    assert len(names) >= 8
    assert {
        "low-breadth", "falling-trend", "few-active-users", "champion-quiet", "concentration", "long-quiet",
        "shallow-depth", "entitled-unused", "barely-started",
    } <= set(names)  # fmt: skip


def test_every_rule_that_comes_along_names_numbers_of_the_customer():
    for rule in default_rules():
        assert rule.why.figures & NUMBERS.keys(), rule.name
        assert "customer" in rule.why.figures | rule.title.figures, rule.name


def test_a_rule_is_read():
    [rule] = read_rules(GOOD)
    assert (rule.name, rule.channel, rule.due_days, rule.winnable, rule.gap) == ("calm", "task", 5, 0.4, "score_gap")
    assert rule.why.fill(figures({"active_users": 1.0}, customer="Acme")) == "Acme has 1 active user."
    assert rule.why.fill(figures({"active_users": 1200.0}, customer="Acme")) == "Acme has 1,200 active users."


def test_what_is_not_known_is_not_written_and_fulfils_nothing():
    [rule] = read_rules(GOOD)
    assert rule.why.fill(figures(customer="Acme")) is None
    assert not rule.when[0].holds(figures())
    assert rule.when[0].holds(figures({"active_users": 2.0}))
    assert not rule.when[0].holds(figures({"active_users": 3.0}))


def test_a_figure_may_be_compared_with_another():
    [rule] = read_rules(GOOD.replace("active_users < 3", "uses_a_week<peers_uses_a_week"))
    assert rule.when[0].holds(figures({"uses_a_week": 2.0, "peers_uses_a_week": 2.5}))
    assert not rule.when[0].holds(figures({"uses_a_week": 2.0}))


def test_texts_are_not_code():
    [rule] = read_rules(GOOD.replace("Call {customer}", "%s {customer} $customer"))
    assert rule.title.fill(figures(customer="{score.__class__}")) == "%s {score.__class__} $customer"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("active_users < 3", "active_user < 3"), "“active_user” is no number of a customer; the closest is active_users."),
        (("active_users < 3", "__import__('os')"), "is no condition; write one comparison such as"),
        (("active_users < 3", "active_users < 3 and score > 2"), "is no condition"),
        (("active_users < 3", "customer = 3"), "“customer” is no number of a customer"),
        (("{active_users:active user}", "{activ_users}"), "“activ_users” is no figure of a customer"),
        (("{active_users:active user}", "{active_users!r}"), "“why” has a brace that is no {figure}"),
        (("{active_users:active user}", "few users"), "“why” names no number of the customer"),
        (("channel: task", "channel: fax"), "“channel” must be one of task, email, training, not “fax”."),
        (("due: 5", "due: 0"), "“due” must be a whole number from 1 to 250, not “0”."),
        (("due: 5", "due: true"), "“due” must be a whole number"),
        (("winnable: 0.4", "winnable: 40"), "“winnable” must be a number from 0 to 1, not “40”."),
        (("winnable: 0.4", "winnable: .nan"), "“winnable” must be a number"),
        (("gap: score_gap", "gap: hope"), "“hope” is no number of a customer"),
        (("  due: 5\n", ""), "“due” is missing."),
        (("due: 5", "deu: 5"), "“deu” is no part of a rule"),
        (("steps:\n    - \"Call\"", "steps: []"), "“steps” must be a list of at least one line."),
        (("steps:\n    - \"Call\"", "steps: Call"), "“steps” must be a list"),
        (("\"Call {customer}\"", "7"), "“title” must be text"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_refused_with_its_line_and_name(change, says):
    with pytest.raises(BrokenRules) as refused:
        read_rules(GOOD.replace(*change))
    assert str(refused.value).startswith("rules.yaml, line 2, rule “calm”: ")
    assert says in str(refused.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD + "  gap: [", "rules.yaml, line "),
        ("", "rules.yaml must be a list of rules"),
        ("rule: calm", "rules.yaml must be a list of rules"),
        ("- calm", "rules.yaml, line 1: a rule is a list of “name: value” lines"),
        (GOOD + GOOD, "line 14, rule “calm”: there is another rule of this name."),
        (GOOD.replace("rule: calm", "rule: [calm]"), "line 2, rule a list: “rule” must be a text."),
        ("- !!python/object/apply:os.system ['true']", "rules.yaml, line 1: this is not YAML as rules are written in"),
        ("[" * 5000, "rules.yaml"),
        ("- &a [*a]", "rules.yaml, line 1: a rule is a list of"),
        ("- 2026-99-99", "rules.yaml: this is not YAML"),
        ("x" * 200_001, "rules.yaml is longer than 200,000 characters"),
    ],
)
def test_a_file_that_is_no_list_of_rules_is_refused_with_a_sentence(text, says):
    with pytest.raises(BrokenRules) as refused:
        read_rules(text)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_bomb_of_aliases_is_refused_shortly():
    bomb = "- &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"- &{new} [{', '.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    with pytest.raises(BrokenRules) as refused:
        read_rules(GOOD.replace("active_users < 3", "\n      ".join(["[" + "x" * 9 + "]"])) + bomb)
    assert len(str(refused.value)) < 300


def test_the_workspaces_own_file_wins(tmp_path):
    path = tmp_path / "rules.yaml"
    assert len(rules_at(path)) == len(default_rules())
    path.write_text(GOOD, encoding="utf-8")
    assert [rule.name for rule in rules_at(path)] == ["calm"]
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BrokenRules, match=r"rules\.yaml cannot be read as UTF-8 text"):
        rules_at(path)


def test_every_figure_has_a_row_in_the_guide():
    rows = set(re.findall(r"^\| `([a-z_]+)` \|", DOCS.read_text(encoding="utf-8"), re.MULTILINE))
    assert rows == NUMBERS.keys() | TEXTS.keys()
