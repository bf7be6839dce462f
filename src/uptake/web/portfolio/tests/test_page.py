"""The portfolio's page: who sees whom, filters, order, pages, views, two days. The scores are worked out in
``pipeline/tests/test_portfolio.py``: Acme 100, Borealis 73 (100 in May), Cobalt 0.
"""

import gzip
import re
from datetime import date

import pytest
from django.test import Client

from uptake.customers.services import create_customer, update_customer
from uptake.kit.days import Period
from uptake.pipeline.portfolio import Portfolio
from uptake.pipeline.tests.by_hand import own, teammate
from uptake.scores.models import PORTFOLIO
from uptake.team.models import AuditRecord, Role, Teammate
from uptake.team.services import add_teammate
from uptake.web.portfolio.figures import figures
from uptake.web.portfolio.tests.conftest import browser

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = "/portfolio/"
HOSTILE = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'


def seen(client, address=PAGE):
    """The customers of the table, in its order."""
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    table = response.content.decode().partition('id="customers"')[2].partition("</section>")[0]
    return re.findall(r'class="row-link" href="/customers/[^"]*">([^<]*)</a>', table)


def test_each_sees_their_own(ann, ben, cem, lea, vic):
    assert seen(ann) == ["Acme"]
    assert seen(ben) == ["Borealis", "Cobalt"]
    assert seen(lea) == seen(vic) == ["Acme", "Borealis", "Cobalt"]
    page = cem.get(PAGE).content.decode()
    assert "You have no customers yet" in page
    assert not re.search("Acme|Borealis|Cobalt", page)


ADDRESSES = (
    "/portfolio/", "/portfolio/heat/", "/portfolio/feature/?feature=search", "/portfolio/export.csv",
    "/portfolio/?compare=2026-05-31", "/portfolio/?search=boreal", "/portfolio/?owner=none",
)  # fmt: skip


def test_no_address_tells_ann_of_bens_customers(ann):
    for address in ADDRESSES:
        text = ann.get(address).content.decode()
        assert not re.search("Borealis|Cobalt|/customers/2/", text), address


def test_no_page_without_a_login(db):
    for address in (PAGE, "/portfolio/heat/", "/portfolio/export.csv", "/portfolio/charts/vega-1.js"):
        assert Client().get(address)["Location"].startswith("/accounts/login/")


def test_the_headline_is_a_finding(lea):
    page = lea.get(PAGE).content.decode()
    # (100 + 73.3 + 0) / 3; of the three changes only Borealis' is not 0: −26.7 / 3
    assert "<h1>Adoption stands at 58, down nine points on the 30 days before</h1>" in page
    assert "One customer is below 40, none of them falling further." in page
    assert "Above that, Borealis lost: 27 points." in page


FILTERED = {
    "segment=Enterprise": ["Acme"],
    "region=Americas": ["Borealis"],
    "band=poor": ["Cobalt"],
    "search=bore": ["Borealis"],
    "score=70": ["Borealis"],
    "score=95": ["Acme"],
    "owner=me": [],
    "segment=Small&band=good&period=30d": ["Borealis"],
}


def test_filters_are_in_the_address(lea):
    assert {query: seen(lea, f"{PAGE}?{query}") for query in FILTERED} == FILTERED


def test_mine_are_the_readers_own(ben, workspace):
    own("Cobalt", None)
    assert seen(ben, f"{PAGE}?owner=me") == ["Borealis"]
    assert seen(ben, f"{PAGE}?owner=none") == ["Cobalt"]
    assert seen(ben, f"{PAGE}?owner={workspace.ben.pk}") == ["Borealis"]


def test_no_customer_fits_and_the_way_back(lea):
    page = lea.get(f"{PAGE}?search=nobody").content.decode()
    assert "No customer fits these filters" in page
    assert 'href="/portfolio/"' in page


SORTED = {
    "sort=customer": ["Acme", "Borealis", "Cobalt"],
    "sort=customer&dir=desc": ["Cobalt", "Borealis", "Acme"],
    "sort=score&dir=asc": ["Cobalt", "Borealis", "Acme"],
    "sort=change": ["Acme", "Cobalt", "Borealis"],  # 0, 0, −27
    "sort=segment": ["Acme", "Borealis", "Cobalt"],  # Cobalt has none: last …
    "sort=segment&dir=desc": ["Borealis", "Acme", "Cobalt"],  # … either way
}


def test_sorted_by_the_address(lea):
    assert {query: seen(lea, f"{PAGE}?{query}") for query in SORTED} == SORTED


