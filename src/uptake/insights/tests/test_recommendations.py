from dataclasses import replace
from datetime import timedelta

import pytest

from uptake.insights.registry import recommendations
from uptake.insights.rules import default_rules
from uptake.insights.tests.small import DAY, cell, champion, feature, presence, row, view

approx = pytest.approx
RULES = default_rules()
REPORTS, SEARCH = feature("Reports", 80), feature("Search", 40)


def told(found, rule):
    """The one recommendation that the rule makes of a view."""
    made = [each for each in recommendations(found, RULES) if each.rule == rule]
    assert len(made) == 1, [each.rule for each in recommendations(found, RULES)]
    return made[0]


def names(found):
    return {each.rule for each in recommendations(found, RULES)}


def with_peers(mine, **acme):
    """Acme and three peers that use Reports (40%) and Search (30%)."""
    rows = [row(1, "Acme", **acme), *(row(2 + n) for n in range(3))]
    peers = {"reports": cell(0.4), "search": cell(0.3)}
    return view(
        rows, features=[REPORTS, SEARCH], cells={1: mine, **dict.fromkeys((2, 3, 4), peers)}, seen=[1],
        training={"reports": ["Reports in six minutes"]},
    )  # fmt: skip


def test_a_customer_in_the_middle_of_everything_needs_nothing():
    assert recommendations(view([row(1)]), RULES) == []


def test_value_is_arr_times_gap_times_winnable_in_words():
    made = told(
        view([row(1, "Acme", score=68.0, arr=184_000.0, currency="USD")], champions=[champion(1, 41)]), "champion-quiet"
    )
    assert made.value == approx(184_000 * 0.32 * 0.4)
    assert made.value_words == "$184k ARR × 32 points to go × 0.4 winnable"
    assert made.title == "Reach Ada Abel at Acme, inactive for 41 days"
    assert made.why == (
        "Ada Abel was last active on 20 May 2026, 41 days before 30 Jun 2026; the adoption score of Acme is 68."
    )
    assert made.title_without_people == "Reach the champion at Acme, inactive for 41 days"
    assert made.people == ("Ada Abel",)
    assert made.due_days == 2


def test_without_arr_it_says_so():
    made = told(view([row(1, score=68.0)], champions=[champion(1, 41)]), "champion-quiet")
    assert (made.value, made.value_words) == (0, "no ARR known: 32 points to go × 0.4 winnable")


def test_ranked_by_value_then_those_without_arr_by_gap():
    rows = [
        row(1, "Small gap, no ARR", score=80.0),
        row(2, "Large gap, no ARR", score=10.0),
        row(3, "Large gap, small ARR", score=10.0, arr=1_000.0),
        row(4, "Small gap, large ARR", score=90.0, arr=100_000.0),
        row(5, "Pays nothing", score=90.0, arr=0.0),
    ]
    found = view(rows, champions=[champion(number, 30) for number in (1, 2, 3, 4, 5)])
    order = [each.customer for each in recommendations(found, RULES) if each.rule == "champion-quiet"]
    known = ["Small gap, large ARR", "Large gap, small ARR", "Pays nothing"]
    assert order == [*known, "Large gap, no ARR", "Small gap, no ARR"]


def test_low_breadth_names_the_unused_features_and_the_peers():
    found = with_peers(
        {"reports": cell(0.04), "search": cell(0.0)}, breadth=0.4, breadth_value=40.0, features_used=4, arr=50_000.0
    )
    made = told(found, "low-breadth")
    assert made.title == "Show Reports and Search to Acme"  # 36 points × 80 before 30 points × 40
    assert made.why == (
        "Acme used 4 of 10 features in the last 30 days (40%). Reach among its active users against the middle of "
        "all 4 customers: Reports 4% against 40% and Search 0% against 30%."
    )
    assert made.feature_id == "reports"
    assert "Reports in six minutes" in made.steps[1]
    assert made.value_words == "$50k ARR × 60 points to go × 0.4 winnable"
    assert "feature-training" not in names(found)


def test_training_for_one_feature_where_breadth_is_fine():
    found = with_peers({"reports": cell(0.04), "search": cell(0.3)}, active_visitors=25)
    made = told(found, "feature-training")
    assert made.title == "Teach Reports at Acme"
    assert made.why == (
        "Reports reached 4% of the 25 active users at Acme in the last 30 days, and 40% at the middle of all 4 customers."
    )
    assert (made.channel, made.feature_id, made.gap) == ("training", "reports", approx(36))


