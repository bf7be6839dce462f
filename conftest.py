"""Shared by the rooms' tests: a home of its own for each test, and small tables of usage."""

from pathlib import Path
from typing import Any

import pytest

COMPILED = Path(__file__).parent / "build" / "compiled"
"""SQL made from the code as it is (pipeline/compiled.py): the same in every test's home."""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """SQLite in a file, as a served home has it: in memory it would not wait for a lock."""
    from django.db import connections

    database = connections["default"].settings_dict
    if "sqlite3" in database["ENGINE"]:
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, settings: Any) -> Path:
    """Each test has its own home; nothing is written beside the checkout."""
    settings.UPTAKE_HOME = tmp_path / "home"
    settings.UPTAKE_HOME.mkdir()
    COMPILED.mkdir(parents=True, exist_ok=True)
    (settings.UPTAKE_HOME / "compiled").symlink_to(COMPILED)
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # a good one takes a third of a second
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing was collected
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True
    return settings.UPTAKE_HOME
