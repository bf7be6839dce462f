"""Every sample through the real command, against what an independent reader of the same file counts.

The readers here are straight loops over csv, json, zipfile and openpyxl; they share no code with the product. Each gives
the uses a file speaks of, one per row: who, what, when, how often. Facts, report and daily usage must say the same.
"""

import csv
import gzip
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pyarrow.parquet as pq
import pytest

import uptake
from tests.command import Home

ROOMS = Path(uptake.__file__).parent / "sources"
SHARED = Path(__file__).parents[2] / "shared" / "samples"
BERLIN = ZoneInfo("Europe/Berlin")
NO_USE = {"session_start", "$identify", "page_view"}  # names of platforms that the catalogue sets aside


@dataclass(frozen=True)
class Use:
    """One row. ``day`` instead of ``at`` for totals of a day; of a month, its last day."""

    account: str | None
    visitor: str | None
    feature: str
    at: datetime | None = None
    day: date | None = None
    count: int = 1
    id: str | None = None


@dataclass(frozen=True)
class Sample:
    """``rows``: how many SOURCES.md or the file itself says there are; ``platform`` and ``mapping`` as the import says."""

    files: str
    rows: int
    platform: str
    mapping: str
    uses: Callable[[Path], list[Use]]
    answers: tuple[str, ...] = ()
    refused: dict[str, int] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)

    @property
    def paths(self) -> list[Path]:
        where = SHARED / "usage" if self.files.startswith("pendo_") or "fivetran" in self.files else ROOMS
        return [where / name for name in self.files.split()]


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def instant(text):
    """Naive UTC of ISO text."""
    at = datetime.fromisoformat(text.replace(" UTC", "+00:00").replace("Z", "+00:00"))
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at


def epoch(microseconds):
    return datetime(1970, 1, 1) + timedelta(microseconds=int(microseconds))


def amplitude_zip(path):
    uses = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            for line in gzip.decompress(archive.read(name)).splitlines() if name.endswith(".gz") else []:
                row = json.loads(line)
                account = row["groups"].get("company", [None])[0]
                visitor = row["user_id"] or str(row["amplitude_id"])
                uses.append(Use(account, visitor, row["event_type"], instant(row["event_time"]), id=row["$insert_id"]))
    return uses


def amplitude_chart(path):
    """Amplitude writes tabs in front of cells, a title and an address above the header."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[cell.strip("\t") for cell in row] for row in csv.reader(file)]
    top = next(number for number, row in enumerate(rows) if row[:1] == ["Event"])
    uses = []
    for event, company, *cells in rows[top + 1 :]:
        account = None if company == "(none)" else company
        for day, cell in zip(rows[top][2:], cells, strict=True):
            if int(cell):
                uses.append(Use(account, None, event, day=date.fromisoformat(day), count=int(cell)))
    return uses


def ga4(path):
    uses = []
    for row in lines(path):
        values = {param["key"]: param["value"] for param in row["event_params"]}
        account = values["account_id"]["string_value"]
        uses.append(Use(account, row["user_id"], row["event_name"], epoch(row["event_timestamp"])))
    return uses


def generic_csv(path):
    return [
        Use(row["Customer"], row["User Email"], row["Feature"], instant(row["Occurred At"]), id=row["Event ID"])
        for row in table(path)
    ]


def generic_months(path):
    _, *rows = openpyxl.load_workbook(path).active.iter_rows(values_only=True)
    uses = []
    for account, month, feature, _, count, _ in rows:
        last = (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        uses += [Use(account, None, feature, day=last.date(), count=count)] if count else []
    return uses


def mixpanel(path):
    uses = []
    for row in lines(path):
        told = row["properties"]
        [account] = told.get("company_id") or [None]
        uses.append(Use(account, told["distinct_id"], row["event"], epoch(told["time"] * 10**6), id=told["$insert_id"]))
    return uses


def mixpanel_csv(path):
    return [
        Use(
            row["company_id"].strip("[]'") or None,
            row["distinct_id"],
            row["event"],
            epoch(int(row["time"]) * 10**6),
            id=row["$insert_id"],
        )
        for row in table(path)
    ]


def mixpanel_screen(path):
    """Written in the project's zone, which the test says is Berlin."""
    uses = []
    for row in table(path):
        at = datetime.fromisoformat(row["Time"]).replace(tzinfo=BERLIN).astimezone(UTC).replace(tzinfo=None)
        account = None if row["company_id"] == "(not set)" else row["company_id"]
        uses.append(Use(account, row["Distinct ID"], row["Event Name"], at))
    return uses


