"""When two spellings are the same name.

Platforms slug what people write: ``Acme Logistics`` and ``acme-logistics`` are one customer, ``Dashboard Viewed`` and
``dashboard_viewed`` one feature. Case, spaces, underscores and hyphens do not count; everything else does, because
joining two names that are not the same is worse than keeping them apart (``AT&T`` is not ``ATT``).
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

from uptake.kit.marks import without_steering

KEY_LENGTH = 200
"""Longest key, so that any database can index it; longer names end in a digest of the whole."""

LONGEST_TEXT = 500
"""Longest name or platform id that is kept as a row."""

_SEPARATORS = re.compile(r"[\s_\-\u2010-\u2015]+")


def name_key(text: str) -> str:
    """The name without what does not count: equal keys, same name. Empty only for blank text."""
    plain = unicodedata.normalize("NFKC", without_steering(text)).casefold()  # two names that look alike are one
    key = _SEPARATORS.sub("-", plain).strip("-") or plain.strip()
    if len(key) > KEY_LENGTH:
        digest = hashlib.sha256(key.encode()).hexdigest()[:16]
        key = f"{key[: KEY_LENGTH - 17]}-{digest}"
    return key


def squashed(text: str) -> str:
    """The key without separators, for lists of well-known names: ``pageView``, ``page_view``, ``Page View``."""
    return name_key(text).replace("-", "")


def domain_key(text: str) -> str:
    """A domain as it is compared: lower case, without ``www.`` and the dot of the root."""
    return text.strip().casefold().removeprefix("www.").rstrip(".")


def most_readable(spellings: Iterable[str]) -> str:
    """The spelling a person would write: words before slugs, capitals before none, not all capitals."""
    return min((spelling.strip() for spelling in spellings), key=_unreadable)


def _unreadable(spelling: str) -> tuple[bool, bool, bool, int, str]:
    return (
        " " not in spelling and any(mark in spelling for mark in "_-"),
        not any(letter.isupper() for letter in spelling),
        spelling.isupper(),
        len(spelling),
        spelling,
    )
