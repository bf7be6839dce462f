"""The portfolio's pages and files: one reading of the address, one call of the portfolio, one template."""

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from uptake.charts import browser
from uptake.customers.access import access_customers
from uptake.pipeline import scoring
from uptake.pipeline.portfolio import Portfolio, choices, portfolio
from uptake.pipeline.state import ByState, state
from uptake.scores.model import ScoreModel
from uptake.team.models import Teammate
from uptake.team.rights import Right, may, require
from uptake.web.exports import exported
from uptake.web.portfolio import columns, comparing, features, giving, narrowing, saved_views, telling
from uptake.web.portfolio.asked import PERIODS, Asked, period_words, teammate_of
from uptake.web.portfolio.figures import by_week, distribution, drawn, figures
from uptake.web.portfolio.findings import finding
from uptake.web.portfolio.listing import page_of

LEADERS = 5
MOST_LINKED = 100
TABLE = "customers"  # the part of the page that sorting and paging replace


@dataclass(frozen=True)
class Shown:
    """What one address shows: the portfolio with its rows, compared where another day is asked for."""

    asked: Asked
    found: Portfolio
    comparison: comparing.Comparison | None


def shown(request: HttpRequest) -> Shown:
    """Raises ProductError for an address that cannot be read, and NothingToScore."""
    asked, teammate = Asked.of(request), teammate_of(request)
    found = portfolio(teammate, as_of=asked.as_of, period=asked.period, filters=asked.filters)
    found = narrowing.narrowed(found, asked)
    if asked.compare is None:
        return Shown(asked, found, None)
    other_day, base = asked.compare, found
    key = (teammate.pk, teammate.role, replace(asked, only="", sort="score", descending=None, page=1))
    rows, comparison = _COMPARED.get(key, lambda: comparing.compared(base, other_day))
    return Shown(asked, replace(found, rows=narrowing.on_two_days(rows, asked)), comparison)


