"""Made-up rows for the gallery and for whoever wants to see a chart before having data: one customer, Acme, and its
portfolio, always the same.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from math import exp, sin
from typing import Any

AS_OF = date(2026, 1, 29)
BANDS = {"excellent": 80, "good": 60, "fair": 40, "poor": 0}
FEATURES = (
    ("Dashboard", 0.94, 0.94), ("Search", 0.88, 0.88), ("Saved Views", 0.81, 0.83), ("Reports", 0.79, 0.78),
    ("Export", 0.71, 0.74), ("Notifications", 0.69, 0.71), ("Comments", 0.58, 0.67), ("Integrations", 0.46, 0.57),
    ("Scheduled Reports", 0.41, 0.53), ("Data Import", 0.33, 0.51), ("Advanced Analytics", 0.07, 0.48),
    ("Custom Workflows", 0.01, 0.37), ("API Access", 0.0, 0.33),
)  # fmt: skip


def wave(number: int) -> float:
    """Between −1 and 1, as if by chance and always the same."""
    return sin(number * 12.9898) * 0.6 + sin(number * 4.1) * 0.4


def days_back(count: int, every: int = 1) -> list[date]:
    """So many days up to the last one."""
    return [AS_OF - timedelta(days=every * back) for back in range(count - 1, -1, -1)]


def series() -> list[dict[str, Any]]:
    """Three months of days and the day that is not over; a lull over the holidays."""
    rows = []
    for number, day in enumerate([*days_back(90), AS_OF + timedelta(days=1)]):
        quiet = date(2025, 12, 22) <= day <= date(2026, 1, 2)
        weekend = day.weekday() >= 5
        people = (14 if weekend else 40 if quiet else 74 + number / 7) + 3 * wave(number)
        whole = day <= AS_OF
        rows.append(
            {
                "day": day,
                "dau": round(people if whole else people * 0.55),
                "wau": round((96 if quiet else 112) + number / 6 + 2 * wave(number + 7)),
                "mau": round(128 + number / 5 + 1.2 * wave(number + 3)),
                "is_complete": whole,
                "is_weekend": weekend,
            }
        )
    return rows


def weeks() -> list[dict[str, Any]]:
    """Half a year of weeks; the first one began in its middle."""
    rows = []
    for number, end in enumerate(days_back(26, 7)):
        dip = 0.55 if date(2025, 12, 22) <= end <= date(2026, 1, 4) else 1
        uses = round((2100 + 95 * number + 260 * wave(number)) * dip) if number else 900
        rows.append(
            {
                "week_start": end - timedelta(days=6),
                "week_end": end,
                "uses": uses,
                "visitors": 80 + 2 * number,
                "is_whole": number > 0,
            }
        )
    return rows


def notes() -> list[dict[str, Any]]:
    """What happened meanwhile."""
    told = (
        (date(2025, 8, 11), "First use of Reports"),
        (date(2025, 9, 18), "First API use"),
        (date(2025, 10, 2), "All core features adopted"),
        (date(2025, 11, 20), "Training with the Finance team"),
        (date(2026, 1, 14), "Most active users on a day: 98"),
        (date(2026, 1, 22), "Most uses in a week"),
    )
    return [{"on": on, "words": words} for on, words in told]


def lifecycle() -> list[dict[str, Any]]:
    """A quarter of weeks."""
    rows = []
    for number, end in enumerate(days_back(13, 7)):
        dip = date(2025, 12, 22) <= end <= date(2026, 1, 4)
        rows.append(
            {
                "week_start": end - timedelta(days=6),
                "week_end": end,
                "new": 4 + round(3 * wave(number) + number / 4) % 9,
                "returning": 62 if dip else 92 + number + round(4 * wave(number)),
                "resurrected": 7 + round(4 * wave(number + 5)) + (14 if number == 10 else 0),
                "dormant": 34 if dip else 9 + round(4 * wave(number + 2)),
            }
        )
    return rows


def hours() -> list[list[int]]:
    """A working week with a lunch break."""

    def uses(day: int, hour: int) -> int:
        shape = 150 * exp(-(((hour - 10) / 2.2) ** 2)) + 128 * exp(-(((hour - 14.6) / 1.9) ** 2))
        size = (0.84, 1.0, 0.98, 0.94, 0.7, 0.06, 0.05)[day]
        return max(0, round(shape * size + (2 * wave(day * 24 + hour) if 6 <= hour <= 21 else 0)))

    return [[uses(day, hour) for hour in range(24)] for day in range(7)]


def features() -> list[dict[str, Any]]:
    """One customer's reach of each feature, and its peers'."""
    return [{"feature": name, "reach": reach, "peers_median_reach": peers} for name, reach, peers in FEATURES]


def cells() -> list[dict[str, Any]]:
    """Who adopted what, by segment."""
    segments = (("Enterprise", 1.06), ("Mid-market", 0.95), ("Small business", 0.72), ("Education", 0.5))
    return [
        {
            "segment": segment,
            "feature": name,
            "share": None if segment == "Education" and name == "API Access" else min(1.0, peers * size),
        }
        for segment, size in segments
        for name, _, peers in FEATURES
    ]


def steps() -> list[dict[str, Any]]:
    """From core to power features."""
    told = (("Active users", 145), ("Core features", 139), ("Advanced features", 84), ("Power features", 18))
    return [{"title": title, "visitors": count, "share": count / 145} for title, count in told]


def statuses() -> list[dict[str, Any]]:
    """By days since the last use."""
    told = (("Active, 1–7 days", 128), ("Engaged, 8–14", 9), ("At risk, 15–30", 8), ("Dormant, over 30", 20))
    return [{"title": title, "people": count, "share": count / 165} for title, count in told]


def first_months() -> list[dict[str, Any]]:
    """Eight months of new users."""
    months = [date(2025, number, 1) for number in range(6, 13)] + [date(2026, 1, 1)]
    sizes = (41, 18, 22, 9, 14, 26, 7, 12)
    return [
        {
            "month": month,
            "size": size,
            "shares": [
                1.0,
                *(0.55 + 0.4 * exp(-since / 2) + 0.06 * wave(place + since) for since in range(1, 8 - place)),
            ],
        }
        for place, (month, size) in enumerate(zip(months, sizes, strict=True))
    ]


def curve() -> list[tuple[int, float]]:
    """The share of the use that the most active users make."""
    uses = [exp(-number / 18) for number in range(145)]
    total, so_far, found = sum(uses), 0.0, []
    for number, each in enumerate(uses, 1):
        so_far += each
        found.append((number, so_far / total))
    return found


def granted() -> list[dict[str, Any]]:
    """What the contract grants."""
    lines = (
        ("Users", 145, 200, "seats"),
        ("API calls a day", 11_800, 10_000, "calls"),
        ("Storage", 42, 100, "GB"),
        ("Integrations", 3, None, "connected"),
        ("Sandboxes", None, 5, "sandboxes"),
    )
    return [
        {
            "name": name,
            "used": used,
            "granted": limit,
            "utilization": used / limit if used is not None and limit else None,
            "unit": unit,
        }
        for name, used, limit, unit in lines
    ]


def among_peers() -> list[dict[str, Any]]:
    """Some figures and the spread of the peers'."""
    lines = (
        ("Active share", 0.725, "72.5%", (0.3, 0.48, 0.63, 0.74, 0.88), 68),
        ("Feature breadth", 0.625, "62.5%", (0.25, 0.42, 0.54, 0.66, 0.8), 70),
        ("Stickiness", 0.61, "61%", (0.2, 0.33, 0.46, 0.58, 0.7), 74),
        ("Actions a session", 11.8, "11.8", (4.1, 7.7, 10.6, 13.0, 18.2), 61),
        ("Power users", 0.124, "12.4%", (0.03, 0.08, 0.11, 0.15, 0.21), 58),
        ("Logins a week", 2.7, "2.7", (1.2, 2.2, 3.0, 3.7, 4.9), 41),
    )
    names = ("low", "lower", "peer_median", "upper", "high")
    return [
        {
            "title": title,
            "value": value,
            "shown": shown,
            "percentile": percentile,
            **dict(zip(names, spread, strict=True)),
        }
        for title, value, shown, spread, percentile in lines
    ]


