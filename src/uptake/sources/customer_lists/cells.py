"""One cell of a customer list as a value, or the reason why it is none."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from uptake.lake.schemas import MISSING
from uptake.sources.generic import dates
from uptake.sources.generic.headers import plain

UNLIMITED = "unlimited"
"""A limit that there is not; no number, so that it cannot be taken for one."""

_MISSING = frozenset(MISSING) | {"-", "–", "—"}
_YES = frozenset(["yes", "y", "true", "1", "x", "ja", "j", "wahr", "oui", "o", "vrai", "si"])
_NO = frozenset(["no", "n", "false", "0", "nein", "falsch", "non", "faux"])
_UNLIMITED = frozenset(
    ("unlimited", "no limit", "∞", "unbegrenzt", "unlimitiert", "ohne limit", "illimite", "illimitee", "sans limite", "flat")
)  # fmt: skip
CURRENCIES = (
    "EUR", "USD", "GBP", "CHF", "AED", "ARS", "AUD", "BGN", "BRL", "CAD", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "HKD",
    "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES", "KRW", "KWD", "MAD", "MXN", "MYR", "NGN", "NOK", "NZD", "PEN", "PHP",
    "PKR", "PLN", "QAR", "RON", "RSD", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "VND", "ZAR",
)  # fmt: skip
"""Those that a header may name and a page offers. Cells and answers may name any other by its three letters."""

_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "EURO": "EUR", "EUROS": "EUR"}
_NAMED = "|".join((*CURRENCIES, "EUROS?"))
_SYMBOL = re.compile(rf"[€$£¥]|(?<![A-Za-z])(?:[A-Z]{{3}}|(?i:{_NAMED}))(?![A-Za-z])")
_IN_HEADER = re.compile(
    rf"[€$£¥]|(?:(?<![A-Za-z])(?:in|en)[\s_]+)?(?<![A-Za-z])(?:{_NAMED})(?![A-Za-z])", re.IGNORECASE
)
_SPACES = re.compile(r"[\s\u00a0\u2009\u202f'\u2019]+")
_WRITTEN = {
    ".": re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"),
    ",": re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+)(?:,\d+)?"),
}


class BadCell(ValueError):
    """What stands in the cell cannot be read; the sentence says so."""


def filled(text: object) -> str:
    """The cell's text; empty also for the words that programs write for nothing."""
    bare = "" if text is None else str(text).strip()
    return "" if bare.casefold() in _MISSING else bare


def day(text: str, *, day_first: bool | None) -> date:
    """Raises BadCell, also for a month or a week: which of its days is not said."""
    cell = dates.read(text)
    if cell is None or cell.shape in (*dates.MONTH_SHAPES, "week"):
        raise BadCell(f"“{text[:40]}” is no date")
    order = cell.shape != "numeric" or cell.separator == "." or day_first
    moment = cell.moment(bool(order))
    if moment is None:
        raise BadCell(f"“{text[:40]}” is no date")
    return moment.date()


def bare_amount(text: str) -> tuple[str, str]:
    """The figures without the currency beside them and without spaces, and the currency's three letters."""
    found = _SYMBOL.search(text)
    figures = _SPACES.sub("", _SYMBOL.sub("", text))
    return figures, _letters(found[0]) if found else ""


def header_currency(header: str) -> str:
    """``ARR (EUR)`` and ``Umsatz in €`` say EUR; empty where the header names no currency, or more than one."""
    named = {_letters(each.split()[-1].split("_")[-1]) for each in _IN_HEADER.findall(header)}
    return named.pop() if len(named) == 1 else ""


def without_currency(header: str) -> str:
    """What the header says beside the currency."""
    return _IN_HEADER.sub(" ", header)


def _letters(written: str) -> str:
    return _SYMBOLS.get(written.upper(), written.upper())


def amount(text: str, *, decimal: str) -> tuple[Decimal, str]:
    """The amount and its currency, empty where the cell names none. Raises BadCell."""
    figures, currency = bare_amount(text)
    if not _WRITTEN[decimal].fullmatch(figures):
        raise BadCell(f"“{text[:40]}” is no amount")
    plainly = figures.replace("." if decimal == "," else ",", "").replace(",", ".")
    try:
        value = Decimal(plainly)
    except InvalidOperation as why:
        raise BadCell(f"“{text[:40]}” is no amount") from why
    if value < 0:
        raise BadCell(f"“{text[:40]}” is negative")
    if value >= Decimal(10) ** 13:
        raise BadCell(f"“{text[:40]}” is too large an amount")
    return value, currency


def limit(text: str, *, decimal: str) -> Decimal | str:
    """How much is granted, or UNLIMITED. Raises BadCell."""
    return UNLIMITED if plain(text) in _UNLIMITED else amount(text, decimal=decimal)[0]


def flag(text: str) -> bool:
    """Raises BadCell."""
    word = plain(text)
    if word not in _YES | _NO:
        raise BadCell(f"“{text[:40]}” is neither yes nor no")
    return word in _YES


def currency(text: str) -> str:
    """Raises BadCell."""
    letters = _SYMBOLS.get(text, text.upper())
    if not re.fullmatch(r"[A-Z]{3}", letters):
        raise BadCell(f"“{text[:40]}” is no currency; use its three letters, such as EUR")
    return letters