_COMPARED: ByState[tuple[list[dict[str, Any]], comparing.Comparison]] = ByState(state, size=8)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The portfolio; for htmx only its table."""
    try:
        what = shown(request)
    except scoring.NothingToScore:
        return _empty(request)
    if request.headers.get("HX-Target") == TABLE and "HX-History-Restore-Request" not in request.headers:
        return render(request, "portfolio/_customers.html", _table(what))
    return render(request, "portfolio/page.html", _page(what, teammate_of(request)))


def _empty(request: HttpRequest) -> HttpResponse:
    """Before there is any usage: customers may be there by then, of a list."""
    teammate = teammate_of(request)
    found = access_customers(teammate).filter(is_archived=False).order_by("name")
    context = {
        "may_import": may(teammate, Right.IMPORT),
        "customers": found[:MOST_LINKED],
        "customer_count": found.count(),
    }
    return render(request, "portfolio/empty.html", context)


def _page(what: Shown, teammate: Teammate) -> dict[str, Any]:
    key = (teammate.pk, teammate.role, replace(what.asked, page=1))
    return {
        **_about(what, teammate),
        **(_SUMMED_UP.get(key, lambda: _summed_up(what)) if what.found.rows else {}),
        **_table(what),
        **_compared(what.comparison),
    }


_SUMMED_UP: ByState[dict[str, Any]] = ByState(state, size=64)
"""What stands around the table stays the same from page to page of it."""


def _compared(comparison: comparing.Comparison | None) -> dict[str, Any]:
    if comparison is None:
        return {}
    return {
        "comparison": comparison,
        "comparison_finding": telling.comparison_finding(comparison),
        "compared_sides": ((comparison.rose, "Rose most"), (comparison.fell, "Fell most")),
    }


def _about(what: Shown, teammate: Teammate) -> dict[str, Any]:
    """What every page of the portfolio shows: day, filters, and what may be done."""
    query = what.asked.query()
    feature_url = f"{reverse('portfolio:feature')}{query}{'&' if len(query) > 1 else ''}feature="
    return {
        **telling.ways_in(what.asked),
        "feature_url": feature_url,
        "asked": what.asked,
        "found": what.found,
        "query": query,
        "day_query": what.asked.day_query,
        "period_words": period_words(what.found.period),
        "periods": PERIODS,
        "choices": choices(teammate),
        "views": teammate.saved_views,
        "kept_query": saved_views.tidy(query),
        "may_export": may(teammate, Right.EXPORT),
        "newest": scoring.newest_day(),
        "bands": BAND_CHOICES,
        **giving.offered(what.found, teammate),
    }


BAND_CHOICES = (("excellent", "Excellent"), ("good", "Good"), ("fair", "Fair"), ("poor", "Poor"), ("none", "No score"))


def _summed_up(what: Shown) -> dict[str, Any]:
    """Everything above and below the table."""
    found = what.found
    scored = found.rows[: found.scored]
    weeks = by_week(found)
    use = features.use_of(found)
    adoption = features.adoption_of(use, found.rows)
    some = adoption[: features.MOST_FEATURES]
    ends = features.ends(found.rows)
    named = min(LEADERS, len(scored) // 2) or len(scored)
    return {
        "finding": finding(found, what.asked),
        "figures": figures(found),
        "distribution": distribution(found, what.asked),
        "withheld": telling.withheld(what.asked, found),
        "weeks": weeks,
        "weeks_last": weeks[-1] if weeks else None,
        "weeks_finding": telling.weeks_finding(weeks),
        "chart": drawn(weeks),
        "chart_version": browser.VERSION,
        "lowest_row": scored[-1] if scored else None,
        "leaders": scored[:named],
        "laggards": scored[::-1][:named],
        "levels": features.levels(adoption),
        "features": some,
        "left_out_features": len(adoption) - len(some),
        "heat": features.heat_rows(use, ends, some),
        "is_cut": len(ends) < len(scored),
    }


def _table(what: Shown) -> dict[str, Any]:
    page = page_of(columns.in_order(what.found.rows, what.asked), what.asked)
    rows = [comparing.with_moves(row) for row in page.rows] if what.comparison else page.rows
    page = replace(page, rows=[telling.written(row) for row in rows])
    return {
        "asked": what.asked,
        "found": what.found,
        "heads": columns.heads(what.asked),
        "page": page,
        "compared_on": what.asked.compare,
        "day_query": what.asked.day_query,
        "model_words": model_words(what.found.model),
    }


def model_words(model: ScoreModel) -> str:
    """“breadth 30, depth 30, …”."""
    return ", ".join(f"{part.title.lower()} {part.weight:g}" for part in model.parts)


@require_safe
def heat_map(request: HttpRequest) -> HttpResponse:
    """Every customer and every feature, fifty customers a page."""
    try:
        what = shown(request)
    except scoring.NothingToScore:
        return _empty(request)
    use = features.use_of(what.found)
    adoption = features.adoption_of(use, what.found.rows)
    page = page_of(columns.in_order(what.found.rows, what.asked), what.asked)
    context = {
        **_about(what, teammate_of(request)),
        "page": page,
        "features": adoption,
        "heat": features.heat_rows(use, page.rows, adoption),
    }
    return render(request, "portfolio/heat.html", context)


@require_safe
def feature(request: HttpRequest) -> HttpResponse:
    """One feature: who adopted it, who uses it a little, who could and does not."""
    what = shown(request)
    use = features.use_of(what.found)
    feature_id, way = request.GET.get("feature", ""), request.GET.get("way", "")
    users = features.users_of(use, what.found.rows, feature_id)
    adoption = next(each for each in features.adoption_of(use, what.found.rows) if each.feature_id == feature_id)
    shown_users = features.going(users, way)
    extra = {"feature": feature_id, **({"way": way} if way else {})}
    about = _about(what, teammate_of(request))
    context = {
        **about,
        "feature": adoption,
        "way": way,
        "page": page_of(shown_users, what.asked, extra=f"&{urlencode(extra)}"),
        "tabs": features.tabs(users, f"{about['feature_url']}{quote(feature_id, safe='')}"),
        "counts": features.counts(users),
    }
    return render(request, "portfolio/feature.html", context)


@require_safe
def export(request: HttpRequest, kind: str) -> HttpResponse:
    """All customers of the filters shown, in the order shown, as csv, xlsx or parquet."""
    teammate = teammate_of(request)
    require(teammate, Right.EXPORT)
    what = shown(request)
    rows = columns.in_order(what.found.rows, what.asked)
    wanted = [*columns.EXPORTED, *columns.MARKS]
    if what.comparison:
        rows = [{**comparing.with_moves(row), "compared_with": what.comparison.day} for row in rows]
        wanted += columns.COMPARED
    about = _file_about(what, teammate)
    name = f"uptake-portfolio-{what.found.as_of}-{what.found.period}"
    return exported(kind, wanted, columns.exported_rows(rows, what.found), name=name, about=about)


def _file_about(what: Shown, teammate: Teammate) -> dict[str, str]:
    found = what.found
    return {
        "what": "Adoption scores by customer",
        "as of": found.as_of.isoformat(),
        "period": str(found.period),
        "model": f"{found.model.name} {found.model.version}: {model_words(found.model)}",
        "customers": f"{len(found.rows)} of {found.total}",
        "filters": what.asked.query().removeprefix("?") or "none",
        "made by": str(teammate),
    }


@require_POST
def give(request: HttpRequest) -> HttpResponse:
    """Give all customers of the filters in the address to one CSM. For leaders and admins."""
    teammate = teammate_of(request)
    require(teammate, Right.CHANGE_ALL)
    what = shown(request)
    given = giving.give(what.found, request.POST, teammate)
    messages.success(request, given)
    return HttpResponseRedirect(f"{reverse('portfolio:page')}{what.asked.query(owner='')}")


@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the filters under a name."""
    query = saved_views.tidy(request.POST.get("query", ""))
    saved_views.save_view(teammate_of(request), request.POST.get("name", ""), query)
    messages.success(request, "The view is saved; it is in the list beside the filters.")
    return HttpResponseRedirect(f"{reverse('portfolio:page')}?{query}")


@require_POST
def delete(request: HttpRequest) -> HttpResponse:
    """Forget a view."""
    saved_views.delete_view(teammate_of(request), request.POST.get("name", ""))
    return HttpResponseRedirect(f"{reverse('portfolio:page')}?{saved_views.tidy(request.POST.get('query', ''))}")


@require_safe
def chart_bundle(request: HttpRequest, version: str) -> HttpResponse:
    """What draws the charts. Its address names its version, so browsers may keep it for a year."""
    content = browser.bundle(settings.UPTAKE_HOME).read_bytes()
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
    else:
        import gzip

        content = gzip.decompress(content)
    response = HttpResponse(content, content_type="text/javascript; charset=utf-8", headers=headers)
    patch_vary_headers(response, ["Accept-Encoding"])
    return response
