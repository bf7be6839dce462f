"""Customers and features in a sentence: whole names, the beginning of a name, and names with a slip of the keyboard.

Only the teammate's own customers are known here: a name of somebody else's is a word like any other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import process
from rapidfuzz.distance import OSA

from uptake.chat.grammar.concepts import RESERVED, VOCABULARY, set_right
from uptake.chat.grammar.words import CONNECTORS, spellings, squashed
from uptake.customers.access import access_customers
from uptake.customers.models import Feature
from uptake.pipeline.published import published
from uptake.pipeline.state import ByState, usage_state
from uptake.team.models import Teammate

_FORMS = "inc corp corporation ltd limited llc gmbh ag kg se co company sa sas sarl bv nv ab oy plc spa srl pty"
FORMS = frozenset(_FORMS.split())
"""Legal forms: a name without is the name too."""

MOST_CHOICES = 4
LONGEST_NAME = 7  # words
POINTERS = frozenset(
    {"for", "of", "at", "with", "customer", "account", "client", "fur", "bei", "von", "pour", "para", "kunde"}
)
"""Before a name that is also a word of ours, such as a customer called “Export”."""


@dataclass(frozen=True)
class Named:
    """Something a sentence names: words ``start`` to ``end``, and the ids it may be. Several: it must be asked."""

    start: int
    end: int
    ids: tuple[str, ...]
    is_exact: bool = True


@dataclass(frozen=True)
class NameIndex:
    """Names that can be found quickly, whatever their number."""

    names: dict[str, str]  # id -> as people write it
    whole: dict[str, tuple[str, ...]] = field(repr=False)  # squashed name -> ids
    beginnings: dict[str, tuple[str, ...]] = field(repr=False)  # squashed first words -> ids
    inner: dict[str, tuple[str, ...]] = field(repr=False)  # any later word -> ids

    @classmethod
    def of(cls, named: Iterable[tuple[str, str]]) -> "NameIndex":
        """From (id, name)."""
        names = dict(named)
        whole, beginnings, inner = dict[str, list[str]](), dict[str, list[str]](), dict[str, list[str]]()
        for key, name in names.items():
            for tokens in spellings(name):
                _note(whole, squashed(tokens), key)
                short = [token for token in tokens if token not in FORMS]
                if short and len(short) < len(tokens):
                    _note(whole, squashed(short), key)
                for length in range(1, len(tokens)):
                    _note(beginnings, squashed(tokens[:length]), key)
                for token in tokens[1:]:
                    _note(inner, token, key)
        return cls(names, *({each: tuple(ids) for each, ids in some.items()} for some in (whole, beginnings, inner)))

    @cached_property
    def keys(self) -> list[str]:
        return [*self.whole, *self.beginnings]

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every name."""
        return frozenset(word for name in self.names.values() for tokens in spellings(name) for word in tokens)

    def find(self, tokens: Sequence[str]) -> list[Named]:
        """What is named, from left to right; nothing twice at one place."""
        taken: list[Named] = []
        for search in (self._by_number, self._whole, self._misspelt, self._beginning, self._inner):
            for length in range(min(LONGEST_NAME, len(tokens)), 0, -1):
                for start in range(len(tokens) - length + 1):
                    gram = tokens[start : start + length]
                    if _is_free(taken, start, start + length) and not {gram[0], gram[-1]} & CONNECTORS:
                        found = search(tokens, start, length)
                        if found is not None:
                            taken.append(found)
        return sorted(taken, key=lambda named: named.start)

    def whole_or_misspelt(self, tokens: Sequence[str]) -> str | None:
        """The one id whose whole name these words are, give or take a slip; None where two fit."""
        ids = self.whole.get(squashed(list(tokens)))
        if not ids and not all(token in VOCABULARY for token in tokens):
            found = self._misspelt(tokens, 0, len(tokens))
            ids = found.ids if found and all(token not in VOCABULARY or len(tokens) > 1 for token in tokens) else None
        return ids[0] if ids and len(ids) == 1 else None

    def _by_number(self, tokens: Sequence[str], start: int, length: int) -> Named | None:
        key = tokens[start].removeprefix("#")
        known = length == 1 and tokens[start].startswith("#") and key in self.names
        return Named(start, start + 1, (key,)) if known else None

    def _whole(self, tokens: Sequence[str], start: int, length: int) -> Named | None:
        gram = tokens[start : start + length]
        ids = self.whole.get(squashed(list(gram)))
        is_word = all(token in RESERVED or token.isdecimal() for token in gram)
        is_pointed_at = start > 0 and tokens[start - 1] in POINTERS
        if not ids or (length == 1 and is_word and not is_pointed_at and len(tokens) > 1):
            return None
        return Named(start, start + length, ids)

    def _beginning(self, tokens: Sequence[str], start: int, length: int) -> Named | None:
        gram = tokens[start : start + length]
        text = squashed(list(gram))
        ids = self.beginnings.get(text)
        if not ids or len(text) < 3 or all(token in VOCABULARY or token.isdecimal() for token in gram):
            return None
        return Named(start, start + length, ids) if not _is_strange_at(tokens, start + length) else None

    def _inner(self, tokens: Sequence[str], start: int, length: int) -> Named | None:
        """A later word that one name alone has, with no word beside it that could be the rest of another name."""
        ids = self.inner.get(tokens[start], ())
        if length > 1 or len(ids) != 1 or len(tokens[start]) < 4 or tokens[start] in VOCABULARY | FORMS:
            return None
        beside = _is_strange_at(tokens, start - 1) or _is_strange_at(tokens, start + 1)
        return None if beside else Named(start, start + 1, ids)

    def _misspelt(self, tokens: Sequence[str], start: int, length: int) -> Named | None:
        """Strict: one slip from five letters on, two from nine on; in words nobody knows, and never when two fit."""
        gram = tokens[start : start + length]
        text = squashed(list(gram))
        if length > 4 or len(text) < 5 or text in self.beginnings or not any(_is_strange(token) for token in gram):
            return None
        if length > 1 and (gram[0] in VOCABULARY or gram[-1] in VOCABULARY):
            return None
        most = 1 if len(text) < 9 else 2
        close = process.extract(text, self.keys, scorer=OSA.distance, score_cutoff=most, limit=MOST_CHOICES + 1)
        close = [found for found in close if found[0][0] == text[0] or found[1] == 1]
        if not close or (length == 1 and OSA.distance(text, _word_meant(text)) <= close[0][1]):
            return None
        nearest = [key for key, distance, _ in close if distance == close[0][1]]
        ids = dict.fromkeys(each for key in nearest for each in self.whole.get(key) or self.beginnings[key])
        return Named(start, start + length, tuple(ids), is_exact=False)


