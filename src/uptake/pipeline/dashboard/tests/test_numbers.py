"""Dorado's dashboard, worked out on paper (its use stands in ``by_hand``)."""

from datetime import date

import pytest

from uptake.kit.days import Period
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.dashboard.tests.by_hand import ADA, LAST

pytestmark = pytest.mark.django_db(transaction=True)


_MADE = {}


@pytest.fixture
def shown(request):
    """Dorado's dashboard: plain values, so all tests that only look share one."""
    if not _MADE:
        dorado = request.getfixturevalue("dorado")
        _MADE["shown"] = dashboard(dorado.ann, dorado.dorado.pk)
    return _MADE["shown"]


def values(shown):
    return {each.slug: each.value for each in shown.figures.data}


def test_every_tile_is_there_but_those_that_lack_something(shown):
    absent = {name: tile.absent for name, tile in vars(shown).items() if hasattr(tile, "absent") and tile.data is None}
    assert absent == {
        "worth": "The catalogue does not say yet how many minutes a use of a feature saves.",
        "guides": "No connected platform tells of guides.",
    }
    assert (shown.as_of, shown.first_day, shown.history_days) == (LAST, date(2026, 6, 1), 61)
    assert (shown.customer, shown.zone, shown.working_week, shown.with_people) == (
        "Dorado", "Europe/Berlin", "1111100", True
    )  # fmt: skip


def test_people(shown):
    found = values(shown)
    assert (found["mau"], found["wau"], found["active_visitors"]) == (3, 2, 3)
    assert found["dau"] == pytest.approx((22 + 3 + 1) / 22)  # ada on each, ben on three, cem on one
    assert found["activation"] == pytest.approx(4 / 10)
    assert found["active_share"] == pytest.approx(3 / 10)
    assert found["dormant"] == 1
    assert found["stickiness"] == pytest.approx(26 / 22 / 3)
    counts = {each.status: (each.people, each.share) for each in shown.users.data.counts}
    assert counts == {"active": (2, 0.5), "engaged": (0, 0.0), "at_risk": (1, 0.25), "dormant": (1, 0.25)}
    assert shown.users.data.is_met is False  # a quarter is dormant
    assert [(each.visitor_id, each.name, each.days_quiet) for each in shown.users.data.quiet] == [
        ("cem@dorado.example", None, 28),
        ("dan@dorado.example", "Dan Brown", 57),
    ]


def test_sessions_and_logins(shown):
    """Ada: a session a day, 10 minutes, on the five Mondays of June 20; ben three and cem one, of an instant each."""
    found = values(shown)
    assert found["sessions"] == 22 + 3 + 1
    assert found["session_minutes"] == pytest.approx((17 * 10 + 5 * 20) / 26)
    assert found["actions_per_session"] == pytest.approx((2 * 22 + 3 + 1) / 26)
    # ben's of the 1st and 15th at 08:05 lie within ada's; so two of his and two of hers
    assert found["multi_user_sessions"] == pytest.approx(4 / 26)
    assert found["login_frequency"] == pytest.approx(5 / 3 / (30 / 7))


def test_use_and_features(shown):
    found = values(shown)
    assert found["uses"] == 44 + 3 + 1
    # May: 1st is a Friday, 21 working days, ada 42 and dan 1 on 2 to 31 May: 20 working days
    assert found["usage_trend"] == pytest.approx((48 / 22) / (41 / 20) - 1)
    assert found["breadth"] == 1.0  # Search, Reports and Export; nobody has ever used Webhooks
    assert (found["core_breadth"], found["advanced_breadth"]) == (1.0, 1.0)
    assert "power_breadth" not in found
    lines = {line.feature: line for line in shown.features.data.lines}
    assert list(lines) == ["Search", "Reports", "Export"]
    assert (lines["Search"].users, lines["Search"].uses, lines["Search"].reach) == (3, 25, 1.0)
    assert (lines["Export"].users, lines["Export"].reach, lines["Export"].is_sticky) == (1, pytest.approx(1 / 3), False)
    assert (lines["Search"].is_sticky, lines["Reports"].is_sticky) == (True, True)  # ada and ben came back to it
    assert lines["Export"].time_to_feature == 59  # from 1 May to 29 June
    assert lines["Reports"].time_to_feature == 0
    assert lines["Search"].weeks[-1] == 5  # 24 to 30 June: five working days of ada
    assert sum(lines["Search"].weeks) == 43 + 2 + 1 + 1
    assert (lines["Export"].trend, lines["Export"].previous_uses) == ("new", 0)
    assert found["time_to_feature"] == 0
    funnel = {step.category: step.visitors for step in shown.funnel.data.steps}
    assert funnel == {"core": 3, "advanced": 1, "power": 0}


