from uptake.actions.email.tests.conftest import post_office
from uptake.actions.slack.tests.conftest import slack

__all__ = ["post_office", "slack"]
