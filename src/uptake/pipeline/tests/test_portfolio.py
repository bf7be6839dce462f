"""The portfolio, worked out by hand (the usage stands in conftest).

June, 22 working days, Search and Export seen:
  Acme      breadth 2/2, depth 440 uses ÷ 30/7 weeks over 20, recent, there every day: 100
  Borealis  breadth 1/2 = 50; depth 55 ÷ (30/7) ÷ 20 = 64.1667; last on Monday 29th: 100 × 21/22; 11 of 22 days: 100
  Cobalt    nothing since a year: 0
May, only Search seen: Acme 100, Borealis 100, Cobalt 0.
"""

import threading
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from uptake.customers.features import define_features
from uptake.customers.inputs import NewEntitlement, NewFeature
from uptake.customers.models import Customer
from uptake.customers.services import (
    add_contract,
    archive_customer,
    assign_account,
    create_customer,
    grant_entitlements,
    update_customer,
)
from uptake.customers.visitor_rules import add_visitor_rule
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline import scoring
from uptake.pipeline import workspace as workspace_days
from uptake.pipeline.health import publish_weights, rate_customer, update_health
from uptake.pipeline.portfolio import Filters, choices, percentiles, portfolio, state
from uptake.pipeline.state import usage_state
from uptake.pipeline.tests.by_hand import LAST, import_usage, teammate, undo
from uptake.scores.explain import parts
from uptake.scores.models import PORTFOLIO
from uptake.team.models import AuditRecord
from uptake.team.rights import NotAllowed
from uptake.team.services import record

pytestmark = pytest.mark.django_db(transaction=True)

BOREALIS = 0.3 * 50 + 0.3 * 55 / (30 / 7) / 20 * 100 + 0.2 * 100 * 21 / 22 + 0.2 * 100


def names(found):
    return [row["customer"] for row in found.rows]


def test_a_leader_sees_every_customer_best_first(workspace):
    found = portfolio(workspace.lea)
    assert (found.as_of, found.total, found.scored) == (LAST, 3, 3)
    assert [(row["customer"], row["score"]) for row in found.rows] == [
        ("Acme", pytest.approx(100)),
        ("Borealis", pytest.approx(BOREALIS)),
        ("Cobalt", 0),
    ]
    assert found.average == pytest.approx((100 + BOREALIS) / 3)
    assert found.previous_average == pytest.approx(200 / 3)
    assert found.average_change == pytest.approx((BOREALIS - 100) / 3)
    assert (found.highest, found.lowest) == (pytest.approx(100), 0)
    assert found.bands == {"excellent": 1, "good": 1, "fair": 0, "poor": 1}
    assert found.withheld == {}


def test_numbers_are_those_of_the_score_command(workspace):
    scored = scoring.scores().rows
    for row, score in zip(portfolio(workspace.lea).rows, scored, strict=True):
        assert {name: row[name] for name in score if name != "weeks"} == {
            k: v for k, v in score.items() if k != "weeks"
        }
        assert [part.formula for part in parts(row, PORTFOLIO)] == [part.formula for part in parts(score, PORTFOLIO)]
    weekly = {(row["customer"], row["as_of"]): row["score"] for row in scoring.history()}
    for row in portfolio(workspace.lea).rows:
        days = [LAST - timedelta(days=7 * back) for back in range(12, -1, -1)]
        assert row["weeks"] == pytest.approx([weekly[row["customer"], day] for day in days])
        assert row["weeks"][-1] == row["score"]