def posthog(path):
    return [
        Use(
            row["properties"]["$groups"]["company"],
            row["distinct_id"],
            row["event"],
            instant(row["timestamp"]),
            id=row["uuid"],
        )
        for row in lines(path)
    ]


def segment(path):
    return [
        Use(
            row["context_group_id"],
            row["user_id"] or row["anonymous_id"],
            row["event_text"],
            instant(row["timestamp"]),
            id=row["id"],
        )
        for row in table(path)
    ]


def heap(path):
    """An event that fits two definitions stands there once under each."""
    return [
        Use(
            row["company_name"],
            row["user_id"],
            row["event_table_name"],
            epoch(int(row["time"]) * 1000),
            id=f"{row['event_id']}/{row['event_table_name']}",
        )
        for row in table(path)
    ]


def userpilot(path):
    return [
        Use(
            row["company_id"] or None,
            row["user_id"],
            row["event_name"] or row["event_type"],
            instant(row["inserted_at"]),
            id=row["internal_event_id"],
        )
        for row in table(path)
    ]


def pendo_days(path):
    """Midnights of Berlin, which left summer time on 26 October 2025."""
    uses = []
    for row in json.loads(path.read_text())["results"]:
        local = datetime.fromtimestamp(row["day"] / 1000, tz=BERLIN)
        assert local.hour == 0, "the sample's days begin at midnight in Berlin"
        account = row["accountId"] or None
        uses.append(Use(account, row["visitorId"], row["featureId"], day=local.date(), count=row["numEvents"]))
    return uses


def pendo_breakdown(path):
    return [
        Use(
            row["Account ID"],
            row["Visitor ID"],
            "Report Exported",
            day=date.fromisoformat(row["Date"]),
            count=int(row["Number of Clicks"]),
        )
        for row in table(path)
    ]


def pendo_hours(name):
    def read(path):
        return [
            Use(
                row["account_id"], row["visitor_id"], row[name], instant(row["timestamp"]), count=int(row["num_events"])
            )
            for row in table(path)
        ]

    return read


def amplitude_csv(path):
    return [
        Use(
            json.loads(row["user_properties"])["Cohort"],
            row["user_id"],
            row["event_type"],
            instant(row["event_time"]),
            id=row["_insert_id"] or row["uuid"],
        )
        for row in table(path)
    ]


def mixpanel_table(path):
    return [
        Use(
            json.loads(row["properties"])["user_id"],
            row["distinct_id"],
            row["name"],
            instant(row["time"]),
            id=row["insert_id"],
        )
        for row in table(path)
    ]


