"""A question's SQL is made once, and is the SQL of the very days, period, model and tables that are asked about."""

from collections import OrderedDict
from collections.abc import Iterator
from datetime import date, timedelta

import ibis
import pyarrow as pa
import pytest

from uptake.customers.features import define_features
from uptake.customers.inputs import NewFeature
from uptake.customers.services import update_customer
from uptake.kit.days import Period
from uptake.lake.engine import DuckDBEngine, Engine, SparkEngine
from uptake.pipeline import compiled as compiled_sql
from uptake.pipeline import feature_use, health_scoring, insight_facts, scoring
from uptake.pipeline.published import published
from uptake.pipeline.questions import Question, answer, hold, sql_for
from uptake.pipeline.tests.by_hand import LAST, import_usage
from uptake.scores.adoption import adoption_scores
from uptake.scores.models import PORTFOLIO

pytestmark = pytest.mark.django_db(transaction=True)

WEEK = "1111100"
DAYS = (LAST, date(2024, 2, 29), date(2026, 1, 1))
FLAT = PORTFOLIO.with_weights({"depth": 2_593_222, "recency": 0})  # a weight that could be taken for a day's number


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def engine(request) -> Iterator[Engine]:
    opened: Engine = DuckDBEngine() if request.param == "duckdb" else SparkEngine("local[2]")
    yield opened
    opened.close()


def compiled(engine, question):
    """The SQL as it is without anything kept."""
    return engine.compile(question.on(*question.days))


def asked(tables, shifts, day):
    """Every kind of question that the pages ask, as of a day."""
    month, weeks = (day - timedelta(days=30), day), tuple(day - timedelta(days=7 * back) for back in (2, 1, 0))
    of = (Period(30), PORTFOLIO, WEEK)
    return {
        "scores": Question(scoring._scored, tables, month, of),
        "weeks": Question(scoring._scored, tables, weeks, (Period(None), FLAT, WEEK, ("customer_id", "score"))),
        "reach": Question(feature_use._cells, tables, (day,), (Period(7), WEEK)),
        "last days": Question(insight_facts._last_days, tables, (day,), (WEEK,)),
        "top users": Question(insight_facts._top_users, tables, (day,), (Period(90), WEEK)),
        "before": Question(insight_facts._shifted_reach, (tables, shifts), (day,), (WEEK,)),
        "health": Question(health_scoring._measure, tables, month, (Period(30), WEEK)),
    }


def test_the_sql_of_any_day_is_what_compiling_for_it_gives(workspace, engine, nothing_kept):
    tables = published().tables(engine)
    shifts = engine.small("shifts", pa.table({"customer_id": pa.array([1]), "shift": pa.array([3])}))
    for name in asked(tables, shifts, LAST):
        for day in DAYS[:2]:
            question = asked(tables, shifts, day)[name]
            assert sql_for(engine, question) == compiled(engine, question), (name, day)


def test_questions_about_an_answer_are_of_their_day_too(workspace, engine, nothing_kept):
    tables = published().tables(engine)
    days = (DAYS[2] - timedelta(days=30), DAYS[2])
    found = hold(engine, "scores", Question(scoring._scored, tables, days, (Period(30), PORTFOLIO, WEEK)))
    for day in DAYS:
        for question in (
            Question(scoring.with_trend, found, (day,), (Period(30),)),
            Question(scoring.earlier, found, (day,)),
        ):
            assert sql_for(engine, question) == compiled(engine, question)


@pytest.fixture
def nothing_kept(home, monkeypatch):
    """As in a new home, where nothing was asked before; gives its folder of SQL. (Another process' SQL is as right and not
    alike to the letter: columns that are left out stand in any order.)"""
    folder = home / compiled_sql.FOLDER
    folder.unlink()  # leads to what the suite made before
    monkeypatch.setattr(compiled_sql, "_at_hand", OrderedDict())
    return folder


def made(monkeypatch, engine):
    """How often an expression is turned into SQL from here on."""
    times = []
    compile_it = type(engine).compile
    monkeypatch.setattr(
        type(engine),
        "compile",
        lambda self, expression: (isinstance(expression, str) or times.append(1), compile_it(self, expression))[1],
    )
    return times


def test_asked_on_another_day_nothing_is_compiled_again(workspace, engine, monkeypatch, nothing_kept):
    tables = published().tables(engine)
    sql_for(engine, Question(insight_facts._last_days, tables, (LAST,), (WEEK,)))
    times = made(monkeypatch, engine)
    others = [sql_for(engine, Question(insight_facts._last_days, tables, (day,), (WEEK,))) for day in DAYS]
    assert times == []
    assert len(set(others)) == 3
    sql_for(engine, Question(insight_facts._last_days, tables, (LAST,), ("1111111",)))
    assert times == [1]


def by_hand(day, period, model):
    """The scores of a day with nothing kept: no table, no SQL."""
    opened = DuckDBEngine()
    try:
        tables = published().tables(opened)
        rows = opened.arrow(adoption_scores(tables, as_of=[day], period=period, model=model)).to_pylist()
        return {row["customer_id"]: (row["score"], row["features_used"], row["active_visitors"]) for row in rows}
    finally:
        opened.close()


