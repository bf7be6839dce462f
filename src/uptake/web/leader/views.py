"""The page, the customers behind a figure of it, and both as files. All only read."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from uptake.charts import browser
from uptake.pipeline import scoring
from uptake.pipeline.leader import behind, features, leader_view, movers, spread
from uptake.pipeline.leader.groups import GROUPINGS
from uptake.pipeline.leader.view import MODELS, View
from uptake.pipeline.portfolio import choices
from uptake.team.rights import Right, may, require
from uptake.web.exports import exported
from uptake.web.leader import drawings, files, lists, telling
from uptake.web.leader.asked import FILTERED, Asked
from uptake.web.leader.showing import Writing
from uptake.web.portfolio.asked import PERIODS, period_words, teammate_of
from uptake.web.portfolio.listing import page_of

MOST_FEATURES = 15  # lines of the matrix and of the gaps on the page; the files have all
MOST_MOVERS = 10  # either way


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Adoption by group, features, gaps, scores over time and movers."""
    asked, teammate = Asked.of(request), teammate_of(request)
    try:
        view = leader_view(teammate, asked.question)
    except scoring.NothingToScore:
        return render(request, "leader/empty.html", {"may_import": may(teammate, Right.IMPORT)})
    context = _about(request, asked, view)
    if view.found.rows:
        context |= _shown(asked, view)
    return render(request, "leader/page.html", context)


def _about(request: HttpRequest, asked: Asked, view: View) -> dict[str, Any]:
    """What every page of the room shows."""
    teammate = teammate_of(request)
    return {
        "asked": asked,
        "view": view,
        "clear": asked.url("page", **dict.fromkeys(FILTERED, "")),
        "day_query": asked.page.day_query,
        "period_words": period_words(view.found.period),
        "narrowed": telling.narrowed_words(view),
        "may_export": may(teammate, Right.EXPORT),
        "choices": choices(teammate),
        "periods": PERIODS,
        "groupings": GROUPINGS.values(),
        "models": MODELS.values(),
        "newest": scoring.newest_day(),
        "customer_page": "customer:page" if view.found.model.name == "portfolio" else "adoption:page",
    }


def _shown(asked: Asked, view: View) -> dict[str, Any]:
    writing = Writing(view, asked)
    gaps = features.gaps(view)
    days = spread.table(view)
    return {
        "finding": telling.finding(view, gaps, features.table(view, "lapsed", view.everybody)),
        "by_group": writing.by_group(),
        "reasons": writing.reasons(),
        "parts": writing.parts(),
        "gaps": writing.gap_table(gaps[:MOST_FEATURES]),
        "gaps_finding": telling.gaps_finding(view, gaps),
        "more_gaps": max(0, len(gaps) - MOST_FEATURES),
        "files": [(words, asked.url("export", table, "csv"), asked.url("export", table, "xlsx"))
                  for table, (words, _) in files.FILES.items()],
        "chart_version": browser.VERSION,
        "days": writing.days(days),
        "ridges": drawings.ridges(view, telling.spread_finding(days)),
        **_features(asked, view, writing),
        **_movers(view, writing),
    }  # fmt: skip


def _features(asked: Asked, view: View, writing: Writing) -> dict[str, Any]:
    measure = features.measure_named(asked.measure)
    lines = features.table(view, measure.name, view.side_by_side)
    some = [line for line in lines if line.total.count] or lines
    return {
        "measure": measure,
        "measures": [
            (each, asked.url("page", measure="" if each.name == "lapsed" else each.name))
            for each in features.MEASURES.values()
        ],
        "matrix": writing.matrix(some[:MOST_FEATURES], measure),
        "matrix_finding": telling.measure_finding(measure, lines),
        "more_features": max(0, len(lines) - MOST_FEATURES),
    }


def _movers(view: View, writing: Writing) -> dict[str, Any]:
    rose, fell = (movers.farthest(view, way, MOST_MOVERS) for way in ("rose", "fell"))
    total = movers.table(view, view.everybody)[0]
    counts = dict(total.ways)
    sides = [
        (words, [(each, telling.moved_most(each), telling.moves_told(each)) for each in some],
         writing.count(counts[way]))
        for way, words, some in (("rose", "Rose most", rose), ("fell", "Fell most", fell))
    ]  # fmt: skip
    others = [
        (words, movers.farthest(view, way, MOST_MOVERS), writing.count(counts[way]))
        for way, words in (("came", "Now scored"), ("went", "No longer scored"))
    ]
    return {
        "movers_finding": telling.movers_finding(view, total),
        "sides": sides,
        "others": others,
        "ways": writing.ways(movers.table(view, view.groups), total),
    }


@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """The customers behind a figure, as many as it says."""
    asked, teammate = Asked.of(request), teammate_of(request)
    view = leader_view(teammate, asked.question)
    found = lists.listed(behind(view, asked.cell or "customers", asked.group))
    shown = page_of(found.rows, asked.page, extra=asked.more)
    context = {
        **_about(request, asked, view),
        "listed": found,
        "back": reverse("leader:page") + asked.query,
        "page": replace(shown, rows=[(row, found.written(row)) for row in shown.rows]),
        "exports": [
            (words, asked.url("export_customers", kind, cell=asked.cell, group=asked.group))
            for kind, words in (("csv", "CSV"), ("xlsx", "Excel"))
        ],
    }
    return render(request, "leader/customers.html", context)


@require_safe
def export_customers(request: HttpRequest, kind: str) -> HttpResponse:
    """The same list, all of it."""
    asked, teammate = Asked.of(request), teammate_of(request)
    require(teammate, Right.EXPORT)
    view = leader_view(teammate, asked.question)
    found = lists.listed(behind(view, asked.cell or "customers", asked.group))
    columns, rows = lists.file_of(found)
    about = {"what": found.title, "sum": found.sums, **_file_about(view, asked, str(teammate))}
    return exported(kind, columns, rows, name=f"uptake-customers-{view.found.as_of}", about=about)


@require_safe
def export(request: HttpRequest, table: str, kind: str) -> HttpResponse:
    """One of the page's tables, whole."""
    asked, teammate = Asked.of(request), teammate_of(request)
    require(teammate, Right.EXPORT)
    if table not in files.FILES:
        raise Http404
    words, make = files.FILES[table]
    view = leader_view(teammate, asked.question)
    columns, rows = make(view)
    about = {"what": words, **_file_about(view, asked, str(teammate))}
    return exported(kind, columns, rows, name=f"uptake-{table}-{view.found.as_of}-{view.found.period}", about=about)


def _file_about(view: View, asked: Asked, by: str) -> dict[str, str]:
    return {
        "as of": view.found.as_of.isoformat(),
        "period": str(view.found.period),
        "grouped": view.grouping.words,
        "weighed": "by ARR" if view.by == "arr" else "each customer alike",
        "currency of ARR": view.currency or "none",
        "model": f"{view.found.model.name} {view.found.model.version}",
        "customers": telling.narrowed_words(view),
        "filters": asked.query.removeprefix("?") or "none",
        "made by": by,
    }
