"""Which value of a platform's events names the customer.

Platforms with groups let each project choose the name of the company's key (``company``, ``org id``, ``accountId``), so
it is found by its name and by how often the sample carries it, and shown to the reader who may say otherwise.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from uptake.sources.domains import BY_DOMAIN, domain_of, is_address
from uptake.sources.fields import SHOWN, Fields, Keys, NoSuchColumn, entries, label
from uptake.sources.reading import Answers, Question

WORDS = (
    "company",
    "account",
    "organization",
    "organisation",
    "org",
    "tenant",
    "customer",
    "workspace",
    "team",
)
# What may follow, the best first: an id before a name, for names change. "company_size" is no company.
ENDINGS = (
    "id",
    "externalid",
    "crmid",
    "uuid",
    "guid",
    "key",
    "slug",
    "",
    "code",
    "name",
    "displayname",
    "domain",
)
BEGINNINGS = ("", "user", "users", "current", "crm", "external", "gp")
GROUP_WORDS = (*WORDS, "segmentgroup", "group")  # what a group type, and nothing else, may also be called
MUCH = 0.5
NEARLY = 0.95  # keys seen about as often as the most frequent one are told apart by their names

Place = Keys
"""Where to look: the keys of an object, ``()`` for the table's own columns."""


@dataclass(frozen=True)
class Customer:
    """The SQL that names the customer, how the preview writes it, and what is left to ask or to say."""

    expression: str
    name: str
    questions: tuple[Question, ...] = ()
    warnings: tuple[str, ...] = ()


def _ranks(words: Sequence[str]) -> dict[str, tuple[int, int]]:
    return {
        beginning + word + ending: (ENDINGS.index(ending), place)
        for beginning in reversed(BEGINNINGS)
        for place, word in enumerate(words)
        for ending in ENDINGS
    }


_COMPANY = _ranks(WORDS)
_GROUP = _ranks(GROUP_WORDS)


def company_rank(name: str, *, group: bool = False) -> tuple[int, int] | None:
    """How well a name fits a company, smallest best; None when it does not. ``group``: the name is a group type's."""
    folded = re.sub(r"[^a-z0-9]", "", name.lower())
    return (_GROUP if group else _COMPANY).get(folded)


def choose_customer(
    fields: Fields,
    answers: Answers,
    *,
    tiers: Sequence[Sequence[Place]],
    groups: Place | None = None,
    person: Sequence[Keys],
    prefixes: Sequence[str] = (),
) -> Customer:
    """The reader's answer; else the company-like key seen most in the first tier that mostly has one; else a question.

    ``groups``: the place whose keys are group types. ``person``: where an e-mail address may stand, the best first, for
    ``@domain``. ``prefixes``: what the platform puts in front of its column names. Raises NoSuchColumn.
    """
    answered = answered_customer(fields, answers, person)
    if answered:
        return answered
    found = [most_seen_company(fields, tier, groups=groups, prefixes=prefixes) for tier in tiers]
    seen = {keys: len(fields.present(*keys)) for keys in found if keys}
    # A place that names the customer only now and then gives way to a later one that does so mostly.
    often = (keys for keys, count in seen.items() if count >= MUCH * max(seen.values()))
    chosen = next(often, None)
    if chosen:
        return taken(fields, chosen)
    other = _most_seen(fields, [(*groups, key) for key in fields.inner_keys(*groups)]) if groups else None
    if groups and other:
        guess = taken(fields, other)
        asked = f"This file groups its events by “{other[-1]}”. Is that the customer?"
        choices = tuple(label((*groups, key)) for key in fields.inner_keys(*groups))
        question = Question("customer", asked, (*choices, *_domain_choice(fields, person)), label(other))
        return Customer(guess.expression, guess.name, (question,), guess.warnings)
    return ask_customer(fields, person)


def answered_customer(fields: Fields, answers: Answers, person: Sequence[Keys]) -> Customer | None:
    """What ``--map customer=…`` says: a column, a path, or ``@domain``. Raises NoSuchColumn."""
    answer, visitor = answers.columns.get("customer"), answers.columns.get("visitor")
    if answer == BY_DOMAIN:
        return by_domain(fields, [fields.resolve(visitor)] if visitor else person)
    return taken(fields, fields.resolve(answer)) if answer is not None else None


def ask_customer(fields: Fields, person: Sequence[Keys], choices: Sequence[str] = ()) -> Customer:
    """No customer yet, and the question which value it is."""
    named = (
        choices
        or [label(keys) for keys in fields.walk() if not keys[0].startswith("_") and fields.present(*keys)][:SHOWN]
    )
    asked = f"Nothing in {fields.table.name} names the customer of an event. Which value does?"
    return Customer("NULL", "", (Question("customer", asked, (*named, *_domain_choice(fields, person)), None),))


def by_domain(fields: Fields, person: Sequence[Keys]) -> Customer:
    """The domain of the visitor's e-mail address as the customer. Raises NoSuchColumn where there are no visitors."""
    if not person:
        raise NoSuchColumn(f"{fields.table.name} names no visitors, so their e-mail domains cannot tell the customer.")
    domains = [domain_of(fields.text(*keys)) for keys in person]
    expression = domains[0] if len(domains) == 1 else f"coalesce({', '.join(domains)})"
    return Customer(expression, f"{BY_DOMAIN} of {' or '.join(label(keys) for keys in person)}")


def most_seen_company(
    fields: Fields, places: Sequence[Place], *, groups: Place | None = None, prefixes: Sequence[str] = ()
) -> Keys | None:
    """The company-like key that most sampled records carry; among keys about equal, the best name."""
    ranked: dict[Keys, tuple[int, int]] = {}
    for place in places:
        for key in fields.inner_keys(*place) if place else fields.names:
            rank = company_rank(_without(key, prefixes), group=place == groups)
            if rank is not None and _names_companies(fields, (*place, key)):
                ranked[(*place, key)] = rank
    return _most_seen(fields, list(ranked), ranked)


def _most_seen(fields: Fields, found: Sequence[Keys], ranked: dict[Keys, tuple[int, int]] | None = None) -> Keys | None:
    seen = {keys: len(fields.present(*keys)) for keys in found if _names_companies(fields, keys)}
    if not seen:
        return None
    most = max(seen.values())
    nearly = [keys for keys, count in seen.items() if count >= NEARLY * most]
    return min(nearly, key=lambda keys: (ranked or {}).get(keys, (0, 0)))


def _names_companies(fields: Fields, keys: Keys) -> bool:
    """Whether the sampled values can be names or ids: not objects, not switches, not people's addresses."""
    values = [entry for value in fields.present(*keys) for entry in entries(value)[:1]]
    if not values or any(isinstance(value, dict | bool) for value in values):
        return False
    return sum(is_address(value) for value in values) < len(values) / 2


def taken(fields: Fields, keys: Keys) -> Customer:
    """A value as the customer, the first entry where it is a list; says so where lists name several."""
    present = fields.present(*keys)
    several = sum(len(entries(value)) > 1 for value in present)
    said = f"{several} of {len(present)} sampled rows name several customers in {label(keys)}; the first one counts."
    return Customer(fields.first(*keys), label(keys), warnings=(said,) if several else ())


def _without(name: str, prefixes: Sequence[str]) -> str:
    return next((name[len(prefix) :] for prefix in prefixes if name.lower().startswith(prefix)), name)


def _domain_choice(fields: Fields, person: Sequence[Keys]) -> tuple[str, ...]:
    addresses = any(is_address(value) for keys in person for value in fields.present(*keys))
    return (BY_DOMAIN,) if addresses else ()