PENDO = {
    "customer": "accountId",
    "visitor": "visitorId",
    "feature": "featureId",
    "timestamp": "day",
    "count": "numEvents",
}
MADE = (
    Sample("amplitude/sample/export_api.zip", 85, "amplitude", "groups.company user_id event_type event_time", amplitude_zip),
    Sample("amplitude/sample/chart_event_segmentation.csv", 61, "amplitude", "gp:company", amplitude_chart),
    Sample("ga4/sample/bigquery_events.jsonl", 40, "ga4", "event_params.account_id user_id event_name event_timestamp", ga4),
    Sample("generic/sample/generic_events.csv", 80, "generic", "Customer|User Email|Feature|Occurred At", generic_csv),
    Sample(
        "generic/sample/generic_monthly_usage.xlsx", 72, "generic", "Account||Feature|Month", generic_months,
        refused={"the count is 0: no use": 1},
    ),
    Sample(
        "mixpanel/sample/export.jsonl", 153, "mixpanel",
        "properties.company_id properties.distinct_id event properties.time", mixpanel,
    ),
    Sample("mixpanel/sample/export_utils.csv", 60, "mixpanel", "company_id distinct_id event time", mixpanel_csv),
    Sample(
        "mixpanel/sample/ui_events_table.csv", 45, "mixpanel", "company_id|Distinct ID|Event Name|Time", mixpanel_screen,
        answers=("--map", "timezone=Europe/Berlin"),
    ),
    Sample(
        "posthog/sample/batch_events.jsonl", 60, "posthog", "properties.$groups.company distinct_id event timestamp", posthog,
        settings={"UPTAKE_TIME_ZONE": "Asia/Tokyo"},
    ),
    Sample(
        "segment/sample/tracks.csv", 60, "segment", "context_group_id user_id event_text timestamp", segment,
        settings={"UPTAKE_TIME_ZONE": "America/New_York"},
    ),
    Sample("heap/sample/all_events.csv", 0, "heap", "company_name user_id event_table_name time", heap),
    Sample("userpilot/sample/events.csv", 0, "userpilot", "company_id user_id event_name inserted_at", userpilot),
    Sample(
        "pendo/sample/feature_events.json pendo/sample/feature_lookup.json", 90, "pendo",
        "accountId visitorId featureId day", pendo_days,
    ),
    Sample(
        "pendo/sample/feature_event_breakdown.csv", 40, "pendo", "Account ID|Visitor ID|“Report Exported”|Date",
        pendo_breakdown, answers=("--map", "feature==Report Exported"),
    ),
)  # fmt: skip
NOT_OURS = (
    Sample(
        "pendo_feature_event_fivetran.csv pendo_feature_history_fivetran.csv", 5, "pendo",
        "account_id visitor_id feature_id timestamp", pendo_hours("feature_id"),
    ),
    Sample(
        "pendo_page_event_fivetran.csv", 5, "pendo", "account_id visitor_id page_id timestamp", pendo_hours("page_id")
    ),
    Sample(
        "amplitude_event_fivetran.csv", 10, "amplitude", "user_properties.Cohort user_id event_type event_time",
        amplitude_csv, answers=("--map", "customer=user_properties.Cohort"),
    ),
    Sample(
        "mixpanel_event_fivetran.csv", 5, "mixpanel", "properties.user_id distinct_id name time",
        mixpanel_table, answers=("--map", "customer=properties.user_id"),
    ),
)  # fmt: skip
SAMPLES = [each for each in (*MADE, *NOT_OURS) if all(path.is_file() for path in each.paths)]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: Path(sample.files.split()[0]).name)
def test_a_sample_is_imported_as_an_independent_reader_counts_it(sample, tmp_path):
    uses = sample.uses(sample.paths[0])
    home = Home(tmp_path / "home", settings=sample.settings)
    told = home.imported(*sample.paths, *sample.answers)
    assert told["platform"] == sample.platform
    assert told["files"] == [path.name for path in sample.paths]
    assert_mapping(told["mapping"], sample.mapping)

    repeated = sum(copies - 1 for copies in Counter(use for use in uses if use.id).values())
    assert told["rowsRead"] == len(uses) + sum(sample.refused.values())
    assert sample.rows in (0, told["rowsRead"])
    assert told["setAside"] == []
    assert (told["imported"], told["duplicates"]) == (len(uses) - repeated, repeated)
    assert {each["reason"]: each["rows"] for each in told["refused"]} == sample.refused
    assert told["unassigned"] == sum(use.account is None for use in uses)
    assert told["customers"] == len({use.account for use in uses} - {None})
    assert told["visitors"] == len({(use.account, use.visitor) for use in uses if use.account and use.visitor})
    features = {use.feature for use in uses} - NO_USE
    assert told["features"] == len(features)
    assert {each["name"]: each["rows"] for each in told["notFeatures"]} == {
        name: rows for name, rows in Counter(use.feature for use in uses).items() if name in NO_USE
    }
    assert facts(home) == Counter((use.account, use.visitor, use.feature, use.at, use.day, use.count) for use in uses)
    if uses[0].at:
        assert (told["from"], told["to"]) == tuple(
            f"{pick(use.at for use in uses).isoformat()}Z" for pick in (min, max)
        )
    assert daily(home) == uses_by_day(uses, ZoneInfo(sample.settings.get("UPTAKE_TIME_ZONE", "UTC")))
    assert home.leftovers == []


def assert_mapping(told, columns):
    words = ("customer", "visitor", "feature", "timestamp")
    expected = zip(words, columns.split("|") if "|" in columns else columns.split(), strict=False)
    for word, column in expected:
        assert told.get(word, "") == column


def facts(home):
    """The facts of the lake, as often as they stand there. Totals are told by their day."""
    rows = pq.read_table(next((home.path / "lake" / "usage_events").glob("*.parquet"))).to_pylist()
    return Counter(
        (
            row["account_id"],
            row["visitor_id"],
            row["event_name"],
            None if row["occurred_on"] else row["occurred_at"],
            row["occurred_on"],
            row["event_count"],
        )
        for row in rows
    )


def daily(home):
    [path] = (home.path / "lake" / "usage_daily").glob("*.parquet")
    return Counter(
        {
            (row["account_id"], row["visitor_id"], row["event_name"], row["day"]): row["uses"]
            for row in pq.read_table(path).to_pylist()
        }
    )


