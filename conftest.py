"""Shared by the rooms' tests: a home of its own for each test, and small tables of usage."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    """Each test has its own home; nothing is written beside the checkout."""
    settings.UPTAKE_HOME = tmp_path / "home"
    settings.UPTAKE_HOME.mkdir()
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing was collected
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True
    return settings.UPTAKE_HOME
