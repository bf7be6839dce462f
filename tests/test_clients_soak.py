"""Ninety days of each platform under random faults end with exactly the server's truth. Twenty seeds; make test-kill."""

import pytest

from tests.standins.amplitude import AmplitudeStandIn, AmplitudeTruth
from tests.standins.faults import Faults
from tests.standins.mixpanel import MixpanelStandIn, MixpanelTruth
from tests.standins.pendo import PendoStandIn
from tests.standins.pendo_truth import PendoTruth
from uptake.sources.amplitude.api import AmplitudeClient
from uptake.sources.mixpanel.api import MixpanelClient
from uptake.sources.pendo.api import PendoClient
from uptake.sources.tests.pulled import QUICK, read

pytestmark = [pytest.mark.slow, pytest.mark.parametrize("seed", range(20))]

DAYS = 90
DIAL = {
    "throttle": 0.05, "throttle_bare": 0.05, "server_error": 0.1, "stall": 0.01, "stall_seconds": 0.6, "reset": 0.05,
    "cut": 0.1, "wrong_json": 0.1, "repeat": 0.3, "reorder": 0.5,
}  # fmt: skip


def test_pendo(tmp_path, seed):
    truth = PendoTruth(seed=seed, days=DAYS, rows=40)
    page_rows = (50_000, 700, 60)[seed % 3]
    with (
        PendoStandIn(truth, Faults(seed=seed, **DIAL)) as server,
        PendoClient(server.key, address=server.url, patience=QUICK, page_rows=page_rows) as client,
    ):
        pulled = client.pull(truth.first, truth.last, tmp_path)
        told = client.totals([truth.first, truth.last])
    assert read(pulled.files, tmp_path / "out").totals() == truth.totals()
    assert told == {day: truth.per_day()[day] for day in (truth.first, truth.last)}


def test_amplitude(tmp_path, seed):
    truth = AmplitudeTruth(seed=seed, days=DAYS, events=4000)
    with (
        AmplitudeStandIn(truth, Faults(seed=seed, **DIAL), most_events=(10**6, 300)[seed % 2]) as server,
        AmplitudeClient(server.key, server.secret, address=server.url, patience=QUICK) as client,
    ):
        pulled = client.pull(truth.first, truth.last, tmp_path)
    assert read(pulled.files, tmp_path / "out").totals() == truth.totals()


def test_mixpanel(tmp_path, seed):
    truth = MixpanelTruth(seed=seed, days=DAYS, events=4000)
    with (
        MixpanelStandIn(truth, Faults(seed=seed, terminated=0.1, **DIAL)) as server,
        MixpanelClient(
            server.user, server.secret, project=server.project, address=server.url, patience=QUICK
        ) as client,
    ):
        pulled = client.pull(truth.first, truth.last, tmp_path)
    assert read(pulled.files, tmp_path / "out").totals() == truth.totals()
