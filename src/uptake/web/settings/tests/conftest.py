"""The workspace counted by hand, and a teammate's browser."""

import pytest
from django.test import Client

from uptake.pipeline.tests.conftest import people, usage, workspace

__all__ = ["people", "usage", "workspace"]


@pytest.fixture
def browser():
    """``browser(ann)``: a client where she is logged in."""

    def logged_in(teammate):
        client = Client()
        client.force_login(teammate)
        return client

    return logged_in