def test_lifecycle_and_cohorts(shown):
    weeks = {week.week_end: (week.new, week.returning, week.resurrected, week.dormant) for week in shown.lifecycle.data}
    assert next(iter(weeks)) == date(2026, 5, 5)  # the week in which the first use of 1 May lies
    assert weeks[date(2026, 5, 5)] == (2, 0, 0, 0)  # ada and dan
    assert weeks[date(2026, 5, 12)] == (0, 1, 0, 1)
    assert weeks[date(2026, 6, 2)] == (2, 1, 0, 0)  # ben and cem
    assert weeks[date(2026, 6, 16)] == (0, 1, 1, 0)  # ben again after a week
    assert weeks[date(2026, 6, 30)] == (0, 1, 1, 0)
    assert [(each.month, each.size, each.people) for each in shown.cohorts.data] == [
        (date(2026, 5, 1), 2, [2, 1]),
        (date(2026, 6, 1), 2, [2]),
    ]


def test_rhythm_is_of_the_customers_own_clock(shown):
    rhythm = shown.rhythm.data
    assert rhythm.total == 48
    assert (rhythm.peak_day, rhythm.peak_hour) == (0, 10)  # Monday: ada's ten and ben's two at 10 in Berlin, 8 in UTC
    assert rhythm.cells[0][10] == 2 * 5 + 2
    assert rhythm.cells[1][11] == 1  # cem on Tuesday, 2 June at 9 in UTC
    assert rhythm.cells[0][16] == 1
    assert (rhythm.weekend_uses, rhythm.weekend_share) == (0, 0.0)
    assert rhythm.peak == "Monday, 10 to 11"


def test_what_hangs_on_one_user(shown):
    found = shown.concentration.data
    assert (found.top.visitor_id, found.top.name, found.top_uses, found.uses) == (ADA, "Ada Lovelace", 44, 48)
    assert (found.share, found.visitors_for_80, found.visitors) == (pytest.approx(44 / 48), 1, 3)
    assert [each.name for each in found.champions] == ["Ada Lovelace"]
    # Without ada: 2 of 10 seats; Search and Export of three features; 4 uses in 4 sessions; 4 ÷ 22 a day after 1 ÷ 20
    # in May: full trend; 2 of 10 seats used
    without = 0.25 * 20 + 0.25 * 200 / 3 + 0.2 * 100 / 15 + 0.15 * 100 + 0.15 * 20
    assert found.score_without == pytest.approx(without)


def test_score_and_its_parts(shown):
    score = shown.score.data
    trend = (48 / 22) / (41 / 20) - 1
    parts = {
        "activation": 30,
        "breadth": 100,
        "depth": 100 * 48 / 26 / 15,
        "trend": 100 * (trend + 0.5) / 0.7,
        "entitlements": 30,
    }
    assert {part.name: part.value for part in score.parts} == pytest.approx(parts)
    weights = {"activation": 0.25, "breadth": 0.25, "depth": 0.2, "trend": 0.15, "entitlements": 0.15}
    assert score.score == pytest.approx(sum(weights[name] * value for name, value in parts.items()))
    assert sum(part.points for part in score.parts) == pytest.approx(score.score)
    assert (score.present, score.model) == (1.0, "account")
    assert score.weeks[-1] == (LAST, pytest.approx(score.score))
    assert next(day for day, value in score.weeks if value is not None) >= date(2026, 5, 14)  # 14 days of history


def test_entitlements(shown):
    [seats] = shown.entitled.data.lines
    assert (seats.used, seats.granted, seats.utilization) == (3, 10, 0.3)
    assert (seats.price, seats.unused_value, seats.currency) == (1000, pytest.approx(700), "USD")
    assert shown.entitled.data.unused_value == pytest.approx(700)
    assert shown.entitled.data.sentence == "Least used: Seats, 30%; $700 a year is paid for and not used."


def test_growth(shown):
    growth = shown.growth.data
    assert [week.week_end for week in growth.weeks][:2] == [date(2026, 5, 5), date(2026, 5, 12)]
    assert (growth.weeks[0].uses, growth.weeks[0].visitors, growth.weeks[0].is_whole) == (7, 2, False)
    assert (growth.weeks[-1].uses, growth.weeks[-1].visitors) == (11, 2)
    milestones = {(each.on, each.kind): each.words for each in growth.milestones}
    assert milestones[date(2026, 5, 1), "first_use"] == "First use"
    assert milestones[date(2026, 5, 1), "all_core"] == "All 2 core features used"
    assert milestones[date(2026, 5, 4), "record_users"] == "Most users on a day: 2"
    assert milestones[date(2026, 5, 4), "record_uses"] == "Most uses on a day: 3"


def test_another_period(dorado):
    week = dashboard(dorado.ann, dorado.dorado.pk, period=Period(7))
    assert values(week)["active_visitors"] == 2
    assert values(week)["uses"] == 11
    everything = dashboard(dorado.ann, dorado.dorado.pk, period=Period(None))
    assert values(everything)["active_visitors"] == 4
    assert values(everything)["uses"] == 48 + 42 + 1
    assert all(each.change is None for each in everything.figures.data)


def test_a_past_day_is_as_of_then(dorado):
    past = dashboard(dorado.ann, dorado.dorado.pk, as_of=date(2026, 5, 31))
    found = values(past)
    assert (found["mau"], found["wau"], found["uses"]) == (2, 1, 41)
    assert [line.feature for line in past.features.data.lines] == ["Search", "Reports"]
    assert past.score.data.change is None  # under two periods
    assert {each.kind for each in past.growth.data.milestones} >= {"first_use", "all_core"}
