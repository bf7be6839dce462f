"""Stakeholders among the users, counted by hand."""

import pyarrow as pa

from uptake.metrics.attributed import VisitorRule, attributed
from uptake.metrics.stakeholders import stakeholder_facts, stakeholder_use
from uptake.metrics.tests.engines import ACCOUNTS, EVENT_NAMES, by, customers, daily, day, engine

__all__ = ["engine"]

PEOPLE = pa.schema([("customer_id", pa.int64()), ("stakeholder_id", pa.int64()), ("email_key", pa.string())])
TOLD = pa.schema([("source", pa.string()), ("visitor_id", pa.string()), ("email_key", pa.string())])
BOT = (VisitorRule("service", "(?i)^svc-", "Service account"),)
D = day("03-31")


def use(engine, *usage, people, told=(), rules=()):
    table = daily(engine, *usage)
    accounts = engine.table([("generic", "1", 1), ("generic", "2", 2)], ACCOUNTS)
    names = engine.table([("generic", name, name, name, None, 50, None, "feature") for name in "AB"], EVENT_NAMES)
    theirs = stakeholder_facts(
        table, accounts, names, rules, engine.table(list(people), PEOPLE), engine.table(list(told), TOLD)
    )
    facts = attributed(table, accounts, names, rules)
    found = stakeholder_use(facts, theirs, customers(engine, 1, 2), as_of=(D,), workspace_week="1111100")
    return by(engine.rows(found), "stakeholder_id")


def test_days_are_counted_over_all_their_ids_once(engine):
    rows = use(
        engine,
        ("1", "somebody", "A", "01-05"),  # the customer began 86 days ago
        ("1", "v-7", "A", "03-10", 2),
        ("1", "ada@acme.example", "B", "03-10", 3),  # the same day under another id
        ("1", "v-7", "A", "03-02", 1),  # the first of the 30 days
        ("1", "v-7", "A", "03-01", 9),  # of the 30 before
        ("1", "v-7", "A", "01-31", 1),  # of the 30 before, the first of them
        ("1", "v-7", "A", "01-30", 1),  # before
        ("2", "v-7", "A", "03-30", 5),  # Ada of the other customer, who began yesterday
        ("1", "cy", "A", "03-30", 5),  # nobody tells whose id that is
        people=[(1, 11, "ada@acme.example"), (2, 21, "ada@acme.example"), (1, 12, "cy@acme.example")],
        told=[("generic", "v-7", "ada@acme.example")],
    )
    assert rows.keys() == {11, 21}
    ada, other = rows[11], rows[21]
    assert (ada["last_on"], ada["active_days"], ada["active_days_before"]) == (day("03-10"), 2, 2)
    assert (ada["uses"], ada["features"]) == (2 + 3 + 1, 2)
    assert (other["last_on"], other["active_days"], other["uses"]) == (day("03-30"), 1, 5)
    assert other["active_days_before"] is None  # too young to compare


def test_who_does_not_count_is_no_stakeholder_either(engine):
    rows = use(
        engine,
        ("1", "svc-mail", "A", "03-10", 2),
        people=[(1, 11, "ada@acme.example")],
        told=[("generic", "svc-mail", "ada@acme.example")],
        rules=BOT,
    )
    assert rows == {}


def test_what_a_platform_tells_wins_over_what_an_id_looks_like(engine):
    rows = use(
        engine,
        ("1", "bo@acme.example", "A", "03-10"),
        people=[(1, 11, "ada@acme.example"), (1, 12, "bo@acme.example")],
        told=[("generic", "bo@acme.example", "ada@acme.example")],
    )
    assert rows.keys() == {11}
