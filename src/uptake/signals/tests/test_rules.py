"""The other rules, each by a table that fits on the screen. D is Tuesday 31 March 2026."""

from types import SimpleNamespace

import pytest

from uptake.metrics.tests.engines import by, day
from uptake.signals import champion_quiet, guide_dismissal, key_feature, no_login
from uptake.signals.registry import RULES, UnknownRule, rule_named
from uptake.signals.rule import BadThreshold
from uptake.signals.tests.small import D, found, states, steadily, watched


def test_nobody_there_for_14_days(engine):
    world = watched(
        engine,
        (1, "ann", "A", "2026-01-05"),
        (1, "ann", "A", "03-17"),  # 14 days before the 31st: the 14 days from the 18th on are empty
        (2, "bob", "A", "2026-01-05"),
        (2, "bob", "A", "03-18"),  # 13 days
        (3, None, "A", "2026-01-05"),
        (3, None, "A", "03-28"),  # nobody is named, somebody was there
        (4, "dee", "A", "03-20"),  # began 12 days ago
        (5, "eve", "A", "2026-01-05", 9, "month"),  # some day in January, but no later
    )
    rows = by(found(engine, no_login.RULE, world), "customer_id")
    assert {key: row["state"] for key, row in rows.items()} == {1: "holds", 4: "young", 5: "holds"}
    assert (rows[1]["last_on"], rows[1]["quiet_days"], rows[1]["known_users"]) == (day("03-17"), 14, 1)
    assert states(found(engine, no_login.RULE, world, quiet=13))[2] == "holds"
    assert 1 not in states(found(engine, no_login.RULE, world, least_users=2))


def test_a_running_month_that_is_only_a_total_is_unmeasured(engine):
    world = watched(
        engine, (1, "eve", "A", "2025-10-01", 9), (1, "eve", "A", "03-01", 9, "month"), (2, "b", "A", "03-31")
    )
    assert states(found(engine, no_login.RULE, world))[1] == "unmeasured"


WEEKS = ("02-20", "02-25", "03-05", "03-14")
"""One day in each of the four weeks before the 14 days: 18–24 February, 25–3 March, 4–10, 11–17 March."""


@pytest.mark.parametrize(
    ("days", "importance", "fires"),
    [
        (WEEKS, 70, True),
        (WEEKS, 69, False),
        (WEEKS[1:], 70, False),  # not in the first week
        ((*WEEKS, "03-18"), 70, False),  # 13 days ago: within the 14 days
        (("02-18", "03-03", "03-04", "03-17"), 70, True),  # the first and last days of their weeks
        (("02-17", *WEEKS[1:]), 70, False),  # a day before the first week
    ],
)
def test_a_key_feature_used_every_week_and_then_no_more(engine, days, importance, fires):
    usage = [(1, "ann", "Reports", on) for on in days] + [(1, "ann", "Search", "01-05"), (1, "ann", "Search", "03-31")]
    world = watched(engine, *usage, importance={"Reports": importance})
    rows = found(engine, key_feature.RULE, world)
    assert [row["subject"] for row in rows] == (["reports"] if fires else [])


def test_what_a_key_feature_tells(engine):
    usage = [(1, who, "Reports", on, 2) for on in WEEKS for who in ("ann", "bob")]
    world = watched(
        engine, *usage, (1, "ann", "Search", "01-05"), (2, "x", "Search", D.isoformat()), importance={"Reports": 80}
    )
    [row] = found(engine, key_feature.RULE, world)
    assert (row["feature"], row["importance"], row["uses_before"], row["users_before"]) == ("Reports", 80, 16, 2)
    assert (row["last_on"], row["quiet_days"], row["state"]) == (day("03-14"), 17, "holds")
    assert found(engine, key_feature.RULE, world, least_uses=17) == []


def test_a_key_feature_with_month_totals_is_unmeasured(engine):
    usage = [(1, "ann", "Reports", on) for on in WEEKS]
    world = watched(
        engine, *usage, (1, "ann", "Reports", "03-01", 5, "month"), (2, "x", "S", "03-31"), importance={"Reports": 80}
    )
    assert states(found(engine, key_feature.RULE, world)) == {1: "unmeasured"}


def test_a_champion_away_for_30_days(engine):
    world = watched(
        engine,
        (1, " Ada@Acme.example", "A", "02-01"),
        (1, " Ada@Acme.example", "A", "03-01"),  # 30 days before the 31st; written otherwise
        (1, "bo@acme.example", "A", "03-31"),
        (2, "cy@birch.example", "A", "01-05"),
        (2, "cy@birch.example", "A", "03-02"),  # 29 days
        (3, "di@cobalt.example", "A", "01-05", 1),
        (3, "di@cobalt.example", "A", "03-01", 5, "month"),  # sometime in March
        champions=[
            (1, 11, "ada@acme.example"),
            (1, 12, "bo@acme.example"),
            (1, 13, "zoe@acme.example"),  # never among the users
            (2, 21, "cy@birch.example"),
            (2, 22, "ada@acme.example"),  # of another customer
            (3, 31, "di@cobalt.example"),
        ],
    )
    [row] = found(engine, champion_quiet.RULE, world)
    assert (row["customer_id"], row["subject"], row["state"]) == (1, "11", "holds")
    assert (row["last_on"], row["quiet_days"], row["days_there"]) == (day("03-01"), 30, 2)
    assert found(engine, champion_quiet.RULE, world, least_days=3) == []
    two = found(engine, champion_quiet.RULE, world, day("03-05"), day("04-01"))
    assert [(row["as_of"], row["subject"]) for row in two] == [(day("04-01"), "11"), (day("04-01"), "21")]


