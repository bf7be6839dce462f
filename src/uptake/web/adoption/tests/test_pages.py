"""The tab and the lists behind its numbers: who may open them, that lists are as long as numbers, what is left out.

Dorado on 30 June 2026: ada, ben and cem were there in 30 days, dan on 4 May; ten seats.
"""

import csv
import gzip
import io
import re
from datetime import date
from html import unescape

import pytest

from uptake.customers.services import create_customer
from uptake.pipeline.dashboard import add_annotation, dashboard
from uptake.pipeline.dashboard.tests.by_hand import ADA, BEN, CEM, DAN
from uptake.pipeline.dashboard.tests.lists_hold import STATES

pytestmark = pytest.mark.django_db(transaction=True)

PARTS = (
    *("score", "figures", "users", "weeks", "hours", "entitled", "funnel", "advice", "unused", "features", "growth"),
    *("peers", "worth", "hold"),
)
NAMES = (ADA, BEN, CEM, DAN, "Ada Lovelace", "Dan Brown", "Head of data")


def address(customer, part=""):
    return f"/customers/{customer.pk}/adoption/{part}"


def text_of(client, url):
    response = client.get(url)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def links_of(page, customer):
    """(address, text) of every link to a list behind a number."""
    found = re.findall(rf'<a [^>]*href="({address(customer)}behind/[^"]+)"[^>]*>(.*?)</a>', page)
    return {(unescape(url), re.sub("<[^>]+>", "", text).strip()) for url, text in found}


def counted(client, url):
    """How many rows the list says it has, and what they are together."""
    page = text_of(client, url)
    [count] = re.findall(r'<p class="deck">([\d,]+) \w+ at ', page)
    together = re.search(r"Together ([\d,.]+) ", page)
    number = int(count.replace(",", ""))
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0].count("<tr>")
    assert rows == min(number, 50)
    return number, None if together is None else float(together[1].replace(",", ""))


def test_only_ones_own_customers(ann, ben, cem, lea, vic, dorado):
    pages = ("", "features/", "behind/active/", "behind/active/export.csv", f"user/?user={ADA}")
    for part in pages:
        assert [each.get(address(dorado.dorado, part)).status_code for each in (ann, lea)] == [200, 200], part
        for stranger in (ben, cem):
            refused = stranger.get(address(dorado.dorado, part))
            assert refused.status_code == 404
            assert "Dorado" not in refused.content.decode()
    found = [vic.get(address(dorado.dorado, part)).status_code for part in pages]
    assert found == [200, 200, 200, 403, 403]


def test_every_part_stands_there_and_charts_have_tables_without_javascript(ann, dorado):
    page = text_of(ann, address(dorado.dorado))
    charts = re.findall(r'data-chart="([\w-]+)"', page)
    assert {"active_users-spec", "lifecycle_by_week-spec", "growth_with_milestones-spec"} <= set(charts)
    tables = re.findall(r"<noscript>(.*?)</noscript>", page, re.DOTALL)
    assert len(tables) == len(charts)
    assert all("<table" in each for each in tables)
    packed = ann.get(address(dorado.dorado), headers={"accept-encoding": "gzip"}).content
    assert gzip.decompress(packed).endswith(b"</html>\n")
    assert len(packed) < 120_000  # what the first load takes
    assert [part for part in PARTS if f'id="{part}"' not in page] == []
    assert "Account adoption is " in page
    assert "could not be worked out" not in page
    assert "style=" not in page


@pytest.mark.parametrize("period", ["30d", "all"])
def test_numbers_that_are_links_are_as_long_as_their_lists(ann, dorado, period):
    page = text_of(ann, address(dorado.dorado, f"?period={period}"))
    links = links_of(page, dorado.dorado)
    numbers = {(url, int(text.replace(",", ""))) for url, text in links if re.fullmatch(r"[\d,]+", text)}
    assert len(numbers) > 20
    parts = {url.partition("behind/")[2].partition("/")[0].partition(":")[0] for url, _ in links}
    assert {"active", "status_active", "lifecycle", "hour", "funnel", "week", "cohort", "feature", "used"} <= parts
    apart = []
    for url, number in sorted(numbers):
        count, together = counted(ann, url)
        if number not in (count, together) and "/cohort:" not in url:
            apart.append((url, number, count, together))
    assert apart == []


