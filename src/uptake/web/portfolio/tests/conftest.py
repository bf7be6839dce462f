"""The pipeline's workspace of three customers (its usage stands there), and a browser for each teammate.

Ann owns Acme, Ben is her fellow CSM and owns Borealis and Cobalt, Cem is a CSM without customers, Lea leads, Vic views.
"""

import pytest
from django.test import Client

from uptake.pipeline.tests.conftest import people, usage, workspace

__all__ = ["people", "usage", "workspace"]


def browser(teammate):
    client = Client()
    client.force_login(teammate, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def ann(workspace):
    return browser(workspace.ann)


@pytest.fixture
def ben(workspace):
    return browser(workspace.ben)


@pytest.fixture
def cem(workspace):
    return browser(workspace.cem)


@pytest.fixture
def lea(workspace):
    return browser(workspace.lea)


@pytest.fixture
def vic(workspace):
    return browser(workspace.vic)
