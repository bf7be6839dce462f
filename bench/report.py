"""``RESULTS.md``: the numbers that are kept, as tables, put into the prose of ``results_template.md``."""

from collections.abc import Mapping, Sequence
from string import Template
from typing import Any

from bench.data import BENCH, jobs
from bench.goals import GOALS, Goal, Results, per_event, ratio
from bench.job import TOLERANCE, read_kept
from bench.measure import THREADS

RESULTS = BENCH / "RESULTS.md"
TEMPLATE = BENCH / "results_template.md"
NAMES = {
    "floor": "floor (DuckDB alone)",
    "pandas": "pandas",
    "pandas_arrow": "pandas, pyarrow reader",
    "ours": "Uptake, import + score",
}
PART_WORDS = {
    "start": "start: Python, Django, the home's database",
    "look": "look: detect format and columns, start the durable worker",
    "fingerprint": "fingerprint the file",
    "read": "read and judge every row, write facts",
    "keep": "derive days from facts, sorted and written; accounts to customers; commit",
    "score": "score every customer, two as-of days",
    "finish": "finish",
    "end": "answer and exit",
    "ask": "`uptake score`, a process of its own",
}
GROWING = ("fingerprint", "read", "keep")
BUSY = 0.10  # share of the cores that others may use without a word


def write() -> None:
    """Write RESULTS.md from all measurements that are kept."""
    results = {job.name: found for job in jobs() if (found := read_kept(job))}
    RESULTS.write_text(page(results, TEMPLATE.read_text(encoding="utf-8")), encoding="utf-8")


def page(results: Results, template: str) -> str:
    sections = "\n\n".join(section(found) for found in results.values()) or "Nothing has been measured yet."
    return Template(template).substitute(
        goals=goals(results), shared=shared(results), speeds=speeds(results), jobs=sections, threads=THREADS
    )


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Markdown; the first column to the left, the others to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def goals(results: Results) -> str:
    return table(("goal", "reached", ""), [_goal(goal, goal.measure(results)) for goal in GOALS])


def _goal(goal: Goal, value: float | None) -> tuple[str, str, str]:
    if value is None:
        return goal.words, "–", "not measured"
    verdict = "met" if goal.met(value) else f"**missed by {_missed(goal.missed_by(value))}**"
    return goal.words, f"{_number(value)} {goal.unit}", verdict


def _missed(share: float) -> str:
    """Never rounded to nothing: what is missed is missed."""
    if share >= 1:
        return f"a factor of {_number(1 + share)}"
    return f"{share:.0%}" if share >= 0.01 else "under 1%"


def shared(results: Results) -> str:
    """A warning that the goals are read with, where there is reason for one."""
    busy = [name for name, found in results.items() if found["othersShare"] > BUSY]
    if not busy:
        return ""
    return (
        f"**Careful: {', '.join(busy)} ran while other processes used over {BUSY:.0%} of the cores. Their wall times are "
        "too long, and unevenly so; ratios are not to be relied on. Each job says below how busy the machine was.**"
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}" if value < 10 else f"{value:,.1f}"


def speeds(results: Results) -> str:
    rows = [
        (name, f"{found['rows']:,}", f"{1 / each:,.0f}", f"{each * 1e6:.2f}", _growing(found))
        for name, found in results.items()
        if (each := per_event(results, name))
    ]
    return (
        table(("job", "rows", "rows a second", "µs a row", "µs a row without start"), rows) if rows else "Not measured."
    )


def _growing(found: Mapping[str, Any]) -> str:
    """Microseconds a row of the steps that grow with the rows; else a long start makes small files look slow."""
    parts = found["ours"]["parts"]
    return "–" if parts is None else f"{sum(parts[name] for name in GROWING) / found['rows'] * 1e6:.2f}"


def section(found: Mapping[str, Any]) -> str:
    """One job: its table, whether all did the same work, and where Uptake's time went."""
    one = {found["job"]: found}
    parts = [
        f"## {found['title']}",
        _setting(found),
        table(("", "s", "× the floor", "CPU s", "peak MiB", "runs", "fastest to slowest"), _rows(one, found)),
        _ratios(one, found),
        *(f"{NAMES[name]}: {why}." for name, why in found["errors"].items()),
        _agreed(found["agreement"]),
        _breakdown(found),
    ]
    return "\n\n".join(part for part in parts if part)


