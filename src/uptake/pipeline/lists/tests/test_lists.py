"""A list is looked at, confirmed, and then stands as it says; each row is accounted for."""

from datetime import date
from decimal import Decimal

import pytest

from uptake.customers.models import Contract, Customer, Entitlement, ListChange, Stakeholder
from uptake.customers.services import update_customer
from uptake.lake.models import Import
from uptake.pipeline.home import set_aside_path
from uptake.pipeline.lists.deciding import ChangedMeanwhile, StillOpen, confirm_list
from uptake.pipeline.lists.tests.conftest import counts, whys, written
from uptake.pipeline.lists.told import list_json, list_sentence, outcomes
from uptake.team.models import AuditRecord

pytestmark = pytest.mark.django_db

CUSTOMERS = """\
Company,CRM ID,Website,Segment,Owner,Time zone,Parent
Acme Logistics,A-1,https://www.acme.example/about,Enterprise,ann@ours.example,Europe/Berlin,
Cobalt,C-3,cobalt.example,Small,,,Acme Logistics
Borealis,,,,ann@ours.example,,
"""


def test_nothing_is_written_before_it_is_confirmed(there, a_list):
    batch = a_list(CUSTOMERS)
    assert counts(batch) == (1, 1, 1, 0)
    assert not Customer.objects.filter(name="Cobalt").exists()
    assert Customer.objects.get(pk=there.acme.pk).segment == "Small"


def test_the_preview_says_each_value_as_it_is_and_as_it_becomes(there, a_list):
    [acme] = outcomes(a_list(CUSTOMERS), "changed")
    changes = {each["field"]: (each["old"], each["new"]) for each in acme["edits"][0]["changes"]}
    assert changes == {
        "segment": ("Small", "Enterprise"),
        "CSM": ("", "Ann"),
        "time zone": ("", "Europe/Berlin"),
    }


def test_a_confirmed_list_stands_and_is_in_the_audit_trail(there, a_list):
    batch = written(a_list(CUSTOMERS), there.lea)
    cobalt = Customer.objects.get(name="Cobalt")
    assert (cobalt.crm_id, cobalt.parent, cobalt.segment) == ("C-3", there.acme, "Small")
    assert [each.domain for each in cobalt.domains.all()] == ["cobalt.example"]
    acme = Customer.objects.get(pk=there.acme.pk)
    assert (acme.segment, acme.owner, acme.time_zone) == ("Enterprise", there.ann, "Europe/Berlin")
    assert (batch.state, batch.rows_read, batch.imported_count, batch.duplicate_count) == ("live", 3, 2, 1)
    noted = AuditRecord.objects.filter(customer_id=acme.pk, verb="changed").first()
    assert (noted.teammate, noted.details["changes"]["segment"]) == (there.lea, "Enterprise")


def test_the_same_file_again_changes_nothing(there, a_list):
    written(a_list(CUSTOMERS), there.lea)
    noted = ListChange.objects.count()
    again = a_list(CUSTOMERS)
    assert counts(again) == (0, 0, 3, 0)
    written(again, there.lea)
    assert ListChange.objects.count() == noted


