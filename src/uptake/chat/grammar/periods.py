"""Days and periods in words: last 90 days, in march, this quarter, since 1 November, last week.

``last week`` is the newest whole calendar week, ``past week`` and ``last 7 days`` end on the newest day with data.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from uptake.kit.days import MOST_DAYS, Period

_MONTHS = {
    1: "january januar janvier enero jan",
    2: "february februar fevrier febrero feb",
    3: "march marz maerz mars marzo mar",
    4: "april avril abril apr",
    5: "may mai mayo",
    6: "june juni juin junio jun",
    7: "july juli juillet julio jul",
    8: "august aout agosto aug",
    9: "september septembre septiembre sept sep",
    10: "october oktober octobre octubre oct okt",
    11: "november novembre noviembre nov",
    12: "december dezember decembre diciembre dec dez",
}
MONTH_OF = {name: number for number, names in _MONTHS.items() for name in names.split()}
NUMBER_WORDS = {
    word: number
    for number, names in enumerate(
        ["one a an", "two couple", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
        start=1,
    )
    for word in names.split()
}
_UNITS = {
    1: "day days d tag tage tagen jour jours dia dias",
    7: "week weeks wk wks w woche wochen semaine semaines semana semanas",
    30: "month months mth mths mo monat monate monaten mois mes meses",
    90: "quarter quarters qtr qtrs quartal quartale trimestre trimestres",
    365: "year years yr yrs y jahr jahre jahren an ans ano anos annee annees",
}
UNIT_DAYS = {name: days for days, names in _UNITS.items() for name in names.split()}
_SAID = """
last past previous prev this current since until till today yesterday now ago ytd mtd qtd q1 q2 q3 q4 daily weekly monthly
letzte letzten letzter letztes vergangene vergangenen diese diesen dieser dieses seit heute gestern
dernier derniere derniers dernieres depuis ultimo ultima ultimos ultimas desde
"""
WORDS_OF_TIME = frozenset({*MONTH_OF, *UNIT_DAYS, *NUMBER_WORDS, *_SAID.split()}) - {"a", "an", "d", "w", "y", "mo"}


@dataclass(frozen=True)
class When:
    """What was said about time; None where nothing was."""

    period: Period | None = None
    as_of: date | None = None


Span = tuple[date | None, date | None]
"""First and last day; no first day: only the as-of day was said."""

_N = rf"(?P<n>\d{{1,4}}|{'|'.join(sorted(NUMBER_WORDS, key=len, reverse=True))})(?: of)?"
_U = rf"(?P<u>{'|'.join(sorted(UNIT_DAYS, key=len, reverse=True))})"
_LAST = r"(?:last|previous|prev|letzte[nrs]?|derniere?s?|ultim[oa]s?)"
_PAST = rf"(?:{_LAST}|past|vergangene[nrs]?)"
_THIS = r"(?:this|current|diese[nrsm]?|aktuelle[nrs]?|ce|cette|este|esta)"
_SINCE = r"(?:since|from|starting|seit|ab|depuis|desde)"
_MONTH = rf"(?:{'|'.join(sorted(MONTH_OF, key=len, reverse=True))})"
_PLAIN_MONTH = (
    rf"(?:{'|'.join(sorted(set(MONTH_OF) - {'may', 'mars', 'mar', 'march', 'mai'}, key=len, reverse=True))}|march)"
)
_YEAR = r"(?: 20\d\d)?"
_DAY = (
    rf"(?:\d{{4}}-\d{{1,2}}-\d{{1,2}}|\d{{1,2}}[./]\d{{1,2}}[./]\d{{2,4}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH}{_YEAR}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?(?!\d){_YEAR})"
)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() else NUMBER_WORDS[text]


def _rolling(found: re.Match[str], newest: date) -> Span:
    days = _number(found["n"]) * UNIT_DAYS[found["u"]]
    return newest - timedelta(days=max(1, min(days, 3_650)) - 1), newest


def _past_unit(found: re.Match[str], newest: date) -> Span:
    return newest - timedelta(days=UNIT_DAYS[found["u"]] - 1), newest


def _first_of(unit: int, day: date) -> date:
    """The first day of the calendar week, month, quarter or year that the day is in."""
    if unit == 1:
        return day
    if unit == 7:
        return day - timedelta(days=day.weekday())
    if unit == 30:
        return day.replace(day=1)
    return day.replace(month=1 if unit == 365 else 3 * ((day.month - 1) // 3) + 1, day=1)


def _last_unit(found: re.Match[str], newest: date) -> Span:
    unit = UNIT_DAYS[found["u"]]
    today = newest + timedelta(days=1)  # the newest day is complete, so a week that ends on it is a whole one
    last = _first_of(unit, today) - timedelta(days=1)
    return _first_of(unit, last), last


def _this_unit(found: re.Match[str], newest: date) -> Span:
    return _first_of(UNIT_DAYS[found["u"]], newest), newest


def _since_last(found: re.Match[str], newest: date) -> Span:
    return _last_unit(found, newest)[0], newest


def _ago(found: re.Match[str], newest: date) -> Span:
    return None, newest - timedelta(days=_number(found["n"]) * UNIT_DAYS[found["u"]])


def _to_date(found: re.Match[str], newest: date) -> Span:
    return _first_of({"y": 365, "q": 90, "m": 30}[found[0][0]], newest), newest


def _quarter(found: re.Match[str], newest: date) -> Span:
    month = 3 * int(found["q"]) - 2
    year = int(found["y"]) if found["y"] else newest.year - (month > newest.month)
    first = date(year, month, 1)
    return first, min(_month_end(date(year, month + 2, 1)), newest)


def _month_end(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _month_start(text: str, newest: date) -> date:
    """The newest month of that name that has begun, or that of the year given."""
    name, _, year = text.partition(" ")
    month = MONTH_OF[name]
    return date(int(year) if year else newest.year - (month > newest.month), month, 1)


def _month(found: re.Match[str], newest: date) -> Span:
    first = _month_start(found["m"], newest)
    return first, min(_month_end(first), newest)


def _since_month(found: re.Match[str], newest: date) -> Span:
    return _month_start(found["m"], newest), newest


def _day(text: str, newest: date) -> date:
    """Raises ValueError for the 31 of a month that has 30, and where 03/04 does not say which is the month."""
    if re.fullmatch(r"\d{4}-.*", text):
        return date(*(int(part) for part in text.split("-")))
    if re.fullmatch(r"[\d./]+", text):
        first, second, year = (int(part) for part in re.split(r"[./]", text))
        if "/" in text and first <= 12 and second <= 12 and first != second:
            raise ValueError(f"{text} may be either")
        day, month = (second, first) if second > 12 else (first, second)
        return date(year + 2000 if year < 100 else year, month, day)
    parts = [part for part in text.split() if part != "of"]
    month = next(MONTH_OF[part] for part in parts if part in MONTH_OF)
    numbers = [int(re.sub(r"\D", "", part)) for part in parts if part not in MONTH_OF]
    day = next(number for number in numbers if number < 100)
    year = next((number for number in numbers if number > 100), 0)
    if year:
        return date(year, month, day)
    found = date(newest.year, month, day)
    return found if found <= newest else date(newest.year - 1, month, day)


def _since_day(found: re.Match[str], newest: date) -> Span:
    return _day(found["d"], newest), newest


def _between(found: re.Match[str], newest: date) -> Span:
    last = _day(found["e"], newest)
    return _day(found["d"], last), min(last, newest)


def _on_day(found: re.Match[str], newest: date) -> Span:
    return None, _day(found["d"], newest)


def _day_before(_: re.Match[str], newest: date) -> Span:
    return None, newest


RULES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Span]], ...] = tuple(
    (re.compile(rf"(?<!\S){pattern}(?!\S)"), read)
    for pattern, read in (
        (rf"(?:between|from|zwischen|vom|entre) (?P<d>{_DAY}) (?:and|to|until|till|und|bis|et|y|a) (?P<e>{_DAY})", _between),
        (rf"{_SINCE} (?:the )?(?P<d>{_DAY})", _since_day),
        (rf"(?:as of|as at|as on|per|on|until|till|by|am|bis|stand) (?:the )?(?P<d>{_DAY})", _on_day),
        (rf"{_SINCE} {_LAST} {_U}", _since_last),
        (rf"{_SINCE} (?:last |letzten |letztem )?(?P<m>{_MONTH}{_YEAR})", _since_month),
        (rf"{_SINCE} {_THIS} {_U}", _this_unit),
        (rf"(?P<d>{_DAY})", _on_day),
        (rf"(?:in |during |over |for )?(?:the )?{_PAST} {_N} {_U}", _rolling),
        (rf"{_N} {_U} ago", _ago),
        (rf"(?P<n>\d{{1,4}}) ?{_U}", _rolling),
        (rf"{_N} {_U}", _rolling),
        (rf"(?:in |over |during )?(?:the )?(?:past|vergangene[nrs]?) {_U}", _past_unit),
        (rf"(?:in |over |during )?(?:the )?{_LAST} {_U}", _last_unit),
        (rf"(?:in |over |during )?(?:the )?{_THIS} {_U}", _this_unit),
        (r"(?:ytd|qtd|mtd|(?:year|quarter|month) to date)", _to_date),
        (r"(?:in )?q(?P<q>[1-4])(?: (?P<y>20\d\d))?", _quarter),
        (rf"(?:in|im|during|for|en|of) (?P<m>{_MONTH}{_YEAR})", _month),
        (rf"(?P<m>{_PLAIN_MONTH}{_YEAR}|{_MONTH} 20\d\d)", _month),
        (r"(?:yesterday|gestern|today|heute|right now|now)", _day_before),
    )
)  # fmt: skip

ALL_TIME = re.compile(
    r"(?<!\S)(?:(?:of )?all time|(?:since|from) the (?:beginning|start)|ever since|overall|insgesamt)(?!\S)"
)


def find_when(sentence: str, newest: date) -> tuple[When, list[tuple[int, int]]]:
    """What a sentence says about time, and where in it (start and end); days in the future say nothing.

    ``sentence``: words joined by blanks. Only the first period and the first as-of day count.
    """
    found, places = When(), list[tuple[int, int]]()
    if match := ALL_TIME.search(sentence):
        found, sentence = When(Period(None)), _without(sentence, match)
        places.append(match.span())
    for pattern, read in RULES:
        while match := pattern.search(sentence):
            places.append(match.span())
            sentence = _without(sentence, match)
            found = _joined(found, _when(match, read, newest))
    return found, places


def _without(sentence: str, match: re.Match[str]) -> str:
    return sentence[: match.start()] + "§" * (match.end() - match.start()) + sentence[match.end() :]


def _when(match: re.Match[str], read: Callable[[re.Match[str], date], Span], newest: date) -> When:
    try:
        first, last = read(match, newest)
    except (ValueError, OverflowError):  # no day of a calendar
        return When()
    if last is None or last > newest or (first is not None and first > last):
        return When()
    period = None if first is None else _reaching(first, last)
    return When(period, None if last == newest else last)


def _reaching(first: date, last: date) -> Period:
    """From day to day; a longer time than any period is all there is."""
    days = (last - first).days + 1
    return Period(days if days <= MOST_DAYS else None)


def _joined(one: When, other: When) -> When:
    return When(one.period or other.period, one.as_of or other.as_of)