def test_every_head_sorts_and_turns_around(lea):
    page = lea.get(f"{PAGE}?compare=2026-05-31").content.decode()
    heads = re.findall(r'<a href="(\?[^"]*)"', page.partition("<thead><tr hx-boost")[2].partition("</thead>")[0])
    assert len(heads) == 16
    for head in heads:
        assert len(seen(lea, PAGE + head.replace("&amp;", "&"))) == 3
    turned = lea.get(f"{PAGE}?sort=arr").content.decode()
    assert 'aria-sort="descending"><a href="?sort=arr&amp;dir=asc"' in turned


UNREADABLE = (
    "as_of=yesterday", "as_of=2999-01-01", "compare=2999-01-01", "period=month", "page=one", "page=-1", "score=700",
    "sort=password", "band=best", "owner=x", "owner=99999999999999999999",
)  # fmt: skip


def test_an_address_that_cannot_be_read_is_answered_with_a_sentence(lea):
    for query in UNREADABLE:
        response = lea.get(f"{PAGE}?{query}")
        assert response.status_code == 400, query
        assert '<p class="deck">' in response.content.decode()


def test_a_day_before_any_usage(lea, ann, workspace):
    page = lea.get(f"{PAGE}?as_of=2020-01-01").content.decode()
    assert "None of three customers has a score yet" in page
    assert seen(lea, f"{PAGE}?as_of=2020-01-01") == ["Acme", "Borealis", "Cobalt"]
    assert lea.get("/portfolio/heat/?as_of=2020-01-01").status_code == 200
    assert "no history" in ann.get(f"/customers/{workspace.acme.pk}/?as_of=2020-01-01").content.decode()
    for query in ("period=all", "period=7d", "band=none", "compare=2020-01-01"):
        assert lea.get(f"{PAGE}?{query}").status_code == 200, query


def test_fifty_a_page(lea, workspace):
    for number in range(60):
        create_customer(name=f"Young {number:02d}")
    first, second = seen(lea), seen(lea, f"{PAGE}?page=2")
    assert (len(first), len(second)) == (50, 13)
    assert not set(first) & set(second)
    assert seen(lea, f"{PAGE}?page=9") == second  # behind the last: the last
    assert "1–50 of 63 customers" in lea.get(PAGE).content.decode()


def test_sorting_and_paging_replace_only_the_table(lea):
    part = lea.get(f"{PAGE}?sort=customer", headers={"HX-Request": "true", "HX-Target": "customers"})
    assert part.content.decode().lstrip().startswith('<section class="section" id="customers">')
    back = {"HX-Request": "true", "HX-Target": "customers", "HX-History-Restore-Request": "true"}
    assert "<html" in lea.get(PAGE, headers=back).content.decode()


def test_two_days_compared(lea):
    page = lea.get(f"{PAGE}?compare=2026-05-31").content.decode()
    told = page.partition('id="compared"')[2].partition("</section>")[0]
    # Acme 100 and Cobalt 0 on both days, Borealis 100 then and 73 now
    assert "Down nine points since 31 May 2026, from 67 to 58" in told
    assert "3 customers</a> with a score" in told
    assert re.search(r"Borealis</a></th><td[^>]*>100</td><td[^>]*><b>73</b>", told)
    # Breadth 1 of 1 then, 1 of 2 now: −50 × 30%. Depth 64.2 against 100: −35.8 × 30% is less
    assert "Breadth −15.0" in told
    assert "Acme" not in told


def test_views_are_kept_replaced_and_forgotten(ann, ben, workspace):
    ann.post("/portfolio/views/save", {"name": " My  small ones ", "query": "segment=Small&page=3&evil=1"})
    workspace.ann.refresh_from_db()
    assert workspace.ann.saved_views == [{"name": "My small ones", "query": "segment=Small"}]
    assert 'href="/portfolio/?segment=Small">My small ones</a>' in ann.get(PAGE).content.decode()
    assert "My small ones" not in ben.get(PAGE).content.decode()
    ann.post("/portfolio/views/save", {"name": "My small ones", "query": "band=poor"})
    assert Teammate.objects.get(pk=workspace.ann.pk).saved_views == [{"name": "My small ones", "query": "band=poor"}]
    ann.post("/portfolio/views/delete", {"name": "My small ones"})
    assert Teammate.objects.get(pk=workspace.ann.pk).saved_views == []
    verbs = list(AuditRecord.objects.filter(teammate=workspace.ann).order_by("pk").values_list("verb", flat=True))
    assert verbs == ["saved a view", "saved a view", "deleted a view"]


def test_a_view_needs_a_name(ann):
    response = ann.post("/portfolio/views/save", {"name": " ", "query": ""})
    assert response.status_code == 400
    assert "Give the view a name" in response.content.decode()


def test_the_drawing_names_every_band_that_it_shows(lea):
    page = lea.get(PAGE).content.decode()
    assert "Distribution of 3 adoption scores: 1 poor, 0 fair, 1 good, 1 excellent" in page
    assert page.count("<circle class=") == 3
    narrow = lea.get(f"{PAGE}?segment=Enterprise").content.decode()  # 100 alone: drawn from 40 on
    assert "Distribution of 1 adoption scores: 0 fair, 0 good, 1 excellent" in narrow


