import pytest

from uptake.actions.slack.tests.webhook import SlackServer


@pytest.fixture
def slack():
    server = SlackServer()
    yield server
    server.close()