def test_a_champion_is_all_the_ids_that_platforms_tell(engine):
    world = watched(
        engine,
        (1, "v-7", "A", "02-01", 1, "event", "pendo"),
        (1, "ada@acme.example", "A", "02-20", 1, "event", "web"),
        (1, "v-9", "A", "03-01", 1, "event", "pendo"),  # 30 days ago, under a third id
        (1, "v-9", "A", "03-30", 1, "event", "web"),  # the same id on another platform: somebody else
        (1, "V-7", "A", "03-29", 1, "event", "pendo"),  # ids tell capitals apart
        (1, "bo@acme.example", "A", "02-01", 1, "event", "pendo"),  # Bo no more: Pendo tells that it is Ada
        (2, "v-7", "A", "03-31", 1, "event", "pendo"),  # the same address at another customer
        (2, "x", "A", "01-05"),
        champions=[(1, 11, "ada@acme.example"), (1, 12, "bo@acme.example"), (2, 21, "ada@acme.example")],
        told=[("pendo", "v-7", "ada@acme.example"), ("pendo", "v-9", "ada@acme.example"),
              ("pendo", "bo@acme.example", "ada@acme.example")],
    )  # fmt: skip
    [row] = found(engine, champion_quiet.RULE, world)
    # there on 1 Feb (under two ids, one day), 20 Feb and 1 March: three days
    assert (row["customer_id"], row["subject"], row["last_on"], row["quiet_days"]) == (1, "11", day("03-01"), 30)
    assert row["days_there"] == 3


def guides(customer, guide, seen, dismissed, first=0):
    """So many users saw the guide on the 20th, the first few of them dismissed it."""
    users = [f"u{first + number}" for number in range(seen)]
    return [
        *((customer, user, guide, kind, "03-20") for user in users for kind in ("seen", "advanced", "seen")),
        *((customer, user, guide, "dismissed", "03-20") for user in users[:dismissed]),
    ]


def test_guides_mostly_dismissed(engine):
    old = [(number, "ann", "A", "2026-01-05") for number in (1, 2, 3, 4)] + [(4, "ann", "A", "03-31")]
    world = watched(
        engine,
        *old,
        guides=[
            *guides(1, "tour", 15, 10),
            *guides(1, "news", 5, 3, first=50),  # 13 of 20 views: 65%
            *guides(2, "tour", 20, 12),  # 60% is not over 60%
            *guides(3, "tour", 19, 19),  # too few
            *guides(4, "tour", 20, 20),
            (4, "bot@test", "tour", "seen", "03-20"),
            *[(4, f"v{number}", "tour", "dismissed", "02-20") for number in range(9)],  # before the 30 days
        ],
        rules=[SimpleNamespace(kind="test", pattern="@test$", title="tests")],
    )
    rows = by(found(engine, guide_dismissal.RULE, world), "customer_id")
    assert {key: (row["dismissed"], row["views"]) for key, row in rows.items()} == {1: (13, 20), 4: (20, 20)}
    assert (rows[1]["guide_id"], rows[1]["guide_dismissed"], rows[1]["users"]) == ("tour", 10, 20)
    assert rows[1]["share"] == pytest.approx(0.65)


def test_every_rule_says_late_where_usage_has_not_arrived(engine):
    """Pendo brings nothing since 10 March; without the gap each of these would hold."""
    usage = [
        *((1, "ada@acme.example", "Reports", on, 9, "event", "pendo") for on in ("2025-12-01", "02-01")),
        *((1, "bo", "Reports", on, 9, "event", "pendo") for on in ("02-20", "02-27", "03-05", "03-12")),
        *((row[0], row[1], row[2], row[3], 1) for row in steadily(2, "x", "A", "2025-12-01", "03-31")),
    ]
    world = watched(
        engine,
        *usage,
        importance={"Reports": 90},
        champions=[(1, 11, "ada@acme.example")],
        guides=guides(1, "tour", 20, 20),
    )
    late = {rule.slug: states(found(engine, rule, world)).get(1) for rule in RULES}
    assert late == dict.fromkeys(late, "late") | {"usage_drop": late["usage_drop"]}
    assert set(late) == {rule.slug for rule in RULES}


def test_thresholds_are_checked():
    rule = rule_named("usage_drop")
    assert rule.with_defaults({"fall": 30})["fall"] == 30
    for wrong in ({"fall": 0}, {"fall": 20.5}, {"fall": float("nan")}, {"period": 5}, {"colour": 1}):
        with pytest.raises((BadThreshold, ValueError)):
            rule.with_defaults(wrong)
    with pytest.raises(UnknownRule, match="usage_drop"):
        rule_named("weather")


def test_every_rule_says_when_it_fires():
    for rule in RULES:
        assert "{" not in rule.says(rule.defaults)
        assert set(rule.defaults) == {each.name for each in rule.thresholds} | {"cooldown_days"}
