"""Dorado, counted on paper in ``pipeline/dashboard/tests/by_hand.py``, and a browser for each teammate.

Ann owns Dorado, Ben is her fellow CSM, Cem a stranger; Lea leads, Vic looks.
"""

import pytest

from uptake.pipeline.dashboard.tests.conftest import dorado, people
from uptake.web.portfolio.tests.conftest import browser

__all__ = ["dorado", "people"]


@pytest.fixture
def ann(dorado):
    return browser(dorado.ann)


@pytest.fixture
def ben(dorado):
    return browser(dorado.ben)


@pytest.fixture
def cem(dorado):
    return browser(dorado.cem)


@pytest.fixture
def lea(dorado):
    return browser(dorado.lea)


@pytest.fixture
def vic(dorado):
    return browser(dorado.vic)