def test_everybody_sees_only_their_own_before_anything_is_counted(workspace):
    create_customer(name="Dorado")  # nobody's: every CSM sees it
    ann, ben, cem = (portfolio(who) for who in (workspace.ann, workspace.ben, workspace.cem))
    assert names(ann) == ["Acme", "Dorado"]
    assert (ann.total, ann.scored, ann.average) == (2, 1, pytest.approx(100))
    assert ann.withheld == {"no history": ["Dorado"]}
    assert names(ben) == ["Borealis", "Cobalt", "Dorado"]
    assert names(cem) == ["Dorado"]
    assert (cem.scored, cem.average, cem.highest, cem.lowest) == (0, None, None, None)
    assert names(portfolio(workspace.vic)) == ["Acme", "Borealis", "Cobalt", "Dorado"]
    # one percentile per customer, whoever looks
    assert ann.rows[0]["percentile"] == portfolio(workspace.lea).rows[0]["percentile"]


def test_a_filter_finds_nothing_of_others(workspace):
    for filters in (Filters(search="acme"), Filters(segment="Enterprise"), Filters(owner=str(workspace.ann.pk))):
        assert names(portfolio(workspace.ann, filters=filters)) == ["Acme"]
        assert names(portfolio(workspace.ben, filters=filters)) == []
        assert names(portfolio(workspace.cem, filters=filters)) == []


def test_choices_are_those_of_ones_own_customers(workspace):
    contracted(workspace.acme, plan="Business")
    contracted(workspace.borealis, plan="Starter")
    assert choices(workspace.ann) == {
        "segments": ["Enterprise"],
        "regions": ["Europe"],
        "plans": ["Business"],
        "owners": [(workspace.ann.pk, "Ann")],
    }
    assert choices(workspace.cem) == {"segments": [], "regions": [], "plans": [], "owners": []}
    everything = choices(workspace.lea)
    assert everything["segments"] == ["Enterprise", "Small"]
    assert everything["owners"] == [(workspace.ann.pk, "Ann"), (workspace.ben.pk, "Ben")]


def contracted(customer, **known):
    """From before the day that is scored until today."""
    known = {"starts_on": LAST - timedelta(days=100), "ends_on": timezone.localdate(), "arr": Decimal(1000), **known}
    return add_contract(customer, **known)


def test_filters_narrow_and_totals_follow(workspace):
    contracted(workspace.acme, plan="Business")
    create_customer(name="Café Zürich")

    def asked(**filters):
        return names(portfolio(workspace.lea, filters=Filters(**filters)))

    assert asked(search="ACM") == ["Acme"]
    assert asked(search="zurich cafe") == ["Café Zürich"]
    assert asked(search="acme borealis") == []
    assert asked(segment="Small") == ["Borealis"]
    assert asked(region="Europe") == ["Acme"]
    assert asked(plan="Business") == ["Acme"]
    assert asked(owner="none") == ["Café Zürich"]
    assert asked(owner=str(workspace.ben.pk)) == ["Borealis", "Cobalt"]
    assert asked(band="good") == ["Borealis"]
    assert asked(band="none") == ["Café Zürich"]
    assert asked(owner=str(workspace.ben.pk), band="poor") == ["Cobalt"]
    mine = portfolio(workspace.ben, filters=Filters(owner="me", band="good"))
    assert (mine.total, mine.scored, mine.average) == (3, 1, pytest.approx(BOREALIS))
    for wrong in (Filters(band="great"), Filters(owner="ann")):
        with pytest.raises(ProductError):
            portfolio(workspace.lea, filters=wrong)


def test_what_is_known_besides_use_stands_in_the_row(workspace):
    today = timezone.localdate()
    contracted(workspace.acme, plan="Business", renews_on=today + timedelta(days=9), currency="EUR")
    contracted(
        workspace.acme, plan="Add-on", renews_on=today + timedelta(days=3), currency="EUR", arr=Decimal("500.50")
    )
    contracted(workspace.acme, plan="Old", starts_on=LAST - timedelta(days=400), ends_on=LAST - timedelta(days=1))
    contracted(workspace.acme, plan="Next", starts_on=LAST + timedelta(days=1))
    row = portfolio(workspace.ann).rows[0]
    assert (row["owner_id"], row["owner"], row["segment"]) == (workspace.ann.pk, "Ann", "Enterprise")
    assert (row["region"], row["arr"], row["currency"], row["plan"]) == ("Europe", 1500.5, "EUR", "Add-on")
    assert row["renews_on"] == today + timedelta(days=3)
    assert (row["health"], row["health_band"], row["health_on"], row["csm_rating"]) == (None, None, None, None)
    without = portfolio(workspace.lea).rows[2]
    assert (without["arr"], without["plan"], without["renews_on"], without["region"]) == (None, None, None, None)


