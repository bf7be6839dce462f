"""What a sentence leaves of the portfolio: a segment, a region, a plan, a band, one's own customers.

Only for a file is it asked; the values are those that the teammate's own customers have.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from uptake.chat.grammar.concepts import RESERVED
from uptake.chat.grammar.words import words
from uptake.pipeline.portfolio import ME, NO_BAND, choices
from uptake.scores.models import BANDS
from uptake.team.models import Teammate

KINDS = {"segments": "segment", "regions": "region", "plans": "plan"}
POINTERS = frozenset({"in", "from", "on", "segment", "region", "plan"})
"""Before or after a value that is also a word of ours, such as the region “US”."""

OWN = (("my", "customers"), ("my", "accounts"), ("my", "clients"), ("my", "own"), ("my", "book"), ("mine",))
WITHOUT = (("without", "score"), ("without", "a", "score"), ("no", "score"), ("unscored",))
ABOUT_BANDS = frozenset(
    {"customers", "customer", "accounts", "clients", "ones", "band", "health", "scores", "adoption"}
)


@dataclass(frozen=True)
class Filtered:
    """The filters that were said, and which words said them."""

    said: Mapping[str, str] = field(default_factory=dict)
    places: frozenset[int] = frozenset()


def filters_of(tokens: Sequence[str], teammate: Teammate) -> Filtered:
    """One value of each kind at most: the longest of those that stand in the words."""
    said: dict[str, str] = {}
    places: set[int] = set()
    for choice, kind in KINDS.items():
        for value in sorted(map(str, choices(teammate)[choice]), key=len, reverse=True):
            at = _where(tokens, tuple(words(value)))
            if kind not in said and at and not places & set(at) and _is_meant(tokens, at):
                said[kind] = value
                places.update(at)
    for kind, value, at in (*_own(tokens), *_band(tokens)):
        said[kind] = value
        places.update(at)
    return Filtered(said, frozenset(places))


def _where(tokens: Sequence[str], wanted: tuple[str, ...]) -> range | None:
    for start in range(len(tokens) - len(wanted) + 1):
        if wanted and tuple(tokens[start : start + len(wanted)]) == wanted:
            return range(start, start + len(wanted))
    return None


def _is_meant(tokens: Sequence[str], at: range) -> bool:
    if not all(tokens[place] in RESERVED for place in at):
        return True
    beside = [tokens[place] for place in (at.start - 1, at.stop) if 0 <= place < len(tokens)]
    return bool(POINTERS & set(beside))


def _own(tokens: Sequence[str]) -> list[tuple[str, str, range]]:
    found = [at for phrase in OWN if (at := _where(tokens, phrase))]
    return [("owner", ME, at) for at in found[:1]]


def _band(tokens: Sequence[str]) -> list[tuple[str, str, range]]:
    """“poor customers”, “customers without a score”; “good” alone is no band."""
    for phrase in WITHOUT:
        if at := _where(tokens, phrase):
            return [("band", NO_BAND, at)]
    for place, token in enumerate(tokens):
        if token in BANDS and ABOUT_BANDS & set(tokens[place + 1 : place + 2]):
            return [("band", token, range(place, place + 1))]
    return []
