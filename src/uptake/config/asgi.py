"""The web application as a server loads it."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "uptake.config.settings")
django.setup(set_prefix=False)

from uptake.api.live import with_live_events  # noqa: E402 - needs the settings
from uptake.web.bodies import Handler, limited  # noqa: E402 - needs the settings

application = with_live_events(limited(Handler()))
