"""Wide tables: a column per date or per feature, whose cells are counts."""

from collections.abc import Iterable, Mapping, Sequence

from uptake.sources.generic.headers import plain
from uptake.sources.generic.months import MONTHS
from uptake.sources.generic.values import Profile
from uptake.sources.generic.words import ACTIVITIES, NO_FEATURE, NOT_A_SUM, words

FEWEST_DATES = 2
FEWEST_FEATURES = 3

_TOTALS = words("total sum gesamt summe somme suma grand")


def bare_months(names: Sequence[str]) -> Mapping[str, int]:
    """Headers that are a month without a year: Jan, Februar, Mär., déc."""
    found = {name: MONTHS[word] for name in names if (word := plain(name).strip().rstrip(".")) in MONTHS}
    return found if len(found) >= FEWEST_DATES and len(set(found.values())) == len(found) else {}


def feature_columns(profiles: Iterable[Profile], taken: set[str]) -> tuple[Profile, ...]:
    """Columns that count the uses of one feature each, named by their header.

    Not those that say something else in numbers: amounts of money, averages, totals of the others, people, ids.
    """
    return tuple(profile for profile in profiles if profile.name not in taken and _counts_a_feature(profile))


def _counts_a_feature(profile: Profile) -> bool:
    if profile.empty or profile.numbers < 0.8 or profile.dates >= 0.8 or profile.header.unit or profile.header.is_id:
        return False
    named = set(profile.header.words)
    if named & (NO_FEATURE | NOT_A_SUM | _TOTALS):
        return False
    if named & ACTIVITIES:
        return "people" not in profile.roles
    return not set(profile.roles) & {"count", "people", "duration", "session", "event_id", "customer", "visitor"}
