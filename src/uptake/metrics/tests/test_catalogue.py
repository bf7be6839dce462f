import pyarrow as pa
import pytest

from uptake.kit.days import Period
from uptake.metrics.catalogue import catalogue, category_breadth, feature_funnel, funnel_visitors, tagged, tagged_uses
from uptake.metrics.reach import reach
from uptake.metrics.tests.engines import EVENT_NAMES, by, customers, day, entitlements, facts
from uptake.metrics.windows import windows

D = day("03-29")
FEATURES = [
    ("A", "core", None),
    ("B", "core", "report"),
    ("C", "advanced", "integration,api"),
    ("D", "advanced", "integration"),
    ("E", None, None),
]


def features(engine):
    rows = [
        ("generic", name, feature, feature, category, 50, tags, "feature")
        for feature, category, tags in FEATURES
        for name in (feature, f"{feature} again")  # two names of one feature
    ]
    return catalogue(engine.table([*rows, ("generic", "in", None, None, None, None, None, "login")], EVENT_NAMES))


def spans(engine, usage, *ids, days=30):
    return windows(usage, customers(engine, *ids), as_of=[D], period=Period(days))


def small(engine):
    return facts(
        engine,
        (1, "ann", "A", "03-02", 3),
        (1, "bob", "A", "03-02"),
        (1, "bob", "C", "03-03", 4),
        (1, "cem", None, "03-03"),  # only logs in
        (1, None, "D", "03-04", 7),  # nobody
        (1, "ann", "B", "02-27"),  # before the window
        (1, "ann", "E", "03-04"),  # of no category
        (2, "dee", "A", "01-02"),  # history, nothing in the window
        (3, None, "C", "03-02", 2),  # never says who
        (4, "eve", "A", "03-01", 5, "month"),  # says nothing about this window
    )


IDS = (1, 2, 3, 4, 5)


def test_the_catalogue_has_each_feature_once_with_its_tags(engine):
    rows = by(engine.rows(features(engine)), "feature_id")
    assert {key: (row["category"], row["tags"]) for key, row in rows.items()} == {
        feature: (category, tags) for feature, category, tags in FEATURES
    }
    pairs = {(row["feature_id"], row["tag"]) for row in engine.rows(tagged(features(engine)))}
    assert pairs == {("B", "report"), ("C", "integration"), ("C", "api"), ("D", "integration")}


def test_breadth_by_category_is_of_what_is_available(engine):
    usage = small(engine)
    granted = entitlements(engine, (2, "A", None, None))
    cells = reach(usage, spans(engine, usage, *IDS), entitlements=granted)
    rows = by(engine.rows(category_breadth(cells, features(engine))), "customer_id", "category")
    # all seen: A, B core; C, D advanced; E none
    assert {key: (row["category_used"], row["category_available"]) for key, row in rows.items()} == {
        (1, "core"): (1, 2),
        (1, "advanced"): (2, 2),
        (2, "core"): (0, 1),  # only A is granted
        (3, "core"): (0, 2),
        (3, "advanced"): (1, 2),
        (4, "core"): (None, 2),  # a month's total leaves it open
        (4, "advanced"): (None, 2),
    }
    assert rows[1, "core"]["category_breadth"] == pytest.approx(1 / 2)


def test_the_funnel_counts_people_by_category(engine):
    usage = small(engine)
    window = spans(engine, usage, *IDS)
    rows = by(engine.rows(feature_funnel(usage, window, features=features(engine))), "customer_id", "category")
    counts = {key: row["feature_funnel"] for key, row in rows.items()}
    assert [counts[1, category] for category in ("core", "advanced", "power")] == [2, 1, 0]
    assert rows[1, "core"]["funnel_share"] == pytest.approx(2 / 3)
    assert (counts[2, "core"], rows[2, "core"]["funnel_share"]) == (0, None)
    assert [counts[customer, "core"] for customer in (3, 4, 5)] == [None, None, None]
    people = engine.rows(funnel_visitors(usage, window, features=features(engine)))
    assert {(row["category"], row["visitor_id"], row["uses"]) for row in people} == {
        ("core", "ann", 3),
        ("core", "bob", 1),
        ("advanced", "bob", 4),
    }


def test_uses_by_tag(engine):
    usage = small(engine)
    rows = by(
        engine.rows(tagged_uses(usage, spans(engine, usage, *IDS), features=features(engine))), "customer_id", "tag"
    )
    assert {tag for _, tag in rows} == {"api", "integration", "report"}  # no feature is tagged otherwise
    counts = {key: (row["tagged_uses"], row["tagged_visitors"], row["tagged_features"]) for key, row in rows.items()}
    assert counts[1, "integration"] == (4 + 7, 1, 2)
    assert counts[1, "api"] == (4, 1, 1)
    assert counts[1, "report"] == (0, 0, 0)  # used before the window
    assert counts[2, "api"] == (0, 0, 0)
    assert counts[3, "api"] == (2, None, 1)
    assert counts[4, "api"] == counts[5, "api"] == (None, None, None)


def test_without_a_tag_there_is_no_row(engine):
    usage = small(engine)
    bare = pa.schema([("feature_id", pa.string()), ("category", pa.string()), ("tags", pa.string())])
    none = engine.table([("A", "core", None)], bare)
    assert engine.rows(tagged_uses(usage, spans(engine, usage, 1), features=none)) == []