def test_every_figure_opens_a_list_of_its_length(ann, dorado):
    told = dashboard(dorado.ann, dorado.dorado.pk)
    page = text_of(ann, address(dorado.dorado))
    titles = {text: url for url, text in links_of(page, dorado.dorado)}
    for figure in told.figures.data:
        assert figure.title in page, figure.slug
        if figure.opens:
            count, _ = counted(ann, titles[figure.title])
            assert figure.count in (None, count), figure.slug
    for cohort in told.cohorts.data:
        for since, people in enumerate(cohort.people):
            if people:
                url = address(dorado.dorado, f"behind/{cohort.opens}:{since}/")
                assert url in page
                assert counted(ann, url)[0] == people
    for week in told.lifecycle.data:
        for state in STATES:
            if number := getattr(week, state):
                assert counted(ann, address(dorado.dorado, f"behind/{week.opens}:{state}/"))[0] == number


def test_period_day_and_comparison_stay_in_every_address(ann, dorado):
    query = "?period=7d&as_of=2026-06-15&comparison=all"
    page = text_of(ann, address(dorado.dorado, query))
    assert "7 days to Mon 15 Jun 2026, compared with all 1 customer" in page
    for url, _ in links_of(page, dorado.dorado):
        assert "period=7d" in url
        assert "as_of=2026-06-15" in url
        assert "comparison=all" in url
    forms = re.findall(r'method="post" action="(/customers/[^"]+)"', page)
    assert forms
    assert all("comparison=all" in url for url in forms)
    for wrong in ("?period=x", "?as_of=x", "?comparison=nobody", "?as_of=2999-01-01"):
        assert ann.get(address(dorado.dorado, wrong)).status_code == 400


def test_without_the_right_nobody_is_named(vic, ann, dorado):
    for part in ("", "features/", "behind/active/", "behind/sessions/", "behind/logins/", "behind/status_dormant/"):
        page = text_of(vic, address(dorado.dorado, part))
        assert [name for name in NAMES if name in page] == [], part
        assert 'method="post"' not in page.partition('<main class="page"')[2]
    assert "User 1" in text_of(vic, address(dorado.dorado, "behind/active/"))
    assert ADA in text_of(ann, address(dorado.dorado, "behind/active/"))


def test_a_list_as_a_file(ann, dorado):
    answer = ann.get(address(dorado.dorado, "behind/active/export.csv"))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["user"] for row in rows] == [ADA, BEN, CEM]
    assert rows[0]["name"] == "Ada Lovelace"
    assert (rows[1]["last_active_on"], rows[1]["uses"], rows[1]["status"]) == ("2026-06-29", "3", "Active")
    assert ann.get(address(dorado.dorado, "behind/sessions/export.xlsx")).status_code == 200
    assert ann.get(address(dorado.dorado, "behind/used/export.parquet")).status_code == 200
    assert ann.get(address(dorado.dorado, "behind/used/export.pdf")).status_code == 400


def test_one_users_way(ann, dorado):
    page = text_of(ann, address(dorado.dorado, f"user/?user={BEN}"))
    assert "Began with Search on 1 Jun 2026; 2 features used on 3 days so far." in page
    steps = page.partition("Features by first use")[2]
    assert steps.index("Search") < steps.index("Export")
    assert ann.get(address(dorado.dorado, "user/?user=nobody")).status_code == 404


def test_a_customer_without_usage_says_so_in_each_place(lea, dorado):
    empty = create_customer(name="Empty", owner=dorado.ann)
    page = text_of(lea, address(empty))
    assert "There is no score: no history." in page
    assert page.count("No usage says who uses the product.") >= 3
    assert "There is no usage of this customer yet." in page
    assert "could not be worked out" not in page


def test_notes_stand_beside_the_growth_and_are_only_text(ann, vic, dorado):
    add_annotation(dorado.ann, dorado.dorado.pk, on=date(2026, 6, 10), text="A new <b>sponsor</b>")
    page = text_of(ann, address(dorado.dorado))
    assert "A new &lt;b&gt;sponsor&lt;/b&gt;" in page
    assert "Remove<span" in page
    assert "Remove<span" not in text_of(vic, address(dorado.dorado))
