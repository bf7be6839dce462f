"""A customer's page, the users and rows behind it, and what a teammate does there."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_POST

from uptake.actions.email.services import draft_email
from uptake.actions.task.services import create_task
from uptake.charts import browser
from uptake.charts.weekly import score_by_week
from uptake.customers.access import access_customer, access_own_customer, may_change
from uptake.customers.models import Customer
from uptake.kit.errors import ProductError
from uptake.pipeline import scoring
from uptake.pipeline.explaining import MOST_ROWS, Opened
from uptake.pipeline.health import rate_customer, update_health
from uptake.pipeline.insight_view import recommendations_for
from uptake.pipeline.outreach_facts import outreach_facts, template_for
from uptake.team.models import Teammate
from uptake.team.rights import Right, may, require
from uptake.web.customer import beside, opened, telling
from uptake.web.customer.behind import rows_behind
from uptake.web.customer.peers import Peers, peers_of
from uptake.web.portfolio.asked import PERIODS, Asked, period_words, teammate_of
from uptake.web.portfolio.listing import page_of
from uptake.web.portfolio.telling import ordinal

FEW_USERS = 12


@dataclass(frozen=True)
class Shown:
    """What one address is about."""

    teammate: Teammate
    customer: Customer
    asked: Asked


def _shown(request: HttpRequest, customer_id: int) -> Shown:
    """Raises UnknownCustomer where it is not theirs, and ProductError for an address that cannot be read."""
    teammate = teammate_of(request)
    return Shown(teammate, access_customer(teammate, customer_id), Asked.of(request))


def _about(what: Shown) -> dict[str, Any]:
    """What every page of a customer shows."""
    return {
        "customer": what.customer,
        "asked": what.asked,
        "day_query": what.asked.day_query,
        "period_words": period_words(what.asked.period),
        "periods": PERIODS,
        "may_change": may_change(what.teammate, what.customer),
        "sees_people": may(what.teammate, Right.SEE_PEOPLE),
    }


@require_GET
@gzip_page
def page(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Everything about one customer."""
    what = _shown(request, customer_id)
    context = {**_about(what), **beside.known_of(what.teammate, what.customer)}
    try:
        context |= _scored(what)
    except (scoring.NothingToScore, opened.Archived) as why:
        context["unscored"] = str(why) if isinstance(why, opened.Archived) else "There is no usage yet."
    return render(request, "customer/page.html", context)


def _scored(what: Shown) -> dict[str, Any]:
    """The score and what is behind it."""
    found = opened.opened_for(what.customer, as_of=what.asked.as_of, period=what.asked.period)
    day, told = found.row["as_of"], found.explanation
    row = opened.row_of(what.teammate, what.customer, as_of=day, period=what.asked.period)
    peers = peers_of(row["segment"], day=day, period=what.asked.period)
    groups, idle = opened.features_shown(found, peers)
    return {
        "opened": found,
        "told": told,
        "row": row,
        "as_of": day,
        "newest": scoring.newest_day(),
        "peers": peers,
        "place": None if row["percentile"] is None else ordinal(row["percentile"]),
        "deck": telling.deck(found, idle),
        "gauge": None if told.score is None else telling.gauge(told.score),
        "parts": opened.parts_shown(found, peers),
        "moves": opened.moves_shown(found),
        "change": None if told.change is None else opened.signed(told.change),
        "moves_finding": telling.moves_finding(found),
        "renews_in": telling.days_until(row["renews_on"], day),
        "groups": groups,
        "idle": idle,
        "statuses": opened.statuses_shown(found),
        "few_users": found.visitors[:FEW_USERS],
        "advice": recommendations_for(what.teammate, [what.customer.pk], as_of=day, period=what.asked.period),
        **_weeks(found, row, peers),
    }


