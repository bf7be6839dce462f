"""The home: one folder with the database, the lake, staged files and what was set aside."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import django.apps
from django.conf import settings

from uptake.kit.errors import ProductError
from uptake.lake.spill import sweep_spilled


class HomeUnusable(ProductError):
    """The home cannot be made or written."""


def home() -> Path:
    return Path(settings.UPTAKE_HOME)


def staging(import_id: int) -> Path:
    """Where one import keeps what it unpacks; gone when the import is done."""
    return home() / "staging" / str(import_id)


def uploads() -> Path:
    """Where files that come through the browser or the API lie until their import is over."""
    folder = home() / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def set_aside_path(import_id: int) -> Path:
    """The rows an import could not take, for people to open."""
    return home() / "set-aside" / f"import-{import_id}.csv"


def prepare() -> None:
    """Make the home where there is none and bring its database up to this version."""
    try:
        home().mkdir(parents=True, exist_ok=True)
        home().chmod(0o700)  # customers' data: for this user only
    except OSError as why:
        raise HomeUnusable(
            f"The home {home()} cannot be used: {why.strerror}. Set UPTAKE_HOME to another folder."
        ) from why
    _keep_secret_key()
    sweep_spilled()
    wanted = _schema()
    if _is_prepared(wanted):
        return
    with (home() / "schema.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two commands may be the first ones of a home; until the file is closed
        if not _is_prepared(wanted):
            _migrate()
            (home() / "schema").write_text(wanted, encoding="utf-8")


def _keep_secret_key() -> None:
    """The very first process began before there was a home to keep its key in; later ones must open what it seals."""
    if settings.UPTAKE.secret_key:
        return
    file = home() / "secret-key"
    if not file.is_file():
        mine = file.with_suffix(f".{os.getpid()}")
        mine.touch(mode=0o600)
        mine.write_text(settings.SECRET_KEY, encoding="utf-8")
        with suppress(FileExistsError):  # another first process was quicker
            os.link(mine, file)
        mine.unlink()
    settings.SECRET_KEY = file.read_text(encoding="utf-8")


def _migrate() -> None:
    """Every table there is, also those of rooms that a lean start leaves out."""
    from django.core.management import call_command

    if django.apps.apps.is_installed("uptake.web"):
        call_command("migrate", verbosity=0, interactive=False)
        return
    command = [sys.executable, "-m", "django", "migrate", "--verbosity=0", "--settings=uptake.config.settings"]
    subprocess.run(command, check=True)  # noqa: S603 - our own command


def _is_prepared(wanted: str) -> bool:
    marker = home() / "schema"
    return marker.is_file() and marker.read_text(encoding="utf-8") == wanted and _database_is_there()


def _schema() -> str:
    """Names the database and its migrations, so that a start does not have to ask the database for them."""
    import uptake

    files = sorted(path.name for path in Path(uptake.__file__).parent.glob("*/migrations/0*.py"))
    database = {key: str(settings.DATABASES["default"].get(key)) for key in ("ENGINE", "NAME", "HOST", "PORT")}
    return hashlib.sha256(repr((files, sorted(database.items()))).encode()).hexdigest()


def _database_is_there() -> bool:
    database = settings.DATABASES["default"]
    return "sqlite3" not in database["ENGINE"] or Path(database["NAME"]).is_file()


def forget_staging(import_id: int) -> None:
    shutil.rmtree(staging(import_id), ignore_errors=True)
