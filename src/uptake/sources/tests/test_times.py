"""How a platform's time column is written."""

from datetime import datetime

import duckdb
import pytest

from uptake.sources.expressions import instant
from uptake.sources.reading import Answers
from uptake.sources.times import epoch_unit, shown


@pytest.mark.parametrize(
    ("values", "unit"),
    [
        ([1762085665, 1762085666], "s"),
        (["1762085665908", None, ""], "ms"),
        (["1763037693690000"], "us"),
        ([5, 1762085665908, 1762085665909], "ms"),  # one bad row does not decide
        (["2025-11-02 12:14:25"], None),
        ([], None),
    ],
)
def test_the_unit_is_settled_by_most_values(values, unit):
    assert epoch_unit(values) == unit


@pytest.mark.parametrize(
    ("texts", "first"),
    [
        (["2025-11-02 12:14:25", "2025-11-30"], datetime.fromisoformat("2025-11-02 12:14:25")),
        (["11/2/2025", "11/30/2025"], datetime.fromisoformat("2025-11-02 00:00:00")),
        (["02/11/2025 12:14", "30/11/2025 09:00"], datetime.fromisoformat("2025-11-02 12:14:00")),
        (["Nov 2, 2025, 12:14:25 PM", "Nov 30, 2025, 1:00:00 AM"], datetime.fromisoformat("2025-11-02 12:14:25")),
        (["11/2/25 1:14 PM", "11/30/25 9:00 AM"], datetime.fromisoformat("2025-11-02 13:14:00")),
        (["2 November 2025", "30 November 2025"], datetime.fromisoformat("2025-11-02 00:00:00")),
    ],
)
def test_notations_of_screens(texts, first):
    when, questions = shown("v", texts, Answers(), zone="UTC")
    assert questions == ()
    assert duckdb.execute(f"SELECT {instant(when)} FROM (SELECT ? AS v)", [texts[0]]).fetchone() == (first,)


def test_a_day_that_may_be_a_month_is_asked():
    when, [question] = shown("v", ["03/03/2025", "03/04/2025"], Answers(), zone="UTC")
    assert "03/04/2025" in question.sentence
    assert question.assumed == "month-first"
    answered, none = shown("v", ["03/03/2025", "03/04/2025"], Answers(day_first=True), zone="UTC")
    assert none == ()
    for read, month in ((when, 3), (answered, 4)):
        [at] = duckdb.execute(f"SELECT {instant(read)} FROM (SELECT '03/04/2025' AS v)").fetchone()
        assert at.month == month


def test_text_that_is_no_time():
    assert shown("v", ["soon", "later"], Answers(), zone="UTC") is None
