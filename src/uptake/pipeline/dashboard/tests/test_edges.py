"""Customers at the edges: right or “not enough data”, never a wrong number or a broken part."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from uptake.customers.inputs import NewEntitlement
from uptake.customers.models import Customer
from uptake.customers.services import archive_customer, create_customer, grant_entitlements
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.dashboard.making import FAILED, NotInPortfolio
from uptake.pipeline.dashboard.tests.by_hand import LAST, import_events
from uptake.pipeline.dashboard.tests.lists_hold import told_apart
from uptake.pipeline.home import home
from uptake.pipeline.leader.view import Asked, leader_view
from uptake.pipeline.tests.by_hand import import_usage, own

pytestmark = pytest.mark.django_db(transaction=True)


def tiles(shown):
    return {name: tile for name, tile in vars(shown).items() if hasattr(tile, "absent")}


def checked(shown, who):
    """Nothing failed, and every number has its list."""
    assert [name for name, tile in tiles(shown).items() if tile.absent == FAILED] == []
    assert all(tile.absent for tile in tiles(shown).values() if tile.data is None)
    assert told_apart(shown, who) == []
    return {each.slug: each.value for each in shown.figures.data or ()}


def test_one_user(people, tmp_path):
    days = [LAST - timedelta(days=back) for back in range(60)]
    import_events(tmp_path, [("Solo", "only@solo.example", "Search", f"{day}T09:00:00Z") for day in days])
    shown = dashboard(people.lea, Customer.objects.get(name="Solo").pk)
    found = checked(shown, people.lea)
    assert (found["mau"], found["active_visitors"], found["activation"], found["power_users"]) == (1, 1, 1.0, 1)
    assert found["multi_user_sessions"] == 0.0
    concentration = shown.concentration.data
    assert (concentration.share, concentration.visitors_for_80, concentration.visitors) == (1.0, 1, 1)
    assert concentration.sentence.endswith("the only user in the period.")
    assert concentration.score_without is None  # nobody would be left


def test_no_usage_at_all(workspace):
    """A customer that was only written down: nothing is measured, and nothing is 0."""
    empty = create_customer(name="Empty", owner=workspace.ann)
    grant_entitlements([NewEntitlement(empty, "seats", starts_on=date(2026, 1, 1), granted=Decimal(10))])
    shown = dashboard(workspace.ann, empty.pk)
    found = checked(shown, workspace.ann)
    assert {value for slug, value in found.items()} == {None}
    assert (shown.first_day, shown.history_days) == (None, None)
    assert (shown.score.data.score, shown.score.data.reason) == (None, "no history")
    assert shown.users.absent == "No usage says who uses the product."
    assert shown.growth.absent == "There is no usage of this customer yet."


def test_nobody_there_in_the_period_is_zero(workspace):
    """Cobalt was used once, a year ago: 0 people and uses, no reach."""
    shown = dashboard(workspace.lea, workspace.cobalt.pk)
    found = checked(shown, workspace.lea)
    assert (found["mau"], found["active_visitors"], found["uses"], found["dormant"]) == (0, 0, 0, 1)
    assert found["breadth"] == 0.0
    assert {line.reach for line in shown.features.data.lines} == {None}
    assert shown.concentration.data is None
    assert shown.series.data.dau[-1] == 0


def test_three_days_of_history(people, tmp_path):
    days = [date(2026, 6, 26), date(2026, 6, 29), date(2026, 6, 30)]  # a Friday, a Monday, a Tuesday
    rows = [("Fresh", f"{who}@fresh.example", "Search", f"{day}T09:00:00Z") for who in "ab" for day in days]
    import_events(tmp_path, rows)
    shown = dashboard(people.lea, Customer.objects.get(name="Fresh").pk)
    found = checked(shown, people.lea)
    assert (shown.first_day, shown.history_days) == (date(2026, 6, 26), 5)
    assert found["dau"] == 2.0  # on each of three working days
    assert (shown.score.data.score, shown.score.data.reason) == (None, "under 14 days of history")
    assert [each.change for each in shown.figures.data if each.change is not None] == []
    assert found["usage_trend"] is None
    assert shown.series.data.days[0] == date(2026, 6, 26)
    assert [week.is_whole for week in shown.growth.data.weeks] == [False]


def test_a_clock_change_in_the_period(people, tmp_path):
    """Berlin put its clocks forward on Sunday, 29 March 2026 at 2: what is at 8 in UTC is at 9 before and at 10 after."""
    days = [date(2026, 3, 2) + timedelta(days=ahead) for ahead in range(42)]
    rows = [("Zeit", "uhr@zeit.example", "Search", f"{day}T08:00:00Z") for day in days]
    rows += [("Zeit", "uhr@zeit.example", "Search", "2026-03-28T23:30:00Z")]  # half past midnight on the 29th
    rows += [("Zeit", "uhr@zeit.example", "Search", "2026-03-29T01:10:00Z")]  # 3:10: there was no 2 o'clock
    import_events(tmp_path, rows)
    customer = own("Zeit", people.ann, time_zone="Europe/Berlin")
    shown = dashboard(people.ann, customer.pk, as_of=date(2026, 4, 12))
    checked(shown, people.ann)
    cells = shown.rhythm.data.cells  # 14 March to 12 April
    assert (cells[0][9], cells[0][10]) == (2, 2)
    assert (cells[6][9], cells[6][10]) == (2, 3)
    assert (cells[6][0], cells[6][2], cells[6][3]) == (1, 0, 1)
    assert shown.rhythm.data.total == 32
    assert shown.figure("uses").value == 32


def test_three_hundred_features(people, tmp_path):
    rows = [
        ("Wide", f"u{number % 7}@wide.example", f"Feature {number:03}", day, 1 + number % 5)
        for number in range(300)
        for day in (date(2026, 6, 1), date(2026, 6, 15), LAST)
    ]
    import_usage(tmp_path, rows)
    shown = dashboard(people.lea, Customer.objects.get(name="Wide").pk)
    told = shown.features.data
    assert (told.used, told.available, len(told.lines)) == (300, 300, 300)
    assert shown.figure("breadth").value == 1.0
    assert [line.uses for line in told.lines][:2] == [15, 15]


def test_ten_thousand_users(people, tmp_path):
    rows = [
        ("Huge", f"u{number:05}@huge.example", "Search", LAST - timedelta(days=number % 40)) for number in range(10_000)
    ]
    import_usage(tmp_path, rows)
    customer = Customer.objects.get(name="Huge")
    shown = dashboard(people.lea, customer.pk)
    found = {each.slug: each.value for each in shown.figures.data}
    assert (found["mau"], found["wau"], found["dormant"]) == (7_500, 1_750, 2_500)
    assert shown.series.data.mau[-1] == 7_500
    assert len(shown.concentration.data.curve) <= 201
    from uptake.pipeline.dashboard import behind

    assert behind(people.lea, customer.pk, "mau").count == 7_500


def test_usage_that_names_nobody(people, tmp_path):
    """Uses are known, people are not: None, never 0."""
    rows = [("Quiet", "", "Search", LAST - timedelta(days=back), 3) for back in range(60)]
    import_usage(tmp_path, rows)
    shown = dashboard(people.lea, Customer.objects.get(name="Quiet").pk)
    found = checked(shown, people.lea)
    assert (found["uses"], found["mau"], found["activation"]) == (90, None, None)
    assert shown.users.data is None
    assert shown.lifecycle.data is None


def test_one_part_that_fails_leaves_the_others(workspace):
    (home() / "rules.yaml").write_text("- this is: [no rule", encoding="utf-8")
    shown = dashboard(workspace.lea, workspace.acme.pk)
    assert shown.advice.data is None
    assert "rules.yaml" in shown.advice.absent
    others = [tile for name, tile in tiles(shown).items() if name not in ("advice", "entitled", "worth", "guides")]
    assert all(tile.data is not None for tile in others if tile is not shown.funnel)


def test_what_cannot_be_asked(workspace):
    with pytest.raises(ProductError, match="compare with"):
        dashboard(workspace.lea, workspace.acme.pk, comparison="friends")
    with pytest.raises(ProductError, match="not complete yet"):
        dashboard(workspace.lea, workspace.acme.pk, as_of=datetime.now().date() + timedelta(days=2))
    archive_customer(workspace.acme)
    with pytest.raises(NotInPortfolio):
        dashboard(workspace.lea, workspace.acme.pk)


def test_a_day_before_the_first_use(workspace):
    shown = dashboard(workspace.lea, workspace.acme.pk, as_of=date(2025, 6, 1))
    assert set(checked(shown, workspace.lea).values()) == {None}


def test_a_single_day_and_all_time(workspace):
    for period in (Period(1), Period(None)):
        checked(dashboard(workspace.lea, workspace.acme.pk, period=period), workspace.lea)


def test_a_customer_that_fell_silent_does_not_use_what_its_peers_use(people, tmp_path):
    """The page and the leader's view say the same: where nobody is active the own reach counts as 0."""
    days = [LAST - timedelta(days=back) for back in range(60)]
    rows = [
        (f"C{number}", f"u{user}@c{number}.example", "Search", f"{day}T10:00:00Z")
        for number in range(5)
        for user in range(3)
        for day in days
    ]
    import_events(tmp_path, [*rows, ("Gone", "gone@gone.example", "Search", "2026-01-12T10:00:00Z")])
    gone = Customer.objects.get(name="Gone")
    told = dashboard(people.lea, gone.pk, as_of=LAST)
    assert [line.feature for line in told.features.data.unused] == ["Search"]
    view = leader_view(people.lea, Asked(as_of=LAST))
    place = view.found.ids.tolist().index(gone.pk)
    assert [feature.name for number, feature in enumerate(view.use.features) if view.use.wanted[place, number]] == [
        "Search"
    ]
