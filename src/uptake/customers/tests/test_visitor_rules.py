"""Who is not one of the customer's people; checked on DuckDB, which the metrics run on."""

import duckdb
import pytest

from uptake.customers.visitor_rules import ActiveRule, active_rules, add_visitor_rule, switch_off_visitor_rule
from uptake.kit.errors import ProductError

pytestmark = pytest.mark.django_db

PEOPLE = [
    "ana@acme.com", "tester.smith@acme.com", "robot-arm@acme.com", "abbot@acme.com", "john.abbot@acme.com", "Abbot",
    "peter.bot@acme.nl", "anna@testo.com", "info@testo.de", "testo@acme.com", "testa@acme.it", "ann+testo@acme.com",
    "ann+testimonials@acme.com", "qa.lead@acme.com", "qadir@acme.com", "service-desk@acme.com", "servicetech@acme.com",
    "apidae@acme.fr", "apiwat@acme.th", "cronin@acme.com", "systema@acme.com", "integrator@acme.com", "botha@acme.za",
    "noreplyson@acme.com", "protest@acme.com", "ana@latest.io", "ana@qa.acme.com", "admin@acme.com", "support@acme.com",
    "svcoleman@acme.com", "serviceman@acme.com", "testament@acme.com", "12345", "0d2f-77aa", "$device:18c2", "",
    "_PENDO_T_abc", "Ana Botin", "e2", "root.beer@acme.com", "ana@uptaker.example", "ana@notuptake.example",
    "cypress.hill@acme.com", "contest@acme.com", "jean-bot.martin@acme.fr",
]  # fmt: skip

NOT_PEOPLE = {
    "service": [
        "service@acme.com", "svc-import@acme.com", "svc_reporting", "SVC.sync", "bot@acme.com", "bot2@acme.com",
        "api@acme.com", "api-user@acme.com", "noreply@acme.com", "no-reply@acme.com", "do_not_reply@acme.com",
        "system", "System User",
        "cron", "integration@acme.com", "integrations@acme.com", "service-account@acme.com", "service_account_3",
        "reports-bot@acme.com", "dependabot[bot]", "x@proj.iam.gserviceaccount.com", "apiclient@acme.com",
    ],
    "test": [
        "test@acme.com", "test1@acme.com", "test-3@acme.com", "ana+test@acme.com", "ana+test2@acme.com",
        "a+qa@acme.com", "ana+test.login@acme.com", "qa@acme.com", "QA-2@acme.com", "e2e@acme.com", "e2e-runner@acme.com",
        "test user",
        "Test User 7", "testuser@acme.com", "test.account@acme.com", "qa-user@acme.com",
        "cypress@acme.com", "playwright-3@acme.com",
        "ana@mailinator.com", "loadtest@acme.com", "smoke-test@acme.com",
    ],
    "internal": ["ben@uptake.example", "BEN@UPTAKE.EXAMPLE", "ben@mail.uptake.example"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def own_domains(settings):
    settings.UPTAKE = settings.UPTAKE.model_copy(update={"internal_domains": ["@Uptake.example"]})


def kind_of(visitor_id: str) -> str | None:
    """The kind of the first rule that fits, as DuckDB reads the pattern; None: a human."""
    for rule in active_rules():
        if duckdb.execute("SELECT regexp_matches(?, ?)", [visitor_id, rule.pattern]).fetchone() == (True,):
            return rule.kind
    return None


def test_people_are_people():
    assert {visitor: kind for visitor in PEOPLE if (kind := kind_of(visitor))} == {}


@pytest.mark.parametrize("kind", NOT_PEOPLE)
def test_robots_tests_and_our_own_people_are_left_out(kind):
    assert {visitor: found for visitor in NOT_PEOPLE[kind] if (found := kind_of(visitor)) != kind} == {}


def test_patterns_ignore_case_and_stay_within_what_both_engines_read():
    for rule in active_rules():
        assert rule.pattern.startswith("(?i)")
        assert not any(odd in rule.pattern for odd in ("(?=", "(?!", "(?<", "(?P", "[[:", "&&"))


def test_the_workspaces_own_rule_comes_first():
    add_visitor_rule(kind="test", pattern="^sandbox-", title="Sandboxes")
    assert active_rules()[0] == ActiveRule("test", "(?i)^sandbox-", "Sandboxes")
    assert kind_of("Sandbox-4") == "test"


def test_a_rule_can_be_switched_off_a_built_in_one_too():
    add_visitor_rule(kind="test", pattern="^sandbox-", title="Sandboxes")
    for visitor, kind in (("sandbox-1", "test"), ("qa@acme.com", "test"), ("ben@uptake.example", "internal")):
        assert kind_of(visitor) == kind
        [rule] = [
            rule
            for rule in active_rules()
            if duckdb.execute("SELECT regexp_matches(?, ?)", [visitor, rule.pattern]).fetchone()[0]
        ]
        switch_off_visitor_rule(rule)
        assert kind_of(visitor) is None


@pytest.mark.parametrize(
    "pattern",
    ["", " ", ".*", "a|", "(?=x)", "(?!x)y", "(a)\\1", "[[:alpha:]]", "(", "a++", "(?P<n>a)", "x{", "[a-z&&[b]]"],
)
def test_patterns_that_engines_read_differently_or_that_fit_everybody_are_refused(pattern):
    with pytest.raises(ProductError):
        add_visitor_rule(kind="test", pattern=pattern, title="Odd")