def test_entitled_and_unused_features_are_named():
    mine = {"reports": cell(0.0), "search": cell(0.2)}
    made = told(with_peers(mine, is_entitled=True), "entitled-unused")
    assert made.why == "Acme is entitled to 2 features; 1 had no use in the last 30 days: Reports."
    assert (made.feature_id, made.gap) == ("reports", 50)
    assert "entitled-unused" not in names(with_peers(mine))  # nothing says that it was granted


def test_falling_trend_names_the_part_that_fell():
    now = row(1, "Acme", score=62.0, previous_score=74.0, change=-12.0)
    before = {**now, "score": 74.0, "depth_value": 100.0}  # depth 100 → 60, × 30%
    made = told(view([now], before={1: before}), "falling-trend")
    assert made.title == "Find out why Acme fell 12 points"
    assert (
        made.why == "The adoption score of Acme fell from 74 to 62 in the last 30 days; Depth cost it most, 12 points."
    )
    less = {**now, "change": -4.9, "previous_score": 66.9}
    assert "falling-trend" not in names(view([less], before={1: before}))


def test_few_active_users_of_the_seats():
    people = {1: presence(known=12, quiet=7)}
    found = view([row(1, "Acme", active_visitors=4, active_share=0.4)], presence=people)
    made = told(found, "few-active-users")
    assert made.title == "Bring users back at Acme: 4 of 10 active"
    assert made.why == (
        "Active in the last 30 days: 4 of 10 licensed seats at Acme (40%). Inactive for 30 days: 7 of 12 known users (58%)."
    )
    assert "few-active-users" not in names(view([row(1, active_visitors=5, active_share=0.5)], presence=people))


def test_concentration_names_the_user_only_to_those_who_may_see_people():
    found = view(
        [row(1, "Acme")], presence={1: presence(uses=200, top=144)}, top_users={1: "ada@acme.example"},
        champions=[champion(1, 41)],
    )  # fmt: skip
    made = told(found, "concentration")
    assert made.title == "Spread the use at Acme beyond ada@acme.example"
    assert made.why == (
        "Made by ada@acme.example: 144 of the 200 uses at Acme in the last 30 days (72%). Active: 8 of 10 licensed seats."
    )
    assert made.people == ("ada@acme.example",)
    assert made.value_words == "no ARR known: 72 points of use on one user × 0.3 winnable"
    without = recommendations(found.seen_by([1], with_people=False), RULES)
    assert {each.rule for each in without} == {"concentration", "champion-quiet"}
    assert not any(name in repr(without) for name in ("Ada", "ada@", "CIO"))
    assert all(each.people == () for each in without)


def test_long_quiet_names_days_and_the_last_one():
    quiet = row(1, "Acme", quiet_days=5, recency_value=77.0, last_active_on=DAY - timedelta(days=7))
    made = told(view([quiet]), "long-quiet")
    assert made.title == "Call Acme: nobody active for 5 working days"
    assert made.why == (
        "Nobody at Acme has used the product since 23 Jun 2026, 5 working days before 30 Jun 2026. "
        "Active in the last 30 days: 8 of 10 licensed seats."
    )
    assert "long-quiet" not in names(view([{**quiet, "quiet_days": 4}]))


def test_shallow_depth_is_told_against_the_peers():
    shallow = row(1, "Acme", depth=3.25, depth_value=16.25)
    made = told(view([shallow, *(row(2 + n, depth=9.0) for n in range(3))], seen=[1]), "shallow-depth")
    assert made.title == "Deepen the use at Acme: 3.3 uses a week per user"
    assert "makes 3.3 uses a week (8 users active in the last 30 days); the middle of all 4 customers is 9." in made.why
    assert "shallow-depth" not in names(view([shallow]))  # nobody to compare with


def test_new_customer_that_barely_started_is_told_just_that():
    young = {"history_days": 38, "breadth": 0.2, "features_used": 2, "active_visitors": 1, "active_share": 0.1}
    found = with_peers({"reports": cell(0.0), "search": cell(0.0)}, **young, depth=1.0, depth_value=5.0)
    made = told(found, "barely-started")
    assert made.why == (
        "Acme started 38 days ago; active so far: 1 of 10 licensed seats; used: 2 of 10 features (20%)."
    )
    assert names(found) == {"barely-started"}