def test_rows_are_sorted_with_the_unknown_last(workspace):
    contracted(workspace.borealis, arr=Decimal(10))
    contracted(workspace.cobalt, arr=Decimal(20))
    found = portfolio(workspace.lea)

    def order(*how, **more):
        return [row["customer"] for row in found.sorted_by(*how, **more)]

    assert order("arr") == ["Borealis", "Cobalt", "Acme"]
    assert order("arr", descending=True) == ["Cobalt", "Borealis", "Acme"]
    assert order("customer", descending=True) == ["Cobalt", "Borealis", "Acme"]
    assert order("change") == ["Borealis", "Acme", "Cobalt"]
    with pytest.raises(ProductError, match="cannot be sorted by “why”"):
        found.sorted_by("why")


def test_under_eight_peers_all_customers_are_compared(workspace):
    found = {row["customer"]: row for row in portfolio(workspace.lea).rows}
    # of three: two below and half of itself, one and a half, half
    assert found["Acme"]["percentile"] == pytest.approx(100 * 2.5 / 3)
    assert found["Borealis"]["percentile"] == pytest.approx(50)
    assert found["Cobalt"]["percentile"] == pytest.approx(100 * 0.5 / 3)
    assert found["Acme"]["peers"] == "all 3 customers"


def test_percentiles_are_mid_ranks_in_the_segment():
    small = [("small", score) for score in (10.0, 20.0, 20.0, 20.0, 50.0, 60.0, 70.0, 80.0)]
    large = [("large", score) for score in (95.0, 5.0)]
    found = percentiles([*small, *large, ("small", None), (None, 20.0)])
    assert [rank for rank, _ in found[:8]] == [6.25, 31.25, 31.25, 31.25, 56.25, 68.75, 81.25, 93.75]
    assert found[1][1] == "8 customers in small"
    # two in “large” and one without a segment: among all eleven that have a score
    assert found[8] == (pytest.approx(100 * 10.5 / 11), "all 11 customers")
    assert found[9] == (pytest.approx(100 * 0.5 / 11), "all 11 customers")
    assert found[10] == (None, "8 customers in small")
    assert found[11] == (pytest.approx(100 * (2 + 2) / 11), "all 11 customers")  # two below, four equal
    seven = percentiles(small[:7])
    assert seven[0] == (pytest.approx(100 * 0.5 / 7), "all 7 customers")


def test_a_past_day_is_told_as_of_then(workspace):
    past = portfolio(workspace.lea, as_of=date(2026, 5, 31))
    assert [(row["customer"], row["score"]) for row in past.rows] == [
        ("Acme", pytest.approx(100)),
        ("Borealis", pytest.approx(100)),
        ("Cobalt", 0),
    ]
    assert portfolio(workspace.lea, period=Period(7)).rows[0]["days"] == 7
    with pytest.raises(ProductError, match="not complete yet"):
        portfolio(workspace.lea, as_of=timezone.localdate())


def test_without_usage_there_is_nothing_to_score(people):
    create_customer(name="Dorado", segment="Small")
    with pytest.raises(scoring.NothingToScore):
        portfolio(people.lea)
    assert choices(people.lea)["segments"] == ["Small"]


def test_archived_customers_are_out(workspace):
    portfolio(workspace.lea)
    archive_customer(workspace.acme)
    found = portfolio(workspace.lea)
    assert names(found) == ["Borealis", "Cobalt"]
    assert found.total == 2


