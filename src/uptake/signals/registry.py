"""Everything that is watched. A new rule is a module of its own and a line here."""

from collections.abc import Sequence

from uptake.kit.errors import ProductError
from uptake.signals import champion_quiet, guide_dismissal, key_feature, no_login, usage_drop
from uptake.signals.rule import Rule


class UnknownRule(ProductError):
    """There is no such rule."""

    status = 404


# “Event engagement falling” (docs/definitions.md, section 5) takes its line here with the room ``attendance``.
RULES: Sequence[Rule] = (
    usage_drop.RULE,
    no_login.RULE,
    key_feature.RULE,
    champion_quiet.RULE,
    guide_dismissal.RULE,
)
RULE = {each.slug: each for each in RULES}


def rule_named(slug: str) -> Rule:
    """Raises UnknownRule naming those there are."""
    if slug not in RULE:
        raise UnknownRule(f"There is no rule “{slug[:50]}”; there are {', '.join(RULE)}.")
    return RULE[slug]