def told(day, period, model):
    rows = scoring.scores(as_of=day, period=period, model=model).rows
    return {row["customer_id"]: (row["score"], row["features_used"], row["active_visitors"]) for row in rows}


def test_numbers_follow_the_day_the_period_and_the_model(workspace):
    seen = []
    for day, period, model in (
        (LAST, Period(30), PORTFOLIO),
        (LAST - timedelta(days=11), Period(30), PORTFOLIO),
        (LAST, Period(7), PORTFOLIO),
        (LAST, Period(None), PORTFOLIO),
        (LAST, Period(30), FLAT),
    ):
        found = told(day, period, model)
        assert found == by_hand(day, period, model)
        assert found not in seen
        seen.append(found)


def test_numbers_follow_the_catalogue_the_customers_and_a_new_import(workspace):
    before = told(LAST, Period(30), PORTFOLIO)
    define_features([NewFeature("Finding", event_names=(("*", "Search"), ("*", "Export")))])
    one_feature = told(LAST, Period(30), PORTFOLIO)
    assert one_feature == by_hand(LAST, Period(30), PORTFOLIO) != before
    update_customer(workspace.borealis, working_days="all days")
    every_day = told(LAST, Period(30), PORTFOLIO)
    assert every_day == by_hand(LAST, Period(30), PORTFOLIO) != one_feature
    import_usage(workspace.folder, [("Cobalt", "cy@cobalt.example", "Search", LAST, 9)], name="more.csv")
    assert told(LAST, Period(30), PORTFOLIO) == by_hand(LAST, Period(30), PORTFOLIO) != every_day


def _doubled(table, _days):
    return table.select(**{f"{name}_twice": table[name] * 2 for name in table.columns})


def test_a_table_of_other_columns_is_another_question(engine):
    first = answer(engine, Question(_doubled, engine.small("numbers", pa.table({"a": pa.array([1, 2])}))))
    other = answer(engine, Question(_doubled, engine.small("numbers", pa.table({"b": pa.array([1.5])}))))
    assert (first.to_pylist(), other.to_pylist()) == ([{"a_twice": 2}, {"a_twice": 4}], [{"b_twice": 3.0}])


def _told_apart(table, days, text):
    near = table.filter(table.day == days[0])
    return near.mutate(
        text=ibis.literal(text), number=2_593_222.5, plain=table.number.cast("string") + " MAKE_DATE(9000, 1, 1)"
    )


def test_only_days_are_moved(engine):
    days = [LAST, LAST - timedelta(days=1)]
    table = engine.small("days", pa.table({"day": pa.array(days, pa.date32()), "number": pa.array([1, 2])}))
    text = "it's 9000-01-01, 2593222 or MAKE_DATE(9000, 1, 1), \\' 2593222 \\\\' MAKE_DATE(9000, 1, 1) \\"
    for day, number in zip(days, (1, 2), strict=True):
        [row] = answer(engine, Question(_told_apart, table, (day,), (text,))).to_pylist()
        assert row == {"day": day, "number": 2_593_222.5, "text": text, "plain": f"{number} MAKE_DATE(9000, 1, 1)"}


def _told_apart_by(table, _days, number):
    return table.mutate(number=number)


def test_another_process_finds_what_was_compiled_before(engine, monkeypatch, nothing_kept):
    table = engine.small("numbers", pa.table({"a": pa.array([1])}))
    question = Question(_told_apart_by, table, of=(7,))
    first = sql_for(engine, question)
    monkeypatch.setattr(compiled_sql, "_at_hand", OrderedDict())  # as a process that has just begun
    times = made(monkeypatch, engine)
    assert (sql_for(engine, question), times) == (first, [])
    monkeypatch.setattr(compiled_sql, "_source", lambda: "other code")
    sql_for(engine, question)
    assert times == [1]


def test_what_is_kept_has_an_end(engine, monkeypatch, nothing_kept):
    monkeypatch.setattr(compiled_sql, "MOST_AT_HAND", 3)
    monkeypatch.setattr(compiled_sql, "MOST_KEPT", 20)
    table = engine.small("numbers", pa.table({"a": pa.array([1])}))
    for number in range(30):
        [row] = answer(engine, Question(_told_apart_by, table, of=(number,))).to_pylist()
        assert row["number"] == number
    assert len(compiled_sql._at_hand) == 3
    assert 18 <= len(list(nothing_kept.glob("*.sql"))) <= 20


def test_what_writes_itself_differently_every_time_names_nothing():
    with pytest.raises(TypeError, match="differently"):
        compiled_sql.sql_of("odd", (object(),), lambda: "")


def test_where_nothing_can_be_kept_it_is_answered_all_the_same(engine, nothing_kept, caplog):
    nothing_kept.symlink_to(nothing_kept.parent / "gone" / "away")
    table = engine.small("numbers", pa.table({"a": pa.array([1])}))
    [row] = answer(engine, Question(_told_apart_by, table, of=(5,))).to_pylist()
    assert row["number"] == 5
    assert "is not kept" in caplog.text
