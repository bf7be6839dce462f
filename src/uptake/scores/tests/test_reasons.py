import pytest

from uptake.scores.adoption import PORTFOLIO
from uptake.scores.reasons import why


def row(score, breadth, depth, recency, stickiness, reason=None):
    return {
        "score": score,
        "reason": reason,
        "breadth_value": breadth,
        "depth_value": depth,
        "recency_value": recency,
        "stickiness_value": stickiness,
    }


@pytest.mark.parametrize(
    ("scores", "words"),
    [
        ((30, 20, 20, 82, 85), "few features, light use, recent"),
        ((45, 50, 50, 90, 10), "some features, steady use, rare visits"),
        ((90, 90, 90, 95, 90), "most features, heavy use, recent"),
        ((35, 60, 30, 10, 20), "some features, light use, long quiet"),
        ((50, 60, None, 60, 50), "some features, regular visits, quieter lately"),
        ((0, 0, 0, 0, 0), "no use in this period"),
        ((0, 0, None, 0, 0), "no use in this period"),
    ],
)
def test_few_plain_words_say_why(scores, words):
    assert why(row(*scores), PORTFOLIO) == words


def test_a_withheld_score_says_why_it_is_withheld():
    assert why(row(None, 50, 50, None, None, "not enough data"), PORTFOLIO) == "not enough data"