def _weeks(found: Opened, row: opened.Row, peers: Peers) -> dict[str, Any]:
    weeks = opened.weeks_shown(row, peers, found.row["as_of"])
    return {
        "weeks": weeks,
        "weeks_finding": telling.weeks_finding(weeks),
        "chart": score_by_week(weeks) if len(weeks) > 1 else None,
        "chart_version": browser.VERSION,
    }


@require_GET
@gzip_page
def users(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The users behind the score, by name. Raises NotAllowed for roles that see no names."""
    what = _shown(request, customer_id)
    require(what.teammate, Right.SEE_PEOPLE)
    found = opened.opened_for(what.customer, as_of=what.asked.as_of, period=what.asked.period)
    context = {
        **_about(what),
        "as_of": found.row["as_of"],
        "opened": found,
        "page": page_of(found.visitors, what.asked),
    }
    return render(request, "customer/users.html", context)


@require_GET
@gzip_page
def rows(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The rows of the imported files that the score was counted from, newest first."""
    what = _shown(request, customer_id)
    sees_people = may(what.teammate, Right.SEE_PEOPLE)
    feature_id, user = request.GET.get("feature", ""), request.GET.get("user", "")
    if user:
        require(what.teammate, Right.SEE_PEOPLE)
    found = opened.opened_for(what.customer, as_of=what.asked.as_of, period=what.asked.period, with_rows=True)
    behind = rows_behind(found, feature_id=feature_id, user=user, sees_people=sees_people)
    context = {
        **_about(what),
        "as_of": found.row["as_of"],
        "opened": found,
        "behind": behind,
        "most": MOST_ROWS,
        "is_cut": len(found.rows) >= MOST_ROWS,
        "page": page_of(behind.rows, what.asked, extra=behind.extra),
    }
    return render(request, "customer/rows.html", context)


@require_POST
def rate(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Note the CSM's own rating, or take it back."""
    teammate = teammate_of(request)
    customer = access_own_customer(teammate, customer_id)
    text = request.POST.get("rating", "").strip()
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 3):
        raise ProductError(f"“{text[:20]}” is no rating; write a whole number from 0 to 100.")
    rate_customer(customer, int(text) if text else None, by=teammate)
    messages.success(request, "Your rating is kept. Health takes it up with its next update.")
    return _back(customer, "health")


@require_POST
def tell_health(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Update the customer's health now."""
    teammate = teammate_of(request)
    customer = access_own_customer(teammate, customer_id)
    changes = update_health([customer.pk], by=teammate, cause="updated on the customer's page")
    messages.success(request, changes[0].why if changes else "Health is up to date; nothing changed.")
    return _back(customer, "health")


@require_POST
def make_task(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Make a recommendation a task."""
    teammate = teammate_of(request)
    customer = access_own_customer(teammate, customer_id)
    wanted = (request.POST.get("rule", ""), request.POST.get("feature", ""))
    advice = recommendations_for(teammate, [customer.pk])
    chosen = next((each for each in advice if (each.rule, each.feature_id or "") == wanted), None)
    if chosen is None:
        raise ProductError("This recommendation no longer holds; reload the page.")
    task = create_task(
        customer=customer,
        title=chosen.title,
        why=chosen.why,
        due_days=chosen.due_days,
        priority=chosen.priority,
        checklist=chosen.steps,
        rule=chosen.rule,
        by=teammate,
    )
    messages.success(request, f"“{task.title}” is a task, due {task.due_on:%a %-d %b %Y}.")
    return _back(customer, "tasks")


@require_POST
def make_draft(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Draft an e-mail from the customer's own facts. Nothing goes out before somebody approves it."""
    teammate = teammate_of(request)
    customer = access_own_customer(teammate, customer_id)
    facts = outreach_facts(teammate, [customer.pk])[customer.pk]
    to = beside.addressee(customer)
    draft = draft_email(customer=customer, template=template_for(facts), facts=facts, to=to, by=teammate)
    return HttpResponseRedirect(reverse("outreach:draft", args=[draft.pk]))


def _back(customer: Customer, part: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('customer:page', args=[customer.pk])}#{part}")
