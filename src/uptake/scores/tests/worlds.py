"""Small portfolios as ``Tables``, from the same tuples that are counted by hand."""

from datetime import timedelta

from uptake.lake.schemas import SESSIONS, USAGE_DAILY
from uptake.metrics.attributed import VisitorRule
from uptake.metrics.tests.engines import (
    ACCOUNTS,
    CUSTOMERS,
    ENTITLEMENTS,
    EVENT_NAMES,
    SEATS,
    limits,
    readings,
)
from uptake.scores.tables import Tables
from uptake.scores.tests.by_hand import World

FEATURES = "ABCDEFGH"
RULES = (VisitorRule("service", "(?i)^bot", "Bot"),)


def tables(engine, world: World, customers=(1, 2, 3, 4), seats=(), granted=(), read=(), came=()) -> Tables:
    """The world with what does not count mixed in: robots, heartbeats, and an account of no customer."""
    rows = [
        ("generic", f"account {customer}", visitor, feature or "sign in", day, "event", uses, 1, None)
        for customer, visitor, feature, day, uses in world.usage
    ]
    noise = [
        row
        for customer, _, _, day, _ in world.usage[:3]
        for row in (
            ("generic", f"account {customer}", "Bot 7", "H", day - timedelta(days=9), "event", 500, 1, None),
            ("generic", f"account {customer}", "ann", "heartbeat", day - timedelta(days=8), "event", 500, 1, None),
            ("generic", "account of nobody", "ann", "G", day - timedelta(days=7), "event", 500, 1, None),
            ("generic", "account 99", "ann", "G", day - timedelta(days=7), "event", 500, 1, None),
        )
    ]
    names = [(feature, feature, "feature") for feature in FEATURES]
    names += [("sign in", None, "login"), ("heartbeat", None, "set_aside")]
    accounts = [
        ("generic", f"account {customer}", customer) for customer in (*customers, 99)
    ]  # 99 is not in the portfolio
    people = [(customer, f"Customer {customer}", world.weeks.get(customer)) for customer in customers]
    return Tables(
        daily=engine.table(rows + noise, USAGE_DAILY),
        accounts=engine.table(accounts, ACCOUNTS),
        customers=engine.table(people, CUSTOMERS),
        event_names=engine.table(
            [("generic", *row[:2], row[0], "core", 50, None, row[2]) for row in names], EVENT_NAMES
        ),
        seats=engine.table([(*row, None) for row in seats], SEATS),
        feature_entitlements=engine.table(world.entitlements, ENTITLEMENTS),
        limits=limits(engine, *granted),
        readings=readings(engine, *read),
        sessions=engine.table(
            [
                ("generic", f"account {customer}", visitor, first.date(), None, first, last, 1, 1)
                for customer, visitor, first, last in came
            ],
            SESSIONS,
        ),
        rules=RULES,
    )
