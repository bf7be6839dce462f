"""Ann owns Acme, Ben is her fellow CSM and owns Borealis, Cem is a stranger: a CSM without customers."""

from types import SimpleNamespace

import pytest

from uptake.pipeline.tests.by_hand import JUNE, LAST, WORKDAYS, daily_use, import_usage, own, teammate
from uptake.team.models import Role


@pytest.fixture
def people(db):
    return SimpleNamespace(
        ann=teammate("ann@ours.example"),
        ben=teammate("ben@ours.example"),
        cem=teammate("cem@ours.example"),
        lea=teammate("lea@ours.example", Role.LEADER),
        vic=teammate("vic@ours.example", Role.VIEWER),
    )


@pytest.fixture
def usage():
    """A year ago a first use each, so that nobody is young; then June, and May for Acme and Borealis.

    Acme:     one user, Search and Export, 22 working days of June, 10 uses a day of each; the same in May.
    Borealis: one user, Search, 11 working days of June (every other), 5 uses a day; in May 10 uses on each.
    Cobalt:   used once, a year ago: history and nothing since.
    """
    may = [day.replace(month=5) for day in JUNE]
    first = LAST.replace(year=2025)
    return [
        *((name, "first@old.example", "Search", first, 1) for name in ("Acme", "Borealis", "Cobalt")),
        *(
            row
            for feature in ("Search", "Export")
            for row in daily_use("Acme", "ada@acme.example", feature, WORKDAYS, 10)
        ),
        *(row for day in may for row in daily_use("Acme", "ada@acme.example", "Search", [day], 20)),
        *daily_use("Borealis", "bo@borealis.example", "Search", WORKDAYS[::2], 5),
        *daily_use("Borealis", "bo@borealis.example", "Search", may, 10),
    ]


@pytest.fixture
def workspace(people, usage, tmp_path):
    batch = import_usage(tmp_path, usage)
    acme = own("Acme", people.ann, segment="Enterprise", region="Europe")
    borealis = own("Borealis", people.ben, segment="Small", region="Americas")
    cobalt = own("Cobalt", people.ben)
    return SimpleNamespace(**vars(people), batch=batch, acme=acme, borealis=borealis, cobalt=cobalt, folder=tmp_path)
