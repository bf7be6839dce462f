"""What a report says, on paper: the numbers of the dashboard, on every page whose, when and how."""

import io
from datetime import date

import pytest
from pypdf import PdfReader

from uptake.customers.access import UnknownCustomer
from uptake.kit.days import Period
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.dashboard.tests.by_hand import LAST
from uptake.pipeline.report import report
from uptake.pipeline.report.making import UnknownEdition, UnknownPaper
from uptake.pipeline.report.tests.reading import pages_of, text_of
from uptake.pipeline.tests.by_hand import teammate
from uptake.team.models import Role
from uptake.team.rights import NotAllowed

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_internal_edition_holds_the_dashboards_numbers(dorado):
    told = dashboard(dorado.ann, dorado.dorado.pk)
    made = report(dorado.ann, dorado.dorado.pk)
    text = text_of(made.pdf)
    for figure in told.figures.data:
        assert figure.title in text
        assert figure.shown in text, figure.slug
    for line in told.features.data.lines:
        assert line.feature in text
    assert "Monthly active users 3 users" in text  # ada, ben and cem in June; dan in May only
    assert "Seats 3 10 seats" in text
    assert "Dan Brown" in text  # quiet since May
    assert made.file_name == "dorado-2026-06-30-internal.pdf"


def test_every_page_says_whose_when_and_against_whom(dorado):
    pages = pages_of(report(dorado.ann, dorado.dorado.pk, period=Period(7)).pdf)
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        for words in ("Dorado", "30 Jun 2026", "7 days to 30 Jun 2026", "Compared with peers", f"Page {number} of"):
            assert words in page


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("letter", 612)])
def test_a_report_is_tagged_and_has_a_language_and_a_title(dorado, paper, width):
    read = PdfReader(io.BytesIO(report(dorado.ann, dorado.dorado.pk, edition="customer", paper=paper).pdf))
    root = read.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert read.metadata.title == "Product use of Dorado"
    assert "pdfuaid" in read.xmp_metadata.stream.get_data().decode()
    assert round(float(read.pages[0].mediabox.width)) == width


def test_an_as_of_day_in_the_past(dorado):
    made = report(dorado.ann, dorado.dorado.pk, as_of=date(2026, 5, 31))
    assert made.as_of == date(2026, 5, 31)
    assert "Monthly active users 2 users" in text_of(made.pdf)  # ada and dan
    assert "30 Jun 2026" not in text_of(made.pdf)


def test_who_may_have_one(dorado):
    assert report(dorado.ann, dorado.dorado.pk).as_of == LAST
    with pytest.raises(UnknownCustomer):
        report(dorado.cem, dorado.dorado.pk)
    with pytest.raises(NotAllowed):
        report(dorado.vic, dorado.dorado.pk)
    with pytest.raises(UnknownEdition):
        report(dorado.ann, dorado.dorado.pk, edition="secret")
    with pytest.raises(UnknownPaper):
        report(dorado.ann, dorado.dorado.pk, paper="a0")


def test_without_the_right_to_see_people_nobody_is_named(dorado):
    pia = teammate("pia@ours.example", Role.PRODUCT_MANAGER)
    text = text_of(report(pia, dorado.dorado.pk).pdf)
    assert "Dorado" in text
    assert "Dan Brown" not in text
    assert "dorado.example" not in text
