"""Which column means what: by header in four languages, by values, and with how much confidence."""

from datetime import datetime
from pathlib import Path

import pytest

from uptake.sources.generic.tests.reading_a_table import converted, questions, read
from uptake.sources.reading import Answers

SAMPLE = Path(__file__).parents[1] / "sample" / "generic_events.csv"


def test_an_event_list_reads_without_a_question(tmp_path):
    text = SAMPLE.read_text(encoding="utf-8")
    reading = read(tmp_path, text)
    assert reading.mapping == {
        "customer": "Customer",
        "visitor": "User Email",
        "feature": "Feature",
        "timestamp": "Occurred At",
        "duration": "Duration (sec)",
        "session": "Session ID",
        "event_id": "Event ID",
    }
    assert (reading.grain, reading.questions) == ("event", ())
    assert reading.confidence >= 0.95
    assert all(guess.confidence >= 0.95 for guess in reading.guesses.values())
    first = converted(tmp_path, text)[0]
    assert (first.customer, first.visitor, first.feature) == (
        "Acme Logistics",
        "ben@acmelogistics.example",
        "Dashboard Viewed",
    )
    assert (first.at, first.seconds, first.count) == (datetime(2025, 11, 14, 16, 0, 31), 1033, 1)
    assert (first.session, first.event_id) == ("6edbdf7a", "E00001")


HEADERS = {
    "english": ("Account Name", "username", "Event Type", "Date/Time (UTC)", "Number of Uses", "Time spent (min)"),
    "snake": ("account_id", "user_id", "event_name", "occurred_at_utc", "usage_count", "duration_min"),
    "camel": ("companyId", "userId", "eventName", "timestampUTC", "useCount", "durationMinutes"),
    "german": ("Kunde", "Benutzer", "Funktion", "Zeitpunkt (UTC)", "Anzahl Nutzungen", "Dauer (Min.)"),
    "german ids": (
        "Kundennummer",
        "Nutzer-ID",
        "Funktionsname",
        "Datum/Uhrzeit (UTC)",
        "ANZAHL",
        "Nutzungsdauer [Minuten]",
    ),
    "french": ("Société", "Utilisateur", "Fonctionnalité", "Horodatage (UTC)", "Nombre d'utilisations", "Durée (min)"),
    "french ids": (
        "N° client",
        "Identifiant utilisateur",
        "Événement",
        "Date et heure (UTC)",
        "Utilisations",
        "Durée (minutes)",
    ),
    "spanish": (
        "Nombre del cliente",
        "Usuario",
        "Función",
        "Fecha y hora (UTC)",
        "Número de usos",
        "Duración (minutos)",
    ),
    "spanish other": (
        "Empresa",
        "Correo electrónico",
        "Característica",
        "Marca de tiempo (UTC)",
        "Cantidad",
        "Tiempo de uso (min)",
    ),
    "shouting": ("TENANT", "END USER", "FEATURE NAME", "EVENT TIMESTAMP (GMT)", "TOTAL USES", "TOTAL MINUTES"),
}


@pytest.mark.parametrize("language", HEADERS)
def test_headers_are_known_in_four_languages(tmp_path, language):
    customer, user, feature, time, count, duration = HEADERS[language]
    # Columns in an order of their own: position must not matter
    text = (
        f"{count},{feature},{time},{user},{duration},{customer}\n"
        "3,export,2025-08-01 09:15:20,u7@acme.example,2,acme\n"
        "1,import,2025-08-02 10:16:00,u8@bolt.example,5,bolt\n"
    )
    reading = read(tmp_path, text)
    assert reading.mapping == {
        "customer": customer,
        "visitor": user,
        "feature": feature,
        "timestamp": time,
        "count": count,
        "duration": duration,
    }
    assert reading.questions == ()
    assert reading.confidence >= 0.9
    [first, _] = converted(tmp_path, text)
    assert (first.customer, first.visitor, first.feature) == ("acme", "u7@acme.example", "export")
    assert (first.at, first.count, first.seconds) == (datetime(2025, 8, 1, 9, 15, 20), 3, 120)


def test_values_speak_where_headers_do_not(tmp_path):
    lines = ["c1,c2,c3,c4"]
    for n in range(12):
        # c1 always goes with the same person's employer; c3 does not
        person, employer = (("ann@a.example", "A"), ("bob@b.example", "B"), ("cem@b.example", "B"))[n % 3]
        lines.append(
            f"{employer},2025-08-{n + 1:02d}T09:{n:02d}:00Z,{('view', 'edit', 'share', 'print')[n % 4]},{person}"
        )
    reading = read(tmp_path, "\n".join(lines))
    assert reading.mapping["timestamp"] == "c2"
    assert reading.mapping["visitor"] == "c4"
    assert reading.mapping["customer"] == "c1"
    for word in ("timestamp", "visitor", "customer"):
        assert 0.5 <= reading.guesses[word].confidence <= 0.7
    # Words that come again may be features or anything else: under 0.5, so it is asked, and no “yes” answers it
    assert questions(reading) == {"feature": None}
    assert "c3" in reading.questions[0].choices


