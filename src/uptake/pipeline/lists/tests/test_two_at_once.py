"""Two processes that confirm lists of the same new customers at the same moment: each customer is made once."""

import json
import os
import subprocess
import sys

import pytest

from uptake.customers.tests.test_two_at_once import database_url

LIST = """
import sys, django, time, pathlib
django.setup()
from uptake.pipeline.lists.beginning import start_list
from uptake.pipeline.lists.deciding import ChangedMeanwhile, confirm_list
from uptake.pipeline.lists.told import ListAnswers
number, folder = sys.argv[1], pathlib.Path(sys.argv[2])
batch = start_list([folder / "list.csv"], ListAnswers())
(folder / f"ready-{number}").touch()
while len(list(folder.glob("ready-*"))) < 2:
    time.sleep(0.005)
try:
    print(confirm_list(batch, by=None).state)
except ChangedMeanwhile:
    print("changed meanwhile")
"""

COUNT = """
import django, json
django.setup()
from uptake.customers.models import Customer, ListChange
print(json.dumps([Customer.objects.count(), ListChange.objects.count()]))
"""


@pytest.mark.django_db(transaction=True)
def test_two_lists_at_once(tmp_path):
    lines = "".join(f"Customer {number},Small\n" for number in range(200))
    (tmp_path / "list.csv").write_text(f"Company,Segment\n{lines}", encoding="utf-8")
    environment = {
        **os.environ,
        "UPTAKE_HOME": str(tmp_path),
        "DATABASE_URL": database_url(tmp_path),
        "DJANGO_SETTINGS_MODULE": "uptake.config.settings",
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
    }
    python = [sys.executable, "-W", "ignore"]
    subprocess.run([*python, "-m", "django", "migrate", "--verbosity", "0"], env=environment, check=True)
    both = [
        subprocess.Popen(
            [*python, "-c", LIST, number, str(tmp_path)], env=environment, stdout=subprocess.PIPE, text=True
        )
        for number in "12"
    ]
    said = sorted(process.communicate(timeout=60)[0].strip() for process in both)
    assert said == ["changed meanwhile", "live"]
    counted = subprocess.run([*python, "-c", COUNT], env=environment, check=True, capture_output=True, text=True)
    assert json.loads(counted.stdout) == [200, 200]
