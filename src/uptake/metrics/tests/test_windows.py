import pyarrow as pa
import pytest

from uptake.kit.days import Period
from uptake.metrics.tests.engines import by, customers, day, facts
from uptake.metrics.visitors import activity
from uptake.metrics.windows import BadWindow, windows


def table(engine, usage, people, **how):
    return by(engine.rows(windows(usage, people, **how).table), "customer_id", "as_of")


def test_window_ends_on_the_as_of_day_with_both_ends_in(engine):
    usage = facts(engine, (1, "ann", "A", "2025-12-01"))
    row = table(engine, usage, customers(engine, 1), as_of=[day("03-31")], period=Period(30))[1, day("03-31")]
    assert (row["first_day"], row["last_day"]) == (day("03-02"), day("03-31"))
    assert (row["days"], row["weeks"]) == (30, pytest.approx(30 / 7))
    assert row["expected_days"] == 22  # Monday 2 March to Tuesday 31 March: 4 weeks and 2 days
    assert row["history_days"] == 31 + 31 + 28 + 31


def test_young_customer_starts_on_its_first_day(engine):
    usage = facts(engine, (1, "ann", "A", "03-21"))  # a Saturday
    row = table(engine, usage, customers(engine, 1), as_of=[day("03-31")], period=Period(30))[1, day("03-31")]
    assert (row["first_day"], row["days"], row["history_days"]) == (day("03-21"), 11, 11)
    assert row["expected_days"] == 7  # Mon 23 – Fri 27, Mon 30, Tue 31


def test_expected_days_follow_the_customers_own_week(engine):
    usage = facts(engine, *[(number, "ann", "A", "01-01") for number in (1, 2, 3)])
    people = customers(engine, 1, 2, 3, weeks={2: "1111111", 3: "0000011"})
    rows = table(engine, usage, people, as_of=[day("03-15")], period=Period(7), workspace_week="1111000")
    assert [rows[number, day("03-15")]["expected_days"] for number in (1, 2, 3)] == [4, 7, 2]


def test_usage_after_the_as_of_day_is_not_known_yet(engine):
    usage = facts(engine, (1, "ann", "A", "03-20"))
    rows = table(engine, usage, customers(engine, 1, 2), as_of=[day("03-19"), day("03-20")], period=Period(7))
    assert rows[1, day("03-19")]["history_days"] is None
    assert rows[1, day("03-19")]["first_day"] is None
    assert rows[1, day("03-20")]["history_days"] == 1
    assert rows[2, day("03-20")]["history_days"] is None  # never any usage


def test_period_all_starts_with_the_customer(engine):
    usage = facts(engine, (1, "ann", "A", "03-01"), (2, "bob", "A", "03-11"))
    rows = table(engine, usage, customers(engine, 1, 2), as_of=[day("03-20")], period=Period(None))
    assert [rows[number, day("03-20")]["days"] for number in (1, 2)] == [20, 10]


def test_previous_window_lies_right_before_and_is_clipped_too(engine):
    usage = facts(engine, (1, "ann", "A", "03-01"), (2, "bob", "A", "03-10"), (3, "cem", "A", "03-15"))
    spans = windows(usage, customers(engine, 1, 2, 3), as_of=[day("03-20")], period=Period(7)).previous()
    rows = by(engine.rows(spans.table), "customer_id")
    assert (rows[1]["first_day"], rows[1]["last_day"], rows[1]["days"]) == (day("03-07"), day("03-13"), 7)
    assert (rows[2]["first_day"], rows[2]["days"]) == (day("03-10"), 4)
    assert (rows[3]["first_day"], rows[3]["days"], rows[3]["expected_days"]) == (None, None, None)


def test_month_total_begins_with_its_month_and_reaches_to_its_end(engine):
    usage = facts(engine, (1, None, "A", "02-01", 9, "month"))
    as_of = [day("02-27"), day("03-05"), day("03-31")]
    rows = table(engine, usage, customers(engine, 1), as_of=as_of, period=Period(30))
    assert rows[1, day("03-05")]["history_days"] == 28 + 5
    assert [rows[1, end]["has_month_totals"] for end in as_of] == [True, True, False]  # 2 – 31 March: no February
    assert rows[1, day("03-31")]["last_month_on"] == day("02-28")


def test_no_as_of_day_and_no_period_before_all_are_refused(engine):
    usage, people = facts(engine, (1, "ann", "A", "03-01")), customers(engine, 1)
    with pytest.raises(BadWindow):
        windows(usage, people, as_of=[], period=Period(7))
    with pytest.raises(BadWindow):
        windows(usage, people, as_of=[day("03-20")], period=Period(None)).previous()


@pytest.mark.parametrize("days", [7, 30, None])
def test_days_given_as_a_table_give_the_same_windows(engine, days):
    usage = facts(engine, (1, "ann", "A", "02-10", 3), (1, "bob", "A", "03-16"), (2, "ann", "A", "03-01", 9, "month"))
    people, as_of = customers(engine, 1, 2, 3), [day("03-17"), day("03-31")]
    by_days = windows(usage, people, as_of=as_of, period=Period(days))
    table = engine.table([(end,) for end in as_of], pa.schema([("as_of", pa.date32())]))
    by_table = windows(usage, people, period=Period(days), span_rows=table)
    pairs = [(by_days, by_table)] if days is None else [(by_days, by_table), (by_days.previous(), by_table.previous())]
    for one, other in pairs:
        assert in_order(engine, one.spans, "as_of") == in_order(engine, other.spans, "as_of")
        assert in_order(engine, one.table) == in_order(engine, other.table)
        assert in_order(engine, activity(usage, one)) == in_order(engine, activity(usage, other))


def in_order(engine, table, *keys):
    keys = keys or ("customer_id", "as_of")
    return sorted(engine.rows(table), key=lambda row: [row[key] for key in keys])
