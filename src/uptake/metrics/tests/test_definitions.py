"""docs/definitions.md says what the registry says."""

import inspect
import re
from pathlib import Path

import pytest

from uptake.metrics.registry import METRICS

PAGE = Path(__file__).parents[4] / "docs" / "definitions.md"


def headings() -> dict[str, str]:
    """What stands below each ### heading."""
    _, *parts = re.split(r"^### (\w+)$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[::2], (text.split("\n## ")[0] for text in parts[1::2]), strict=True))


def test_every_metric_has_its_heading_in_the_order_of_the_registry():
    assert list(headings()) == [metric.slug for metric in METRICS]


SPOKEN = {
    "visitor status": {"visitor_status"},
    "lifecycle": {"lifecycle"},
    "`adopted` in the matrix": {"reach"},  # its column is_adopted
    "unused feature": {"unused_features"},
}
"""First cells of the page's tables that name their metric in words."""


def test_every_row_of_the_tables_of_sections_1_and_2_has_its_metric():
    sections = re.split(r"^## ", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE)
    defined = [part for part in sections if part.startswith(("1. Activity", "2. Features"))]
    rows = [row for part in defined for row in re.findall(r"^\| ([^|]+?) \|", part, flags=re.MULTILINE)]
    cells = [cell for cell in rows if cell != "metric" and not cell.startswith("-")]
    slugs = {metric.slug for metric in METRICS}
    missing = [cell for cell in cells if not (SPOKEN.get(cell) or set(re.findall(r"`(\w+)", cell))) <= slugs]
    assert len(cells) > 20
    assert missing == []


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.slug)
def test_the_page_gives_title_unit_direction_and_absent_rule(metric):
    text = headings()[metric.slug]
    assert f"**{metric.title}.**" in text
    assert f"Unit: {metric.unit} · Better: {metric.direction} · Absent: {metric.absent}\n" in text


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.slug)
def test_the_function_is_named_as_its_slug_and_says_what_it_gives(metric):
    assert metric.function.__name__ == metric.slug
    words = inspect.getdoc(metric.function)
    assert all(f"{name}:" in words for name in ("Unit", "Out", "Absent", "Source"))
    assert f"docs/definitions.md#{metric.slug}" in words
