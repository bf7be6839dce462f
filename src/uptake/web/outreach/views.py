"""E-mails to customers: the list, one to read and decide on, and a new one."""

from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from uptake.actions.email.access import UnknownDraft
from uptake.actions.email.models import Draft, DraftStatus
from uptake.actions.email.services import (
    BadDraft,
    BadTemplate,
    DraftChanged,
    access_draft,
    access_drafts,
    access_own_draft,
    approve_draft,
    discard_draft,
    draft_email,
    edit_draft,
    is_stranded,
    mail_is_set_up,
    read_template,
    settle_draft,
    take_back,
    templates,
    why_not,
)
from uptake.customers.access import access_customer, access_customers, access_own_customer, find_customer, may_change
from uptake.customers.models import Customer, Stakeholder
from uptake.kit.errors import ProductError
from uptake.pipeline.outreach_facts import outreach_facts, template_for
from uptake.team.rights import Right, may, require
from uptake.web.outreach.asked import STATES, WHOSE, Asked, teammate_of
from uptake.web.outreach.forms import DraftForm, NewDraftForm, values_of
from uptake.web.outreach.telling import as_of, facts_of, headline, headline_of

PER_PAGE = 50
VERBS: dict[str, Any] = {
    "take-back": take_back,
    "discard": discard_draft,
    "arrived": lambda draft, *, by: settle_draft(draft, arrived=True, by=by),
    "not-arrived": lambda draft, *, by: settle_draft(draft, arrived=False, by=by),
}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The list."""
    asked, teammate = Asked.of(request), teammate_of(request)
    require(teammate, Right.SEE_PEOPLE)
    among = asked.among(access_drafts(teammate), teammate)
    kinds = {state: Count("pk", filter=Q(status__in=statuses)) for state, (_, statuses) in STATES.items()}
    counts = among.aggregate(**kinds)
    rows = among.filter(status__in=STATES[asked.state][1]).select_related("customer", "approved_by", "created_by")
    order = {"sent": "-approved_at", "approved": "-approved_at"}.get(asked.state, "-created_at")
    shown = Paginator(rows.order_by(order, "-pk"), PER_PAGE).get_page(asked.page)
    context = {
        "asked": asked,
        "headline": headline(counts),
        "tabs": [
            (label, asked.query(state=state), counts[state], state == asked.state)
            for state, (label, _) in STATES.items()
        ],
        "whose": WHOSE.items(),
        "drafts": shown,
        "page": shown,
        "pages": [
            (number, asked.query(page=number) if isinstance(number, int) else "")
            for number in shown.paginator.get_elided_page_range(shown.number)
        ],
        "customer": access_customer(teammate, asked.customer) if asked.customer else None,
        "clear": Asked(state=asked.state).query(),
        "why_not": why_not(),
        "may_write": may(teammate, Right.CHANGE_OWN),
    }
    return render(request, "outreach/page.html", context)


@require_safe
def draft(request: HttpRequest, draft_id: int) -> HttpResponse:
    """One e-mail: its words, what they were made from, and what became of it."""
    return _draft_page(request, access_draft(teammate_of(request), draft_id))


def _draft_page(
    request: HttpRequest,
    draft: Draft,
    form: DraftForm | None = None,
    wrong: str = "",
    *,
    changed: str = "",
    is_kept: bool = False,
) -> HttpResponse:
    """``changed``: the draft is not what the reader had on screen; what was typed stands beside what it is now."""
    teammate = teammate_of(request)
    mine = may_change(teammate, draft.customer)
    context = {
        "draft": draft,
        "may_change": mine,
        "may_approve": mine and may(teammate, Right.APPROVE_OUTREACH),
        "is_open": draft.status in {DraftStatus.DRAFT, DraftStatus.FAILED},
        "is_stranded": is_stranded(draft),
        "form": form or DraftForm(initial=values_of(draft)),
        "wrong": wrong,
        "wrong_title": "Not approved" if is_kept else "Not saved",
        "changed": changed,
        "headline": headline_of(draft),
        "stays_title": "It stays ready here"
        if draft.status == DraftStatus.APPROVED
        else "Once approved, it stays ready here",
        "facts": facts_of(draft),
        "features": draft.facts.get("features_unused") or [],
        "as_of": as_of(draft),
        "kind": _kind(draft),
        "people": Stakeholder.objects.filter(customer=draft.customer).exclude(email="")[:200],
        "mail_is_set_up": mail_is_set_up(),
        "why_not": why_not(),
        "mailto": f"mailto:{quote(draft.to_email)}?subject={quote(draft.subject)}&body={quote(draft.body)}",
    }
    status = 409 if changed else 400 if wrong or (form and form.errors) else 200
    return render(request, "outreach/draft.html", context, status=status)


def _kind(draft: Draft) -> str:
    """The template's title; its name where the file is gone."""
    try:
        return read_template(draft.template).title
    except BadTemplate:
        return draft.template