def _note(where: dict[str, list[str]], key: str, name: str) -> None:
    ids = where.setdefault(key, [])
    if key and name not in ids[-1:]:
        ids.append(name)


def _is_strange(token: str) -> bool:
    return token not in VOCABULARY and not token.isdecimal() and len(token) > 2


def _word_meant(text: str) -> str:
    """The word of ours that it may be; the empty one where there is none."""
    meant = set_right(text)
    return "" if meant == text else meant


def _is_strange_at(tokens: Sequence[str], at: int) -> bool:
    """Whether a word stands there that nobody knows, also not as a slip."""
    return 0 <= at < len(tokens) and _is_strange(tokens[at]) and set_right(tokens[at]) not in VOCABULARY


def _is_free(taken: Sequence[Named], start: int, end: int) -> bool:
    return all(end <= named.start or start >= named.end for named in taken)


_customers: ByState[NameIndex] = ByState(usage_state, size=16)
_features: ByState[NameIndex] = ByState(usage_state, size=1)


def customer_names(teammate: Teammate) -> NameIndex:
    """The customers that the teammate may see; kept until something changes."""

    def make() -> NameIndex:
        rows = access_customers(teammate).filter(is_archived=False).values_list("pk", "name")
        return NameIndex.of((str(pk), name) for pk, name in rows.order_by("pk"))

    return _customers.get((teammate.pk, teammate.role, teammate.is_active), make)


def feature_names() -> NameIndex:
    """The features that usage or the catalogue names."""

    def make() -> NameIndex:
        defined = dict(Feature.objects.values_list("key", "name"))
        return NameIndex.of((published().feature_names() | defined).items())

    return _features.get("features", make)


def names_of(teammate: Teammate, ids: Iterable[int]) -> list[str]:
    """What the customers are called; numbers nobody of theirs has are left out."""
    known = customer_names(teammate).names
    return [known[str(each)] for each in ids if str(each) in known]
