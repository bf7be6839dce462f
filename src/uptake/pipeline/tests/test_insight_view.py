"""Insights and recommendations from imported usage, and who may read what of them."""

from datetime import date, timedelta
from decimal import Decimal
from types import SimpleNamespace

import numpy as np
import pytest

from uptake.customers.inputs import NewContract, NewStakeholder
from uptake.customers.services import add_contracts, add_stakeholders, archive_customer
from uptake.insights.rules import BrokenRules
from uptake.pipeline import scoring
from uptake.pipeline.home import home
from uptake.pipeline.insight_facts import ended_contracts, use_before
from uptake.pipeline.insight_view import insights_for, recommendations_for, view_for
from uptake.pipeline.published import published
from uptake.pipeline.tests.by_hand import LAST, WORKDAYS, daily_use, import_usage, own, teammate
from uptake.team.models import Role

approx = pytest.approx
LONG_AGO = LAST.replace(year=2025)
PEOPLE = ("ada@acme.example", "Abel", "CIO")


@pytest.fixture
def workspace(db, tmp_path):
    """Acme is Ann's, Borealis is Ben's.

    Acme:     six users a year ago; Ada until 29 May (32 days before the as-of day), Bo in June on 22 working days with
              3 uses a day (66), Cy once on 30 June (1 use): two active, four quiet.
    Borealis: six users, all of them there on 30 June with 1 use each.
    """
    may = [date(2026, 5, 1) + timedelta(days=ahead) for ahead in range(29)]
    import_usage(
        tmp_path,
        [
            *(("Acme", f"{who}@acme.example", "Search", LONG_AGO, 1) for who in ("Ada", "bo", "cy", "di", "ed", "flo")),
            *(("Borealis", f"{who}@borealis.example", "Search", LONG_AGO, 1) for who in "abcdef"),
            *daily_use("Acme", "Ada@Acme.example", "Search", may, 9),
            *daily_use("Acme", "bo@acme.example", "Export", WORKDAYS, 3),
            ("Acme", "cy@acme.example", "Search", LAST, 1),
            *(("Borealis", f"{who}@borealis.example", "Search", LAST, 1) for who in "abcdef"),
        ],
    )
    people = {name: teammate(f"{name}@ours.example") for name in ("ann", "ben", "cem")}
    people["vic"] = teammate("vic@ours.example", Role.VIEWER)
    acme, borealis = own("Acme", people["ann"]), own("Borealis", people["ben"])
    add_contracts([NewContract(acme, starts_on=LONG_AGO, arr=Decimal(50_000))])
    add_stakeholders([NewStakeholder(acme, "Ada Abel", "ADA@acme.example", "CIO", is_champion=True)])
    return SimpleNamespace(acme=acme, borealis=borealis, **people)


def kinds(found):
    return {each.kind for each in found}


def test_people_are_counted_from_the_facts(workspace):
    found = view_for(workspace.ann)
    acme = found.presence[workspace.acme.pk]
    # Ada wrote her address in two ways: two users, one quiet for a year, one since 29 May
    assert (acme.known_users, acme.quiet_users) == (7, 5)
    assert (acme.uses, acme.top_uses, acme.active_users) == (67, 66, 2)
    assert found.top_users[workspace.acme.pk] == "bo@acme.example"
    borealis = found.presence[workspace.borealis.pk]
    assert (borealis.known_users, borealis.quiet_users, borealis.top_uses, borealis.uses) == (6, 0, 1, 6)


def test_a_champion_is_known_by_the_address_whatever_its_case(workspace):
    [champion] = view_for(workspace.ann).champions
    assert (champion.name, champion.last_on) == ("Ada Abel", date(2026, 5, 29))


def test_owner_reads_insights_with_names(workspace):
    found = {each.kind: each for each in insights_for(workspace.ann)}
    assert {"at_risk", "champion_quiet", "concentration"} <= found.keys()
    assert found["at_risk"].headline == "Acme: 5 of 7 users inactive"
    assert found["champion_quiet"].sentence == (
        "Ada Abel (CIO), champion at Acme, was last active on 29 May 2026, 32 days before 30 Jun 2026."
    )
    assert (
        "66 of Acme's 67 uses in the last 30 days (99%) came from one user (bo@acme.example)"
        in found["concentration"].sentence
    )


