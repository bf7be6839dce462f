"""Which spellings are one name."""

import pytest

from uptake.customers.names import KEY_LENGTH, most_readable, name_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Acme Logistics", "acme-logistics"),
        ("Acme  Logistics ", "ACME_LOGISTICS"),
        ("Acme\u00a0Logistics", "Acme Logistics"),  # a no-break space from a spreadsheet
        ("Straße AG", "STRASSE AG"),
        ("Café", "Cafe\u0301"),  # the same letters, composed otherwise
    ],
)
def test_same_name(one, other):
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"), [("AT&T", "ATT"), ("C", "C++"), ("Acme", "Acme Inc"), ("007", "7"), ("Café", "Cafe")]
)
def test_other_name(one, other):
    assert name_key(one) != name_key(other)


def test_long_names_keep_apart_and_fit():
    one, other = name_key("x" * 400 + "a"), name_key("x" * 400 + "b")
    assert one != other
    assert len(one) == len(other) == KEY_LENGTH


def test_only_marks_is_still_a_name_and_blank_is_none():
    assert name_key("--") == "--"
    assert name_key(" \t ") == ""


def test_most_readable():
    assert most_readable(["acme logistics", "Acme  Logistics"]) == "Acme  Logistics"
    assert (
        most_readable(["dashboard_viewed", "DASHBOARD VIEWED", "Dashboard Viewed", "dashboard viewed"])
        == "Dashboard Viewed"
    )
