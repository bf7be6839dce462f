"""The rows behind a score: chosen by the lake's query, counted, and given page by page. The usage stands in conftest.py."""

from datetime import timedelta

import pytest

from uptake.customers.attribution import assign_account
from uptake.customers.features import set_names_aside
from uptake.customers.services import create_customer
from uptake.customers.visitor_rules import add_visitor_rule
from uptake.pipeline import scoring
from uptake.pipeline.explaining import Which, open_score, rows_behind
from uptake.pipeline.tests.by_hand import JUNE, LAST, import_usage

pytestmark = pytest.mark.django_db(transaction=True)


def row_of(customer):
    return next(row for row in scoring.scores().rows if row["customer_id"] == customer.pk)


def behind(customer, first=0, most=50, **which):
    return rows_behind(customer.pk, row_of(customer), Which(**which), first=first, most=most)


def test_the_rows_are_those_that_the_figures_count(workspace):
    """Acme in June: 22 working days, Search and Export on each, ten uses."""
    found = behind(workspace.acme)
    assert (found.first, found.total, found.uses, len(found.rows)) == (0, 44, 440, 44)
    opened = open_score("Acme")
    for cell in opened.features:
        chosen = behind(workspace.acme, feature_id=cell["feature_id"])
        assert (chosen.total, chosen.uses) == (22, cell["uses"])
        assert {row["feature"] for row in chosen.rows} == {cell["feature"]}
    [person] = opened.visitors
    chosen = behind(workspace.acme, visitor_id=person["visitor_id"])
    assert (chosen.total, chosen.uses) == (44, person["uses"])
    assert behind(workspace.acme, visitor_id="nobody@acme.example").total == 0
    assert behind(workspace.acme, feature_id="search", visitor_id="nobody@acme.example").total == 0


def test_pages_hold_each_row_once_newest_first(workspace):
    pages = [behind(workspace.acme, first=first, most=10) for first in range(0, 50, 10)]
    places = [(row["file"], row["row_number"]) for page in pages for row in page.rows]
    assert len(places) == len(set(places)) == 44
    days = [row["day"] for page in pages for row in page.rows]
    assert days == sorted(days, reverse=True)
    assert (days[0], days[-1]) == (JUNE[-1], JUNE[0])
    after_the_last = behind(workspace.acme, first=500, most=10)
    assert (after_the_last.first, len(after_the_last.rows)) == (40, 4)


def test_what_lies_behind_the_newest_thousand_is_found(workspace):
    """One use of Alerts on the first day of June, and 1,200 newer rows of other features: it was out of reach once."""
    busy = [("Acme", f"user{number}@acme.example", "Search", LAST, 1) for number in range(1_200)]
    import_usage(workspace.folder, [("Acme", "ada@acme.example", "Alerts", JUNE[0], 3), *busy], name="busy.csv")
    found = behind(workspace.acme, feature_id="alerts")
    assert (found.total, found.uses, found.rows[0]["file"]) == (1, 3, "busy.csv")
    assert behind(workspace.acme).total == 44 + 1_201


def test_several_accounts_of_a_customer_are_one_list(workspace):
    create_customer(name="Acme Labs")
    import_usage(workspace.folder, [("Acme Two", "eve@acme.example", "Search", LAST, 5)], name="two.csv")
    assign_account(source="generic", account_id="Acme Two", customer=workspace.acme)
    found = behind(workspace.acme)
    assert (found.total, found.uses) == (45, 445)
    assert {row["file"] for row in found.rows} == {"usage.csv", "two.csv"}


def test_what_is_left_out_can_be_listed_by_its_reason(workspace):
    """Ada tests from now on: her 44 rows of June; a page view is no feature use; two count."""
    rows = [("Acme", "eve@acme.example", "Search", LAST, 1), ("Acme", "fay@acme.example", "Search", LAST, 1)]
    views = [("Acme", who, "page_view", LAST, 1) for who in ("eve@acme.example", "ada@acme.example")]
    import_usage(workspace.folder, [*rows, *views], name="more.csv")
    set_names_aside(["page_view"], reason="a page view")
    add_visitor_rule(kind="test", pattern="^ada@", title="Ada tests")
    told = {(each["reason"], each["rule"]): each["fact_rows"] for each in open_score("Acme").left_out}
    assert told == {("test", "Ada tests"): 44, ("not feature use", "page_view"): 2}
    for (reason, rule), count in told.items():
        assert behind(workspace.acme, reason=reason, rule=rule).total == count
    assert behind(workspace.acme).total == 2
    assert behind(workspace.acme, reason="internal", rule="Ada tests").total == 0


def test_without_rows_there_is_nothing_to_page(workspace):
    found = behind(workspace.cobalt)  # last used a year ago
    assert (found.rows, found.total, found.uses) == ([], 0, 0)
    lone = create_customer(name="Lone")
    assert behind(lone).total == 0


def test_other_days_have_other_rows(workspace):
    may = next(
        row for row in scoring.scores(as_of=JUNE[0] - timedelta(days=1)).rows if row["customer_id"] == workspace.acme.pk
    )
    found = rows_behind(workspace.acme.pk, may, most=50)
    assert {row["day"].month for row in found.rows} == {5}
    assert found.uses == 20 * 29  # 2 to 30 May; the 30 days begin on the 2nd
