"""When the customer uses the product: by weekday and hour in its own time zone."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from uptake.insights import words
from uptake.pipeline.dashboard.view import Rhythm
from uptake.pipeline.dashboard.worked import Worked

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
WEEKEND = (5, 6)


def rhythm_tile(found: Worked, hours: pa.Table, zone: str) -> Rhythm | None:
    """None without a use that has an hour."""
    timed = hours.filter(pc.is_valid(hours["hour"]))
    cells = np.zeros((7, 24), np.int64)
    days = np.array([day.weekday() for day in timed["day"].to_pylist()], np.int64)
    np.add.at(cells, (days, timed["hour"].to_numpy()), timed["uses"].to_numpy())
    total = int(cells.sum())
    if not total:
        return None
    day, hour = (int(place) for place in np.unravel_index(int(cells.argmax()), cells.shape))
    off = [place for place in range(7) if found.working_week[place] == "0"] or list(WEEKEND)
    weekend = int(cells[off].sum())
    peak = f"{WEEKDAYS[day]}, {hour} to {hour + 1}"
    return Rhythm(
        cells=[[int(value) for value in row] for row in cells],
        total=total,
        peak=peak,
        peak_day=day,
        peak_hour=hour,
        weekend_uses=weekend,
        weekend_share=weekend / total,
        zone=zone,
        finding=f"Busiest on {WEEKDAYS[day]} between {hour} and {hour + 1}; {_off(off)} {words.percent(weekend / total)}",
        untimed=int(pc.sum(hours["uses"]).as_py() or 0) - total,
    )


def _off(days: Sequence[int]) -> str:
    return "at the weekend" if tuple(days) == WEEKEND else f"on {words.listed([WEEKDAYS[day] for day in days], 7)}"
