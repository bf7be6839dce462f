"""Customers at the edges: each has a report that compiles, and a name is text, whatever stands in it."""

import io
from datetime import timedelta

import pytest
from pypdf import PdfReader

from uptake.customers.models import Customer
from uptake.customers.services import create_customer
from uptake.pipeline.dashboard.tests.by_hand import LAST, import_events
from uptake.pipeline.report import report
from uptake.pipeline.report.branding import Branding, NoLogo, logo
from uptake.pipeline.report.customer_safe import SafeFeature, SafeFigure, SafeReport
from uptake.pipeline.report.document import Head, printable, typeset
from uptake.pipeline.report.tests.reading import pages_of, squeezed, text_of

pytestmark = pytest.mark.django_db(transaction=True)
ODD_NAMES = (
    '#panic("x") #eval("1+1")',
    "$ 1/0 $ *bold* _em_ `code` @ref <label> \\ ~ -- ...",
    "= Heading // no comment /* nor this */ [x] {y}",
    '"); #read("/etc/passwd") //',
    "<b>Bold</b> & Söhne &lt;",
    "Ünïcödé GmbH",
    "שלום בע״מ",
)


def both(who, customer_id):
    return [report(who, customer_id, edition=edition).pdf for edition in ("internal", "customer")]


def used_by(tmp_path, name, users, features=("Search",)):
    days = [LAST - timedelta(days=back) for back in range(30)]
    rows = [(name, user, feature, f"{day}T09:00:00Z") for user in users for feature in features for day in days[::7]]
    import_events(tmp_path, rows, name="odd.csv")
    return Customer.objects.get(name=name)


def test_one_user(people, tmp_path):
    solo = used_by(tmp_path, "Solo", ["only@solo.example"])
    inside, outside = map(text_of, both(people.lea, solo.pk))
    assert "Monthly active users 1 user " in inside
    assert "Users in the last 30 days 1 user" in outside
    assert "only@solo.example" not in outside


def test_no_use_at_all(dorado):
    """Nothing is measured, and every part says so in its place."""
    empty = create_customer(name="Empty", owner=dorado.ann)
    inside, outside = map(text_of, both(dorado.ann, empty.pk))
    assert "There is no score: " in inside
    assert "There is no usage of this customer yet." in inside
    assert "There is no use to report in this period." in outside


def test_three_hundred_features_stand_in_a_table_with_its_head_on_every_page(people, tmp_path):
    features = [f"Feature {number:03d}" for number in range(300)]
    many = used_by(tmp_path, "Many", ["a@many.example", "b@many.example"], features)
    for pdf in both(people.lea, many.pk):
        pages = pages_of(pdf)
        assert all(any(feature in page for page in pages) for feature in features)
        full = [page for page in pages if page.count("Feature ") > 35]  # more than the drawing shows
        assert len(full) > 4
        assert all("Users" in page and "Uses" in page for page in full)


@pytest.mark.parametrize("name", ODD_NAMES)
def test_a_name_is_text(name):
    text = text_of(_of(name))
    assert all(squeezed(word) in squeezed(text) for word in name.split())  # right to left, words stand as drawn


def test_a_long_name_breaks_over_lines():
    for name in ("W" * 500, "long name " * 50):
        pdf = _of(name.strip())
        assert squeezed(name) in squeezed(text_of(pdf))


def test_a_name_in_a_script_that_no_font_has_still_compiles():
    """Tagged all the same; only the claim to PDF/UA is left out where a letter cannot be drawn."""
    read = PdfReader(io.BytesIO(_of("株式会社 \U000130b8")))
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_what_steers_a_text_is_left_out():
    assert printable("a\u202eexe.pdf\x00\n") == "aexe.pdf��"


def test_the_logo(tmp_path):
    plain = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="10"><rect width="40" height="10"/></svg>'
    (tmp_path / "logo.svg").write_text(plain)
    assert logo(str(tmp_path / "logo.svg")) == plain
    assert _of("Acme", Branding(plain, "#b8452f")).startswith(b"%PDF")
    dot = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
        "0000000d49444154789c63f8cfc0f01f00050001ff56c72f0d0000000049454e44ae426082"
    )
    (tmp_path / "logo.png").write_bytes(dot)
    assert 'width="1"' in logo(str(tmp_path / "logo.png"))
    for wrong in ("none.svg", "notes.txt"):
        (tmp_path / "notes.txt").write_text("no picture")
        with pytest.raises(NoLogo, match="UPTAKE_LOGO"):
            logo(str(tmp_path / wrong))


def _of(name, branding=Branding("", "#1f5a9e")):
    """A report in which the name stands wherever a name can."""
    head = Head(name, name[:60], "Product use", "30 Jun 2026", "30 days to 30 Jun 2026", "")
    safe = SafeReport(
        title=name, head=head, deck=name, figures=[SafeFigure(name, "1", "")], users=None,
        features=[SafeFeature(name, "1", "1", "1%")], grants=[], savings=[], hours="", rhythm=None, growth=None,
    )  # fmt: skip
    return typeset("customer", safe, branding=branding)
