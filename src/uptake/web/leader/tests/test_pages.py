"""Adoption across the portfolio in the browser's terms: every figure opens as many customers as it is of.

Acme 100 (Enterprise), Borealis 73 (Small), Cobalt 0 and Dorado withheld (no segment); see the pipeline's conftest.
"""

import re
from html import unescape

import pytest
from django.test import Client

from uptake.customers.services import create_customer
from uptake.pipeline.tests.by_hand import LAST, import_usage, own
from uptake.pipeline.tests.conftest import people
from uptake.web.portfolio.tests.conftest import browser

__all__ = ["people"]

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/portfolio/adoption/"
LIST = "/portfolio/adoption/customers/"
OPENS = re.compile(r'<a [^>]*href="(/portfolio/adoption/customers/[^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)


def page_of(client, address=PAGE):
    response = client.get(address)
    assert response.status_code == 200, (address, response.content.decode()[-2000:])
    return response.content.decode()


def words(markup):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def listed(client, url):
    """The customers' names on all pages of a list."""
    page = page_of(client, url)
    body = page.partition('id="customers"')[2].partition("</section>")[0]
    return [unescape(name) for name in re.findall(r'class="row-link" href="/customers/[^"]*">([^<]*)</a>', body)]


def figures(page):
    """Address -> how many customers the page says the figure is of."""
    found = {}
    for url, attributes, text in OPENS.findall(page):
        hint = re.search(r'title="([^"]*)"', attributes)
        told = words(text).removeprefix("all ")
        of = re.match(r"([\d,]+) customer|([\d,]+) of ", hint[1]) if hint else None
        count = (of and (of[1] or of[2])) or told
        if re.fullmatch(r"[\d,]+", count):
            found[unescape(url)] = int(count.replace(",", ""))
    return found


@pytest.mark.parametrize("query", ["?by=owner&measure=adopted&since=2025-07-10", "?weight=arr&measure=gap&every=28"])
def test_every_figure_opens_as_many_customers(lea, query):
    found = figures(page_of(lea, PAGE + query))
    assert len(found) > 40
    for url, count in found.items():
        assert len(listed(lea, url)) == count, url


def test_a_list_says_what_it_is_of_and_what_its_figure_is(lea):
    page = page_of(lea, f"{LIST}?cell=average")
    assert "<h1>Customers with a score</h1>" in page
    assert "3 customers. Their average score is 58." in words(page)  # (100 + 73.3 + 0) / 3
    assert listed(lea, f"{LIST}?cell=average") == ["Acme", "Borealis", "Cobalt"]
    by_arr = page_of(lea, f"{LIST}?cell=average&weight=arr")
    assert "2 customers. Their average score is 93, by ARR in EUR." in words(by_arr)  # (100 × 30 + 73.3 × 10) / 40
    fell = words(page_of(lea, f"{LIST}?cell=moved:fell&since=2026-05-31"))
    assert "Fell since 31 May 2026 1 customer." in fell
    assert "Breadth −15.0, Depth −10.7, Recency −0.9" in fell
    assert listed(lea, f"{LIST}?cell=withheld:under%2014%20days%20of%20history&group=-") == ["Dorado"]
    reach = words(page_of(lea, f"{LIST}?cell=feature:adopted:search"))
    assert "Search is adopted 3 customers." in reach


def test_the_headline_names_the_average_and_the_groups(lea, portfolio_of_four):
    assert "<h1>Adoption stands at 58, down nine points</h1>" in page_of(lea)  # a group of one customer has no name
    rows = [(f"Tree {number}", "a@tree.example", "Search", LAST.replace(year=2025)) for number in range(6)]
    import_usage(portfolio_of_four.folder, rows, name="trees.csv")
    for number in range(3):
        own(f"Tree {number}", segment="Small")
        own(f"Tree {number + 3}", segment="Enterprise")
    # Small: (73.3 + 0 + 0 + 0) / 4 = 18; Enterprise: (100 + 0 + 0 + 0) / 4 = 25; all: 173.3 / 9 = 19
    assert "stands at 19, down three points; Small lags at 18, Enterprise leads at 25</h1>" in page_of(lea)


def test_the_totals_stand_under_the_groups(lea):
    table = page_of(lea).partition('id="groups"')[2].partition("</section>")[0]
    body, _, foot = table.partition("<tfoot>")
    customers = [
        int(number) for number in re.findall(r'title="\d+ customers?">(\d+)</a></td><td class="num second"', body)
    ]
    assert customers[:3] == [1, 1, 2] or sum(customers[:3]) == 4
    assert words(foot).startswith("All 4 1 58")


def test_rights(ann, cem, vic, pia, lea):
    assert "Enterprise" in page_of(ann)
    assert not re.search("Borealis|Cobalt|Small|Ben", page_of(ann) + page_of(ann, f"{LIST}?cell=customers"))
    assert listed(ann, f"{LIST}?cell=customers") == ["Acme", "Dorado"]
    assert listed(cem, f"{LIST}?cell=customers") == ["Dorado"]
    for reader in (vic, pia, lea):
        assert listed(reader, f"{LIST}?cell=customers") == ["Acme", "Borealis", "Cobalt", "Dorado"]
        for name in ("ada@", "bo@", "first@"):
            assert name not in page_of(reader)
    assert "export/groups.csv" not in page_of(vic)
    assert "/export.csv" not in page_of(vic, f"{LIST}?cell=customers")
    assert "/export.csv" in page_of(pia, f"{LIST}?cell=customers")
    assert vic.get("/portfolio/adoption/export/groups.csv").status_code == 403
    assert vic.get("/portfolio/adoption/customers/export.csv?cell=customers").status_code == 403
    assert pia.get("/portfolio/adoption/export/groups.csv").status_code == 200
    assert Client().get(PAGE)["Location"].startswith("/accounts/login/")


def test_what_cannot_be_asked_is_told(lea):
    for query in ("by=size", "weight=x", "model=health", "every=x", "measure=x", "since=x", "as_of=2999-01-01"):
        response = lea.get(f"{PAGE}?{query}")
        assert response.status_code == 400, query
    for query in ("cell=none", "cell=customers&group=%3DNowhere", "cell=part:x"):
        assert lea.get(f"{LIST}?{query}").status_code == 404, query
    assert lea.get("/portfolio/adoption/export/none.csv").status_code == 404
    assert lea.post(PAGE).status_code == 405


def test_filters_and_choices_stay_in_the_addresses(lea):
    page = page_of(lea, f"{PAGE}?by=region&segment=Small&weight=arr&period=90d&measure=adopted")
    for url in figures(page):
        for part in ("by=region", "segment=Small", "weight=arr", "period=90d"):
            assert part in url
    assert listed(
        lea, next(url for url in figures(page) if "cell=customers&group" not in url and "cell=customers" in url)
    ) == ["Borealis"]
    assert 'href="/portfolio/adoption/?period=90d&amp;by=region&amp;weight=arr&amp;measure=adopted"' in page  # Clear
    assert "No customer fits these filters" in page_of(lea, f"{PAGE}?segment=Nowhere")


HOSTILE = '=1+1<script>alert(1)</script>"&\u202e'


def test_odd_names_are_text_everywhere(lea, portfolio_of_four):
    own("Acme", segment=HOSTILE, region="-")
    page = page_of(lea)
    assert "<script>alert" not in page
    found = figures(page)
    for url in (url for url in found if "script" in url):
        assert len(listed(lea, url)) == found[url] == 1
    by_region = figures(page_of(lea, f"{PAGE}?by=region"))
    own_dash = [url for url in by_region if "group=%3D-" in url and "cell=customers" in url]
    unset = [url for url in by_region if "group=-" in url and "cell=customers" in url]
    assert [len(listed(lea, url)) for url in (*own_dash, *unset)] == [1, 2]
    lines = lea.get("/portfolio/adoption/export/groups.csv").content.decode("utf-8-sig").splitlines()
    assert any(line.startswith(("'=1+1", "\"'=1+1")) for line in lines)


def test_before_any_usage(people):
    page = page_of(browser(people.lea))
    assert "No usage yet, so nothing is scored" in page
    assert "Import usage in the chat" in page
    assert "Import usage in the chat" not in page_of(browser(people.vic))
    assert browser(people.lea).get(f"{LIST}?cell=customers").status_code == 404


def test_one_customer_and_none(people, tmp_path):
    import_usage(tmp_path, [("Solo", "so@lo.example", "Search", LAST)])
    own("Solo", people.ann)
    page = page_of(browser(people.ann))
    assert "<h1>Nobody here has a score yet</h1>" in page
    for url, count in figures(page).items():
        assert len(listed(browser(people.ann), url)) == count == 1
    assert "You have no customers yet" in page_of(browser(people.ben))


def test_a_list_has_pages(lea, portfolio_of_four):
    for number in range(60):
        create_customer(name=f"Customer {number:02}", segment="Large")
    first = page_of(lea, f"{LIST}?cell=customers&group=%3DLarge&by=segment")
    assert "1–50 of 60 customers" in words(first)
    [following] = set(re.findall(r'href="(\?[^"]*)" rel="next"', first))
    assert "51–60 of 60 customers" in words(page_of(lea, LIST + unescape(following)))


def test_without_script_the_tables_say_what_the_chart_says(lea):
    page = page_of(lea)
    assert 'data-chart="distribution_over_time-spec"' in page
    over_time = words(page.partition('id="over-time"')[2].partition("</section>")[0])
    assert "30 Jun 2026 3 58 73 1 1 0 1" in over_time
    assert " style=" not in page


FILES = {
    "groups": ("group", 4), "features": ("feature", 8), "gaps": ("feature", 0), "over-time": ("day", 13), "movers": ("customer", 4),
}  # fmt: skip


@pytest.mark.parametrize("table", FILES)
def test_every_table_is_a_file(lea, table):
    first, most = FILES[table]
    for kind in ("csv", "xlsx", "parquet"):
        response = lea.get(f"/portfolio/adoption/export/{table}.{kind}?since=2026-05-31")
        assert response.status_code == 200
        assert response["Content-Disposition"].startswith("attachment")
    lines = lea.get(f"/portfolio/adoption/export/{table}.csv").content.decode("utf-8-sig").splitlines()
    assert lines[0].split(",")[0] == first
    assert len(lines) - 1 == most


def test_the_file_of_groups_by_hand(lea):
    lines = lea.get("/portfolio/adoption/export/groups.csv").content.decode("utf-8-sig").splitlines()
    rows = [dict(zip(lines[0].split(","), line.split(","), strict=True)) for line in lines[1:]]
    assert [(row["group"], row["customers"], row["no_score_under 14 days of history"]) for row in rows] == [
        ("Enterprise", "1", "0"), ("Small", "1", "0"), ("Not set", "2", "1"), ("All", "4", "1"),
    ]  # fmt: skip
    assert (rows[0]["arr"], rows[-1]["arr"], rows[-1]["currency"]) == ("30000.0", "40000.0", "EUR")


def test_the_file_behind_a_figure(lea):
    url = "/portfolio/adoption/customers/export.csv?cell=moved:fell&since=2026-05-31"
    lines = lea.get(url).content.decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["Borealis"]