def test_ids_are_taken_before_names_and_said_so(tmp_path):
    reading = read(
        tmp_path,
        "Customer Name,Customer ID,User Name,User ID,Feature ID,Feature Name,Timestamp\n"
        "Acme,C-1,Ann,17,f1,Export,2025-08-01T09:15:00Z\nBolt,C-2,Bob,18,f2,Import,2025-08-01T10:15:00Z\n",
    )
    assert reading.mapping["customer"] == "Customer ID"
    assert reading.mapping["visitor"] == "User ID"
    assert reading.mapping["feature"] == "Feature Name"  # features are read by people
    assert "Customer Name" in reading.guesses["customer"].why


def test_people_and_uses_are_told_apart(tmp_path):
    reading = read(
        tmp_path,
        "Account,Month,Feature,Active Users,Total Uses,Minutes\nAcme,2025-08-01,Export,12,238,320\nAcme,2025-09-01,Export,9,104,98\n",
    )
    assert reading.mapping == {
        "customer": "Account",
        "timestamp": "Month",
        "feature": "Feature",
        "count": "Total Uses",
        "duration": "Minutes",
    }
    assert "Active Users" in reading.guesses["count"].why
    assert reading.visitor == "NULL"
    assert any("users" in warning for warning in reading.warnings)


def test_a_number_of_people_is_no_number_of_uses(tmp_path):
    text = "Account,Month,Feature,Benutzer\nAcme,2025-08,Export,12\nAcme,2025-09,Export,9\n"
    reading = read(tmp_path, text)
    assert "visitor" not in reading.mapping
    assert questions(reading) == {"count": None}
    answered = converted(tmp_path, text, Answers(columns={"count": "Benutzer"}))
    assert [row.count for row in answered] == [12, 9]
    answered = converted(tmp_path, text, Answers(columns={"count": "@none"}))
    assert [row.count for row in answered] == [1, 1]


def test_averages_and_errors_are_no_amounts_of_use(tmp_path):
    reading = read(
        tmp_path,
        "customer,feature,date,avg_duration_sec,error_count,uses_per_user,uses\nacme,export,2025-08-01,12,4,2,7\nacme,import,2025-08-01,12,4,2,9\n",
    )
    assert reading.mapping["count"] == "uses"
    assert reading.duration_seconds == "NULL"


def test_attributes_are_not_the_thing_itself(tmp_path):
    reading = read(
        tmp_path,
        "account_owner,account_type,user_agent,user_role,account,user,feature,timestamp\n"
        "Zoe,gold,Firefox,admin,acme,ann,export,2025-08-01T09:00:01Z\nZoe,gold,Chrome,viewer,bolt,bob,import,2025-08-01T09:00:02Z\n",
    )
    assert reading.mapping == {"customer": "account", "visitor": "user", "feature": "feature", "timestamp": "timestamp"}


def test_a_repeated_event_id_is_not_one(tmp_path):
    rows = "".join(f"login,e{n % 3},acme,ann,2025-08-01T09:00:0{n}Z\n" for n in range(9))
    assert "event_id" not in read(tmp_path, "feature,event_id,customer,user,timestamp\n" + rows).mapping


def test_a_subscription_stands_for_the_customer_with_a_warning(tmp_path):
    reading = read(
        tmp_path,
        "usage_id,subscription_id,usage_date,feature_name,usage_count,usage_duration_secs,error_count\n"
        "U-1,S-1,27-07-2023,feature_20,9,5004,0\nU-2,S-2,07-08-2023,feature_5,9,369,0\n",
    )
    assert reading.mapping["customer"] == "subscription_id"
    assert 0.5 <= reading.guesses["customer"].confidence < 0.8
    assert any("subscription_id" in warning for warning in reading.warnings)


def test_markup_formulas_and_odd_headers_stay_text(tmp_path):
    text = (
        'Customer,User,"Fea""ture; DROP TABLE x",timestamp\n'
        "<b>Acme</b>,=cmd|'/c calc'!A1,\u202eexport,2025-08-01T09:00:00Z\n"
        "O'Neill & Co,@ann,import,2025-08-01T09:00:01Z\n"
    )
    first, second = converted(tmp_path, text, Answers(columns={"feature": 'Fea"ture; DROP TABLE x'}))
    assert (first.customer, first.visitor, first.feature) == ("<b>Acme</b>", "=cmd|'/c calc'!A1", "\u202eexport")
    assert second.customer == "O'Neill & Co"
