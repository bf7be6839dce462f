"""The rival: the pandas script that an analyst would write for the portfolio score, by docs/definitions.md.

Breadth, depth, recency and stickiness over the 30 days that end on the newest day of the file, per customer. It does
what one file needs and no more: it keeps nothing, finds no duplicates, has no entitlements and one working week.

``python -m bench.rival FORMAT FOLDER [ENGINE]``; prints one JSON object.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

NOT_FEATURES = ["$mp_web_page_view", "session_start", "$identify"]  # what the SDKs send by themselves
MACHINES = r"^(?:svc-sync|integration|api-bot|qa-test)@"  # service accounts and test users in the demo's data
PERIOD = 30
YOUNGEST = 14
DAY = pd.Timedelta(days=1)


def read_csv(folder: Path, engine: str) -> pd.DataFrame:
    [path] = folder.glob("*.csv")
    events = pd.read_csv(path, parse_dates=["timestamp"], engine=engine)
    events["timestamp"] = events["timestamp"].dt.tz_localize(None)
    return events


def read_mixpanel(folder: Path, _: str) -> pd.DataFrame:
    [path] = folder.glob("*.jsonl")
    events = pd.DataFrame(_mixpanel_rows(path), columns=["customer", "user", "feature", "timestamp"])
    events["timestamp"] = pd.to_datetime(events["timestamp"], unit="s")
    return events.assign(count=1)


def _mixpanel_rows(path: Path) -> Iterator[tuple[Any, ...]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            event = json.loads(line)
            about = event["properties"]
            yield about.get("company_id", [None])[0], about["distinct_id"], event["event"], about["time"]


def read_amplitude(folder: Path, _: str) -> pd.DataFrame:
    events = pd.DataFrame(_amplitude_rows(folder), columns=["customer", "user", "feature", "timestamp"])
    events["timestamp"] = pd.to_datetime(events["timestamp"], format="%Y-%m-%d %H:%M:%S.%f")
    return events.assign(count=1)


def _amplitude_rows(folder: Path) -> Iterator[tuple[Any, ...]]:
    for path in sorted(folder.glob("*/*.json.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                event = json.loads(line)
                company = event["groups"].get("company", [None])[0]
                yield company, event["user_id"], event["event_type"], event["event_time"]


def scores(events: pd.DataFrame) -> pd.Series:
    """Score per customer, NaN where it is withheld. In: customer, user, feature, timestamp (UTC), count."""
    events = events.assign(day=events["timestamp"].dt.normalize())
    as_of = events["day"].max()
    customers = pd.Index(events["customer"].dropna().unique(), name="customer")
    users = pd.Series(events["user"].dropna().unique())
    machines = users[users.str.contains(MACHINES)]
    left_out = events["customer"].isna() | events["feature"].isin(NOT_FEATURES) | events["user"].isin(machines)
    events = events[~left_out]
    parts = _parts(events, as_of).reindex(customers)
    total = 30 * parts["breadth"] + 30 * parts["depth"] + 20 * parts["recency"] + 20 * parts["stickiness"]
    return total.where(parts["history_days"] >= YOUNGEST)


def _parts(events: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Per customer the four parts, 0–1, and the days of history."""
    of_customer = events.groupby("customer")
    first, last = of_customer["day"].min(), of_customer["day"].max()
    start = first.clip(lower=as_of - (PERIOD - 1) * DAY)
    days = (as_of - start).dt.days + 1
    expected = pd.Series(_working_days(start, as_of), index=start.index).replace(0, np.nan)
    recent = events[events["day"] > as_of - PERIOD * DAY]

    used = recent.groupby("customer")["feature"].nunique().reindex(first.index, fill_value=0)
    breadth = used / events["feature"].nunique()

    working = recent.loc[recent["day"].dt.dayofweek < 5, ["customer", "user", "day"]].drop_duplicates()
    by_user = recent.groupby(["customer", "user"])["count"].sum()
    at_work = by_user[by_user.index.isin(pd.MultiIndex.from_frame(working[["customer", "user"]].drop_duplicates()))]
    uses = at_work.groupby("customer").median().combine_first(by_user.groupby("customer").median())
    per_week = uses.reindex(first.index, fill_value=0) / (days / 7)

    quiet = _working_days(last + DAY, as_of)
    recency = 1 - (quiet / expected).clip(upper=1)

    visitor_days = working.groupby("customer").size().reindex(first.index, fill_value=0)
    visitors = working.groupby("customer")["user"].nunique()
    regular = (visitor_days / expected / visitors.reindex(first.index)).fillna(0)

    return pd.DataFrame(
        {
            "history_days": (as_of - first).dt.days + 1,
            "breadth": breadth,
            "depth": (per_week / 20).clip(upper=1),
            "recency": recency,
            "stickiness": (regular / 0.5).clip(upper=1),
        }
    )


def _working_days(start: pd.Series, end: pd.Timestamp) -> Any:
    """Mondays to Fridays from ``start`` to ``end``, both in."""
    return np.busday_count(start.to_numpy().astype("datetime64[D]"), np.datetime64(end + DAY, "D"))


READERS = {"csv": read_csv, "mixpanel": read_mixpanel, "amplitude": read_amplitude}


def main(form: str, folder: Path, engine: str = "c") -> dict[str, Any]:
    events = READERS[form](folder, engine)
    found = scores(events)
    told = {str(name): None if pd.isna(score) else score for name, score in found.items()}
    return {"rows": len(events), "scores": told}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])))
