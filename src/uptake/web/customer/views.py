"""A customer's page, the users and rows behind it, and what a teammate does there."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from uptake.actions.email.services import draft_email
from uptake.actions.task.services import create_task
from uptake.charts import browser
from uptake.charts.weekly import score_by_week
from uptake.customers.access import (
    access_customer,
    access_customers,
    access_own_customer,
    find_customer,
    may_change,
)
from uptake.customers.giving import Kept, keep_facts, possible_owners
from uptake.customers.models import Customer
from uptake.customers.parents import put_under
from uptake.kit.errors import ProductError
from uptake.pipeline import scoring
from uptake.pipeline.explaining import Opened
from uptake.pipeline.health import current_model, rate_customer, update_health
from uptake.pipeline.insight_view import recommendations_for
from uptake.pipeline.outreach_facts import addressees, outreach_facts, template_for
from uptake.signals.burden import alerts_counted
from uptake.signals.registry import RULE
from uptake.team.models import Teammate
from uptake.team.rights import Right, may, require
from uptake.web.customer import behind, beside, opened, telling
from uptake.web.customer.peers import Peers, peers_of
from uptake.web.exports import exported
from uptake.web.owners import owner_chosen
from uptake.web.portfolio.asked import PERIODS, Asked, period_words, teammate_of
from uptake.web.portfolio.listing import page_from, page_of
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
        "owners": possible_owners() if may(what.teammate, Right.CHANGE_ALL) else (),
    }


@require_safe
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
        **beside.people_of(what.teammate, what.customer, day),
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


@require_safe
def users(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The users behind the score, by name; of one status where it is asked for. Raises NotAllowed for roles that see
    no names.
    """
    what = _shown(request, customer_id)
    require(what.teammate, Right.SEE_PEOPLE)
    found = opened.opened_for(what.customer, as_of=what.asked.as_of, period=what.asked.period)
    status = request.GET.get("status", "")
    people = opened.users_shown(found, status)
    context = {
        **_about(what),
        "as_of": found.row["as_of"],
        "opened": found,
        "status": next((each for each in opened.statuses_shown(found) if each["name"] == status), None),
        "page": page_of(people, what.asked, extra=f"&status={status}" if status else ""),
    }
    return render(request, "customer/users.html", context)


