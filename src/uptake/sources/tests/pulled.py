"""What a client pulled, read as an import reads it."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import duckdb

from uptake.kit.http import Patience
from uptake.lake.derive import CONTENT
from uptake.sources.convert import Conversion, Converted
from uptake.sources.detect import Looked, find_readings
from uptake.sources.limits import Limits
from uptake.sources.reading import Answers

QUICK = Patience(
    tries=25,
    silent_tries=25,
    overall=30,
    connect=2,
    silence=0.25,
    first_wait=0.001,
    longest_wait=0.01,
    throttled_wait=0.01,
)
"""For a server on this machine that fails often and stalls for longer than ``silence``."""


class Read(NamedTuple):
    looked: Looked
    converted: Converted
    rows: list[tuple[date, str | None, str | None, str, int]]  # day, account, visitor, event name, uses

    def totals(self) -> dict[tuple[date, str | None, str], int]:
        """Uses per day, account and event name."""
        out: Counter[tuple[date, str | None, str]] = Counter()
        for day, account, _, name, uses in self.rows:
            out[day, account, name] += uses
        return dict(out)


def read(files: Sequence[Path], work: Path, *, timezone: str | None = None) -> Read:
    """Facts of these files, an event that came twice counted once, as ``lake.derive`` does."""
    work.mkdir(parents=True)
    con = duckdb.connect()
    con.execute("SET TimeZone = 'UTC'")
    answers = Answers(yes=True, timezone=timezone)
    looked = find_readings(files, work / "unpacked", Limits(max_bytes=1 << 30, max_ratio=1000), con, answers)
    conversion = Conversion(con, import_id=1, workspace_zone="UTC", latest=date.today() + timedelta(days=1))
    converted = conversion.convert(
        [(each.table, each.reading) for each in looked.found],
        facts_path_of=lambda source: work / f"{source}-{len(list(work.iterdir()))}.parquet",
        set_aside_path=work / "aside.csv",
        work=work / "damaged",
    )
    paths = [str(each.path) for each in converted.facts]
    distinct = f"SELECT DISTINCT {', '.join(CONTENT)} FROM read_parquet({paths}) WHERE grain = 'event'"
    totals = f"SELECT {', '.join(CONTENT)} FROM read_parquet({paths}) WHERE grain <> 'event'"
    rows = con.execute(
        "SELECT coalesce(occurred_on, CAST(occurred_at AS DATE)), account_id, visitor_id, event_name, event_count "
        f"FROM ({distinct} UNION ALL {totals})"
    ).fetchall()
    return Read(looked, converted, rows)
