import pytest

from uptake.metrics.registry import METRICS
from uptake.metrics.thresholds import THRESHOLD, THRESHOLDS


def test_each_belongs_to_a_metric():
    assert {each.metric for each in THRESHOLDS} <= {metric.slug for metric in METRICS}
    assert len(THRESHOLD) == len(THRESHOLDS)


@pytest.mark.parametrize(
    ("slug", "value", "is_met"),
    [
        ("mau_share", 0.70, False),  # above, not at
        ("mau_share", 0.71, True),
        ("dormant_share", 0.10, False),
        ("dormant_share", 0.09, True),
        ("core_breadth", 1.0, True),
        ("core_breadth", 0.99, False),
        ("time_to_feature", 13.5, True),
        ("login_frequency", 0, False),
        ("login_frequency", None, None),
    ],
)
def test_at_the_border(slug, value, is_met):
    assert THRESHOLD[slug].is_met(value) is is_met