GERMAN = """\
Kunde;Kundennr.;Vertragsbeginn;Verlängerung;Jahreswert (EUR);Währung;Lizenzen;Ansprechpartner;E-Mail;Champion
Acme Logistics;A-1;01.02.2026;31.01.2027;1.234.567,50;EUR;1.200;Marta Heinze;marta@acme.example;ja
Borealis;;15.03.2026;14.03.2027;48.000,00;EUR;unbegrenzt;Bo Berg;bo@borealis.example;nein
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_german_headers_and_decimal_commas_in_any_encoding(there, a_list, encoding):
    batch = written(a_list(GERMAN, encoding=encoding), there.lea)
    assert counts(batch) == (2, 0, 0, 0)
    contract = Contract.objects.get(customer=there.acme)
    assert (contract.arr, contract.currency) == (Decimal("1234567.50"), "EUR")
    assert (contract.starts_on, contract.renews_on) == (date(2026, 2, 1), date(2027, 1, 31))
    assert Entitlement.objects.get(customer=there.acme).granted == 1200
    assert Entitlement.objects.get(customer=there.borealis).granted is None
    marta = Stakeholder.objects.get(customer=there.acme)
    assert (marta.name, marta.email, marta.is_champion) == ("Marta Heinze", "marta@acme.example", True)


def test_french_headers_with_tabs(there, a_list):
    text = "Nom du client\tMontant annuel\tDevise\tDate de début\tDate de renouvellement\n"
    text += "Acme Logistics\t12 500,50\tEUR\t2026-01-01\t2026-12-31\n"
    written(a_list(text, name="clients.tsv"), there.lea)
    assert Contract.objects.get(customer=there.acme).arr == Decimal("12500.50")


def test_an_ambiguous_order_of_day_and_month_is_asked(there, a_list):
    text = "Customer,ARR,Currency,Start date\nBorealis,100,EUR,03/04/2026\n"
    batch = a_list(text)
    [question] = list_json(batch)["questions"]
    assert (question["key"], question["assumed"]) == ("dates", None)
    with pytest.raises(StillOpen):
        confirm_list(batch, by=there.lea)
    written(a_list(text, dates="day-first"), there.lea)
    assert Contract.objects.get().starts_on == date(2026, 4, 3)


def test_an_amount_that_can_be_read_two_ways_is_asked(there, a_list):
    text = "Customer;ARR;Currency;Start date\nBorealis;1.234;EUR;2026-01-01\n"
    assert [each["key"] for each in list_json(a_list(text))["questions"]] == ["decimal"]
    written(a_list(text, decimal="comma"), there.lea)
    assert Contract.objects.get().arr == 1234


def test_what_no_row_says_is_asked_once(there, a_list):
    text = "Customer,ARR\nBorealis,100\n"
    batch = a_list(text)
    assert {each["key"] for each in list_json(batch)["questions"]} == {"currency", "starts"}
    written(a_list(text, currency="EUR", starts="2026-01-01"), there.lea)
    assert Contract.objects.get().currency == "EUR"


@pytest.mark.parametrize("header", ["ARR (EUR)", "ARR €", "ARR in EUR", "arr_eur", "Vertragswert in Euro", "EUR ARR"])
def test_the_header_says_the_currency(there, a_list, header):
    create_contract_in_dollars(there.borealis)
    written(a_list(f"Customer;{header};Start\nAcme Logistics;100;2026-01-01\n"), there.lea)
    assert Contract.objects.get(customer=there.acme).currency == "EUR"


@pytest.mark.parametrize("cell", ["€ 12.500", "EUR 12500", "12.500 eur", "12.500 Euro"])
def test_a_cell_says_the_currency_before_the_header_does(there, a_list, cell):
    text = f"Customer;ARR (CHF);Start\nAcme Logistics;{cell};2026-01-01\n"
    written(a_list(text, decimal="comma"), there.lea)
    contract = Contract.objects.get()
    assert (contract.arr, contract.currency) == (12_500, "EUR")


def test_a_currency_column_counts_before_the_header(there, a_list):
    written(a_list("Customer,ARR (EUR),Currency,Start\nBorealis,100,CHF,2026-01-01\n"), there.lea)
    assert Contract.objects.get().currency == "CHF"


def test_no_currency_is_assumed_from_other_contracts(there, a_list):
    create_contract_in_dollars(there.borealis)
    [question] = list_json(a_list("Customer,ARR,Start\nAcme Logistics,100,2026-01-01\n"))["questions"]
    assert (question["key"], question["assumed"], question["choices"][0]) == ("currency", None, "USD")


def test_the_answer_is_about_the_amounts_of_known_contracts_too(there, a_list):
    create_contract_in_dollars(there.borealis)
    text = "Customer,ARR,Start\nAcme Logistics,100,2026-01-01\nBorealis,200,2026-01-01\n"
    written(a_list(text, currency="EUR"), there.lea)
    assert set(Contract.objects.values_list("arr", "currency")) == {(100, "EUR"), (200, "EUR")}


def create_contract_in_dollars(customer):
    Contract.objects.create(customer=customer, arr=100, currency="USD", starts_on=date(2026, 1, 1))


def test_the_first_day_is_asked_and_none_is_assumed(there, a_list):
    [question] = list_json(a_list("Customer,ARR,Currency,Seats\nBorealis,100,EUR,5\n"))["questions"]
    assert (question["key"], question["assumed"]) == ("starts", None)
    assert "nothing counts before it" in question["sentence"]


@pytest.mark.parametrize("header", ["Customer since", "Kunde seit", "Start date", "First day"])
def test_a_column_that_says_the_first_day_is_used(there, a_list, header):
    text = f"Customer,ARR,Currency,Seats,{header}\nBorealis,100,EUR,5,2024-03-01\n"
    written(a_list(text), there.lea)
    assert Contract.objects.get().starts_on == Entitlement.objects.get().starts_on == date(2024, 3, 1)
    assert counts(a_list(text)) == (0, 0, 1, 0)


@pytest.mark.parametrize("header", ["Annual Revenue", "Jahresumsatz", "Umsatz in CHF", "Revenue", "Chiffre d’affaires"])
def test_what_a_customer_turns_over_is_no_arr_by_itself(there, a_list, header):
    text = f"Customer;Segment;{header};Start\nBorealis;Small;5000000;2026-01-01\n"
    batch = a_list(text)
    [table] = list_json(batch)["tables"]
    hints = {each["column"]: each["hint"] for each in table["columns"]}
    assert "arr" not in table["mapping"]
    assert hints == {"Customer": "", "Segment": "", header: "could be ARR: choose it if it is", "Start": ""}
    batch = written(a_list(text, columns={"arr": header}, currency="CHF"), there.lea)
    assert (Contract.objects.get().arr, Contract.objects.get().currency) == (5_000_000, "CHF")


def test_segments_take_the_spelling_that_there_is(there, a_list):
    text = "Customer,Segment,Plan,ARR,Currency,Start\nAcme Logistics,small,Gold,1,EUR,2026-01-01\nBorealis,SMALL,gold,1,EUR,2026-01-01\n"
    batch = written(a_list(text), there.lea)
    assert list_json(batch)["newSegments"] == []
    assert set(Customer.objects.values_list("segment", flat=True)) == {"Small"}
    assert set(Contract.objects.values_list("plan", flat=True)) == {"Gold"}


def test_a_new_segment_is_named(there, a_list):
    batch = a_list("Customer,Segment\nBorealis,Mid market\nCobalt,MID  market\nAcme Logistics,Small\n")
    assert list_json(batch)["newSegments"] == ["Mid market"]
    assert "New segment: “Mid market”." in list_sentence(batch)


def test_rows_that_wait_for_an_answer_are_not_set_aside(there, a_list):
    text = "Customer,Segment,Parent,ARR,Start\nCobalt,Small,,100,\nDelta,Small,Cobalt,200,\nEcho,Small,Delta,,\n"
    batch = a_list(text)
    assert counts(batch) == (1, 0, 0, 0)
    assert "2 rows wait for two answers." in list_sentence(batch)
    assert not set_aside_path(batch.pk).exists()
    assert [told["row"] for told in outcomes(batch, "waits")] == [2, 3]
    with pytest.raises(StillOpen):
        confirm_list(batch, by=there.lea)
    batch = written(a_list(text, currency="EUR", starts="2026-01-01"), there.lea)
    assert (counts(batch), list_json(batch)["waitingRows"]) == ((3, 0, 0, 0), 0)
    assert Contract.objects.count() == 2


BROKEN = """\
Customer,ARR,Currency,Start,Owner,Time zone,Parent
Acme Logistic,100,EUR,2026-01-01,,,
Acme Logistics,1.2.3,EUR,2026-01-01,,,
Borealis,100,EUR,2026-13-45,,,
Cobalt,100,EUR,2026-01-01,nobody@ours.example,,
Delta,100,EUR,2026-01-01,,Mars/Base,
Echo,100,EUR,2026-01-01,,,Foxtrot
Foxtrot,100,EUR,2026-01-01,,,Echo
Golf,100,EUR,2026-01-01,,,
golf,200,EUR,2026-01-01,,,
,100,EUR,2026-01-01,,,
"""


def test_rows_that_cannot_be_taken_say_why_in_plain_words(there, a_list):
    batch = a_list(BROKEN)
    why = whys(batch)
    assert counts(batch) == (3, 0, 0, 7)  # “Acme Logistic”, Cobalt and Golf are new
    assert "“1.2.3” is no amount" in why[3]
    assert "“2026-13-45” is no date" in why[4]
    assert "“Mars/Base” is no time zone" in why[6]
    assert "circle" in why[7]
    assert "circle" in why[8]
    assert "row 9 names the same contract with another arr" in why[10]
    assert "names no customer" in why[11]
    assert set_aside_path(batch.pk).read_text(encoding="utf-8").count("\n") == 8


def test_a_customer_whose_csm_nobody_is_comes_without_an_owner(there, a_list):
    text = "Customer,Segment,Owner\nCobalt,Small,nobody@ours.example\nBorealis,Small,gone@ours.example\n"
    batch = a_list(text)
    assert counts(batch) == (1, 1, 0, 0)
    [cobalt] = outcomes(batch, "new")
    assert "nobody@ours.example" in cobalt["note"]
    assert list_json(batch)["ownerUnknown"] == 2
    assert "2 rows name a CSM whom nobody here is: taken without that owner." in list_sentence(batch)
    written(batch, there.lea)
    assert Customer.objects.get(name="Cobalt").owner is None
    assert Customer.objects.get(name="Borealis").owner == there.ann


def test_an_unknown_customer_is_told_with_the_nearest_names(there, a_list):
    text = "Customer,Contact,E-mail\nAcme Logistic,Marta,marta@acme.example\n"
    batch = a_list(text)
    assert whys(batch)[2].endswith("the nearest: “Acme Logistics”")
    written(a_list(text, customers="make"), there.lea)
    assert Stakeholder.objects.get().customer.name == "Acme Logistic"


def test_two_rows_of_one_customer_are_told(there, a_list):
    batch = a_list("Customer,Segment\nCobalt,Small\ncobalt,Small\nCOBALT,Large\n")
    assert counts(batch) == (1, 0, 0, 2)
    assert whys(batch) == {
        3: "row 2 names “Cobalt” already and says the same",
        4: "row 2 names the same customer with another segment",
    }


def test_a_customer_with_several_contacts_on_its_rows_is_made_once(there, a_list):
    text = "Customer,Segment,Contact,Contact email\nCobalt,Small,Ada,ada@cobalt.example\nCobalt,Small,Bob,bob@cobalt.example\n"
    batch = written(a_list(text), there.lea)
    assert counts(batch) == (2, 0, 0, 0)
    assert Customer.objects.get(name="Cobalt").stakeholders.count() == 2


def test_entitlements_are_seats_features_and_limits(there, a_list):
    text = """Customer,Entitlement,Limit,Price,Start
