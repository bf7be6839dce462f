"""The web application as a server loads it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "uptake.config.settings")
django = get_asgi_application()

from uptake.web.bodies import limited  # noqa: E402 - needs the settings

application = limited(django)