def test_what_moved_is_read_from_the_period_before(workspace):
    [mover] = [each for each in insights_for(workspace.ann, [workspace.acme.pk]) if each.kind == "mover"]
    [row] = [each for each in scoring.scores().rows if each["customer_id"] == workspace.acme.pk]
    assert mover.evidence["change"] == approx(row["change"])
    assert sum(move["points"] for move in mover.evidence["moves"]) == approx(row["change"])


def test_fellows_and_strangers_read_nothing_of_it(workspace):
    for who in (workspace.ben, workspace.cem):
        assert workspace.acme.pk not in {each.customer_id for each in insights_for(who)}
        assert not recommendations_for(who, [workspace.acme.pk])
        told = repr([insights_for(who), recommendations_for(who)])
        assert not any(text in told for text in ("Acme", *PEOPLE))


def test_a_viewer_reads_it_without_names(workspace):
    told = [*insights_for(workspace.vic), *recommendations_for(workspace.vic)]
    assert {"champion_quiet", "concentration"} <= kinds(insights_for(workspace.vic))
    assert "Acme" in repr(told)
    assert not any(text in repr(told) for text in (*PEOPLE, "bo@"))
    assert not any(text in repr(view_for(workspace.vic)) for text in (*PEOPLE, "bo@"))
    assert "Abel" in repr(insights_for(workspace.ann))  # and others read on as before


def test_insights_follow_what_changes(workspace):
    assert "b@borealis.example" not in repr(view_for(workspace.ben).champions)
    before = insights_for(workspace.ann)
    add_stakeholders([NewStakeholder(workspace.acme, "Di Dorn", "di@acme.example", is_champion=True)])
    quiet = [each for each in insights_for(workspace.ann) if each.kind == "champion_quiet"]
    assert [each.evidence["champion"] for each in quiet] == ["Di Dorn", "Ada Abel"]
    assert len(insights_for(workspace.ann)) == len(before) + 1


def test_recommendations_name_figures_people_and_value(workspace):
    found = {each.rule: each for each in recommendations_for(workspace.ann)}
    assert {"champion-quiet", "concentration"} <= found.keys()
    assert found["concentration"].why == (
        "Made by bo@acme.example: 66 of the 67 uses at Acme in the last 30 days (99%). Active: 2 of 7 known users."
    )
    assert found["concentration"].value == approx(50_000 * 66 / 67 * 0.3)
    assert found["concentration"].value_words == "$50k ARR × 99 points of use on one user × 0.3 winnable"
    assert found["champion-quiet"].people == ("Ada Abel",)
    alone = recommendations_for(workspace.ann, [workspace.acme.pk])
    assert alone == [each for each in recommendations_for(workspace.ann) if each.customer_id == workspace.acme.pk]


RULES = """
- rule: own
  title: "Look at {customer}"
  why: "{active_users:active user}"
  when: ["active_users >= 1"]
  steps: ["Look"]
  channel: task
  due: 1
  winnable: 1
  gap: active_gap
"""


def test_the_workspaces_rules_win_and_broken_ones_are_refused(workspace):
    path = home() / "rules.yaml"
    path.write_text(RULES, encoding="utf-8")
    [own_rule] = recommendations_for(workspace.ann)
    assert (own_rule.rule, own_rule.why) == ("own", "2 active users")
    path.write_text(RULES.replace("due: 1", "due: soon"), encoding="utf-8")
    with pytest.raises(BrokenRules, match=r"rules\.yaml, line 2, rule “own”: “due” must be a whole number"):
        recommendations_for(workspace.ann)
    path.unlink()
    assert len({each.rule for each in recommendations_for(workspace.ann)}) > 1


def contract(customer, starts_on, ends_on=None):
    return NewContract(customer, starts_on=starts_on, ends_on=ends_on, arr=Decimal(1))


