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
