"""Django's settings, made from the workspace's options. Read once, at start."""

import secrets
import sys

import dj_database_url
from pydantic import ValidationError

from uptake.config.options import Options, home

HOME = home()
try:
    OPTIONS = Options(_env_file=HOME / "uptake.env")  # type: ignore[call-arg]
except ValidationError as why:
    sys.exit(
        "\n".join(
            f"Setting UPTAKE_{str(error['loc'][0]).upper()}: {error['msg'].removeprefix('Value error, ')}."
            for error in why.errors()
        )
    )


def _secret_key() -> str:
    """The key from the settings, else one that is made once and kept in the home, for this user only."""
    if OPTIONS.secret_key:
        return OPTIONS.secret_key
    file = HOME / "secret-key"
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError:
        key = secrets.token_urlsafe(48)
        if HOME.is_dir():  # before the home exists nothing is signed that must last
            file.touch(mode=0o600)
            file.write_text(key, encoding="utf-8")
        return key


SECRET_KEY = _secret_key()
DEBUG = OPTIONS.debug
ALLOWED_HOSTS = OPTIONS.allowed_hosts
USE_TZ = True
TIME_ZONE = OPTIONS.time_zone
LANGUAGE_CODE = "en"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "team.Teammate"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "uptake.team",
    "uptake.customers",
    "uptake.lake",
]

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{HOME / 'uptake.sqlite3'}", conn_max_age=60, conn_health_checks=True
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Several processes share the file: write-ahead log, wait for each other, take the write lock when a transaction opens.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }

# The rooms below read these; nothing else reads the environment.
UPTAKE_HOME = HOME
UPTAKE = OPTIONS
