"""What is the matter with this portfolio, in a headline and a sentence or two, from its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from uptake.pipeline.portfolio import Portfolio
from uptake.scores.models import BANDS
from uptake.scores.rounding import half_up
from uptake.web.portfolio.asked import Asked, period_words
from uptake.web.portfolio.words import many, moved, names, number, sentence, shown

FELL = -5.0  # points; a fall worth a name
SOON_DAYS = 90


@dataclass(frozen=True)
class Finding:
    """The top of the page."""

    headline: str
    deck: str


def finding(found: Portfolio, asked: Asked) -> Finding:
    """Of the customers shown."""
    if found.average is None:
        return Finding(_nobody(found), "A score needs 14 days of history. Each customer's page says what is missing.")
    return Finding(
        _headline(found, asked), " ".join(filter(None, (_laggards(found), _renewing(found), _falling(found))))
    )


def _nobody(found: Portfolio) -> str:
    if len(found.rows) == 1:
        return f"{found.rows[0]['customer']} has no score yet"
    return sentence(f"none of {number(len(found.rows))} customers has a score yet")


def _headline(found: Portfolio, asked: Asked) -> str:
    since = f" on the {period_words(found.period)} before" if found.period.days else ""
    way = moved(found.average_change)
    return f"{_whose(found, asked)} stands at {shown(found.average)}{f', {way}{since}' if way else ''}"


def _whose(found: Portfolio, asked: Asked) -> str:
    if len(found.rows) == 1:
        return f"Adoption at {found.rows[0]['customer']}"
    told = {name for name, value in vars(asked.filters).items() if value}
    if asked.score is None and told == {"segment"}:
        return f"Adoption in {asked.filters.segment}"
    return f"Adoption of these {number(len(found.rows))} customers" if asked.is_narrowed else "Adoption"


def _laggards(found: Portfolio) -> str:
    poor = [row for row in found.rows if row["band"] == "poor"]
    if not poor:
        return f"Nobody is below {BANDS['fair']}."
    falling = [row["customer"] for row in sorted(poor, key=_change) if _change(row) < -0.5]
    told = f"{many(len(poor), 'customer')} {'is' if len(poor) == 1 else 'are'} below {BANDS['fair']}"
    if not falling:
        return sentence(f"{told}, none of them falling further.")
    if len(poor) == 1:
        return sentence(f"{told} and still falling: {falling[0]}.")
    how_many = "all" if len(falling) == len(poor) else number(len(falling))
    return sentence(
        f"{told}, and {how_many} of them {'is' if len(falling) == 1 else 'are'} still falling: {names(falling)}."
    )


def _renewing(found: Portfolio) -> str:
    soon = [row for row in found.rows if row["band"] in ("poor", "fair") and is_soon(row["renews_on"], found.as_of)]
    if not soon:
        return ""
    soon.sort(key=lambda row: row["renews_on"])
    told = f"{many(len(soon), 'customer')} below {BANDS['good']} {'renews' if len(soon) == 1 else 'renew'}"
    first = f"{soon[0]['customer']} first" if len(soon) > 1 else soon[0]["customer"]
    return sentence(f"{told} within {SOON_DAYS} days: {first}.")


def is_soon(day: date | None, as_of: date) -> bool:
    """Whether a renewal is close enough to speak of."""
    return day is not None and as_of <= day <= as_of + timedelta(days=SOON_DAYS)


def _falling(found: Portfolio) -> str:
    above = [row for row in fallen(found.rows) if row["band"] != "poor"]
    if not above:
        return ""
    told = f"{above[0]['customer']} {'lost' if len(above) == 1 else 'lost most'}"
    return f"Above that, {told}: {number(int(half_up(-above[0]['change'])))} points."


def fallen(rows: Sequence[Any]) -> list[Any]:
    """Those that lost five points or more, the worst first."""
    return sorted((row for row in rows if _change(row) <= FELL), key=_change)


def _change(row: Any) -> float:
    return float(row["change"] or 0.0)
