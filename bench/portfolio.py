"""``python -m bench.portfolio``: the portfolio page's data and what-if weights at 10,000 customers, in server time.

The home is the demo's, made once by the product's own command and kept in ``bench/data/``. Unlike the other benches this
one calls the services behind the page in one process, as the server does: no browser, no template, no network.
"""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.data import DATA, UPTAKE

HOME = DATA / "portfolio-home"
CUSTOMERS, EVENTS, UNTIL = 10_000, 300_000, "2025-06-30"
CALLS = 50
PAGE = 50
GOALS = {"portfolio": 300.0, "what-if": 200.0}  # ms, p95 and each call


def main() -> int:
    """0 when the goals are met."""
    _make_home()
    os.environ["UPTAKE_HOME"] = str(HOME)
    os.environ["DJANGO_SETTINGS_MODULE"] = "uptake.config.settings"
    import django

    django.setup()
    from uptake.pipeline import home

    home.prepare()
    rows = _measure()
    _show(rows)
    met = all(p95 <= GOALS[name] for name, _, _, p95 in rows if name in GOALS)
    print("goals met" if met else "goals missed")
    return 0 if met else 1


def _make_home() -> None:
    """The demo's home; a half-made one of an earlier run is made again."""
    if (HOME / "made").is_file():
        return
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    size = ("--customers", str(CUSTOMERS), "--events", str(EVENTS), "--until", UNTIL)
    environment = os.environ | {"UPTAKE_HOME": str(HOME)}
    subprocess.run([str(UPTAKE), "demo", *size, "--json"], check=True, env=environment, stdout=subprocess.DEVNULL)
    (HOME / "made").touch()


def _measure() -> list[tuple[str, int, float, float]]:
    """(what, calls, p50, p95) in milliseconds."""
    from uptake.pipeline.feature_use import feature_use
    from uptake.pipeline.health import what_if
    from uptake.pipeline.portfolio import portfolio

    leader, csm = _people()
    rows = [
        _timed("first build, nothing kept", 1, lambda _: portfolio(leader)),
        _timed("first what-if", 1, lambda _: what_if({"adoption": 50})),
        _timed("first feature matrix", 1, lambda _: feature_use()),
    ]
    asked = _questions()
    rows.append(_timed("portfolio", CALLS, lambda number: _page(leader, *asked[number % len(asked)])))
    rows.append(_timed("portfolio, one CSM's", CALLS, lambda number: _page(csm, *asked[number % len(asked)])))
    rows.append(_timed("what-if", CALLS, lambda number: what_if({"adoption": 20 + number, "rating": number % 7})))
    ids = [row["customer_id"] for row in portfolio(leader).rows]
    rows.append(_timed("feature adoption", CALLS, lambda _: feature_use().adoption(ids)))
    rows.append(_timed("rebuild after a customer changed", 5, lambda number: _changed(leader, number)))
    return rows


def _people() -> tuple[Any, Any]:
    """A leader, and a CSM who owns a tenth of the customers."""
    from uptake.customers.models import Customer
    from uptake.team.models import Teammate

    leader, _ = Teammate.objects.get_or_create(username="bench-leader", defaults={"role": "leader"})
    csm, made = Teammate.objects.get_or_create(username="bench-csm", defaults={"role": "csm"})
    if made:
        everybody = list(Customer.objects.order_by("pk").values_list("pk", flat=True))
        Customer.objects.update(owner=leader)
        for first in range(0, len(everybody), 5_000):
            Customer.objects.filter(pk__in=everybody[first : first + 5_000 : 10]).update(owner=csm)
    return leader, csm


def _questions() -> list[tuple[dict[str, str], str, bool]]:
    """Filters and sort orders as people ask for them."""
    filters = [
        {}, {"search": "cloud"}, {"segment": "enterprise"}, {"band": "poor"}, {"owner": "me"}, {"region": "Europe"},
        {"plan": "Business"}, {"segment": "small", "band": "good"}, {"search": "lab s"}, {"band": "none"},
    ]  # fmt: skip
    orders = [("score", True), ("customer", False), ("arr", True), ("change", False), ("renews_on", False)]
    return [(asked, *order) for order in orders for asked in filters]


def _page(teammate: Any, filters: dict[str, str], column: str, descending: bool) -> list[Any]:
    """What one request to the page works out."""
    from uptake.pipeline.portfolio import Filters, choices, portfolio

    found = portfolio(teammate, filters=Filters(**filters))
    _ = (found.total, found.scored, found.average, found.previous_average, found.bands, found.withheld)
    choices(teammate)
    return found.sorted_by(column, descending=descending)[:PAGE]


def _changed(leader: Any, number: int) -> list[Any]:
    from uptake.customers.models import Customer
    from uptake.customers.services import update_customer

    update_customer(Customer.objects.order_by("pk")[number], region=f"Region {number}")
    return _page(leader, {}, "score", True)


def _timed(what: str, calls: int, call: Callable[[int], object]) -> tuple[str, int, float, float]:
    took = []
    for number in range(calls):
        began = time.perf_counter()
        call(number)
        took.append(1000 * (time.perf_counter() - began))
    took.sort()
    p95 = took[min(len(took) - 1, -(-95 * len(took) // 100) - 1)]
    return what, calls, statistics.median(took), p95


def _show(rows: list[tuple[str, int, float, float]]) -> None:
    print(f"{CUSTOMERS:,} customers, Python {platform.python_version()}, {os.cpu_count()} cores; milliseconds")
    print(f"| {'what':<34} | calls |    p50 |    p95 |\n|{'-' * 36}|------:|-------:|-------:|")
    for what, calls, p50, p95 in rows:
        print(f"| {what:<34} | {calls:>5} | {p50:>6,.0f} | {p95:>6,.0f} |")


if __name__ == "__main__":
    sys.exit(main())
