"""The rival against scores worked out by hand: a bench that compares other work compares nothing."""

import gzip
import json

import pandas as pd
import pytest

from bench.floor import main as floor
from bench.rival import main as rival
from bench.rival import scores


def usage(*rows):
    table = pd.DataFrame(rows, columns=["customer", "user", "feature", "timestamp"])
    return table.assign(timestamp=pd.to_datetime(table["timestamp"]), count=1)


def test_the_four_parts_of_a_customer_with_a_full_period():
    found = scores(
        usage(
            ("acme", "ann", "Search", "2025-06-30T23:59:59"),  # Monday, the as-of day
            ("acme", "ann", "Search", "2025-06-30T08:00:00"),  # again on the day: depth, not stickiness
            ("acme", "ann", "Export", "2025-06-27T09:00:00"),  # Friday
            ("acme", "bob", "Search", "2025-06-28T09:00:00"),  # Saturday: depth, but no expected day
            ("acme", "ann", "Search", "2025-05-31T23:00:00"),  # before the period, which begins on June 1: history only
            ("acme", "svc-sync@acme.example", "Robots", "2025-06-30T09:00:00"),  # a machine; nor is its feature seen
            ("bolt", "cem", "Share", "2025-05-01T09:00:00"),  # seen in the portfolio
            ("bolt", "cem", "Alerts", "2025-05-02T09:00:00"),
            (None, "d1", "Search", "2025-06-30T09:00:00"),  # nobody's
            ("acme", "ann", "session_start", "2025-06-30T09:00:00"),  # no feature
        )
    )
    # breadth: Search, Export of 4 seen · depth: median(3, 1) = 2 uses in 30 days = 7/15 a week, of 20 · recency: used on
    # the as-of day · stickiness: ann on 2 of 21 working days, the only visitor of working days: 2/21, of 1/2
    assert found["acme"] == pytest.approx(30 * 2 / 4 + 30 * (2 / (30 / 7)) / 20 + 20 + 20 * (2 / 21) / 0.5)
    assert found["bolt"] == 0  # history, and nothing in the period: 20 - 20 × min(1, 40 / 21)


def test_a_young_customers_window_starts_on_its_first_day_and_under_14_days_there_is_no_score():
    found = scores(
        usage(
            ("new", "ann", "Search", "2025-06-17T09:00:00"),  # Tuesday: 14 days, 10 of them working days
            ("new", "ann", "Search", "2025-06-26T09:00:00"),  # Thursday: Friday and Monday were quiet
            ("newer", "bob", "Search", "2025-06-18T09:00:00"),  # 13 days
            ("newer", "bob", "Search", "2025-06-30T09:00:00"),
            ("robots", "qa-test@robots.example", "Search", "2025-06-01T09:00:00"),  # no history of people
        )
    )
    assert found["new"] == pytest.approx(30 + 30 * (2 / 2) / 20 + 20 * (1 - 2 / 10) + 20 * (2 / 10 / 1) / 0.5)
    assert pd.isna(found["newer"])
    assert pd.isna(found["robots"])


def mixpanel(folder):
    rows = [
        {"event": "Search", "properties": {"time": 1751241600, "distinct_id": "ann", "company_id": ["acme"]}},
        {"event": "Search", "properties": {"time": 1751241601, "distinct_id": "ann", "company_id": ["bolt"]}},
        {"event": "Search", "properties": {"time": 1751241600, "distinct_id": "$device:1"}},
    ]
    (folder / "export.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def amplitude(folder):
    at, late = "2025-06-30 00:00:00.000000", "2025-06-30 00:00:01.250000"
    rows = [
        {"event_type": "Search", "user_id": "ann", "event_time": at, "groups": {"company": ["acme"]}},
        {"event_type": "Search", "user_id": "ann", "event_time": late, "groups": {"company": ["bolt"]}},
        {"event_type": "Search", "user_id": None, "event_time": at, "groups": {}},
    ]
    (folder / "100011").mkdir()
    for number, row in enumerate(rows):  # a file an hour, and a quiet hour has one row
        with gzip.open(folder / "100011" / f"{number}.json.gz", "wt", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")


@pytest.mark.parametrize("write", [mixpanel, amplitude])
def test_floor_and_rival_read_the_same_of_json(tmp_path, write):
    write(tmp_path)
    told = rival(write.__name__, tmp_path)
    least = floor(write.__name__, tmp_path, tmp_path / "out.parquet", 1)
    assert told == {"rows": 3, "scores": {"acme": None, "bolt": None}}
    assert (least["rows"], least["groups"]) == (3, 3)  # same person, feature and day, but two customers and nobody


def test_quoted_names_are_read_alike(tmp_path):
    rows = ["customer,user,feature,timestamp,count", '"Acme, Inc. ""West""",ann,Search,2025-06-30T09:00:00Z,1']
    (tmp_path / "usage.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    for engine in ("c", "pyarrow"):
        assert rival("csv", tmp_path, engine) == {"rows": 1, "scores": {'Acme, Inc. "West"': None}}
    assert floor("csv", tmp_path, tmp_path / "out.parquet", 1)["rows"] == 1
