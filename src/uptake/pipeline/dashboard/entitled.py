"""What the contract grants against what is used, and what the rest costs."""

from collections.abc import Sequence

import pyarrow.compute as pc

from uptake.insights import words
from uptake.pipeline.dashboard.view import Entitled, Entitlements
from uptake.pipeline.dashboard.worked import Row, Worked


def entitlements(found: Worked) -> Entitlements | None:
    """Seats and limits in force on the as-of day; None without any."""
    rows = found.entitled
    if not rows:
        return None
    [about] = found.known.customers.filter(
        pc.equal(found.known.customers["customer_id"], found.asked.customer_id)
    ).to_pylist()
    currency = about["currency"] or ""
    lines = [_line(row, currency, found) for row in rows]
    unused = [line.unused_value for line in lines if line.unused_value is not None]
    return Entitlements(
        lines=lines,
        utilization=found.now["utilization"],
        unused_value=sum(unused) if unused else None,
        currency=currency,
        sentence=_sentence(lines, sum(unused) if unused else None, currency),
    )


def _line(row: Row, currency: str, found: Worked) -> Entitled:
    is_seats = row["kind"] == "seats" and row["used"] is not None
    return Entitled(
        name=row["name"],
        kind=row["kind"],
        used=row["used"],
        granted=row["granted"],
        utilization=row["utilization"],
        price=row["price"],
        unused_value=row["unused_value"],
        currency=currency,
        unit=row["unit"] or "",
        basis=row["basis"] + (f" on {words.day(row['measured_on'])}" if row["measured_on"] else ""),
        absent="" if row["used"] is not None else "Nothing measures how much of it is used.",
        opens="active" if is_seats else "",
        count=int(row["used"]) if is_seats else None,
    )


def _sentence(lines: Sequence[Entitled], unused: float | None, currency: str) -> str:
    measured = [line for line in lines if line.utilization is not None]
    if not measured:
        return "Nothing that the contract limits is measured yet."
    least = min(measured, key=lambda line: (line.utilization or 0.0, line.name))
    told = f"Least used: {least.name}, {words.percent(least.utilization or 0.0)}"
    return f"{told}; {words.money(unused, currency or None)} a year is paid for and not used." if unused else f"{told}."
