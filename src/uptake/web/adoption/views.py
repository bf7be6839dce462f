"""The Adoption tab, the lists behind its numbers, and one user's way into the product. All three only read."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from uptake.charts import browser
from uptake.customers.access import access_customer, may_change
from uptake.pipeline import scoring
from uptake.pipeline.dashboard import journey, telling
from uptake.pipeline.dashboard.view import Dashboard
from uptake.pipeline.facts_about import about_customers
from uptake.team.rights import Right, may, require
from uptake.web.adoption import figures, handing, lists, tiles
from uptake.web.adoption.asked import COMPARISONS, Asked, Ways
from uptake.web.adoption.drawings import drawings
from uptake.web.customer.telling import days_until, gauge
from uptake.web.exports import exported
from uptake.web.portfolio.asked import PERIODS, period_words, teammate_of
from uptake.web.portfolio.listing import page_of
from uptake.web.portfolio.telling import ordinal

FEW_UNUSED = 6


def _about(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    """What every page of the tab shows. Raises UnknownCustomer."""
    teammate = teammate_of(request)
    customer = access_customer(teammate, asked.customer_id)
    return {
        "customer": customer,
        "asked": asked,
        "query": asked.query,
        "day_query": asked.page.day_query,
        "ways": Ways(asked),
        "period_words": period_words(asked.period),
        "may_change": may_change(teammate, customer),
        "may_export": may(teammate, Right.EXPORT),
        "sees_people": may(teammate, Right.SEE_PEOPLE),
    }


@require_safe
def page(request: HttpRequest, customer_id: int) -> HttpResponse:
    """How one customer uses the product. Without any usage the page says what will stand here."""
    asked = Asked.of(request, customer_id)
    context = _about(request, asked)
    try:
        told = asked.dashboard(teammate_of(request))
    except scoring.NothingToScore:
        return render(request, "adoption/page.html", {**context, "unscored": "There is no usage yet."})
    more = handing.handed(context["customer"], may_change=context["may_change"])
    return render(request, "adoption/page.html", {**context, **_shown(request, asked, told), **more})


def _shown(request: HttpRequest, asked: Asked, told: Dashboard) -> dict[str, Any]:
    contract = about_customers(on=told.as_of).get(asked.customer_id, {})
    may_set = may(teammate_of(request), Right.EDIT_CATALOGUE)
    return {
        "told": told,
        "as_of": told.as_of,
        "newest": scoring.newest_day(),
        "periods": PERIODS,
        "comparisons": COMPARISONS,
        "deck": telling.deck(told),
        "contract": contract,
        "renews_in": days_until(contract.get("renews_on"), told.as_of),
        "may_set_minutes": may_set,
        "worth_lines": tiles.worth(told, asked, may_set=may_set),
        "charts": drawings(told),
        "chart_version": browser.VERSION,
        **_score(told, asked),
        **_people(told, asked),
        **_features(told),
        **tiles.guides(told.guides.data, asked),
    }


def _score(told: Dashboard, asked: Asked) -> dict[str, Any]:
    tile = told.score.data
    if tile is None:
        return {}
    return {
        "score": tile,
        "gauge": None if tile.score is None else gauge(tile.score),
        "parts": tiles.parts(tile, asked),
        "moves": tiles.moves(tile),
        "moves_finding": telling.moves_finding(tile),
        "place": "" if tile.percentile is None else ordinal(tile.percentile),
    }


def _people(told: Dashboard, asked: Asked) -> dict[str, Any]:
    top = told.concentration.data
    strips = figures.strips(told.figures.data or (), asked)
    return {
        "strips": strips,
        "dormant_threshold": figures.threshold_of("dormant", strips),
        "statuses": tiles.statuses(told.users.data) if told.users.data else (),
        "weeks": tiles.lifecycle(told.lifecycle.data, asked) if told.lifecycle.data else (),
        "hours": tiles.hours(told.rhythm.data, asked) if told.rhythm.data else None,
        "cohorts": tiles.cohorts(told.cohorts.data, asked) if told.cohorts.data else None,
        "peers": tiles.peers(told.peer_view.data.lines) if told.peer_view.data else (),
        "growth_weeks": tiles.weeks_of_use(told.growth.data, asked) if told.growth.data else (),
        "notes": tiles.notes(told.growth.data) if told.growth.data else (),
        "health_finding": telling.health_finding(told.users.data) if told.users.data else "",
        "cohorts_finding": telling.cohorts_finding(told.cohorts.data) if told.cohorts.data else "",
        "without_top": telling.without_top(top) if top else "",
    }


def _features(told: Dashboard) -> dict[str, Any]:
    found = told.features.data
    if found is None:
        return {}
    return {
        "groups": tiles.groups(found.lines[: tiles.MOST_FEATURES]),
        "more_features": max(0, len(found.lines) - tiles.MOST_FEATURES),
        "unused": found.unused[:FEW_UNUSED],
        "more_unused": max(0, len(found.unused) - FEW_UNUSED),
    }


@require_safe
def features(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The matrix of all features, a page at a time."""
    asked = Asked.of(request, customer_id)
    context = _about(request, asked)
    told = asked.dashboard(teammate_of(request))
    lines = told.features.data.lines if told.features.data else ()
    shown = page_of(lines, asked.page, extra=asked.more)
    also = {"told": told, "as_of": told.as_of, "page": shown, "groups": tiles.groups(shown.rows)}
    return render(request, "adoption/features.html", {**context, **also})


