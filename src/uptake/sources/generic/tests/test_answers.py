"""What the reader says with --map, what is asked, and what is refused."""

from datetime import datetime

import pytest

from uptake.kit.errors import ProductError
from uptake.sources.generic.tests.reading_a_table import converted, questions, read
from uptake.sources.reading import Answers, NotUsage

NO_CUSTOMER = (
    "User Email,Feature,Occurred At,Where\n"
    "ann@acme.example,export,2025-08-01T09:15:00Z,web\nbob@gmail.com,import,2025-08-01T09:16:00Z,app\n"
)


def test_a_missing_customer_is_asked_and_not_guessed(tmp_path):
    reading = read(tmp_path, NO_CUSTOMER)
    assert questions(reading) == {"customer": None}
    assert "Where" in reading.questions[0].choices
    assert reading.questions[0].choices[-1] == "@domain"
    assert reading.confidence < 0.5


def test_the_domain_of_the_address_may_name_the_customer(tmp_path):
    answers = Answers(columns={"customer": "@domain"})
    reading = read(tmp_path, NO_CUSTOMER, answers)
    assert (reading.questions, reading.mapping["customer"]) == ((), "@domain of User Email")
    # Free-mail addresses belong to nobody's company
    assert [row.customer for row in converted(tmp_path, NO_CUSTOMER, answers)] == ["acme.example", None]


def test_the_domain_needs_addresses(tmp_path):
    with pytest.raises(ProductError, match="e-mail"):
        read(
            tmp_path,
            "user,feature,timestamp\nann,export,2025-08-01T09:15:00Z\n",
            Answers(columns={"customer": "@domain"}),
        )


def test_what_the_reader_names_holds(tmp_path):
    text = (
        "Customer,Team,User,Feature,Screen,Timestamp,Uses,Clicks\nacme,red,ann,export,main,2025-08-01T09:15:20Z,3,7\n"
    )
    reading = read(tmp_path, text, Answers(columns={"customer": "team", "feature": "Screen", "count": "Clicks"}))
    assert (reading.mapping["customer"], reading.mapping["feature"], reading.mapping["count"]) == (
        "Team",
        "Screen",
        "Clicks",
    )
    assert reading.guesses["customer"].confidence == 1.0


def test_one_text_for_all_rows(tmp_path):
    text = "User,Timestamp,Session\nann,2025-08-01T09:15:20Z,s1\n"
    assert set(questions(read(tmp_path, text))) == {"customer", "feature"}
    [row] = converted(tmp_path, text, Answers(columns={"feature": "=Login", "customer": "=O'Neill Ltd"}))
    assert (row.customer, row.feature, row.at) == ("O'Neill Ltd", "Login", datetime(2025, 8, 1, 9, 15, 20))


def test_an_unknown_column_names_the_closest_first(tmp_path):
    with pytest.raises(ProductError) as refusal:
        read(tmp_path, NO_CUSTOMER, Answers(columns={"visitor": "User Emial"}))
    assert str(refusal.value).startswith("The table has no column “User Emial”; it has “User Email”, ")
    assert "“Where”" in str(refusal.value)


def test_an_unknown_word_is_refused(tmp_path):
    with pytest.raises(ProductError, match=r"“user”.*visitor"):
        read(tmp_path, NO_CUSTOMER, Answers(columns={"user": "User Email"}))


@pytest.mark.parametrize(("word", "said"), [("timestamp", "no dates"), ("count", "no numbers")])
def test_an_answer_that_does_not_fit_is_refused(tmp_path, word, said):
    with pytest.raises(ProductError, match=rf"Where.*{said}.*web"):
        read(tmp_path, NO_CUSTOMER, Answers(columns={word: "Where", "customer": "@domain"}))


def test_an_unknown_zone_is_refused(tmp_path):
    text = "Customer,User,Feature,Timestamp\nacme,ann,export,2025-08-01 09:15:00\n"
    with pytest.raises(ProductError, match="Berlin"):
        read(tmp_path, text, Answers(timezone="Berlin/Mitte"))


def test_uses_without_dates_are_a_snapshot(tmp_path):
    text = "Customer,Feature,Uses,Last Used\nacme,export,7,2025-08-01\nbolt,import,9,2025-08-02\n"
    reading = read(tmp_path, text)
    assert questions(reading) == {"timestamp": None}  # the last use is not when the seven uses were
    assert reading.questions[0].choices == ("Last Used",)
    answered = read(tmp_path, text, Answers(columns={"timestamp": "2025-08"}))
    assert (answered.grain, answered.questions) == ("month", ())


def test_no_column_for_a_role(tmp_path):
    text = "Customer,User,Feature,Timestamp,Uses\nacme,ann,export,2025-08-01T09:15:20Z,3\n"
    reading = read(tmp_path, text, Answers(columns={"visitor": "@none", "count": "@none"}))
    assert "visitor" not in reading.mapping
    assert reading.event_count == "'1'"


def test_a_log_of_logins_is_asked_what_was_used_but_a_list_is_refused(tmp_path):
    assert "feature" in questions(read(tmp_path, "Company,User,Login Time\nacme,ann,2025-08-01T09:15:20Z\n"))
    with pytest.raises(NotUsage):
        read(tmp_path, "Company,User,Date\nacme,ann,2025-08-01\n")
