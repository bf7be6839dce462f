"""Two processes that import the same new companies at the same moment make each of them once."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

IMPORT = """
import sys, django, time, pathlib
django.setup()
from uptake.customers.services import attribute_accounts
number, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
(folder / f"ready-{number}").touch()
while len(list(folder.glob("ready-*"))) < 2:
    time.sleep(0.005)
for round in range(10):
    order = 1 if number == 1 else -1  # the other way round, which is what deadlocks
    attribute_accounts("pendo", [f"Customer {round} {n}" for n in range(100)][::order], import_id=number)
"""

COUNT = """
import django
django.setup()
from uptake.customers.models import Account, AccountSighting, Customer
print(Customer.objects.count(), Account.objects.count(), AccountSighting.objects.count())
"""


@pytest.mark.django_db(transaction=True)
def test_two_imports_at_once(tmp_path: Path):
    environment = {
        **os.environ,
        "UPTAKE_HOME": str(tmp_path),
        "DATABASE_URL": database_url(tmp_path),
        "DJANGO_SETTINGS_MODULE": "uptake.config.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    python = [sys.executable, "-W", "ignore"]
    subprocess.run([*python, "-m", "django", "migrate", "--verbosity", "0"], env=environment, check=True)
    imports = [subprocess.Popen([*python, "-c", IMPORT, number, str(tmp_path)], env=environment) for number in "12"]
    assert [process.wait(timeout=60) for process in imports] == [0, 0]
    counted = subprocess.run([*python, "-c", COUNT], env=environment, check=True, capture_output=True, text=True)
    assert counted.stdout.split() == ["1000", "1000", "2000"]


def database_url(folder: Path) -> str:
    """The tests' database where it is a server; a file where it is SQLite, whose tests run in memory."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{folder / 'uptake.sqlite3'}"
    login = {
        key: quote(str(connection.settings_dict[key]), safe="") for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")
    }
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**login)
