"""What to do next for each customer: rules put to its figures, ranked by what it is worth."""

from collections.abc import Collection, Sequence

import numpy as np

from uptake.insights import words
from uptake.insights.figure_names import ABOUT_ENTITLED, ABOUT_PEOPLE, ABOUT_UNUSED
from uptake.insights.figures import Figures, figures_of
from uptake.insights.insight import Recommendation
from uptake.insights.money import places
from uptake.insights.rules import Rule, Template
from uptake.insights.view import View

LEVELS = ("low", "medium", "high", "critical")
MEDIUM_FROM, HIGH_FROM = 40, 70  # points to go
SOON = 90  # days to the renewal: one level up
TITLE, REASON, STEP = 200, 4000, 300  # characters that a task has room for
NAMES = (100, 60, 40, 25)  # characters left of a name where that room is short, the longest that fits


def recommendations(
    view: View, rules: Sequence[Rule], customer_ids: Collection[int] | None = None
) -> list[Recommendation]:
    """Every rule that applies to a customer the reader may see: the highest expected value first.

    Expected value = ARR × points to go × how winnable. Values in several currencies are not compared: each has its
    place among those of its own, and the first of every currency come before the second. Customers without a known ARR
    come after the others, the largest gap first. Equal ones in the order of the rules, then by name.
    """
    wanted = None if customer_ids is None else frozenset(customer_ids)
    found = [
        (place, made)
        for figures in figures_of(view, wanted)
        for place, rule in enumerate(rules)
        if (made := _recommendation(rule, figures))
    ]
    values = np.array([made.value if made.currency else np.nan for _, made in found], np.float64)
    ranks = places(values, [made.currency for _, made in found]).round(12).tolist()
    ordered = sorted(zip(ranks, found, strict=True), key=lambda each: _order(each[0], *each[1]))
    return [made for _, (_, made) in ordered]


def _order(rank: float, rule_place: int, made: Recommendation) -> tuple[bool, float, float, int, str, int]:
    is_known = made.currency is not None
    return (not is_known, -rank if is_known else 0.0, -made.gap, rule_place, made.customer.casefold(), made.customer_id)


def _recommendation(rule: Rule, figures: Figures) -> Recommendation | None:
    """None where the rule does not apply, something that it writes is not known, or nothing is left to win."""
    if not all(condition.holds(figures) for condition in rule.when):
        return None
    gap = min(100.0, figures.numbers.get(rule.gap, 0.0))
    title, nameless = _fitted(rule.title, figures, TITLE), _fitted(rule.title, figures.without_people(), TITLE)
    why = _fitted(rule.why, figures, REASON)
    steps = [_fitted(step, figures, STEP) for step in rule.steps]
    told = [step for step in steps if step is not None]
    if gap <= 0 or title is None or nameless is None or why is None or len(told) < len(steps):
        return None
    value, value_words = _value(rule, figures, gap)
    return Recommendation(
        rule=rule.name,
        customer_id=figures.row["customer_id"],
        customer=figures.row["customer"],
        title=title,
        title_without_people=nameless,
        why=why,
        steps=tuple(told),
        priority=_priority(gap, figures.numbers.get("days_to_renewal")),
        due_days=rule.due_days,
        feature_id=_feature(rule, figures),
        people=tuple(figures.people[who] for who in ABOUT_PEOPLE if who in rule.figures and who in figures.people),
        value=value,
        value_words=value_words,
        channel=rule.channel,
        gap=gap,
        currency=None if figures.row["arr"] is None else figures.row["currency"] or "USD",
    )


def _fitted(template: Template, figures: Figures, longest: int) -> str | None:
    """The text as a sentence that a task has room for: long names are cut rather than the words around them."""
    text = template.fill(figures)
    for room in NAMES:
        if text is None or len(text) <= longest:
            break
        text = template.fill(figures.shortened(room))
    return None if text is None else words.shortened(words.sentence(text), longest)


def _value(rule: Rule, figures: Figures, gap: float) -> tuple[float, str]:
    one, _, many = rule.gap_words.partition("|")
    points = words.whole(gap) if gap >= 1 else "under 1"
    to_go = f"{points} {one if points in ('1', 'under 1') else many or one} × {rule.winnable:g} winnable"
    arr = figures.row["arr"]
    if arr is None:
        several = figures.row["currency"]
        return 0.0, f"{f'ARR in {several} is not added up' if several else 'no ARR known'}: {to_go}"
    return float(arr) * gap / 100 * rule.winnable, f"{figures.texts['arr']} ARR × {to_go}"


def _priority(gap: float, days_to_renewal: float | None) -> str:
    level = sum(gap >= border for border in (MEDIUM_FROM, HIGH_FROM))
    is_soon = days_to_renewal is not None and 0 <= days_to_renewal <= SOON
    return LEVELS[level + is_soon]


def _feature(rule: Rule, figures: Figures) -> str | None:
    """The feature that the texts are about."""
    if rule.figures & ABOUT_UNUSED:
        return figures.features.get("unused")
    return figures.features.get("entitled") if rule.figures & ABOUT_ENTITLED else None
