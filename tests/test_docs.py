"""The documents say what the code does."""

import re
from pathlib import Path

import pytest

from uptake.config.options import Options
from uptake.signals.registry import RULE

DOCS = Path(__file__).parent.parent / "docs"
README = DOCS.parent / "README.md"


def test_each_setting_has_its_row_with_its_default_and_description():
    rows = dict(re.findall(r"^\| `(UPTAKE_\w+)` \| (.*) \|$", (DOCS / "settings.md").read_text(), re.MULTILINE))
    expected = {}
    for name, field in Options.model_fields.items():
        value = field.default
        text = (
            ",".join(value)
            if isinstance(value, list)
            else str(value).lower()
            if isinstance(value, bool)
            else ""
            if value == {}
            else str(value)
        )
        shown = f"`{text}`" if text else ""
        expected[f"UPTAKE_{name.upper()}"] = (
            f"{shown} | {field.description}".strip() if text else f"| {field.description}"
        )
    assert {name: row.strip() for name, row in rows.items()} == expected


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_names_the_two_commands(command):
    assert command in README.read_text()


SAID = {  # what docs/definitions.md says of each alert, and which threshold it is
    "usage drop": ("usage_drop", {"fall": 20, "least_uses": 50}),
    "key feature abandoned": ("key_feature", {"importance": 70, "weeks": 4, "quiet": 14}),
    "no login": ("no_login", {"quiet": 14}),
    "champion quiet": ("champion_quiet", {"quiet": 30}),
    "guide dismissal": ("guide_dismissal", {"share": 60, "least_views": 20, "period": 30}),
}


def test_each_alert_is_defined_with_the_defaults_of_its_rule():
    section = (DOCS / "definitions.md").read_text().partition("## 5. Usage alerts")[2].partition("\n## ")[0]
    rows = dict(re.findall(r"^\| ([a-z ]+) \| (.*) \|$", section, re.MULTILINE))
    rows.pop("alert")
    not_yet = {"event engagement falling"}
    assert set(rows) == set(SAID) | not_yet
    assert {slug for slug, _ in SAID.values()} == set(RULE)
    for name, (slug, thresholds) in SAID.items():
        assert [float(number) for number in re.findall(r"\d+", rows[name])] == list(thresholds.values())
        assert {part: RULE[slug].defaults[part] for part in thresholds} == thresholds


def test_each_rule_stands_in_the_guide_to_alerts():
    guide = (DOCS / "alerts.md").read_text()
    for rule in RULE.values():
        assert f"| {rule.title} |" in guide
