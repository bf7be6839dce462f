"""The page's numbers handed over: as a PDF, by a link that ends, by an e-mail again and again."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from uptake.customers.models import Customer, Stakeholder
from uptake.insights.words import day
from uptake.kit.days import Period
from uptake.pipeline.models import ReportEvery, ShareLink
from uptake.pipeline.report import report, schedules, sharing
from uptake.web.adoption.asked import Asked
from uptake.web.portfolio.asked import day_of, period_words, teammate_of

NEWEST_LINKS = 20
MOST_PEOPLE = 200
FIRST = ("-is_champion", "-is_sponsor", "name", "pk")


@require_safe
def report_pdf(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The page on paper, in one of its editions, with the page's own day, period and comparison."""
    asked = Asked.of(request, customer_id)
    made = report(
        teammate_of(request),
        customer_id,
        edition=request.GET.get("edition") or "internal",
        as_of=asked.as_of,
        period=asked.period,
        comparison=asked.comparison,
        paper=request.GET.get("paper") or "a4",
    )
    headers = {"Content-Disposition": f'attachment; filename="{made.file_name}"'}
    return HttpResponse(made.pdf, content_type="application/pdf", headers=headers)


@require_POST
def share(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Make a link to the customer's edition of the page's day, and show it this once."""
    asked = Asked.of(request, customer_id)
    link, secret = sharing.share_report(
        teammate_of(request),
        customer_id,
        as_of=asked.as_of,
        period=asked.period,
        days=_number(request.POST.get("days", "")),
    )
    context = {
        "customer": link.customer,
        "link": link,
        "address": request.build_absolute_uri(reverse("shared:page", args=[secret])),
        "period_words": period_words(asked.period),
        "back": _back(asked),
    }
    return render(request, "adoption/shared.html", context)


@require_POST
def take_back(request: HttpRequest, customer_id: int, link_id: int) -> HttpResponse:
    """Nobody reads by the link any more."""
    sharing.take_back_link(teammate_of(request), customer_id, link_id)
    messages.success(request, "The link leads nowhere from now on.")
    return HttpResponseRedirect(_back(Asked.of(request, customer_id)))


@require_POST
def schedule(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Have the customer's edition drafted to a stakeholder again and again."""
    asked = Asked.of(request, customer_id)
    made = schedules.schedule_report(
        teammate_of(request),
        customer_id,
        to=_number(request.POST.get("to", "")),
        every=request.POST.get("every", ""),
        next_on=day_of(request.POST.get("next_on", "").strip()),
        paper=request.POST.get("paper") or "a4",
    )
    told = f"The first draft to {made.to_name} is made on {day(made.next_on)}; nothing goes out before somebody approves it."
    messages.success(request, told)
    return HttpResponseRedirect(_back(asked))


@require_POST
def end_schedule(request: HttpRequest, customer_id: int, schedule_id: int) -> HttpResponse:
    """No further drafts."""
    schedules.end_schedule(teammate_of(request), customer_id, schedule_id)
    messages.success(request, "No further reports are drafted. Drafts that stand in Outreach stay there.")
    return HttpResponseRedirect(_back(Asked.of(request, customer_id)))


def _number(text: str) -> int:
    """0, which is nobody's, for what is no number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0


def _back(asked: Asked) -> str:
    return f"{asked.url('page')}#report"


def handed(customer: Customer, *, may_change: bool) -> dict[str, Any]:
    """What the page shows of links and schedules; nothing to those who may not make any."""
    if not may_change:
        return {}
    known = list(sharing.links_of(customer.pk)[: NEWEST_LINKS + 1])
    return {
        "lasts": sharing.LASTS_DAYS,
        "links": [_line(link) for link in known[:NEWEST_LINKS]],
        "more_links": len(known) > NEWEST_LINKS,
        "schedules": schedules.schedules_of(customer.pk).select_related("created_by"),
        "recipients": Stakeholder.objects.filter(customer=customer).exclude(email="").order_by(*FIRST)[:MOST_PEOPLE],
        "every": ReportEvery.choices,
        "today": timezone.localdate(),
        "first_on": _first_of_next_month(),
    }


def _first_of_next_month() -> date:
    return (timezone.localdate().replace(day=1) + timedelta(days=32)).replace(day=1)


def _line(link: ShareLink) -> dict[str, Any]:
    ended = link.expires_at <= timezone.now()
    return {
        "link": link,
        "period": period_words(Period.parse(link.period)),
        "is_open": not ended and link.revoked_at is None,
    }
