"""A sentence as words that can be compared: no case, no accents, no punctuation."""

import re
import unicodedata
from functools import lru_cache

_LETTERS = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_POSSESSIVE = re.compile(r"['’`´]s\b")
_APOSTROPHES = re.compile(r"['’`´]")
_WORD = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./]\d{1,2}[./]\d{2,4}|#\d+|[^\W_]+")

CONNECTORS = frozenset({"and", "und", "et", "y", "e", "i", "en", "n"})
"""Words that may stand for the “&” of a name, or be left out."""

LONGEST_SENTENCE = 2_000


def plain(text: str) -> str:
    """Lower case without accents; ``ß`` is ss. Scripts without either stay as they are."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    marked = unicodedata.normalize("NFKD", folded)
    return "".join(sign for sign in marked if not unicodedata.combining(sign)).translate(_LETTERS)


def words(text: str) -> list[str]:
    """The words of a sentence: numbers and dates too; ``TechCorp's`` is techcorp, ``don't`` is dont."""
    bare = _APOSTROPHES.sub("", _POSSESSIVE.sub("", plain(text[:LONGEST_SENTENCE])))
    return _WORD.findall(bare)


@lru_cache(maxsize=65536)
def spellings(name: str) -> tuple[tuple[str, ...], ...]:
    """The words of a name, and once more as people without umlauts on their keyboard write them: Mueller, Soehne."""
    usual = tuple(words(name))
    folded = unicodedata.normalize("NFC", name).casefold()
    other = tuple(words(folded.translate(_UMLAUTS))) if any(sign in folded for sign in "äöüåø") else usual
    return (usual,) if other == usual else (usual, other)


def squashed(tokens: tuple[str, ...] | list[str]) -> str:
    """The words in one, without connectors: ``tech corp`` is TechCorp, ``müller und söhne`` is Müller & Söhne."""
    return "".join(token for token in tokens if token not in CONNECTORS) or "".join(tokens)
