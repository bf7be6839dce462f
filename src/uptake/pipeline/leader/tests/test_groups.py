"""Adoption by group, worked out by hand (the table stands in conftest)."""

from datetime import date

import pytest

from uptake.customers.inputs import NewEntitlement
from uptake.customers.services import grant_entitlements
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline.leader import Asked, leader_view
from uptake.pipeline.leader.groups import GROUPINGS
from uptake.pipeline.leader.tests.conftest import BOREALIS, contracted
from uptake.pipeline.leader.view import MOST_GROUPS
from uptake.pipeline.portfolio import Filters, portfolio
from uptake.pipeline.tests.by_hand import LAST, import_usage, own

pytestmark = pytest.mark.django_db(transaction=True)


def lines(who, **asked):
    view = leader_view(who, Asked(**asked))
    return {line.group.title: line for line in (*view.lines, view.total)}


def test_by_segment_each_customer_alike(portfolio_of_four):
    found = lines(portfolio_of_four.lea)
    assert list(found) == ["Enterprise", "Small", "Not set", "All"]  # equal ones by name, those without a segment last
    told = {title: (line.customers.count, line.scored.count, line.withheld.count) for title, line in found.items()}
    assert told == {"Enterprise": (1, 1, 0), "Small": (1, 1, 0), "Not set": (2, 1, 1), "All": (4, 3, 1)}
    assert found["Not set"].average.value == 0  # Cobalt's; Dorado has none
    assert found["All"].average.value == pytest.approx((100 + BOREALIS + 0) / 3)
    assert {name: figure.count for name, figure in found["All"].bands} == {
        "excellent": 1, "good": 1, "fair": 0, "poor": 1,
    }  # fmt: skip
    assert [figure.value for _, figure in found["All"].bands] == pytest.approx([1 / 3, 1 / 3, 0, 1 / 3])
    [(reason, figure)] = found["Not set"].reasons
    assert (reason, figure.count) == ("under 14 days of history", 1)
    # Borealis had 100 in May; Acme and Cobalt stayed; Dorado has no trend
    assert found["All"].change.value == pytest.approx((BOREALIS - 100) / 3)
    assert found["All"].change.count == 3
    assert found["Small"].change.value == pytest.approx(BOREALIS - 100)


def test_the_parts_make_up_the_average(portfolio_of_four):
    found = lines(portfolio_of_four.lea)
    assert {title: figure.value for title, figure in found["Small"].parts} == pytest.approx(
        {"Breadth": 50, "Depth": 100 * 55 / (30 / 7) / 20, "Recency": 100 * 21 / 22, "Stickiness": 100}
    )
    weights = (0.3, 0.3, 0.2, 0.2)
    for line in found.values():
        made = sum(weight * figure.value for weight, (_, figure) in zip(weights, line.parts, strict=True))
        assert made == pytest.approx(line.average.value)


def test_users_and_seats_are_added_up(portfolio_of_four):
    """Acme one of two known users (the first of a year ago), Borealis one of two, Cobalt none of one, Dorado its one."""
    found = lines(portfolio_of_four.lea)
    assert {title: line.active.value for title, line in found.items()} == {
        "Enterprise": 1, "Small": 1, "Not set": 1, "All": 3,
    }  # fmt: skip
    assert found["Enterprise"].seats.value == pytest.approx(1 / 2)
    assert found["Not set"].seats.value == pytest.approx(1 / 2)
    assert found["All"].seats.value == pytest.approx(3 / 6)  # not the mean of the shares


def test_money_is_weighed_and_added_within_one_currency(portfolio_of_four):
    in_euro = lines(portfolio_of_four.lea, weight="arr")  # two have EUR, one has JPY
    assert in_euro["All"].arr.value == 40_000
    by_arr = (100 * 30_000 + BOREALIS * 10_000) / 40_000
    assert in_euro["All"].average.value == pytest.approx(by_arr)
    assert in_euro["All"].weighted.value == pytest.approx(by_arr)
    assert in_euro["All"].average.count == 2
    assert [figure.value for _, figure in in_euro["All"].bands] == pytest.approx([0.75, 0.25, 0, 0])
    assert in_euro["Not set"].average.value is None
    assert in_euro["All"].customers.count == 4  # who there is, is counted all the same
    assert in_euro["All"].change.value == pytest.approx((BOREALIS - 100) * 10_000 / 40_000)
    in_yen = lines(portfolio_of_four.lea, weight="arr", currency="JPY")
    assert (in_yen["All"].arr.value, in_yen["All"].average.value, in_yen["All"].average.count) == (900_000, 0, 1)
    alike = lines(portfolio_of_four.lea, currency="JPY")
    assert alike["All"].weighted.value == 0
    assert alike["All"].average.value == pytest.approx((100 + BOREALIS) / 3)
    nowhere = lines(portfolio_of_four.lea, weight="arr", currency="CHF")["All"]
    assert (nowhere.arr.value, nowhere.average.value, nowhere.average.count) == (None, None, 0)


def test_several_currencies_at_one_customer_are_none(portfolio_of_four):
    contracted(portfolio_of_four.acme, 5_000, "USD", starts_on=date(2026, 1, 1))
    view = leader_view(portfolio_of_four.lea, Asked(currency="EUR"))
    assert (view.total.arr.value, view.total.arr.count) == (10_000, 1)
    assert view.without_weight == (2, 1)  # Acme's two currencies and Cobalt's yen; Dorado has no contract


def test_arr_and_plan_are_those_of_the_day(portfolio_of_four):
    before = lines(portfolio_of_four.lea, by="plan", as_of=date(2025, 10, 31))
    assert list(before) == ["Gold", "Not set", "All"]
    assert before["All"].arr.value == 30_000
    assert list(lines(portfolio_of_four.lea, by="plan")) == ["Gold", "Silver", "Not set", "All"]


