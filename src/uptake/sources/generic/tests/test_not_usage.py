"""What is no usage is refused with a sentence that says what was seen and what is accepted."""

from pathlib import Path

import pytest

from uptake.sources.generic.parser import GenericFormat
from uptake.sources.generic.tests.reading_a_table import read
from uptake.sources.reading import Answers, NotUsage, Table

REFUSED = {
    "invoice": "Invoice No,Customer,Product,Quantity,Amount,Due Date\n17,acme,Pro,1,900.00,2025-08-31\n",
    "rechnung": 'Rechnungsnummer,Kunde,Datum,Betrag,MwSt\n17,acme,31.08.2025,"900,00","171,00"\n',
    "facture": 'N° facture,Client,Date,Montant,TVA\n17,acme,31/08/2025,"900,00","180,00"\n',
    "payments": "Customer,Date,Amount,Currency,Paid\nacme,2025-08-31,900,EUR,yes\n",
    "support ticket": (
        "Ticket ID,Customer,Feature,Priority,Status,Created At\nT1,acme,export,high,open,2025-08-01T09:15:00Z\n"
    ),
    "customers or contracts": (
        "account_id,account_name,industry,country,signup_date,plan_tier,seats,churn_flag\n"
        "A1,Acme,EdTech,US,16-10-2024,Basic,9,FALSE\n"
    ),
    "contracts": (
        "subscription_id,account_id,start_date,end_date,seats,mrr_amount\nS1,A1,2025-01-01,2025-12-31,9,900\n"
    ),
    "contacts": "First Name,Last Name,Email,Company,Job Title,Created\nAnn,Ash,ann@a.example,Acme,CTO,2025-01-01\n",
    "plain contacts": "Name,Email,Company\nAnn,ann@a.example,Acme\n",
    "churned": "customer,cut_at,churned,churned_at\nacme,2025-01-01T00:00:00Z,1,2024-12-20T13:47:21Z\n",
    "attendance": (
        "User Name (Original Name),Email,Join Time,Leave Time,Duration (minutes),Guest\n"
        "Ann,ann@a.example,2025-08-01 09:00:00,2025-08-01 10:00:00,60,No\n"
    ),
    "survey": "customer,date,nps score,comment\nacme,2025-08-01,9,good\n",
    "feature names": "id,name,description\nf1,Export,Writes files\nf2,Import,Reads files\n",
    "visitors": (
        "Visitor ID,Account ID,Role,First Visit,Last Visit,Days Active,Number of Events\n"
        "ann,acme,admin,2024-04-15,2025-11-11,9,126\n"
    ),
    "prose": "Dear team,please find\nattached,nothing\nkind,regards\n",
    "measurements": "sensor,temperature,humidity,pressure\ns1,20.5,40,1013\ns2,21.5,41,1012\n",
}


@pytest.mark.parametrize("kind", REFUSED)
def test_refused(tmp_path, kind):
    text = REFUSED[kind]
    with pytest.raises(NotUsage) as refusal:
        read(tmp_path, text)
    sentence = str(refusal.value)
    assert sentence.startswith("usage.csv ")
    assert text.split(",")[0].split("\n")[0] in sentence  # what was seen
    assert "which customer used which feature when" in sentence  # what is accepted


@pytest.mark.parametrize(
    ("kind", "called"),
    [("invoice", "invoice"), ("support ticket", "tickets"), ("contacts", "contacts"), ("attendance", "attendance")],
)
def test_the_refusal_names_the_kind(tmp_path, kind, called):
    with pytest.raises(NotUsage, match=called):
        read(tmp_path, REFUSED[kind])


def test_one_column_is_no_table(tmp_path):
    table = Table(name="notes.txt", kind="delimited", relation="", columns=("text",), sample=({"text": "hello"},))
    with pytest.raises(NotUsage, match=r"notes\.txt .* fewer than two columns"):
        GenericFormat().read(table, Answers())


USAGE = {
    "with the customer's plan and country": (
        "customer,plan,country,industry,region,user,feature,timestamp\n"
        "acme,pro,DE,EdTech,EU,ann,export,2025-08-01T09:15:00Z\n"
    ),
    "of a support product": "customer,user,event,timestamp,status\nacme,ann,Ticket opened,2025-08-01T09:15:00Z,ok\n",
    "with a price of its own": "customer,user,feature,timestamp,cost\nacme,ann,export,2025-08-01T09:15:00Z,0.02\n",
}


@pytest.mark.parametrize("kind", USAGE)
def test_usage_with_more_in_it_is_usage(tmp_path, kind):
    reading = read(tmp_path, USAGE[kind])
    assert reading.mapping["customer"] == "customer"
    assert reading.mapping["feature"] in ("feature", "event")
    assert reading.questions == ()


def test_the_reader_may_know_better(tmp_path):
    text = "Ticket ID,Customer,Priority,Status,Area,Created At\nT1,acme,high,open,export,2025-08-01T09:15:00Z\n"
    with pytest.raises(NotUsage):
        read(tmp_path, text)
    assert read(tmp_path, text, Answers(columns={"feature": "Area"})).mapping["feature"] == "Area"


ATTENDANCE = Path(__file__).resolve().parents[6] / "shared" / "samples"


@pytest.mark.parametrize(
    "path",
    sorted((ATTENDANCE / "attendance").glob("*.csv")) + sorted((ATTENDANCE / "datasets").glob("*/*.csv")),
    ids=lambda path: path.stem,
)
def test_other_samples_are_refused(tmp_path, path):
    raw = path.read_bytes()
    text = raw.decode("utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else raw.decode("utf-8-sig")
    if "feature_usage" in path.name:
        reading = read(tmp_path, text)
        assert reading.mapping == {
            "customer": "subscription_id",
            "feature": "feature_name",
            "timestamp": "usage_date",
            "count": "usage_count",
            "duration": "usage_duration_secs",
            "event_id": "usage_id",
        }
        assert (reading.grain, reading.questions, reading.when.formats[0]) == ("day", (), "%d-%m-%Y")
        return
    with pytest.raises(NotUsage):
        read(tmp_path, text)
