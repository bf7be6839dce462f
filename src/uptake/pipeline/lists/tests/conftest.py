"""A leader, a CSM and two customers, and lists written as people write them."""

from types import SimpleNamespace

import pytest

from uptake.customers.services import create_customer
from uptake.lake.models import Import
from uptake.pipeline.lists.beginning import start_list
from uptake.pipeline.lists.deciding import answered, confirm_list
from uptake.pipeline.lists.told import ListAnswers, list_json, outcomes
from uptake.pipeline.tests.by_hand import teammate
from uptake.team.models import Role


@pytest.fixture
def people(db):
    return SimpleNamespace(
        lea=teammate("lea@ours.example", Role.LEADER),
        ann=teammate("ann@ours.example"),
        ben=teammate("ben@ours.example"),
    )


@pytest.fixture
def there(people):
    acme = create_customer(name="Acme Logistics", segment="Small", crm_id="A-1", domains=("acme.example",))
    borealis = create_customer(name="Borealis", owner=people.ann)
    return SimpleNamespace(**vars(people), acme=acme, borealis=borealis)


@pytest.fixture
def a_list(tmp_path):
    """``a_list(text, **answers)``: the import of a file with that text, looked at."""

    def made(text, *, name="list.csv", encoding="utf-8", columns=None, **told) -> Import:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return start_list([path], answered(ListAnswers(), told, columns))

    return made


def counts(batch):
    told = list_json(batch)
    rows = {name: told[name] for name in ("new", "changed", "same", "setAsideRows")}
    assert sum(rows.values()) + told["waitingRows"] == told["rowsRead"]
    return tuple(rows.values())


def whys(batch):
    return {told["row"]: told["why"] for told in outcomes(batch, "aside")}


def written(batch, by):
    confirm_list(batch, by=by)
    batch.refresh_from_db()
    return batch
