"""Characters that only steer the direction of a text: with them “fdp.exe” can be made to read “exe.pdf”."""

STEERING = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""Marks, embeddings, overrides and isolates, as the inside of a regular expression's class."""

_SINGLE = ("\u061c", "\u200e", "\u200f", *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A)))
_GONE = dict.fromkeys(map(ord, _SINGLE))
_GONE_BYTES = tuple(sign.encode() for sign in _SINGLE)


def without_steering(text: str) -> str:
    """The text as it stands, letter by letter. Scripts that run from right to left need none of these characters."""
    return text if text.isascii() else text.translate(_GONE)


def without_steering_bytes(text: bytes) -> bytes:
    """The same of UTF-8."""
    if not text.isascii():
        for sign in _GONE_BYTES:
            text = text.replace(sign, b"")
    return text