@require_safe
def behind_number(request: HttpRequest, customer_id: int, key: str) -> HttpResponse:
    """The list behind a number of the tab, as long as the number says."""
    asked = Asked.of(request, customer_id)
    context = _about(request, asked)
    sees = context["sees_people"]
    made = asked.behind(teammate_of(request), key)
    found = lists.listed(made, with_people=sees)
    shown = page_of(found.rows, asked.page, extra=asked.more)
    also = {
        "made": made,
        "as_of": made.as_of,
        "listed": found,
        "page": shown,
        "rows": lists.cells(found, shown.rows, asked, with_people=sees),
        "status": key.removeprefix("status_") if key in ("status_at_risk", "status_dormant") else "",
    }
    return render(request, "adoption/behind.html", {**context, **also})


@require_safe
def export_list(request: HttpRequest, customer_id: int, key: str, kind: str) -> HttpResponse:
    """The same list, all of it, as csv, xlsx or parquet."""
    teammate = teammate_of(request)
    asked = Asked.of(request, customer_id)
    customer = access_customer(teammate, customer_id)
    require(teammate, Right.EXPORT)
    made = asked.behind(teammate, key)
    columns, rows = lists.file_of(lists.listed(made, with_people=may(teammate, Right.SEE_PEOPLE)))
    about = {
        "what": f"{made.title}, {customer}",
        "as of": str(made.as_of),
        "period": str(made.period),
        "rows": str(made.count),
        "made by": str(teammate),
    }
    name = f"uptake-{key.replace(':', '-')[:60]}-{customer_id}-{made.as_of}-{made.period}"
    return exported(kind, columns, rows, name=name, about=about)


@require_safe
def user(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One user's way into the product. Raises NotAllowed for roles that see no names."""
    asked = Asked.of(request, customer_id)
    context = _about(request, asked)
    visitor_id = request.GET.get("user", "")[:500]
    way = journey(teammate_of(request), customer_id, visitor_id, as_of=asked.as_of, period=asked.period)
    days = sorted(way.active_days, reverse=True)
    also = {
        "way": way,
        "visitor_id": visitor_id,
        "as_of": scoring.as_of_day(asked.as_of),
        "status": lists.STATUSES[way.person.status],
        "kind": lists.kind_of(way.person),
        "page": page_of(days, asked.page, extra=f"{asked.more}&{urlencode({'user': visitor_id})}"),
    }
    return render(request, "adoption/user.html", {**context, **also})