@require_safe
def attachment(request: HttpRequest, draft_id: int) -> HttpResponse:
    """The PDF that goes out with it."""
    attached = access_draft(teammate_of(request), draft_id)
    if not attached.attachment_name:
        raise UnknownDraft("Nothing is attached to this e-mail.")
    headers = {"Content-Disposition": f'attachment; filename="{attached.attachment_name}"'}
    return HttpResponse(bytes(attached.file.content), content_type="application/pdf", headers=headers)


@require_POST
def write(request: HttpRequest, draft_id: int) -> HttpResponse:
    """Keep what was written; with ``approve`` also let exactly these words go out.

    Where somebody changed the draft meanwhile nothing is kept, and nothing that was typed is lost: both stand on the page.
    """
    teammate = teammate_of(request)
    writing = access_own_draft(teammate, draft_id)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return _draft_page(request, writing, form)
    kept = False
    try:
        written = edit_draft(writing, by=teammate, seen=request.POST.get("seen", ""), **form.cleaned_data)
        if "approve" in request.POST:
            kept = True  # whatever becomes of the approval
            written = approve_draft(written, by=teammate, seen=written.seen)
    except BadDraft as why:  # beside the words, which stay as they were typed
        said = f"{why} Your text is saved." if kept else str(why)
        return _draft_page(request, access_draft(teammate, draft_id), form, said, is_kept=kept)
    except DraftChanged as why:
        return _draft_page(request, access_draft(teammate, draft_id), form, changed=str(why))
    messages.success(request, _what_now(written))
    return HttpResponseRedirect(reverse("outreach:draft", args=[draft_id]))


def _what_now(draft: Draft) -> str:
    if draft.status != DraftStatus.APPROVED:
        return "Saved. Nothing goes out before somebody approves it."
    if mail_is_set_up():
        return "Approved. It goes out within a minute."
    return f"Approved and ready. {why_not()} Until then you can send it by your own mail program."


@require_POST
def decide(request: HttpRequest, draft_id: int, verb: str) -> HttpResponse:
    """Take the approval back, discard it, or say what became of it."""
    if verb not in VERBS:
        raise ProductError(f"An e-mail can be told: {', '.join(VERBS)}.")
    teammate = teammate_of(request)
    try:
        VERBS[verb](access_own_draft(teammate, draft_id), by=teammate)
    except DraftChanged as why:
        return _draft_page(request, access_draft(teammate, draft_id), changed=str(why))
    where = reverse("outreach:page") if verb == "discard" else reverse("outreach:draft", args=[draft_id])
    return HttpResponseRedirect(where)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write an e-mail from a template: first to which customer, then which and to whom."""
    teammate = teammate_of(request)
    require(teammate, Right.CHANGE_OWN)
    customer = _customer(request)
    if customer is None:
        suggested = access_customers(teammate).filter(is_archived=False)[:500]
        return render(request, "outreach/to_whom.html", {"customers": suggested})
    people = list(Stakeholder.objects.filter(customer=customer).order_by("-is_champion", "-is_sponsor", "name"))
    facts = outreach_facts(teammate, [customer.pk])[customer.pk]
    initial = {"template": template_for(facts), "to": next((person.pk for person in people if person.email), "")}
    form = NewDraftForm(request.POST or None, kinds=templates(), people=people, initial=initial)
    wrong = ""
    if request.method == "POST" and form.is_valid():
        to = form.people.get(form.cleaned_data["to"])
        try:
            made = draft_email(
                customer=customer, template=form.cleaned_data["template"], facts=facts, to=to, by=teammate
            )
            return HttpResponseRedirect(reverse("outreach:draft", args=[made.pk]))
        except (BadTemplate, BadDraft) as why:
            wrong = str(why)
    context = {"form": form, "customer": customer, "wrong": wrong}
    return render(request, "outreach/new.html", context, status=400 if wrong or form.errors else 200)


def _customer(request: HttpRequest) -> Customer | None:
    """By number, or as somebody typed it. Raises UnknownCustomer, AmbiguousCustomer and NotAllowed."""
    asked = (request.POST.get("customer") or request.GET.get("customer", "")).strip()
    if not asked:
        return None
    teammate = teammate_of(request)
    if asked.isdecimal() and len(asked) < 16:
        return access_own_customer(teammate, int(asked))
    return access_own_customer(teammate, find_customer(asked, among=access_customers(teammate)).pk)