@require_safe
def rows(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The rows of the imported files that the score was counted from, newest first."""
    what = _shown(request, customer_id)
    chosen = _chosen_rows(request, what.teammate)
    found = opened.opened_for(what.customer, as_of=what.asked.as_of, period=what.asked.period)
    part = behind.page_behind(found, chosen, page=what.asked.page)
    lines = behind.shown(part.rows, sees_people=may(what.teammate, Right.SEE_PEOPLE))
    query = f"{what.asked.day_query or '?'}{chosen.query}"
    context = {
        **_about(what),
        "as_of": found.row["as_of"],
        "opened": found,
        "chosen": chosen,
        "behind": part,
        "query": query if len(query) > 1 else "",
        "may_export": may(what.teammate, Right.EXPORT) and 0 < part.total <= behind.MOST_IN_A_FILE,
        "page": page_from(part.first, lines, part.total, what.asked, extra=chosen.query),
    }
    return render(request, "customer/rows.html", context)


def _chosen_rows(request: HttpRequest, teammate: Teammate) -> behind.Chosen:
    """Raises NotAllowed for somebody who asks for a user by name and may not see any."""
    chosen = behind.Chosen.of(request.GET.dict())
    if chosen.which.visitor_id:
        require(teammate, Right.SEE_PEOPLE)
    return chosen


@require_safe
def export_rows(request: HttpRequest, customer_id: int, kind: str) -> HttpResponse:
    """The same rows, all of them, as csv, xlsx or parquet."""
    what = _shown(request, customer_id)
    require(what.teammate, Right.EXPORT)
    chosen, sees_people = _chosen_rows(request, what.teammate), may(what.teammate, Right.SEE_PEOPLE)
    found = opened.opened_for(what.customer, as_of=what.asked.as_of, period=what.asked.period)
    lines = behind.shown(behind.file_behind(found, chosen).rows, sees_people=sees_people)
    day = found.row["as_of"]
    about = {
        "what": f"Rows of usage behind the adoption score of {what.customer}",
        "as of": day.isoformat(),
        "period": str(what.asked.period),
        "chosen": chosen.query.removeprefix("&") or "all that count",
        "rows": str(len(lines)),
        "made by": str(what.teammate),
    }
    name = f"uptake-rows-{what.customer.pk}-{day}-{what.asked.period}"
    return exported(kind, behind.columns(sees_people=sees_people), lines, name=name, about=about)


@require_safe
def alerts(request: HttpRequest, customer_id: int) -> HttpResponse:
    """The usage alerts that were open on the day, with what each takes of the part of health."""
    what = _shown(request, customer_id)
    day = scoring.as_of_day(what.asked.as_of)
    counted = alerts_counted(what.teammate, what.customer, day)
    found = [{"alert": each.alert, "points": each.points, "title": RULE[each.alert.rule].title} for each in counted]
    part = next((part for part in current_model().parts if part.name == "alerts"), None)
    taken = sum(each.points for each in counted)
    context = {**_about(what), "as_of": day, "found": found, "taken": taken, "left": max(0, 100 - taken), "part": part}
    return render(request, "customer/alerts.html", context)


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
def keep(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Give the customer to a CSM, and say its segment and region. For leaders and admins."""
    teammate = teammate_of(request)
    customer = access_customer(teammate, customer_id)
    require(teammate, Right.CHANGE_ALL)
    said: Kept = {}
    if "segment" in request.POST:
        said["segment"] = request.POST["segment"].strip()
    if "region" in request.POST:
        said["region"] = request.POST["region"].strip()
    if owner := request.POST.get("owner", ""):  # empty: somebody who is no choice any more stays
        said["owner"] = owner_chosen(owner)
    with transaction.atomic():
        _keep_parent(request, teammate, customer)
        kept = keep_facts(customer, by=teammate, **said)
    messages.success(request, f"{kept} is looked after by {kept.owner or 'nobody yet'}.")
    return _back(customer, "facts")


def _keep_parent(request: HttpRequest, teammate: Teammate, customer: Customer) -> None:
    """Where the form says a parent, by its name. Raises UnknownCustomer with the closest names, and BadParent."""
    if "parent" not in request.POST:
        return
    name = request.POST["parent"].strip()
    put_under(customer, find_customer(name, among=access_customers(teammate)) if name else None, by=teammate)


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
    asked = Asked.of(request)  # the day and period of the page that showed it
    advice = recommendations_for(teammate, [customer.pk], as_of=asked.as_of, period=asked.period)
    chosen = next((each for each in advice if (each.rule, each.feature_id or "") == wanted), None)
    if chosen is None:
        raise ProductError("This recommendation no longer holds; reload the page.")
    task = create_task(
        customer=customer,
        title=chosen.title,
        title_without_people=chosen.title_without_people,
        why=chosen.why,
        due_days=chosen.due_days,
        priority=chosen.priority,
        checklist=chosen.steps,
        rule=chosen.rule,
        by=teammate,
    )
    messages.success(request, f"“{task.title}” is a task, due {task.due_on:%a %-d %b %Y}.")
    return _back(customer, "tasks", asked.day_query)


@require_POST
def make_draft(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Draft an e-mail from the customer's own facts. Nothing goes out before somebody approves it."""
    teammate = teammate_of(request)
    customer = access_own_customer(teammate, customer_id)
    facts = outreach_facts(teammate, [customer.pk])[customer.pk]
    to = addressees([customer.pk]).get(customer.pk)
    draft = draft_email(customer=customer, template=template_for(facts), facts=facts, to=to, by=teammate)
    return HttpResponseRedirect(reverse("outreach:draft", args=[draft.pk]))


def _back(customer: Customer, part: str, query: str = "") -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('customer:page', args=[customer.pk])}{query}#{part}")