GROUPED = {
    "region": {"Americas": ["Borealis"], "Europe": ["Acme"], "Not set": ["Cobalt", "Dorado"]},
    "owner": {"Ben": ["Borealis", "Cobalt"], "Ann": ["Acme"], "Nobody": ["Dorado"]},
    "cohort": {"Q1 2024": ["Acme"], "Q4 2025": ["Borealis", "Cobalt"], "Not set": ["Dorado"]},
    "first_use": {"Q2 2025": ["Acme", "Borealis", "Cobalt"], "Q2 2026": ["Dorado"]},
}


def test_every_grouping(portfolio_of_four):
    for by, expected in GROUPED.items():
        found = grouped(leader_view(portfolio_of_four.lea, Asked(by=by)))
        assert found == expected
        assert list(found) == list(expected)


def grouped(view):
    """Title -> names, in the order of the groups."""
    found = {group.title: [] for group in view.groups.groups}
    for row, code in zip(view.found.rows, view.groups.codes.tolist(), strict=True):
        found[view.groups.groups[code].title].append(row["customer"])
    return found


ADDED = ("customers", "scored", "withheld", "active", "arr")


def test_the_total_is_the_sum_of_the_groups(portfolio_of_four):
    for by in GROUPINGS:
        for weight in ("customers", "arr"):
            adds_up(leader_view(portfolio_of_four.lea, Asked(by=by, weight=weight)))


def adds_up(view):
    for name in ADDED:
        figures = [getattr(line, name) for line in view.lines]
        assert sum(figure.count for figure in figures) == getattr(view.total, name).count
        assert sum(figure.value or 0 for figure in figures) == (getattr(view.total, name).value or 0)
    for place, (_, total) in enumerate(view.total.bands):
        assert sum(line.bands[place][1].count for line in view.lines) == total.count


def test_the_numbers_are_those_of_the_portfolio(portfolio_of_four):
    for period in (Period(7), Period(30), Period(None)):
        found = portfolio(portfolio_of_four.lea, period=period)
        total = leader_view(portfolio_of_four.lea, Asked(period=period)).total
        assert (total.customers.count, total.scored.count) == (len(found.rows), found.scored)
        assert total.average.value == pytest.approx(found.average)
        assert total.change.value == (pytest.approx(found.average_change) if period.days else None)
        assert {name: figure.count for name, figure in total.bands} == found.bands
        assert {reason: figure.count for reason, figure in total.reasons} == {
            reason: len(names) for reason, names in found.withheld.items()
        }


def test_a_csm_sees_their_own_before_anything_is_counted(portfolio_of_four, settings):
    ann = lines(portfolio_of_four.ann)
    assert {title: line.customers.count for title, line in ann.items()} == {"Enterprise": 1, "Not set": 1, "All": 2}
    assert ann["All"].arr.value == 30_000
    settings.UPTAKE = settings.UPTAKE.model_copy(update={"csm_sees": "all"})
    assert lines(portfolio_of_four.ann)["All"].customers.count == 4


def test_filters_narrow_before_grouping(portfolio_of_four):
    europe = lines(portfolio_of_four.lea, filters=Filters(region="Europe"))
    assert {title: line.customers.count for title, line in europe.items()} == {"Enterprise": 1, "All": 1}
    view = leader_view(portfolio_of_four.lea, Asked(filters=Filters(region="Nowhere")))
    assert (view.lines, view.total.customers.count, view.total.average.value) == ([], 0, None)
    assert view.found.total == 4


def test_many_groups_end_in_one_of_the_others(portfolio_of_four):
    """45 segments of one customer each beside Enterprise and Small: 39 stay, the rest are one group, the unset another."""
    rows = [(f"Customer {number:02}", "a@many.example", "Search", LAST) for number in range(45)]
    import_usage(portfolio_of_four.folder, rows, name="many.csv")
    for number in range(45):
        own(f"Customer {number:02}", segment=f"Segment {number:02}")
    view = leader_view(portfolio_of_four.lea)
    assert len(view.lines) == MOST_GROUPS + 1
    assert [line.group.title for line in view.lines[-3:]] == ["Segment 37", "8 other groups", "Not set"]
    assert view.lines[-2].customers.count == 8
    assert sum(line.customers.count for line in view.lines) == view.total.customers.count == 49


def test_what_cannot_be_asked_is_refused(portfolio_of_four):
    odd = (
        {"by": "size"},
        {"model": "health"},
        {"weight": "users"},
        {"every": 3},
        {"as_of": date(2999, 1, 1)},
        {"since": date(2999, 1, 1)},
    )
    for asked in odd:
        with pytest.raises(ProductError):
            leader_view(portfolio_of_four.lea, Asked(**asked))


def test_the_account_model_has_its_own_parts(portfolio_of_four):
    """Totals have no sessions, so 80% of the weight is there where seats are granted, and nobody else has a score."""
    seats = NewEntitlement(portfolio_of_four.acme, "seats", starts_on=date(2025, 1, 1), granted=4)
    grant_entitlements([seats])
    total = leader_view(portfolio_of_four.lea, Asked(model="account")).total
    assert (total.customers.count, total.scored.count) == (4, 1)
    parts = {title: figure.value for title, figure in total.parts}
    trend = 100 * (0 + 0.5) / 0.7  # as many uses as in May
    assert parts == {
        "User activation": 25, "Feature breadth": 100, "Engagement depth": None, "Usage trend": pytest.approx(trend),
        "Entitlement utilisation": 25,
    }  # fmt: skip
    assert total.average.value == pytest.approx((25 * 25 + 25 * 100 + 15 * trend + 15 * 25) / 80)
