"""The documents say what the code does."""

import re
from pathlib import Path

import pytest

from uptake.config.options import Options

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