def test_the_state_changes_with_everything_a_number_depends_on(workspace, settings):
    batch = []
    acme = workspace.acme

    def entitlement():
        grant_entitlements([NewEntitlement(acme, "seats", starts_on=LAST, granted=5)])

    changes = {
        "import": lambda: batch.append(
            import_usage(workspace.folder, [("Acme", "eve@acme.example", "Alerts", LAST, 1)], name="more.csv")
        ),
        "undo": lambda: undo(batch[0]),
        "customer": lambda: create_customer(name="Dorado"),
        "owner": lambda: update_customer(acme, owner=workspace.ben),
        "segment": lambda: update_customer(acme, segment="Small"),
        "contract": lambda: contracted(acme),
        "entitlement": entitlement,
        "account": lambda: assign_account(source="generic", account_id="Cobalt", customer=acme),
        "catalogue": lambda: define_features([NewFeature("Finding", event_names=(("*", "Search"),))]),
        "visitors": lambda: add_visitor_rule(kind="test", pattern="^bo@", title="Bo"),
        "archive": lambda: archive_customer(workspace.cobalt),
        "rating": lambda: rate_customer(acme, 10, by=None),
        "weights": lambda: publish_weights({"rating": 30}, by=None),
        "health": lambda: update_health(None, by=None),
        "time zone": lambda: setattr(
            settings, "UPTAKE", settings.UPTAKE.model_copy(update={"time_zone": "Asia/Tokyo"})
        ),
        "working week": lambda: setattr(
            settings, "UPTAKE", settings.UPTAKE.model_copy(update={"working_days": "all days"})
        ),
    }
    seen = [state()]
    assert state() == seen[0]
    for what, change in changes.items():
        change()
        assert state() not in seen, what
        seen.append(state())


def test_the_state_stays_when_no_number_can_have_changed(workspace):
    before = state()
    record(workspace.ann, "made task", "Call Acme", customer_id=workspace.acme.pk)
    assert state() == before
    usage_before = usage_state()
    rate_customer(workspace.acme, 10, by=workspace.ann)  # health may change, usage does not
    assert state() != before
    assert usage_state() == usage_before


def test_a_change_that_was_numbered_earlier_and_ended_later_is_seen():
    newest = record(None, "changed", "one")
    AuditRecord.objects.create(pk=newest.pk + 2, verb="changed", subject="two")
    before = state()
    AuditRecord.objects.create(pk=newest.pk + 1, verb="changed", subject="the transaction that took longer")
    assert state() != before


def test_the_state_changes_at_midnight(workspace, monkeypatch):
    before = state()

    class Tomorrow(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + timedelta(days=1)

    monkeypatch.setattr(workspace_days, "datetime", Tomorrow)
    assert state() != before


def test_what_changed_is_seen_at_once(workspace):
    assert portfolio(workspace.lea).rows[2]["owner"] == "Ben"
    update_customer(workspace.cobalt, owner=workspace.ann, region="Asia")
    row = portfolio(workspace.lea).rows[2]
    assert (row["owner"], row["region"]) == ("Ann", "Asia")
    import_usage(workspace.folder, [("Dorado", "di@dorado.example", "Search", LAST, 1)], name="more.csv")
    assert "Dorado" in names(portfolio(workspace.lea))


def test_many_threads_find_the_same_rows(workspace):
    found, failed = [], []

    def ask():
        try:
            found.append(portfolio(workspace.lea))
        except Exception as why:  # noqa: BLE001  (told by the assertion below)
            failed.append(why)
        finally:
            from django.db import connection

            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert len(found) == 4
    assert all(each.rows[0] is found[0].rows[0] for each in found)  # built once


def test_a_stranger_cannot_be_told_apart_by_the_owner_filter(workspace):
    other = teammate("dan@ours.example")
    assert names(portfolio(other, filters=Filters(owner=str(workspace.ann.pk)))) == []
    assert Customer.objects.count() == 3
    with pytest.raises(NotAllowed):
        update_health([workspace.acme.pk], by=workspace.vic)
