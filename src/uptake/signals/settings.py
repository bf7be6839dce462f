"""The rules as the workspace set them, and the alert budget. Leaders change them; older versions are in the trail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from uptake.signals.models import AlertPolicy, RuleSetting
from uptake.signals.registry import RULES, rule_named
from uptake.signals.rule import BadThreshold, Rule
from uptake.signals.services import close_switched_off
from uptake.team.models import Teammate
from uptake.team.rights import Right, require
from uptake.team.services import record

MOST_PER_WEEK = 1000


@dataclass(frozen=True)
class Setting:
    """A rule as it holds now."""

    rule: Rule
    is_on: bool
    values: Mapping[str, float]
    version: int  # 0: never changed
    changed_by: Teammate | None = None
    changed_at: datetime | None = None

    @property
    def says(self) -> str:
        return self.rule.says(self.values)


def rule_settings() -> list[Setting]:
    """Every rule, in the registry's order."""
    rows = {row.rule: row for row in RuleSetting.objects.select_related("changed_by")}
    return [_setting(rule, rows.get(rule.slug)) for rule in RULES]


def rule_setting(slug: str) -> Setting:
    """One of them. Raises UnknownRule."""
    rule = rule_named(slug)
    return _setting(rule, RuleSetting.objects.select_related("changed_by").filter(rule=slug).first())


def _setting(rule: Rule, row: RuleSetting | None) -> Setting:
    if row is None:
        return Setting(rule, True, rule.defaults, 0)
    known = {name: value for name, value in row.thresholds.items() if name in rule.defaults}
    return Setting(rule, row.is_on, rule.with_defaults(known), row.version, row.changed_by, row.changed_at)


@transaction.atomic
def change_rule(slug: str, *, is_on: bool, values: Mapping[str, float], by: Teammate) -> Setting:
    """Switch a rule, or set its thresholds; those not named take their defaults. The next look goes by them.

    Switched off, its open alerts are closed. What is as it was makes no version. Raises NotAllowed, UnknownRule and
    BadThreshold.
    """
    require(by, Right.SET_ALERT_RULES)
    before = rule_setting(slug)
    wanted = before.rule.with_defaults(values)
    if (before.is_on, before.values) == (is_on, wanted):
        return before
    row, _ = RuleSetting.objects.select_for_update().get_or_create(rule=slug, defaults={"version": 0})
    row.is_on, row.thresholds, row.version, row.changed_by = is_on, wanted, row.version + 1, by
    row.save()
    closed = 0 if is_on else close_switched_off(slug, by=by)
    record(
        by, "changed alert rule", before.rule.title, rule=slug, version=row.version, is_on=is_on, thresholds=wanted,
        before={"is_on": before.is_on, "thresholds": dict(before.values)}, closed=closed,
    )  # fmt: skip
    return _setting(before.rule, row)


def alert_budget() -> int:
    """How many new alerts a CSM can look after in a week."""
    return policy().per_week


def policy() -> AlertPolicy:
    return AlertPolicy.objects.get_or_create(pk=1)[0]


@transaction.atomic
def set_alert_budget(per_week: int, *, by: Teammate) -> int:
    """Raises NotAllowed and BadThreshold."""
    require(by, Right.SET_ALERT_RULES)
    if not 1 <= per_week <= MOST_PER_WEEK:
        raise BadThreshold(f"A budget of {per_week} alerts a week cannot be; 1 to {MOST_PER_WEEK:,} can.")
    row = policy()
    if row.per_week != per_week:
        before, row.per_week = row.per_week, per_week
        row.save(update_fields=["per_week"])
        record(by, "set alert budget", f"{per_week} a week", before=before, per_week=per_week)
    return per_week
