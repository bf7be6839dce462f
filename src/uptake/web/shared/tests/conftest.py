"""Dorado, counted on paper, and a browser for each teammate and for nobody."""

import pytest
from django.core.cache import cache
from django.test import Client

from uptake.pipeline.dashboard.tests.conftest import dorado, people
from uptake.web.portfolio.tests.conftest import browser

__all__ = ["browser", "dorado", "people"]


@pytest.fixture
def outsider():
    cache.clear()  # how often a link was read
    return Client()


@pytest.fixture
def ann(dorado):
    return browser(dorado.ann)
