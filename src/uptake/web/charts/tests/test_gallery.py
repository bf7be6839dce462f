"""The gallery, in a browser of somebody who may see little."""

import json
import re
import struct

import pytest
from django.test import Client

from uptake.charts.registry import CHARTS
from uptake.team.models import Role
from uptake.team.services import add_teammate

pytestmark = pytest.mark.django_db


@pytest.fixture
def vic(db) -> Client:
    client = Client()
    viewer = add_teammate(email="vic@us.example", role=Role.VIEWER, name="Vic")[0]
    viewer.has_one_time_password = False
    viewer.save(update_fields=["has_one_time_password"])
    client.force_login(viewer, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_every_chart_stands_there_with_caption_specification_and_table(vic):
    found = vic.get("/charts/")
    page = found.content.decode()
    assert found.status_code == 200
    for chart in CHARTS:
        [spec] = re.findall(rf'<script id="{chart.name}-spec" type="application/json">(.*?)</script>', page)
        assert json.loads(spec)["width"] == "container"
        assert f'data-chart="{chart.name}-spec"' in page
        assert chart.example().caption.finding in page
    assert page.count("<table") == 2 * len(CHARTS)  # one to open, one for whoever runs no scripts
    assert "style=" not in page


def test_strangers_are_sent_to_the_login():
    assert Client().get("/charts/").status_code == 302
    assert Client().get("/charts/funnel.svg").status_code == 302


def test_a_picture_comes_in_light_and_dark(vic):
    light, dark = (vic.get(f"/charts/funnel.svg{query}") for query in ("", "?look=dark"))
    assert light["Content-Type"] == "image/svg+xml"
    assert 'width="720"' in light.content.decode()
    assert "One in eight gets to the power features" in light.content.decode()
    assert "#fdfdfb" in light.content.decode()
    assert "#131518" in dark.content.decode()


def test_a_picture_for_slack_is_a_png_of_twice_the_size(vic):
    png = vic.get("/charts/score_gauge.png").content
    assert struct.unpack(">I", png[16:20])[0] == 1440


@pytest.mark.parametrize("address", ["/charts/pie.svg", "/charts/funnel.pdf"])
def test_there_is_no_other_chart_or_kind(vic, address):
    assert vic.get(address).status_code == 404