def test_renewal_near_with_a_weak_score():
    soon = row(1, "Acme", score=46.0, renews_on=DAY + timedelta(days=36))
    assert told(view([soon]), "renewal-near").title == "Prepare the renewal of Acme on 5 Aug 2026"
    assert not recommendations(view([{**soon, "renews_on": DAY + timedelta(days=91)}]), RULES)
    assert not recommendations(view([{**soon, "renews_on": DAY - timedelta(days=1)}]), RULES)
    assert not recommendations(view([{**soon, "score": 60.0}]), RULES)


@pytest.mark.parametrize(
    ("score", "renews_in", "priority"),
    [
        (61.0, None, "low"),  # 39 points to go
        (60.0, None, "medium"),
        (30.0, None, "high"),
        (30.0, 90, "critical"),  # one level up before a renewal
        (61.0, 90, "medium"),
        (30.0, 91, "high"),
    ],
)
def test_priority_follows_the_points_to_go_and_the_renewal(score, renews_in, priority):
    renews_on = None if renews_in is None else DAY + timedelta(days=renews_in)
    found = view([row(1, score=score, renews_on=renews_on)], champions=[champion(1, 30)])
    assert told(found, "champion-quiet").priority == priority


def test_a_score_that_is_withheld_leaves_out_what_would_write_it():
    found = view([row(1, score=None, change=None, previous_score=None)], champions=[champion(1, 41)])
    assert recommendations(found, RULES) == []


def test_only_the_customers_asked_for_and_seen():
    rows = [row(1, score=30.0), row(2, score=30.0), row(3, score=30.0)]
    found = view(rows, champions=[champion(number, 40) for number in (1, 2, 3)], seen=[1, 2])
    assert {each.customer_id for each in recommendations(found, RULES)} == {1, 2}
    assert {each.customer_id for each in recommendations(found, RULES, [2, 3])} == {2}


def test_equal_ones_stay_in_the_order_of_the_rules():
    found = view([row(2, "Acme", score=30.0), row(1, "Acme", score=30.0)], champions=[champion(1, 40), champion(2, 40)])
    twice = [RULES[3], replace(RULES[3], name="again")]
    made = [(each.rule, each.customer_id) for each in recommendations(found, twice)]
    assert made == [("champion-quiet", 1), ("champion-quiet", 2), ("again", 1), ("again", 2)]


def test_money_is_compared_within_a_currency_only():
    """Yen look like a lot: each value has its place among those of its own currency, the first of each at the top."""
    arr = {
        "Yen, much": (90_000_000.0, "JPY"),
        "Yen, little": (10_000_000.0, "JPY"),
        "Dollars, much": (90_000.0, "USD"),
        "Dollars, some": (50_000.0, "USD"),
        "Dollars, little": (10_000.0, "USD"),
        "Two contracts": (None, "EUR, USD"),
    }
    rows = [
        row(number, name, score=80.0, arr=amount, currency=currency)
        for number, (name, (amount, currency)) in enumerate(arr.items())
    ]
    found = view(rows, champions=[champion(number, 30) for number in range(len(rows))])
    made = [each for each in recommendations(found, RULES) if each.rule == "champion-quiet"]
    # places: of two 75% and 25%, of three 83%, 50% and 17%
    assert [each.customer for each in made] == [
        "Dollars, much", "Yen, much", "Dollars, some", "Yen, little", "Dollars, little", "Two contracts",
    ]  # fmt: skip
    assert [each.currency for each in made] == ["USD", "JPY", "USD", "JPY", "USD", None]
    assert made[-1].value_words.startswith("ARR in EUR, USD is not added up: 20 points")


def test_names_are_cut_where_a_task_has_no_room_for_them():
    long = "Consolidated " * 38  # 494 characters, as customers and features may be called
    rows = [row(1, long, breadth=0.4, breadth_value=40.0, features_used=4), *(row(2 + n) for n in range(3))]
    features = [feature("Reports", 80), feature("Search", 40)]
    for each in features:
        each.name += f" {long}"
    peers = {"reports": cell(0.4), "search": cell(0.3)}
    mine = {"reports": cell(0.04), "search": cell(0.0)}
    found = view(rows, features=features, cells={1: mine, **dict.fromkeys((2, 3, 4), peers)}, seen=[1])
    made = told(found, "low-breadth")
    assert made.title.startswith("Show Reports Consolidated")
    assert " to Consolidated" in made.title
    assert (len(made.title) <= 200, len(made.why) <= 4000) == (True, True)
    assert max(map(len, made.steps)) <= 300
    assert made.customer == long  # what is no text of the task stays whole
