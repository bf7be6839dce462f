"""Every count on the portfolio's page is a way in: the list behind it holds as many.

The usage stands in ``pipeline/tests/conftest.py``: Acme 100, Borealis 73 (100 in May), Cobalt 0.
"""

import re
from datetime import date
from decimal import Decimal
from html import unescape

import pytest

from uptake.customers.services import add_contract, create_customer
from uptake.pipeline.tests.by_hand import LAST, import_usage
from uptake.web.portfolio.tests.conftest import browser
from uptake.web.portfolio.tests.test_page import PAGE, seen

pytestmark = pytest.mark.django_db(transaction=True)

LINK = re.compile(r'<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)


def page_of(client, address=PAGE):
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def words(markup):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def links(part):
    """Address -> what it says."""
    return {unescape(url).partition("#")[0]: words(text) for url, text in LINK.findall(part)}


def listed(client, url):
    """How many the list of customers holds behind an address of the page."""
    page = page_of(client, url if url.startswith("/") else PAGE + url)
    table = page.partition('id="customers"')[2].partition("</section>")[0]
    told = re.search(r"of ([\d,]+) customers?", table)
    return int(told[1].replace(",", "")) if told else 0


@pytest.fixture
def young(workspace):
    """Dorado came a week ago, Lone has never been seen: two reasons for no score."""
    import_usage(workspace.folder, [("Dorado", "di@dorado.example", "Search", LAST, 1)], name="young.csv")
    create_customer(name="Lone")


def test_the_bands_of_the_distribution(lea, young):
    drawing = page_of(lea).partition('id="distribution"')[2].partition("</figure>")[0]
    found = {url: text for url, text in links(drawing).items() if "band=" in url}
    assert len(found) == 4
    for url, text in found.items():
        name, number = text.split()
        assert listed(lea, url) == int(number), name


def test_the_bars_where_there_are_too_many_for_dots(lea, workspace):
    import_usage(
        workspace.folder,
        [(f"Customer {number}", "first@old.example", "Search", LAST.replace(year=2025), 1) for number in range(25)],
        name="old.csv",
    )
    drawing = page_of(lea).partition('id="distribution"')[2].partition("</figure>")[0]
    bars = {url: text for url, text in links(drawing).items() if "score=" in url}
    assert sorted(int(text) for text in bars.values()) == [1, 1, 26]  # Acme, Borealis, Cobalt and the others
    for url, text in bars.items():
        assert listed(lea, url) == int(text)


def test_who_has_no_score_for_which_reason(lea, young):
    drawing = page_of(lea).partition('id="distribution"')[2].partition("</figure>")[0]
    found = {url: text for url, text in links(drawing).items() if "reason=" in url}
    assert sorted(found.values()) == ["Dorado", "Lone"]
    for url, name in found.items():
        assert seen(lea, PAGE + url) == [name]


def test_falling_and_poor_among_the_figures(lea):
    strip = page_of(lea).partition('<dl class="stats">')[2].partition("</dl>")[0]
    told = {text: url for url, text in links(strip).items()}
    assert seen(lea, PAGE + told["Falling"]) == ["Borealis"]
    assert "1 customer" in words(strip).partition("Falling")[2]
    assert seen(lea, PAGE + told["ARR below 40"]) == ["Cobalt"]
    assert "at 1 customer" in words(strip).partition("ARR below 40")[2]


def test_all_by_score_and_all_of_the_heat_map(lea, young):
    page = page_of(lea)
    [(url, text)] = [each for each in links(page).items() if each[1].startswith("All ") and "by score" in each[1]]
    assert text == f"All {listed(lea, url)} by score"
    [(url, text)] = [each for each in links(page).items() if each[0].startswith("/portfolio/heat/")]
    assert words(page_of(lea, url)).count(" of 5 customers") == 1
    assert text == "All 5"


def test_two_days(lea, workspace, young):
    """On 31 May Dorado had no history, and Cobalt's score stands on both days."""
    page = page_of(lea, f"{PAGE}?compare=2026-05-31")
    head = page.partition('id="compared"')[2].partition("</div>")[0]
    for url, text in links(head).items():
        assert listed(lea, url) == int(text.split()[0]), text
    assert links(head)
    assert lea.get(f"{PAGE}?only=new").status_code == 400  # new since when?


def test_a_feature_by_who_uses_it_how(lea, young):
    table = page_of(lea).partition('id="features"')[2].partition("</section>")[0]
    found = {url: text for url, text in links(table).items() if "way=adopted" in url}
    assert len(found) == 2  # Search and Export
    for url, text in found.items():
        page = page_of(lea, url)
        assert f"of {text} customer" in words(page.partition("<table")[2])
        for tab, number in links(page.partition('aria-label="Customers by use"')[2].partition("</nav>")[0]).items():
            inside = page_of(lea, tab)
            assert f"of {number.split()[-1]} customer" in words(inside.partition("<table")[2])
        assert f"adopted by {text} of" in page
    assert lea.get("/portfolio/feature/?feature=search&way=often").status_code == 400


def test_a_file_holds_the_customers_behind_a_figure(lea, workspace):
    lines = lea.get("/portfolio/export.csv?only=falling").content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["Borealis"]
    named = f"/portfolio/export.csv?customer={workspace.acme.pk},{workspace.cobalt.pk}"
    lines = lea.get(named).content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["Acme", "Cobalt"]
    ben = browser(workspace.ben)
    lines = ben.get(named).content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["Cobalt"]  # whose customer it is comes first
    for odd in ("x", "1,x", "-1", ",".join(map(str, range(1, 502)))):
        assert lea.get(f"{PAGE}?customer={odd}").status_code == 400


def test_money_is_added_and_sorted_within_a_currency(lea, workspace):
    started = {"starts_on": date(2026, 1, 1)}
    add_contract(workspace.acme, arr=Decimal(20_000), currency="EUR", **started)
    add_contract(workspace.borealis, arr=Decimal(900_000), currency="JPY", **started)
    add_contract(workspace.cobalt, arr=Decimal(50_000), currency="EUR", **started)
    assert seen(lea, f"{PAGE}?sort=arr") == ["Cobalt", "Acme", "Borealis"]
    assert seen(lea, f"{PAGE}?sort=arr&dir=asc") == ["Acme", "Cobalt", "Borealis"]
    told = words(page_of(lea).partition("ARR below 40")[2].partition("</dl>")[0])
    assert told == "€50k at 1 customer of €70k and JPY 900k on 30 Jun 2026"
    before = words(page_of(lea, f"{PAGE}?as_of=2025-12-31").partition("ARR below 40")[2].partition("</dl>")[0])
    assert "€" not in before
