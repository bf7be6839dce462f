from uptake.metrics.attributed import VisitorRule, attributed, left_out
from uptake.metrics.tests.engines import ACCOUNTS, EVENT_NAMES, by, daily

RULES = (
    VisitorRule("service", "(?i)^svc[._-]", "Service account"),
    VisitorRule("test", "(?i)^(test|svc-test)(@|$)", "Test user"),
)


def usage(engine):
    return daily(
        engine,
        ("acme", "ann", "export", "03-02", 5),
        ("acme", "ann", "sign in", "03-02"),
        ("acme", None, "export", "03-03", 2),  # nobody named: counts, it may be anybody
        ("acme", "svc-sync", "export", "03-02", 100),
        ("acme", "SVC-test@acme.com", "export", "03-02", 7),  # two rules fit: the first one names it
        ("acme", "test", "export", "03-02", 3),
        ("acme", "tester", "export", "03-02", 1),  # a person
        ("acme", "svc-sync", "heartbeat", "03-02", 9),  # set aside comes before the visitor
        ("acme", "ann", "unheard of", "03-02", 4),
        ("nobody's", "cem", "export", "03-02", 8),
        (None, "cem", "export", "03-02", 6),
    )


def accounts(engine):
    return engine.table([("generic", "acme", 1), ("pendo", "nobody's", 2)], ACCOUNTS)


def names(engine):
    rows = [("export", "export", "feature"), ("sign in", "sign in", "login"), ("heartbeat", None, "set_aside")]
    return engine.table([("generic", name, key, key, "core", 50, None, kind) for name, key, kind in rows], EVENT_NAMES)


def test_usage_gets_customer_and_feature(engine):
    rows = engine.rows(attributed(usage(engine), accounts(engine), names(engine), RULES))
    found = sorted((row["customer_id"], row["visitor_id"] or "", row["feature_id"] or "", row["uses"]) for row in rows)
    assert found == [
        (1, "", "export", 2),
        (1, "ann", "", 1),  # a log-in is no feature
        (1, "ann", "export", 5),
        (1, "tester", "export", 1),
    ]


def test_what_is_left_out_is_counted_by_its_first_reason(engine):
    rows = engine.rows(left_out(usage(engine), accounts(engine), names(engine), RULES))
    assert {(row["reason"], row["rule"]): (row["fact_rows"], row["visitors"]) for row in rows} == {
        ("no customer", None): (14, 1),
        ("not in the catalogue", "unheard of"): (4, 1),
        ("not feature use", "heartbeat"): (9, 1),
        ("service", "Service account"): (107, 2),
        ("test", "Test user"): (3, 1),
    }


def test_kept_and_left_out_add_up(engine):
    table = usage(engine)
    for rules in (RULES, ()):
        kept = engine.rows(attributed(table, accounts(engine), names(engine), rules))
        left = engine.rows(left_out(table, accounts(engine), names(engine), rules))
        everything = sum(row["fact_rows"] for row in engine.rows(table))
        assert sum(row["fact_rows"] for row in kept) + sum(row["fact_rows"] for row in left) == everything
        assert len(kept) + sum(row["daily_rows"] for row in left) == 11


def test_without_rules_everybody_counts(engine):
    rows = engine.rows(attributed(usage(engine), accounts(engine), names(engine), ()))
    assert {row["visitor_id"] for row in rows} == {None, "ann", "svc-sync", "SVC-test@acme.com", "test", "tester"}


def test_an_account_is_one_platforms_account(engine):
    # “nobody's” is an account at Pendo; the same name in another source is another account.
    rows = engine.rows(attributed(usage(engine), accounts(engine), names(engine), ()))
    assert by([{"customer_id": key} for key in {row["customer_id"] for row in rows}], "customer_id").keys() == {1}
