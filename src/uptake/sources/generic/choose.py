"""Which column means what: every column is weighed for every role, by header and by values, and the best pairs win."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from uptake.sources.generic.dates import FEWEST_READABLE
from uptake.sources.generic.values import Profile, depends_on
from uptake.sources.generic.words import NOT_THE_THING, Role, words

SURE_ENOUGH = 0.5  # below, the reader is asked
WORTH_OFFERING = 0.25  # below, a column is no choice in that question

ROLES: tuple[Role, ...] = (
    "timestamp", "customer", "visitor", "feature", "count", "duration", "session", "event_id", "people",
)  # fmt: skip


Fit = tuple[float, str]
NO: Fit = (0, "")

NAMES_EVENTS = 0.9  # a header such as “event id”, not a mere “id”: its rows that come again are an export's repeats
FEWEST_DIFFERENT = 0.4  # of such ids; below, they name kinds of events rather than events

MANY_BROKEN = 0.9  # fit of a column whose header names the role, though many of its values cannot be read

CLOCK_HEADERS = words("time zeit uhrzeit heure hora")


@dataclass(frozen=True)
class Choice:
    """A column taken for a role, how sure that is (0..1), and why in words for the preview."""

    profile: Profile
    confidence: float
    why: str


@dataclass(frozen=True)
class Choices:
    """What was chosen per role, and what else could have been, best first."""

    taken: Mapping[Role, Choice]
    offered: Mapping[Role, Sequence[Choice]] = field(default_factory=dict)


def choose(profiles: Sequence[Profile], fixed: Mapping[Role, Profile]) -> Choices:
    """The best column for each role. ``fixed``: what the reader said; those columns are out for other roles."""
    said = {role: Choice(profile, 1.0, "you said so") for role, profile in fixed.items()}
    used = {choice.profile.name for choice in said.values()}
    open_roles = [role for role in ROLES if role not in said]
    weighed = [
        (role, choice)
        for profile in profiles
        if profile.name not in used
        for role in open_roles
        for choice in _weigh(profile, role)
    ]
    weighed += list(_by_company(profiles, weighed, used | _named(weighed)) if "customer" in open_roles else ())
    # Of equals the one further left wins: sorting keeps the order
    weighed.sort(key=lambda pair: -pair[1].confidence)
    taken: dict[Role, Choice] = dict(said)
    for role, choice in weighed:
        if role not in taken and choice.profile.name not in used and choice.confidence >= SURE_ENOUGH:
            taken[role] = choice
            used.add(choice.profile.name)
    offered = {
        role: [choice for of, choice in weighed if of == role and choice.profile.name not in used]
        for role in open_roles
    }
    return Choices(
        taken, {role: [c for c in found if c.confidence >= WORTH_OFFERING] for role, found in offered.items()}
    )


def _named(weighed: Sequence[tuple[Role, Choice]]) -> set[str]:
    return {choice.profile.name for _, choice in weighed if choice.profile.roles}


def _weigh(profile: Profile, role: Role) -> Iterator[Choice]:
    """How well the column fits the role: nothing, or one choice."""
    strength = profile.roles.get(role, 0.0)
    fit, seen = _fit(profile, role)
    if strength:
        says = f"header says “{profile.name}”"
        confidence = _confidence(strength, fit)
        if profile.empty:
            confidence, seen = strength * 0.6, "no row of the sample fills it"
        if confidence > 0:
            yield Choice(profile, round(min(confidence, 0.99), 3), f"{says}; {seen}" if seen else says)
    elif not profile.roles and not any(word in NOT_THE_THING for word in profile.header.words):
        confidence, why = _values_alone(profile, role)
        if confidence:
            yield Choice(profile, confidence, why)


def _confidence(strength: float, fit: float) -> float:
    """Header and values together: fitting values make an exact header surer, never a vague one."""
    if fit >= 1:
        return strength + (0.99 - strength) * 0.4 if strength >= 0.9 else strength
    return strength * (0.9 + 0.1 * fit if fit >= 0.5 else fit)


def _fit(profile: Profile, role: Role) -> Fit:
    """How the values speak for a role that the header names: 1 fitting, 0.5 neutral, under that doubtful, 0 no."""
    return NO if profile.empty else _FITS[role](profile)


def _time_fit(profile: Profile) -> Fit:
    seen = f"{_percent(profile.dates)} of the values are dates"
    return (1, seen) if _dated(profile) else (MANY_BROKEN, seen) if profile.dates >= FEWEST_READABLE else NO


def _number_fit(profile: Profile) -> Fit:
    if profile.numbers < FEWEST_READABLE or profile.emails:
        return NO
    return (1, "the values are numbers") if profile.numbers >= 0.8 else (MANY_BROKEN, "most values are numbers")


def _length_fit(profile: Profile) -> Fit:
    if profile.clocks >= 0.8 and profile.header.phrase in CLOCK_HEADERS:
        return NO  # the time of day beside a date
    return (1, "the values are lengths of time") if max(profile.numbers, profile.clocks) >= 0.8 else NO


def _session_fit(profile: Profile) -> Fit:
    return (1, "") if profile.dates < 0.5 or profile.epochs else NO


def _event_id_fit(profile: Profile) -> Fit:
    if profile.dates >= 0.5 and not profile.epochs:
        return 0.3, "the values are dates"
    if profile.unique >= 0.98:
        return 1, "every value is another"
    if profile.roles.get("event_id", 0) >= NAMES_EVENTS and profile.unique >= FEWEST_DIFFERENT:
        return 0.9, "some values come again: equal rows with one id count once"
    return 0.3, "values repeat"


def _customer_fit(profile: Profile) -> Fit:
    if profile.emails > 0.5:
        return 0.45, "the values are e-mail addresses"
    return _not_just_numbers(profile) if profile.is_text else NO


def _dated(profile: Profile) -> bool:
    return profile.dates >= 0.8 or (profile.header.month and profile.wholes > 0.8 and _six_digits(profile))


def _six_digits(profile: Profile) -> bool:
    return all(len(value) == 6 and "01" <= value[4:] <= "12" for value in profile.seen)


def _visitor_fit(profile: Profile) -> Fit:
    if profile.emails > 0.8:
        return 1, f"{_percent(profile.emails)} of the values are e-mail addresses"
    if not profile.is_text:
        return NO
    if profile.numbers > 0.8 and not profile.header.is_id:
        # “Users: 12” counts people; “User: 48213” names one
        return NO if "people" in profile.roles else (0.5, "the values are numbers")
    return 1, ""


def _not_just_numbers(profile: Profile) -> Fit:
    if profile.numbers > 0.8 and not profile.header.is_id:
        return NO if "people" in profile.roles else (0.5, "the values are numbers")
    return 1, ""


def _feature_fit(profile: Profile) -> Fit:
    if not profile.is_text or profile.long or (profile.numbers > 0.8 and not profile.header.is_id):
        return NO
    if profile.emails > 0.5:
        return 0.3, "the values are e-mail addresses"
    if profile.filled >= 50 and profile.unique > 0.9:
        return 0.4, "nearly every value is another"
    return 1, f"{profile.distinct} different values"


_FITS: Mapping[Role, Callable[[Profile], Fit]] = {
    "timestamp": _time_fit,
    "customer": _customer_fit,
    "visitor": _visitor_fit,
    "feature": _feature_fit,
    "count": _number_fit,
    "people": _number_fit,
    "duration": _length_fit,
    "session": _session_fit,
    "event_id": _event_id_fit,
}


def _values_alone(profile: Profile, role: Role) -> Fit:
    """Confidence where the header says nothing we know. At most 0.7: values suggest, they do not name."""
    alone: dict[Role, Fit] = {}
    if profile.dates >= 0.95:
        alone["timestamp"] = 0.65, f"{_percent(profile.dates)} of the values are dates"
    if profile.emails >= 0.8:
        alone["visitor"] = 0.7, f"{_percent(profile.emails)} of the values are e-mail addresses"
    if profile.uuids >= 0.95:
        once = profile.unique == 1 and profile.filled >= 5
        alone["event_id" if once else "visitor"] = (
            (0.6, "every value is another id") if once else (0.5, "ids that come again")
        )
    if _looks_like_words(profile):
        again = profile.filled >= 8 and profile.unique <= 0.5
        why = f"{profile.distinct} different values come again and again" if again else "the values are words"
        alone |= {
            "feature": (0.45 if again else 0.3, why),
            "customer": (0.4 if again else 0.3, why),
            "visitor": (0.3, why),
        }
    return alone.get(role, NO)


def _looks_like_words(profile: Profile) -> bool:
    return (
        profile.is_text and not profile.long and profile.numbers < 0.2 and profile.emails < 0.2 and profile.uuids < 0.2
    )


def _by_company(
    profiles: Sequence[Profile], weighed: Sequence[tuple[Role, Choice]], out: set[str]
) -> Iterator[tuple[Role, Choice]]:
    """Each person always beside the same value: that value is where the person works."""
    people = [c for role, c in weighed if role == "visitor" and c.confidence >= SURE_ENOUGH]
    if not people:
        return
    person = max(people, key=lambda choice: choice.confidence).profile
    for profile in profiles:
        if profile.name in out or not _looks_like_words(profile) or profile.distinct < 2:
            continue
        if (depends_on(person.column, profile.column) or 0) >= 0.95 and profile.distinct <= person.distinct:
            yield "customer", Choice(profile, 0.6, f"each value of “{person.name}” always has the same value here")


def _percent(share: float) -> str:
    return f"{share:.0%}"
