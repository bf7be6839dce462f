"""Who is not one of the customer's people: our own, service accounts, tests.

A rule is a regular expression that is found anywhere in the visitor id, whatever the case. Patterns keep to what DuckDB
(RE2) and Spark (Java) read alike: no look-around, no back references, no POSIX classes. Leaving a person out by mistake
is worse than counting a robot, so the built-in rules ask for whole words: “Tester Smith”, “Abbot” and Testo's people
are people.
"""

import re
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from uptake.customers.models import VisitorKind, VisitorRule
from uptake.customers.names import domain_key
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.services import record

IGNORE_CASE = "(?i)"


@dataclass(frozen=True)
class ActiveRule:
    """A rule as the metrics take it; ``pattern`` starts with ``(?i)``."""

    kind: str  # internal, service, test
    pattern: str
    title: str


_WORD_END = r"[._ -]?[0-9]*(@|$)"  # “bot”, “bot2@acme.com”, “bot-2”, and no more letters
_SERVICE_WORDS = (
    "service|services|svc|bot|api|cron|cronjob|system|daemon|root|integration|integrations|automation|scheduler"
    "|webhook|webhooks|zapier|sync|etl|jenkins|github-actions|mailer-daemon|postmaster"
)
_ACCOUNT_WORDS = "user|account|acct|client|job|token|key|runner|worker|bot"

BUILT_IN = (
    ActiveRule("service", rf"(?i)^({_SERVICE_WORDS}){_WORD_END}", "Service account"),
    ActiveRule(
        "service",
        rf"(?i)^(service|svc|api|cron|system|integration|automation)[._ -]?({_ACCOUNT_WORDS})s?{_WORD_END}",
        "Service account",
    ),
    ActiveRule("service", r"(?i)^svc[._-]", "Service account (svc-…)"),
    ActiveRule("service", r"(?i)(-bot(@|$)|\[bot\])", "Bot (…-bot)"),
    ActiveRule("service", rf"(?i)^(no[._-]?reply|do[._-]?not[._-]?reply){_WORD_END}", "No-reply address"),
    ActiveRule("service", r"(?i)@([a-z0-9-]+\.)*gserviceaccount\.com$", "Google service account"),
    ActiveRule("test", rf"(?i)^(test|tests|testing|qa|e2e|smoketest|loadtest){_WORD_END}", "Test user"),
    ActiveRule(
        "test", rf"(?i)^(test|qa|e2e|smoke|load)[._ -]?(test|user|account|{_ACCOUNT_WORDS})s?{_WORD_END}", "Test user"
    ),
    ActiveRule("test", r"(?i)^e2e[._-]", "Test user (e2e-…)"),
    ActiveRule("test", r"(?i)\+(test|tests|testing|qa|e2e)[0-9]*([._+-][^@]*)?@", "Test address (…+test@)"),
    ActiveRule("test", rf"(?i)^(cypress|playwright|selenium|puppeteer){_WORD_END}", "Browser test"),
    ActiveRule("test", r"(?i)@([a-z0-9-]+\.)*(mailinator\.com|mailosaur\.(io|net)|mailslurp\.com)$", "Test inbox"),
)


def active_rules() -> list[ActiveRule]:
    """The rules that hold now; the first that fits a visitor names why it is left out.

    The workspace's own rules come first, then its e-mail domains, then the built-in ones. A row with the pattern of a
    built-in rule stands in its place, so an inactive one switches it off.
    """
    own = {_with_case(rule.pattern): rule for rule in VisitorRule.objects.all()}
    active = [ActiveRule(rule.kind, pattern, rule.title) for pattern, rule in own.items() if rule.is_active]
    return [*active, *(rule for rule in (*_internal_rules(), *BUILT_IN) if rule.pattern not in own)]


@transaction.atomic
def add_visitor_rule(*, kind: str, pattern: str, title: str, by: Teammate | None = None) -> VisitorRule:
    """Leave out visitors whose id the pattern is found in. Raises ProductError for what not every engine can read."""
    if kind not in VisitorKind.values:
        raise ProductError(f"“{kind}” is no kind of visitor; use internal, service or test.")
    _check_pattern(pattern)
    rule, _ = VisitorRule.objects.update_or_create(
        pattern=pattern, defaults={"kind": kind, "title": title or pattern[:100], "is_active": True}
    )
    record(by, "added", rule, kind=kind, pattern=pattern)
    return rule


@transaction.atomic
def switch_off_visitor_rule(rule: ActiveRule, *, by: Teammate | None = None) -> VisitorRule:
    """Count visitors again that a rule left out, a built-in one too."""
    stored = VisitorRule.objects.filter(pattern__in=[rule.pattern, rule.pattern.removeprefix(IGNORE_CASE)]).first()
    stored = stored or VisitorRule(kind=rule.kind, pattern=rule.pattern, title=rule.title)
    stored.is_active = False
    stored.save()
    record(by, "switched off", stored, pattern=rule.pattern)
    return stored


def _internal_rules() -> list[ActiveRule]:
    domains = dict.fromkeys(domain_key(text.strip().removeprefix("@")) for text in settings.UPTAKE.internal_domains)
    return [
        ActiveRule("internal", rf"(?i)@([a-z0-9-]+\.)*{re.escape(domain)}$", f"Our own people at {domain}")
        for domain in domains
    ]


def _with_case(pattern: str) -> str:
    return pattern if pattern.startswith(IGNORE_CASE) else IGNORE_CASE + pattern


_NOT_EVERYWHERE = re.compile(r"\(\?(?!i\)|:)|\\[1-9CGXRkpPQEzZAhHvV]|\[\[|&&|[*+?}]\+|(?<!\\)\{(?!\d+(,\d*)?\})")


def _check_pattern(pattern: str) -> None:
    import duckdb  # the engine itself says whether it can read the pattern

    if _NOT_EVERYWHERE.search(pattern):
        raise ProductError(f"The pattern “{pattern}” uses more than plain regular expressions; engines differ there.")
    try:
        with duckdb.connect() as con:  # the module's own connection would be shared by every thread
            found = con.execute("SELECT regexp_matches('', ?)", [_with_case(pattern)]).fetchall()
    except duckdb.Error as why:
        raise ProductError(f"“{pattern}” is no regular expression: {why}.") from why
    if not pattern.strip() or found == [(True,)]:
        raise ProductError(f"The pattern “{pattern}” would leave out everybody.")
