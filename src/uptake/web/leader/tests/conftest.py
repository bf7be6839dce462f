"""The workspace of four customers that ``pipeline/leader/tests/conftest.py`` counts on paper, and a browser for each teammate."""

import pytest

from uptake.pipeline.leader.tests.conftest import people, portfolio_of_four, usage, workspace
from uptake.pipeline.tests.by_hand import teammate
from uptake.team.models import Role
from uptake.web.portfolio.tests.conftest import browser

__all__ = ["people", "portfolio_of_four", "usage", "workspace"]


@pytest.fixture
def ann(portfolio_of_four):
    return browser(portfolio_of_four.ann)


@pytest.fixture
def cem(portfolio_of_four):
    return browser(portfolio_of_four.cem)


@pytest.fixture
def lea(portfolio_of_four):
    return browser(portfolio_of_four.lea)


@pytest.fixture
def vic(portfolio_of_four):
    return browser(portfolio_of_four.vic)


@pytest.fixture
def pia(portfolio_of_four):
    return browser(teammate("pia@ours.example", Role.PRODUCT_MANAGER))