def uses_by_day(uses, zone):
    """Uses per day of the workspace's zone, a repeated event id once."""
    counted = Counter()
    for use in {use: None for use in uses if use.id} | {n: use for n, use in enumerate(uses) if not use.id}:
        use = use if isinstance(use, Use) else uses[use]
        day = use.day or use.at.replace(tzinfo=UTC).astimezone(zone).date()
        counted[use.account, use.visitor, use.feature, day] += use.count
    return counted


def test_pendo_features_carry_the_names_of_the_list_beside_them_and_open_to_their_records(tmp_path):
    events, names = ROOMS / "pendo/sample/feature_events.json", ROOMS / "pendo/sample/feature_lookup.json"
    records = json.loads(events.read_text())["results"]
    called = {row["id"]: row["name"] for row in json.loads(names.read_text())["results"]}
    home = Home(tmp_path / "home")
    home.imported(names, events)  # in whichever order
    told = home.told("explain", "acme-logistics", "--rows")
    mine = [row for row in records if row["accountId"] == "acme-logistics"]
    uses, people = Counter(), {}
    for row in mine:
        uses[called[row["featureId"]]] += row["numEvents"]
        people.setdefault(called[row["featureId"]], set()).add(row["visitorId"])
    assert {each["feature"]: (each["uses"], each["users"]) for each in told["features"]} == {
        name: (uses[name], len(people[name])) for name in uses
    }
    assert len(told["rows"]) == len(mine)
    for row in told["rows"]:
        record = records[row["row"] - 1]  # records of a list are counted from 1
        assert (row["file"], row["visitor"]) == (events.name, record["visitorId"])
        assert (row["eventName"], row["uses"]) == (record["featureId"], record["numEvents"])
        assert row["day"] == str(datetime.fromtimestamp(record["day"] / 1000, tz=BERLIN).date())


LISTS = (
    ("amplitude/sample/microscope_groups.csv", "is Amplitude's group list: one row per company, not usage."),
    ("mixpanel/sample/engage_profiles.json", "holds Mixpanel profiles: one row per user, not usage."),
    ("pendo/sample/visitor_list.csv", "is Pendo's visitor list: a list of users, not of customers and not usage."),
    ("pendo/sample/feature_lookup.json", "Only a list of feature names was given;"),
)


@pytest.mark.parametrize(("file", "sentence"), LISTS)
def test_a_list_that_is_no_usage_is_refused_by_what_it_is(file, sentence, tmp_path):
    home = Home(tmp_path / "home")
    said = home.run("import", ROOMS / file, "--json")
    assert said.code == 1
    assert sentence in said.err
    assert said.err.count("\n") == 1
    assert said.json == {"error": said.err.strip()}
    assert (home.facts, home.leftovers) == ([], [])


RAVENSTACK = SHARED / "datasets" / "ravenstack" / "ravenstack_feature_usage.csv"
DAY_FIRST = """usage_id,subscription_id,usage_date,feature_name,usage_count,usage_duration_secs,error_count,is_beta_feature
U-1,S-1,05-11-2024,feature_1,4,61,0,FALSE
U-2,S-1,05-11-2024,feature_1,6,10,1,TRUE
U-3,S-1,12-11-2024,feature_2,1,1,0,FALSE
U-3,S-2,11-12-2024,feature_2,2,1,0,FALSE
U-4,S-2,13-12-2024,feature_3,0,0,0,FALSE
U-5,S-2,28-02-2024,feature_3,9,5004,0,FALSE
"""


@pytest.mark.parametrize("which", ["made", *(["ravenstack"] if RAVENSTACK.is_file() else [])])
def test_dates_with_the_day_first_are_read_so_and_same_days_added_up(which, tmp_path):
    """12-11 can be read both ways; other dates of the file prove which is meant."""
    path = RAVENSTACK if which == "ravenstack" else tmp_path / "usage.csv"
    if which == "made":
        path.write_text(DAY_FIRST)
    rows = table(path)
    used = [row for row in rows if int(row["usage_count"])]
    home = Home(tmp_path / "home")
    told = home.imported(path, "--yes")
    assert (told["rowsRead"], told["imported"], told["duplicates"]) == (len(rows), len(used), 0)
    assert told["refused"] == [{"reason": "the count is 0: no use", "rows": len(rows) - len(used)}]
    assert told["customers"] == len({row["subscription_id"] for row in used})
    uses = Counter()
    for row in used:
        day = datetime.strptime(row["usage_date"], "%d-%m-%Y").date()
        uses[row["subscription_id"], None, row["feature_name"], day] += int(row["usage_count"])
    assert daily(home) == uses
    assert (told["from"][:10], told["to"][:10]) == (str(min(key[3] for key in uses)), str(max(key[3] for key in uses)))
