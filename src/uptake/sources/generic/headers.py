"""What a header says: the roles its words stand for, and the unit and zone it names."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from uptake.sources.generic.words import (
    ACTIVITIES,
    ID_WORDS,
    NAME_WORDS,
    NAMES,
    NOT_A_SUM,
    NOT_THE_THING,
    STOP_WORDS,
    Role,
    words,
)

Unit = Literal["milliseconds", "seconds", "minutes", "hours"]

SECONDS: Mapping[Unit, float] = {"milliseconds": 0.001, "seconds": 1, "minutes": 60, "hours": 3600}

_UNIT_WORDS: Mapping[Unit, str] = {
    "milliseconds": "ms msec msecs millis millisecond milliseconds millisekunden millisecondes milisegundos",
    "seconds": "s sec secs second seconds sek sekunde sekunden seconde secondes seg segs segundo segundos",
    "minutes": "m min mins minute minutes minuten minuto minutos mn",
    "hours": "h hr hrs hour hours std stunde stunden heure heures hora horas",
}
_UNITS: Mapping[str, Unit] = {word: unit for unit, text in _UNIT_WORDS.items() for word in text.split()}
_WRAPPERS = words("properties props data attributes context traits payload metadata fields meta")
_PEOPLE = words("users utilisateurs usuarios visitors")
_MONTH_WORDS = words("month monat mois mes")


@dataclass(frozen=True)
class Header:
    """A header taken apart: its words without accents, case, articles and unit."""

    text: str
    words: tuple[str, ...]
    unit: Unit | None = None
    utc: bool = False

    @property
    def phrase(self) -> str:
        return " ".join(self.words)

    @property
    def month(self) -> bool:
        return any(word in _MONTH_WORDS or word.endswith("monat") for word in self.words)

    @property
    def week(self) -> bool:
        return any(word in ("week", "woche", "semaine", "semana", "kw", "kalenderwoche") for word in self.words)

    @property
    def is_id(self) -> bool:
        return any(word in ID_WORDS for word in self.words)


@lru_cache(maxsize=4096)
def read_header(text: str) -> Header:
    """``Duration (sec)`` → words ``duration``, unit seconds; ``CustomerID`` → ``customer id``."""
    notes = [note for pair in re.findall(r"\(([^)]*)\)|\[([^\]]*)\]", text) for note in pair if note]
    named = _words(re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text)) or _words(text)
    noted = [word for note in notes for word in _words(note)]
    utc = any(word in ("utc", "gmt") for word in (*named, *noted))
    named = tuple(word for word in named if word not in ("utc", "gmt")) or named
    unit = next((_UNITS[word] for word in noted if word in _UNITS), None)
    if unit is None and len(named) > 1 and named[-1] in _UNITS:
        unit = _UNITS[named[-1]]
        named = named[:-1] if " ".join(named[:-1]) in NAMES["duration"] else named
    elif unit is None:
        unit = next((_UNITS[word] for word in named if word in _UNITS and len(word) > 2), None)
    return Header(text, named, unit, utc)


def plain(text: str) -> str:
    """Lower case without accents: ``Événement`` → ``evenement``, ``Größe`` → ``grosse``."""
    folded = unicodedata.normalize("NFKD", text.replace("ß", "ss").replace("№", "no").replace("°", "o "))
    return "".join(sign for sign in folded if not unicodedata.combining(sign)).casefold()


def _words(text: str) -> tuple[str, ...]:
    text = re.sub(r"(?<=[a-zà-ÿ0-9])(?=[A-ZÀ-Þ])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text).replace("#", " number ")
    found = re.findall(r"[^\W_]+", plain(text))
    return tuple(word for word in found if word not in STOP_WORDS) or tuple(found)


@lru_cache(maxsize=4096)
def roles_of(text: str) -> Mapping[Role, float]:
    """How strongly a header names each role, 0..1; roles it does not name are left out.

    Of a nested JSON key the innermost name that says anything counts: ``user.company.id`` is a company's id.
    """
    parts = [part for part in text.split(".") if part.casefold() not in _WRAPPERS] or [text]
    for size in range(1, len(parts) + 1):
        header = read_header(" ".join(parts[-size:]))
        if size < len(parts) and (
            len(header.words) == 1 and header.words[0] in ID_WORDS | NAME_WORDS | {"email", "type"}
        ):
            continue  # “id” alone: whose id, says the key around it
        found = _roles(header)
        if found:
            return found
    return {}


def _roles(header: Header) -> dict[Role, float]:
    if not header.words:
        return {}
    found = {role: strength for role in NAMES if (strength := _strength(header, role)) > 0}
    if "people" in found and found["people"] < found.get("visitor", 0):
        del found["people"]
    return found


def _strength(header: Header, role: Role) -> float:
    names, phrase = NAMES[role], header.phrase
    if role in ("count", "duration", "people"):
        return 0 if any(word in NOT_A_SUM for word in header.words) else _number_strength(header, role)
    if phrase in names:
        return names[phrase]
    if role not in ("timestamp", "event_id"):
        base, marker = _without_markers(header.words, names)
        if base in names:
            return _marked(names[base], marker, role)
    return _inside(header.words, role)


def _number_strength(header: Header, role: Role) -> float:
    """“Dashboard views” is a count though no list has it; so is “Total Active Users” a number of people."""
    found, names = header.words, NAMES[role]
    if role == "duration":
        measured = header.unit and (found[0] in names or header.phrase in NAMES["count"])
        return names.get(header.phrase, 0.9 if measured else 0)
    if role == "count" and header.unit:
        return 0  # “Usage (min)” is a length of time
    if header.phrase in names:
        return names[header.phrase]
    if role == "people":
        return 0.9 if len(found) > 1 and any(word in _PEOPLE for word in found) and not header.is_id else 0
    return _count_strength(found)


def _count_strength(found: tuple[str, ...]) -> float:
    if any(word in ACTIVITIES for word in found) and len(found) <= 3:
        return 0.75 if found[-1] in ACTIVITIES or found[0] in ("number", "anzahl", "nombre", "numero") else 0
    of_uses = found[-1] in ("count", "uses", "anzahl") and not any(
        word in ("error", "user", "fehler") for word in found
    )
    return 0.7 if of_uses else 0


def _without_markers(named: tuple[str, ...], names: Mapping[str, float]) -> tuple[str, str]:
    """The words without id and name markers, and which marker there was: ``kundennummer`` → (``kunde``, ``id``)."""
    split = [part for word in named for part in _compound(word, names)]
    rest = [word for word in split if word not in ID_WORDS and word not in NAME_WORDS]
    if not rest:
        return " ".join(split), ""
    marker = "id" if any(word in ID_WORDS for word in split) else "name" if len(rest) < len(split) else ""
    return " ".join(rest), marker


def _compound(word: str, names: Mapping[str, float]) -> tuple[str, ...]:
    """``userid``, ``kundennummer``, ``funktionsname`` in two; any other word as it is."""
    if word in names:
        return (word,)
    for ending in ("kennung", "nummer", "number", "name", "code", "key", "nr", "id"):
        stem = word.removesuffix(ending)
        if stem != word and (nouns := [noun for noun in _singulars(stem) if noun in names]):
            return (max(nouns, key=lambda noun: names[noun]), ending)
    return (word,)


def _singulars(stem: str) -> list[str]:
    """What the first half of a German compound may come from: kunden- from kunde, firmen- from firma."""
    bare = [stem.removesuffix(glue) for glue in ("", "s", "n", "en", "er")]
    return [noun for half in bare for noun in (half, half + "e", half + "a")]


def _marked(strength: float, marker: str, role: Role) -> float:
    """Ids before bare names before “… name”: names change and are not unique. Features are read by people: by name."""
    if role == "feature":
        return strength - 0.02 if marker == "id" else strength
    return {"id": strength + 0.01, "name": strength - 0.02}.get(marker, strength)


def _inside(named: tuple[str, ...], role: Role) -> float:
    """The role's own word among others: “billing account” may be the account, “account owner” is not."""
    if len(named) > 4 or any(word in NOT_THE_THING for word in named) or role in ("session", "event_id"):
        return 0
    if role == "timestamp":
        return 0.8 if named[-1] in ("date", "time", "at", "datum", "fecha", "zeit", "timestamp", "on") else 0
    strong = {word: strength for word, strength in NAMES[role].items() if strength >= 0.9}
    return max((0.7 * strong[word] for word in named if word in strong), default=0)
