"""A file of real use, from the command to every customer's score, worked out again by docs/definitions.md in plain loops.

The real one lies beside the checkout and is not ours to copy; a made one of the same shape always runs.
"""

import csv
import gzip
import random
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from itertools import chain
from pathlib import Path
from statistics import median

import pytest

from tests.command import Home

AS_OF = date(2015, 3, 31)  # a Tuesday
PERIOD = 30
REAL = Path(__file__).parents[2] / "shared" / "samples" / "datasets" / "openstack_usage" / "events.csv.gz"
HEADER = ("customer", "user", "feature", "timestamp", "count")


def made(path):
    """Customers of every age and habit around AS_OF; the same file each time."""
    draw = random.Random(20150331)
    rows = []
    for number in range(24):
        newest = AS_OF + timedelta(days=draw.choice([20, 0, -1, -3, -9, -25, -40]))
        oldest = newest - timedelta(days=draw.choice([0, 5, 12, 13, 14, 29, 30, 45, 90]))
        days = [oldest + timedelta(days=n) for n in range((newest - oldest).days + 1)]
        days = [day for day in days if draw.random() < draw.choice([0.2, 0.9])] + [oldest, newest]
        if number % 6 == 0:
            days = [day for day in days if day.weekday() >= 5]  # comes on weekends only
        for day in days:
            for _ in range(draw.choice([1, 3, 6])):
                clock = draw.choice(["00:00:00", "09:30:00", "23:59:59"])
                user, feature = f"u_{number}_{draw.randrange(4)}", f"part:{draw.randrange(9)}"
                rows.append((f"org_{number}", user, feature, f"{day}T{clock}Z", draw.choice([1, 2, 40])))
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(sorted(rows, key=lambda row: row[3]))
    return path


@pytest.fixture(params=["made", *(["real"] if REAL.is_file() else [])])
def path(request, tmp_path):
    return REAL if request.param == "real" else made(tmp_path / "events.csv.gz")


def test_every_score_is_what_the_definitions_say(path, tmp_path):
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    home = Home(tmp_path / "home")
    told = home.imported(path)
    assert (told["rowsRead"], told["imported"], told["duplicates"]) == (len(rows), len(rows), 0)
    assert (told["setAside"], told["refused"], told["clashes"]) == ([], [], 0)
    assert told["customers"] == len({row["customer"] for row in rows})
    assert told["visitors"] == len({(row["customer"], row["user"]) for row in rows})
    assert told["features"] == len({row["feature"] for row in rows})
    assert told["from"] == min(row["timestamp"] for row in rows)
    assert told["to"] == max(row["timestamp"] for row in rows)

    found = home.told("score", "--as-of", str(AS_OF))
    assert (found["asOf"], found["period"]) == (str(AS_OF), f"{PERIOD}d")
    expected = portfolio(rows)
    by_name = {row["customer"]: row for row in found["scores"]}
    assert by_name.keys() == expected.keys()
    for name, (values, score, reason) in expected.items():
        row = by_name[name]
        assert row.get("reason") == reason, name
        assert row["score"] == (None if score is None else pytest.approx(score, abs=0.01)), name
        for part, value in values.items():
            assert row["components"][part]["value"] == pytest.approx(value, abs=0.01), (name, part)
    assert {reason for _, _, reason in expected.values()} == {None, "under 14 days of history", "no history"}
    scores = [score for _, score, _ in expected.values() if score is not None]
    assert found["average"] == pytest.approx(sum(scores) / len(scores), abs=0.01)


def portfolio(rows):
    """customer -> (values of the components, score, why it is withheld); everything by docs/definitions.md."""
    uses = defaultdict(list)
    for row in rows:
        at = datetime.strptime(row["timestamp"], "%Y-%m-%dT%H:%M:%SZ")
        uses[row["customer"]].append((at.date(), row["user"], row["feature"], int(row["count"])))
    known = {name: [use for use in mine if use[0] <= AS_OF] for name, mine in uses.items()}
    features = {feature for _, _, feature, _ in chain(*known.values())}
    return {name: one_customer(mine, len(features)) for name, mine in known.items()}


def one_customer(mine, available):
    if not mine:
        return {}, None, "no history"
    first_ever = min(use[0] for use in mine)
    first = max(first_ever, AS_OF - timedelta(days=PERIOD - 1))
    window = [use for use in mine if use[0] >= first]
    days = (AS_OF - first).days + 1
    expected = workdays(first, AS_OF)
    by_user = Counter()
    for _, user, _, count in window:
        by_user[user] += count
    at_work = {user for day, user, _, _ in window if day in expected}
    depth = median(by_user[user] for user in at_work or by_user) / (days / 7) if by_user else 0
    quiet = len(workdays(max(use[0] for use in mine) + timedelta(days=1), AS_OF))
    present = {(day, user) for day, user, _, _ in window if day in expected}
    people = {user for _, user in present}
    sticky = len(present) / len(expected) / len(people) if people else 0
    values = {
        "breadth": 100 * len({use[2] for use in window}) / available,
        "depth": 100 * min(1, depth / 20),
        "recency": 100 * (1 - min(1, quiet / len(expected))) if expected else None,
        "stickiness": 100 * min(1, sticky / 0.5),
    }
    if (AS_OF - first_ever).days + 1 < 14:
        return values, None, "under 14 days of history"
    return values, sum(values[part] * weight for part, weight in WEIGHTS.items()) / 100, None


WEIGHTS = {"breadth": 30, "depth": 30, "recency": 20, "stickiness": 20}


def workdays(first, last):
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return {day for day in days if day.weekday() < 5}
