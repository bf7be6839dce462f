"""From a sentence to the readings it allows, the surest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise

from uptake.chat.grammar.concepts import (
    BLOCKERS,
    NEGATIONS,
    REQUESTS,
    VOCABULARY,
    concepts,
    says,
    set_right,
)
from uptake.chat.grammar.intents import INTENTS, Intent
from uptake.chat.grammar.names import Named, NameIndex
from uptake.chat.grammar.periods import NUMBER_WORDS, When, find_when
from uptake.chat.grammar.words import words

LEAST = 2.0
"""Below this weight a sentence says nothing that we know."""

MARGIN = 0.35
"""Readings closer than this are both shown."""

STRANGE = 0.7
"""What each word that nobody knows takes from a reading, the first one aside."""

TAKEN = "§"
"""Stands for a word that is part of a name or of a period."""

GROUP_WORDS = {"LOW": "laggards", "HIGH": "leaders", "RISK": "at risk", "ALL": "all"}


@dataclass(frozen=True)
class Sentence:
    """What was found in the words, before anybody asks what is wanted."""

    tokens: list[str]
    concepts: dict[str, list[tuple[int, int]]]
    customers: list[Named]
    features: list[Named]
    when: When
    number: int | None
    strange: list[str] = field(default_factory=list)  # words that nobody knows
    may_act: bool = True  # no negation, no question, no condition
    filters: Mapping[str, str] = field(default_factory=dict)  # of a file: segment, region, plan, band, owner

    @property
    def said(self) -> frozenset[str]:
        """The concepts, and C, CC, F, W for what is named."""
        marks = {"C"} if self.customers else set()
        marks |= {"CC"} if len(self.customers) > 1 else set()
        marks |= {"F"} if self.features else set()
        marks |= {"W"} if self.when != When() else set()
        return frozenset(self.concepts) | marks

    @property
    def group(self) -> str:
        """The laggards, the leaders, those at risk, all; only where nobody is named."""
        return "" if self.customers else next((GROUP_WORDS[each] for each in GROUP_WORDS if each in self.concepts), "")


@dataclass(frozen=True)
class Reading:
    """An intent, and how well it fits."""

    intent: Intent
    weight: float


def look_at(text: str, *, customers: NameIndex, features: NameIndex, newest: date) -> Sentence:
    """Customers first, then days, then features; what is left is words. Misspelt words are set right on the way."""
    tokens = words(text)
    named = customers.find(tokens)
    left = _blank(tokens, named)
    spelt = [token if token == TAKEN or token in features.words else set_right(token) for token in left]
    when, spans = find_when(" ".join(spelt), newest)
    spelt = _blank_spans(spelt, spans)
    found = _features(spelt, features)
    known = concepts(spelt)
    strong = [each for each in found if not _is_weak(each, spelt, known)]
    strange = [
        token
        for at, token in enumerate(spelt)
        if token not in VOCABULARY and token != TAKEN and not token.isdecimal() and not _inside(at, strong)
    ]
    return Sentence(spelt, known, named, strong, when, _number(spelt), strange, _may_act(words(text), spelt))


def _blank(tokens: list[str], named: Sequence[Named]) -> list[str]:
    return [TAKEN if _inside(at, named) else token for at, token in enumerate(tokens)]


def _inside(at: int, named: Sequence[Named]) -> bool:
    return any(each.start <= at < each.end for each in named)


def _blank_spans(tokens: list[str], spans: list[tuple[int, int]]) -> list[str]:
    """The spans count characters of the words joined by blanks."""
    kept, at = [], 0
    for token in tokens:
        inside = any(start < at + len(token) and at < end for start, end in spans)
        kept.append(TAKEN if inside else token)
        at += len(token) + 1
    return kept


def _features(tokens: list[str], index: NameIndex) -> list[Named]:
    """Features by their whole names, or with a slip; one that several names fit is none."""
    found: list[Named] = []
    for length in range(min(5, len(tokens)), 0, -1):
        for start in range(len(tokens) - length + 1):
            gram = tokens[start : start + length]
            if TAKEN in gram or any(each.start < start + length and start < each.end for each in found):
                continue
            named = index.whole_or_misspelt(gram)
            if named:
                found.append(Named(start, start + length, (named,)))
    return sorted(found, key=lambda named: named.start)


ABOUT_USE = frozenset({"USE", "FEATURE", "UNUSED", "WHO"})


def _is_weak(feature: Named, tokens: list[str], known: dict[str, list[tuple[int, int]]]) -> bool:
    """A feature called like a word of ours (“Reports”, “Export”) is meant only where something else speaks of use."""
    if not all(token in VOCABULARY for token in tokens[feature.start : feature.end]):
        return False
    elsewhere = {
        name for name in ABOUT_USE for start, end in known.get(name, ()) if end <= feature.start or start >= feature.end
    }
    return not elsewhere


def _number(tokens: list[str]) -> int | None:
    for token in tokens:
        if token.isdecimal() and 0 < len(token) < 4 and int(token):
            return int(token)
        if NUMBER_WORDS.get(token, 0) > 1 and token not in {"couple", "couple of"}:
            return NUMBER_WORDS[token]
    return None


def _may_act(raw: list[str], spelt: list[str]) -> bool:
    """Whether the words may ask for a change: said plainly or as a request, nothing denied, asked or put off."""
    if says(raw, NEGATIONS) or says(spelt, NEGATIONS) or _sets_a_number(spelt):
        return False
    return not says(spelt, BLOCKERS) or (says(spelt, REQUESTS) and not says(_without_requests(spelt), BLOCKERS))


def _sets_a_number(tokens: list[str]) -> bool:
    """“update the health of TechCorp to 90”: no score can be set by hand."""
    return any(before == "to" and later.isdecimal() for before, later in pairwise(tokens))


def _without_requests(tokens: list[str]) -> list[str]:
    text = f" {' '.join(tokens)} "
    for phrase in REQUESTS.split("|"):
        text = text.replace(f" {phrase} ", " ")
    return text.split()


def readings(sentence: Sentence, *, acting: frozenset[str]) -> list[Reading]:
    """What may be wanted, the surest first. ``acting``: the tools that change something."""
    found = [
        Reading(intent, weight)
        for intent in INTENTS
        if (sentence.may_act or intent.tool not in acting) and (weight := _weight(intent, sentence)) >= LEAST
    ]
    return sorted(found, key=lambda reading: -reading.weight)


def _weight(intent: Intent, sentence: Sentence) -> float:
    said = sentence.said
    named = len(sentence.customers)
    if intent.without & said or named < intent.least_customers or named > (intent.most_customers or named):
        return 0.0
    weight = max((weight for needed, weight in intent.patterns if needed <= said), default=0.0)
    return weight - STRANGE * max(0, len(sentence.strange) - 1)


def close_ones(found: Sequence[Reading]) -> list[Reading]:
    """The surest, and those within the margin of it."""
    return [each for each in found if found[0].weight - each.weight < MARGIN]


VERBS = ("UPDATE", "MAKE_PLAINLY", "WRITE_PLAINLY")


def segments(sentence: Sentence) -> list[Sentence]:
    """The parts that begin with something to do: update … | create … | draft …; the whole where there are none."""
    starts = sorted({start for verb in VERBS for start, _ in sentence.concepts.get(verb, ())})
    if not starts:
        return [sentence]
    ends = [*starts[1:], len(sentence.tokens)]
    return [_slice(sentence, start, end) for start, end in zip(starts, ends, strict=True)]


def _slice(sentence: Sentence, start: int, end: int) -> Sentence:
    tokens = sentence.tokens[start:end]
    customers, features = (
        [replace(each, start=each.start - start, end=each.end - start) for each in some if start <= each.start < end]
        for some in (sentence.customers, sentence.features)
    )
    return replace(
        sentence,
        tokens=tokens,
        concepts=concepts(tokens),
        customers=customers,
        features=features,
        number=_number(tokens),
    )