def score_weeks() -> list[dict[str, Any]]:
    """One customer's score by week."""
    return [
        {"day": day, "score": score, "peers": 60 + number / 5, "shown": f"{score:.0f}"}
        for number, day in enumerate(days_back(13, 7))
        for score in [64 + number * 0.68 + 1.2 * wave(number)]
    ]


def average_weeks() -> list[dict[str, Any]]:
    """The portfolio's average score by week."""
    return [
        {"day": day, "average": average, "low": average - 13, "high": average + 11, "shown": f"{average:.0f}"}
        for number, day in enumerate(days_back(13, 7))
        for average in [58 + number / 3 + 0.8 * wave(number)]
    ]


def scores(shift: float = 0.0) -> list[float | None]:
    """The scores of a portfolio of 120 customers."""

    def spread() -> Iterator[float | None]:
        for number in range(120):
            value = 62 + shift + 17 * (wave(number) + 0.6 * wave(number * 3 + 1))
            yield None if number % 40 == 7 else max(4.0, min(98.0, value))

    return list(spread())


def scores_by_month() -> list[dict[str, Any]]:
    """The same on the last day of each of eight months, rising."""
    return [
        {"day": day, "scores": scores(shift=(number - 7) * 1.6 + 3 * wave(number))}
        for number, day in enumerate(days_back(8, 30))
    ]


def moved() -> list[dict[str, Any]]:
    """Who rose and fell most."""
    lines = (
        ("Northwind Labs", 58, 79), ("Helio Systems", 61, 77), ("Acme Corp", 67, 72), ("Kestrel Media", 72, 74),
        ("Orbit Retail", 62, 62), ("Verdant Foods", 71, 68), ("Stonebridge", 70, 64), ("OldCorp", 44, 31),
        ("StartupABC", 41, 23),
    )  # fmt: skip
    return [{"customer": name, "before": before, "after": after} for name, before, after in lines]