@pytest.mark.parametrize(
    ("next_starts", "asked_on", "renewed"),
    [
        (date(2026, 4, 1), date(2026, 4, 1), True),
        (date(2026, 4, 30), date(2026, 6, 30), True),  # 30 days after the end
        (date(2026, 5, 1), date(2026, 6, 30), False),  # came back later: they had left
        (date(2026, 1, 1), date(2026, 4, 1), True),  # the next one ran already
        (None, date(2026, 4, 30), False),
        (None, date(2026, 4, 29), None),  # may still be renewed
        (None, date(2026, 3, 30), None),  # runs
    ],
)
def test_an_outcome_is_whether_another_contract_followed(workspace, next_starts, asked_on, renewed):
    add_contracts([contract(workspace.borealis, date(2025, 4, 1), date(2026, 3, 31))])
    if next_starts:
        add_contracts([contract(workspace.borealis, next_starts)])
    outcomes = [(each.ended_on, each.renewed) for each in ended_contracts(asked_on)]
    assert outcomes == ([] if renewed is None else [(date(2026, 3, 31), renewed)])


def test_use_is_measured_before_the_contract_ended_also_of_who_has_left_the_portfolio(workspace, tmp_path):
    """Cobalt's contract ended on 31 March: two users in its last 90 days, one of them used Search."""
    import_usage(
        tmp_path,
        [
            ("Cobalt", "first@cobalt.example", "Export", LONG_AGO),
            ("Cobalt", "first@cobalt.example", "Reports", date(2025, 12, 31)),  # the 91st day back
            ("Cobalt", "g@cobalt.example", "Search", date(2026, 1, 1)),  # the 90th
            ("Cobalt", "h@cobalt.example", "Export", date(2026, 3, 31)),
            ("Cobalt", "h@cobalt.example", "Reports", date(2026, 4, 1)),
            ("Cobalt", "h@cobalt.example", "Audit", date(2026, 3, 1)),  # first used by anybody 30 days before the end
            ("Cobalt", "h@cobalt.example", "Alerts", date(2026, 3, 2)),  # and 29: too new to be measured
        ],
        name="cobalt.csv",
    )
    cobalt = own("Cobalt")
    add_contracts([contract(cobalt, date(2025, 4, 1), date(2026, 3, 31))])
    archive_customer(cobalt)
    [ended] = [each for each in ended_contracts(LAST) if each.customer_id == cobalt.pk]
    assert ended.renewed is False
    rows = use_before(published(), LAST, [ended]).to_pylist()
    assert {row["feature_id"]: row["use"] for row in rows} == {
        "search": 0.5,
        "export": 0.5,
        "reports": 0.0,
        "audit": 0.5,
    }
    outcomes = view_for(workspace.ann).outcomes
    assert outcomes.renewed.tolist() == [False]
    assert outcomes.use.tolist() == [[0.5, 0.5]]  # Export and Search; nobody in the portfolio uses the others


def test_a_customer_measured_only_after_its_contract_says_nothing(workspace, tmp_path):
    import_usage(tmp_path, [("Cobalt", "h@cobalt.example", "Export", date(2026, 6, 1))], name="cobalt.csv")
    add_contracts([contract(own("Cobalt"), date(2025, 4, 1), date(2026, 3, 31))])
    assert view_for(workspace.ann).outcomes is None


def test_nothing_to_see_without_usage(db):
    with pytest.raises(scoring.NothingToScore):
        insights_for(teammate("ann@ours.example"))


def test_features_stand_in_the_order_of_the_rows(workspace):
    found = view_for(workspace.ann)
    places = {feature.name: place for place, feature in enumerate(found.features)}
    acme, borealis = (found.place[each.pk] for each in (workspace.acme, workspace.borealis))
    assert found.matrix.reach[acme, places["Export"]] == 0.5  # Bo, of Bo and Cy
    assert found.matrix.reach[borealis, places["Search"]] == 1
    assert found.matrix.uses[acme, places["Export"]] == 66
    assert not np.isnan(found.matrix.reach[borealis, places["Export"]])