Borealis,Users,50,6000,2026-01-01
Borealis,API calls per day,10000,,2026-01-01
Borealis,Storage,unlimited,,2026-01-01
Borealis,No such feature,,,2026-01-01
"""
    batch = written(a_list(text), there.lea)
    assert counts(batch) == (3, 0, 0, 1)
    found = {each.name or each.kind: each.granted for each in Entitlement.objects.all()}
    assert found == {"seats": 50, "API calls per day": 10_000, "Storage": None}


def test_what_a_row_leaves_empty_stays(there, a_list):
    written(a_list("Customer,Segment,Region\nAcme Logistics,,Europe\n"), there.lea)
    acme = Customer.objects.get(pk=there.acme.pk)
    assert (acme.segment, acme.region) == ("Small", "Europe")


def test_a_name_found_by_its_crm_id_is_changed(there, a_list):
    written(a_list("Customer,CRM id,Segment\nAcme Group,A-1,Small\n"), there.lea)
    acme = Customer.objects.get(pk=there.acme.pk)
    assert (acme.name, acme.slug) == ("Acme Group", "acme-group")


def test_somebody_who_changed_a_customer_meanwhile_is_not_overwritten(there, a_list):
    batch = a_list(CUSTOMERS)
    update_customer(there.acme, segment="Mid-market", by=there.ann)
    with pytest.raises(ChangedMeanwhile):
        confirm_list(batch, by=there.lea)
    assert Customer.objects.get(pk=there.acme.pk).segment == "Mid-market"
    batch.refresh_from_db()
    [acme] = outcomes(batch, "changed")
    assert {"field": "segment", "old": "Mid-market", "new": "Enterprise"} in acme["edits"][0]["changes"]


def test_confirmed_twice_it_is_written_once(there, a_list):
    batch = a_list(CUSTOMERS)
    confirm_list(batch, by=there.lea)
    confirm_list(Import.objects.get(pk=batch.pk), by=there.lea)
    assert Customer.objects.filter(name="Cobalt").count() == 1
    assert AuditRecord.objects.filter(verb="imported").count() == 1


def test_one_contract_is_changed_by_one_row(there, a_list):
    written(a_list("Customer,ARR,Currency,Start\nBorealis,100,EUR,2026-01-01\n"), there.lea)
    batch = a_list("Customer,ARR,Start\nBorealis,200,2026-01-01\nBorealis,300,\n", name="second.csv")
    assert counts(batch) == (0, 1, 0, 1)
    assert whys(batch) == {3: "row 2 changes the same contract already"}


def test_ten_thousand_rows(there, a_list):
    lines = [f"Customer {number},C{number},Small,{number}.50,EUR,2026-01-01" for number in range(10_000)]
    batch = a_list("\n".join(["Customer,CRM id,Segment,ARR,Currency,Start", *lines]) + "\n")
    written(batch, there.lea)
    assert counts(batch) == (10_000, 0, 0, 0)
    assert Contract.objects.count() == 10_000
