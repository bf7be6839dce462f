"""A small workspace with two months of use, counted by hand: what the tools answer from.

In June 2026 (22 working days) every customer has one user. Acme, Cobalt, Echo and Fox use Search and Export on each, ten
times. Delta used Search twenty times a day in May, and in June only on two days, and never Export. Ann owns all but
Borealis, which is Ben's and does as Acme does.
"""

from types import SimpleNamespace

from uptake.customers.inputs import NewStakeholder
from uptake.customers.services import add_stakeholders
from uptake.pipeline.tests.by_hand import JUNE, LAST, WORKDAYS, daily_use, import_usage, own, teammate
from uptake.team.models import Role

BUSY = ("Acme", "Borealis", "Cobalt", "Echo", "Fox")
MAY = [day.replace(month=5) for day in JUNE]


def usage():
    rows = [(name, f"first@{name.lower()}.example", "Search", LAST.replace(year=2025), 1) for name in (*BUSY, "Delta")]
    for name in BUSY:
        for feature in ("Search", "Export"):
            rows += daily_use(name, f"user@{name.lower()}.example", feature, [*MAY, *WORKDAYS], 10)
    rows += daily_use("Delta", "user@delta.example", "Search", MAY, 20)
    return rows + daily_use("Delta", "user@delta.example", "Search", WORKDAYS[:2], 2)


def make_world(folder):
    """Ann, Ben, Cem who owns nothing, Lea who leads, Vic who only reads; and the customers by name."""
    ann, ben, cem = (teammate(f"{name}@ours.example") for name in ("ann", "ben", "cem"))
    lea, vic = teammate("lea@ours.example", Role.LEADER), teammate("vic@ours.example", Role.VIEWER)
    batch = import_usage(folder, usage())
    customers = {name.lower(): own(name, ben if name == "Borealis" else ann) for name in (*BUSY, "Delta")}
    add_stakeholders([NewStakeholder(customers["delta"], "Dora Diaz", "dora@delta.example", "COO", is_champion=True)])
    return SimpleNamespace(ann=ann, ben=ben, cem=cem, lea=lea, vic=vic, batch=batch, **customers)
