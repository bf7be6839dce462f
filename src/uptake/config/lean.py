"""Settings for commands that show no page: the same, without the libraries that only pages load (a third of a start)."""

from uptake.config.settings import *  # noqa: F403
from uptake.config.settings import HOME
from uptake.config.settings import INSTALLED_APPS as ALL_APPS

ONLY_FOR_PAGES = {"uptake.web", "uptake.chat", "lucide", "anymail", "ninja", "django_htmx"}
INSTALLED_APPS = [
    app
    for app in ALL_APPS
    if not (HOME / "schema").is_file()  # a new home: its database gets every table
    or (
        app not in ONLY_FOR_PAGES
        and not app.startswith(("allauth", "django.contrib.s", "django.contrib.m", "django.contrib.h"))
    )
]