def _setting(found: Mapping[str, Any]) -> str:
    machine = found["machine"]
    files = "1 file" if found["files"] == 1 else f"{found['files']:,} files"
    rows = "an unknown number of" if found["rows"] is None else f"{found['rows']:,}"
    text = (
        f"{rows} rows of {found['recipe']['customers']:,} customers in {files}, {found['bytes'] / 1e6:,.0f} MB. "
        f"Measured {found['measuredAt'].replace('T', ' ').replace('+00:00', ' UTC')} at {found['commit']}: "
        f"{machine['cores']} cores, {machine['memoryGib']:.0f} GiB, {machine['cpu']}; {machine['versions']}."
    )
    if found["othersShare"] > BUSY:
        text += (
            f" **The machine was shared: other processes used {found['othersShare']:.0%} of its cores meanwhile, "
            "so wall times are too long; the CPU seconds say more.**"
        )
    return text


def _rows(results: Results, found: Mapping[str, Any]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for name, each in found["contestants"].items():
        times = ratio(results, found["job"], name, "floor")
        rows.append(
            (
                NAMES[name],
                _number(each["seconds"]),
                "–" if times is None else _number(times),
                _number(each["cpu_seconds"]),
                f"{each['peak_mb']:,.0f}",
                str(each["runs"]),
                f"{_number(each['fastest'])} to {_number(each['slowest'])}",
            )
        )
    return rows


def _ratios(results: Results, found: Mapping[str, Any]) -> str:
    told = []
    if (floor := ratio(results, found["job"], "ours", "floor")) is not None:
        told.append(f"Uptake ÷ floor = **{_number(floor)}**")
    for name in ("pandas", "pandas_arrow"):
        if (faster := ratio(results, found["job"], name, "ours")) is not None:
            told.append(f"{NAMES[name]} ÷ Uptake = **{_number(faster)}**")
    if (cpu := _cpu_ratio(found)) is not None:
        told.append(f"by CPU seconds, Uptake ÷ floor = {_number(cpu)}")
    return " · ".join(told)


def _cpu_ratio(found: Mapping[str, Any]) -> float | None:
    """Where others used the machine too, this is nearer to the truth than wall time; neither counts waiting."""
    both = [found["contestants"].get(name) for name in ("ours", "floor")]
    return None if None in both else float(both[0]["cpu_seconds"] / both[1]["cpu_seconds"])


def _agreed(told: Mapping[str, Any]) -> str:
    """A bench whose contestants do different work compares nothing; so this is said of every job."""
    said = []
    if told["rowsAgree"] is not None:
        said.append(f"Rows read by Uptake and by the floor are {'equal' if told['rowsAgree'] else '**not equal**'}.")
    if told["repeatDiffer"]:
        said.append(f"**Scores that another run of Uptake did not repeat: {told['repeatDiffer']}.**")
    if not told["compared"]:
        said.append("The scores were not compared with a rival's.")
    elif told["differCount"]:
        some = "; ".join(f"{customer}: {one} and {other}" for customer, one, other in told["differ"])
        said.append(f"**Scores that differ from the rival's: {told['differCount']}** (rival's and Uptake's: {some}).")
    else:
        said.append(
            f"All {told['compared']:,} scores ({told['withheld']} of them withheld) equal those of "
            f"{' and '.join(NAMES[name] for name in told['against'])} to {TOLERANCE}."
        )
    return " ".join(said)


def _breakdown(found: Mapping[str, Any]) -> str:
    ours = found["ours"]
    if ours is None:
        return ""
    head = f"Uptake: import {_number(ours['importSeconds'])} s, score {_number(ours['scoreSeconds'])} s (the run in the middle)."
    if ours["parts"] is None:
        return f"{head} The home does not tell its steps apart."
    whole = sum(ours["parts"].values())
    rows = [(PART_WORDS[name], f"{took:.2f}", f"{took / whole:.0%}") for name, took in ours["parts"].items()]
    floor = found["floorParts"]
    beside = f" The floor itself: read {floor['read']:.2f} s, group {floor['group']:.2f} s." if floor else ""
    return f"{head}{beside}\n\n{table(('step', 's', 'share'), rows)}"