def test_names_with_markup_are_text(lea, workspace):
    update_customer(workspace.acme, name=HOSTILE, segment="<b>bold</b>", owner=workspace.ann)
    lea.post("/portfolio/views/save", {"name": HOSTILE, "query": "segment=Small"})
    for address in (PAGE, "/portfolio/heat/", "/portfolio/feature/?feature=search", f"{PAGE}?search={HOSTILE}"):
        page = lea.get(address).content.decode()
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "<b>bold" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_nothing_inline_stands_in_the_pages(lea):
    for address in (PAGE, "/portfolio/heat/", "/portfolio/feature/?feature=search"):
        page = lea.get(address).content.decode()
        assert not re.search(r"\sstyle=|\son\w+=|javascript:", page)


def test_the_first_load_is_light(lea, workspace):
    for number in range(60):
        create_customer(name=f"A customer with rather a long name {number:02d}")
    page = lea.get(PAGE, headers={"Accept-Encoding": "gzip"})
    assert page["Content-Encoding"] == "gzip"
    assert len(gzip.decompress(page.content)) > 40_000
    assert len(page.content) < 30_000


def test_before_any_usage_it_says_what_to_do(db):
    page = browser(teammate("lea@ours.example", Role.LEADER)).get(PAGE)
    assert page.status_code == 200
    assert "No usage yet" in page.content.decode()
    assert "Import usage in the chat" in page.content.decode()
    viewer = browser(add_teammate(email="v@ours.example", role=Role.VIEWER, password="a password of words")[0])
    assert "Import usage in the chat" not in viewer.get(PAGE).content.decode()


def test_features_by_level_lead_to_their_customers(lea):
    page = lea.get(PAGE).content.decode()
    levels = page.partition('id="features"')[2].partition("</section>")[0]
    # Search: used by all active users of Acme and Borealis; Cobalt was not active. Export: Acme alone.
    assert "feature=search" in levels
    assert "feature=export" in levels
    users = lea.get("/portfolio/feature/?feature=export").content.decode()
    assert re.search(r"Acme</a></th><td>Adopted</td>", users)
    assert re.search(r"Borealis</a></th><td>Unused</td>", users)
    assert lea.get("/portfolio/feature/?feature=nothing").status_code == 404


def test_the_heat_map_holds_every_customer_and_feature(lea):
    page = lea.get("/portfolio/heat/").content.decode()
    assert "2 features at 3 customers" in page
    assert re.search(r'Acme</a></th><td class="num">100</td><td data-step="7">100</td><td data-step="7">100</td>', page)


def test_what_draws_the_charts_is_kept_by_browsers_for_a_year(lea):
    page = lea.get(PAGE).content.decode()
    [address] = re.findall(r'data-bundle="([^"]*)"', page)
    response = lea.get(address, headers={"Accept-Encoding": "gzip"})
    assert (response.status_code, response["Content-Encoding"]) == (200, "gzip")
    assert "max-age=31536000" in response["Cache-Control"]
    assert b"vegaEmbed" in gzip.decompress(response.content)
    assert b"vegaEmbed" in lea.get(address).content


def test_a_leader_gives_all_shown_to_one_csm(workspace, lea, ben):
    page = lea.get(f"{PAGE}?owner={workspace.ben.pk}")
    assert "Give all 2 customers shown" in page.content.decode()
    assert "Give all" not in ben.get(PAGE).content.decode()
    said = {"owner": str(workspace.cem.pk), "seen": page.context["seen"]}
    where = f"{PAGE}give?owner={workspace.ben.pk}"
    assert ben.post(where, said).status_code == 403
    assert lea.post(where, {**said, "owner": ""}).status_code == 400
    assert lea.post(f"{PAGE}give", said).status_code == 409  # these are three, the page said two
    assert lea.post(where, said).status_code == 302
    assert {
        customer.owner for customer in (workspace.borealis, workspace.cobalt) if not customer.refresh_from_db()
    } == {workspace.cem}
    workspace.acme.refresh_from_db()
    assert workspace.acme.owner == workspace.ann


def test_the_share_of_active_users_is_of_the_same_customers():
    rows = [
        {"active_visitors": 30, "seats_or_known": 100, "band": "good", "change": None, "arr": None, "currency": None},
        {"active_visitors": 40, "seats_or_known": None, "band": None, "change": None, "arr": None, "currency": None},
    ]
    found = figures(Portfolio(date(2026, 6, 30), Period(30), PORTFOLIO, rows, 2))
    assert (found.active, found.people, found.share) == (70, 100, 0.3)
