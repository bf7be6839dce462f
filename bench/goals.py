"""What was promised of the speed, and what the measurements say about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Results = Mapping[str, Mapping[str, Any]]
"""What ``job.measure`` gave, by the job's name."""

MIB_PER_GIB = 1024


@dataclass(frozen=True)
class Goal:
    """A bound on a number that the results give, or None where they do not."""

    words: str
    measure: Callable[[Results], float | None]
    bound: float
    unit: str = "×"
    at_least: bool = False

    def met(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def missed_by(self, value: float) -> float:
        """How far beyond the bound: 0.5 = half as much again as allowed, or half as much again was wanted."""
        return (self.bound / value if self.at_least else value / self.bound) - 1


def seconds(results: Results, job: str, contestant: str) -> float | None:
    found = results.get(job, {}).get("contestants", {}).get(contestant)
    return None if found is None else float(found["seconds"])


def ratio(results: Results, job: str, over: str, under: str) -> float | None:
    """How many times longer ``over`` took than ``under``."""
    upper, lower = seconds(results, job, over), seconds(results, job, under)
    return None if upper is None or lower is None else upper / lower


def peak_gib(results: Results, job: str) -> float | None:
    found = results.get(job, {}).get("contestants", {}).get("ours")
    return None if found is None else float(found["peak_mb"]) / MIB_PER_GIB


def growth(results: Results) -> float | None:
    """Time per event at 100M over that at 1M."""
    large, small = per_event(results, "100M-csv"), per_event(results, "1M-csv")
    return None if large is None or small is None else large / small


def per_event(results: Results, job: str) -> float | None:
    """Uptake's seconds per row of the file."""
    took, rows = seconds(results, job, "ours"), results.get(job, {}).get("rows")
    return None if took is None or not rows else took / float(rows)


def _floors(job: str) -> Callable[[Results], float | None]:
    return lambda results: ratio(results, job, "ours", "floor")


GOALS = (
    Goal("10M CSV: at most 1.5 × the floor", _floors("10M-csv"), 1.5),
    Goal(
        "10M CSV: at least 3 × faster than pandas",
        lambda results: ratio(results, "10M-csv", "pandas", "ours"),
        3.0,
        at_least=True,
    ),
    Goal("100M CSV: under 120 s", lambda results: seconds(results, "100M-csv", "ours"), 120.0, "s"),
    Goal("100M CSV: under 4 GiB", lambda results: peak_gib(results, "100M-csv"), 4.0, "GiB"),
    Goal("1M Mixpanel: at most 2 × its floor", _floors("1M-mixpanel"), 2.0),
    Goal("10M Mixpanel: at most 2 × its floor", _floors("10M-mixpanel"), 2.0),
    Goal("1M Amplitude: at most 2 × its floor", _floors("1M-amplitude"), 2.0),
    Goal("10M Amplitude: at most 2 × its floor", _floors("10M-amplitude"), 2.0),
    Goal("Time per event at 100M: at most 1.2 × that at 1M", growth, 1.2),
)
