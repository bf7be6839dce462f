from uptake.actions.email.tests.conftest import post_office

__all__ = ["post_office"]
