"""What to do next for each customer: rules put to its figures, ranked by what it is worth."""

from collections.abc import Collection, Sequence

from uptake.insights import words
from uptake.insights.figure_names import ABOUT_ENTITLED, ABOUT_PEOPLE, ABOUT_UNUSED
from uptake.insights.figures import Figures, figures_of
from uptake.insights.insight import Recommendation
from uptake.insights.rules import Rule
from uptake.insights.view import View

LEVELS = ("low", "medium", "high", "critical")
MEDIUM_FROM, HIGH_FROM = 40, 70  # points to go
SOON = 90  # days to the renewal: one level up


def recommendations(
    view: View, rules: Sequence[Rule], customer_ids: Collection[int] | None = None
) -> list[Recommendation]:
    """Every rule that applies to a customer the reader may see: the highest expected value first.

    Expected value = ARR × points to go × how winnable. Customers without a known ARR come after the others, the
    largest gap first. Equal ones in the order of the rules, then by name.
    """
    wanted = None if customer_ids is None else frozenset(customer_ids)
    found = [
        (place, figures.row["arr"] is None, made)
        for figures in figures_of(view, wanted)
        for place, rule in enumerate(rules)
        if (made := _recommendation(rule, figures))
    ]
    found.sort(
        key=lambda each: (
            each[1],
            -each[2].value,
            -each[2].gap,
            each[0],
            each[2].customer.casefold(),
            each[2].customer_id,
        )
    )
    return [made for *_, made in found]


def _recommendation(rule: Rule, figures: Figures) -> Recommendation | None:
    """None where the rule does not apply, something that it writes is not known, or nothing is left to win."""
    if not all(condition.holds(figures) for condition in rule.when):
        return None
    gap = min(100.0, figures.numbers.get(rule.gap, 0.0))
    title, why = rule.title.fill(figures), rule.why.fill(figures)
    steps = [step.fill(figures) for step in rule.steps]
    told = [words.sentence(step) for step in steps if step is not None]
    if gap <= 0 or title is None or why is None or len(told) < len(steps):
        return None
    value, value_words = _value(rule, figures, gap)
    return Recommendation(
        rule=rule.name,
        customer_id=figures.row["customer_id"],
        customer=figures.row["customer"],
        title=words.sentence(title),
        why=words.sentence(why),
        steps=tuple(told),
        priority=_priority(gap, figures.numbers.get("days_to_renewal")),
        due_days=rule.due_days,
        feature_id=_feature(rule, figures),
        people=tuple(figures.people[who] for who in ABOUT_PEOPLE if who in rule.figures and who in figures.people),
        value=value,
        value_words=value_words,
        channel=rule.channel,
        gap=gap,
    )


def _value(rule: Rule, figures: Figures, gap: float) -> tuple[float, str]:
    one, _, many = rule.gap_words.partition("|")
    points = words.whole(gap) if gap >= 1 else "under 1"
    to_go = f"{points} {one if points in ('1', 'under 1') else many or one} × {rule.winnable:g} winnable"
    arr = figures.row["arr"]
    if arr is None:
        return 0.0, f"no ARR known: {to_go}"
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
