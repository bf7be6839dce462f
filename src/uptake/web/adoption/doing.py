"""What a teammate does from the tab: a campaign, a task, a training, a guide; minutes saved; notes beside the growth.

Nothing goes out to a customer by any of these: drafts wait until somebody approves them.
"""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from uptake.actions.email.models import Draft, DraftStatus
from uptake.actions.email.services import draft_email, edit_draft
from uptake.actions.task.services import create_task
from uptake.customers.access import access_customer, access_own_customer
from uptake.customers.features import set_minutes_saved
from uptake.customers.models import Customer, Stakeholder
from uptake.kit.errors import ProductError
from uptake.pipeline.dashboard import add_annotation, remove_annotation
from uptake.pipeline.dashboard.view import FeatureLine, Person
from uptake.pipeline.insight_view import recommendations_for
from uptake.pipeline.outreach_facts import addressees, outreach_facts
from uptake.team.models import Teammate
from uptake.team.rights import Right, require
from uptake.web.adoption.asked import Asked
from uptake.web.portfolio.asked import day_of, teammate_of
from uptake.web.templatetags.uptake import counted

MOST_LETTERS = 50
QUIET = {"at_risk": "at risk", "dormant": "dormant"}
RE_ENGAGEMENT, INTRODUCTION = "re_engagement", "feature_introduction"


class NotPossible(ProductError):
    """What a button asks for cannot be done with what is known now."""


@require_POST
def make_campaign(request: HttpRequest, customer_id: int) -> HttpResponse:
    """A draft to each user who went quiet and has an address; where none has, one to the customer's own contact."""
    teammate, asked = teammate_of(request), Asked.of(request, customer_id)
    customer = access_own_customer(teammate, customer_id)
    status = request.POST.get("status", "")
    if status not in QUIET:
        raise NotPossible(f"A campaign is for users who are {' or '.join(QUIET.values())}.")
    people = asked.behind(teammate, f"status_{status}").people
    if not people:
        raise NotPossible(f"Nobody at {customer} is {QUIET[status]} now; reload the page.")
    made = _letters(teammate, customer, people)
    messages.success(request, _campaign_told(made, people))
    return HttpResponseRedirect(f"{reverse('outreach:page')}?customer={customer.pk}")


@transaction.atomic
def _letters(teammate: Teammate, customer: Customer, people: Sequence[Person]) -> list[Draft]:
    """Nobody is written to twice while a draft still waits."""
    facts = outreach_facts(teammate, [customer.pk])[customer.pk]
    waiting = Draft.objects.filter(customer=customer, template=RE_ENGAGEMENT, status=DraftStatus.DRAFT)
    written = {address.lower() for address in waiting.values_list("to_email", flat=True)}
    known = {each.email.lower(): each for each in Stakeholder.objects.filter(customer=customer).exclude(email="")}
    addresses = list(dict.fromkeys(each.visitor_id.strip().lower() for each in people if _is_address(each.visitor_id)))
    made = []
    for address in [each for each in addresses if each not in written][:MOST_LETTERS]:
        to = known.get(address)
        draft = draft_email(customer=customer, template=RE_ENGAGEMENT, facts=facts, to=to, by=teammate)
        made.append(draft if to else edit_draft(draft, by=teammate, to_email=address))
    if not addresses:
        to = addressees([customer.pk]).get(customer.pk)
        if (to.email.lower() if to else "") not in written:
            made.append(draft_email(customer=customer, template=RE_ENGAGEMENT, facts=facts, to=to, by=teammate))
    return made


def _is_address(text: str) -> bool:
    try:
        validate_email(text.strip())
    except ValidationError:
        return False
    return True


def _campaign_told(made: Sequence[Draft], people: Sequence[Person]) -> str:
    without = sum(1 for each in people if not _is_address(each.visitor_id))
    told = f"{counted(len(made), 'draft')} for {counted(len(people), 'user')}; nothing goes out before somebody approves it."
    if without == len(people):
        return f"{told} None of them has an e-mail address, so it is to your contact."
    if without:
        told += f" {counted(without, 'user')} without an e-mail address left out."
    return told if made else "Drafts to all of them wait already."


@require_POST
def make_task(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Make a recommendation of the page a task."""
    teammate, asked = teammate_of(request), Asked.of(request, customer_id)
    customer = access_own_customer(teammate, customer_id)
    wanted = (request.POST.get("rule", ""), request.POST.get("feature", ""))
    advice = recommendations_for(teammate, [customer.pk], as_of=asked.as_of, period=asked.period)
    chosen = next((each for each in advice if (each.rule, each.feature_id or "") == wanted), None)
    if chosen is None:
        raise NotPossible("This recommendation no longer holds; reload the page.")
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
    return _back(asked, "advice")


@require_POST
def make_training(request: HttpRequest, customer_id: int) -> HttpResponse:
    """A task to hold a training in one feature, with its steps."""
    teammate, asked = teammate_of(request), Asked.of(request, customer_id)
    customer = access_own_customer(teammate, customer_id)
    line = _feature(teammate, asked, request.POST.get("feature", ""))
    steps = [f"Agree on a day and who comes from {customer}", f"Show {line.feature} with their own data"]
    steps += [f"Send beforehand: {each.title} {each.url}"[:200] for each in line.resources[:1]]
    task = create_task(
        customer=customer,
        title=f"Train {customer} in {line.feature}"[:200],
        title_without_people=f"Train {customer} in {line.feature}"[:200],
        why=_why(line),
        checklist=[*steps, "Look two weeks later whether it is used"],
        rule=f"training:{line.feature_id}"[:200],
        by=teammate,
    )
    messages.success(request, f"“{task.title}” is a task, due {task.due_on:%a %-d %b %Y}.")
    return _back(asked, "unused")


def _why(line: FeatureLine) -> str:
    reach = "Not used yet" if not line.uses else f"Used by {round(100 * (line.reach or 0))}% of the active users"
    usual = line.peers_median_reach
    peers = "" if usual is None else f", in the middle of the peers by {round(100 * usual)}%"
    return f"{reach}{peers}. {line.value_sentence}".strip()


def _feature(teammate: Teammate, asked: Asked, feature_id: str) -> FeatureLine:
    """Raises NotPossible for a feature that this customer does not have."""
    found = asked.dashboard(teammate).features.data
    line = next((each for each in found.lines if each.feature_id == feature_id), None) if found else None
    if line is None or not line.is_available:
        raise NotPossible("This customer has no such feature; reload the page.")
    return line


@require_POST
def make_guide(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Draft an e-mail that shows one feature, with its guide."""
    teammate, asked = teammate_of(request), Asked.of(request, customer_id)
    customer = access_own_customer(teammate, customer_id)
    line = _feature(teammate, asked, request.POST.get("feature", ""))
    wanted = request.POST.get("resource", "")
    guide = next((each for each in line.resources if str(each.resource_id) == wanted), None)
    if guide is None:
        raise NotPossible(f"There is no such guide to {line.feature}; reload the page.")
    shown = {"feature": line.feature, "value_sentence": line.value_sentence, "training_url": guide.url}
    facts = {**outreach_facts(teammate, [customer.pk])[customer.pk], "features_unused": [shown]}
    to = addressees([customer.pk]).get(customer.pk)
    draft = draft_email(customer=customer, template=INTRODUCTION, facts=facts, to=to, by=teammate)
    return HttpResponseRedirect(reverse("outreach:draft", args=[draft.pk]))


@require_POST
def set_minutes(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Say how many minutes a use of each feature saves, for all customers."""
    teammate, asked = teammate_of(request), Asked.of(request, customer_id)
    access_customer(teammate, customer_id)
    require(teammate, Right.EDIT_CATALOGUE)
    found = asked.dashboard(teammate)
    names = {line.feature_id: line.feature for line in found.features.data.lines} if found.features.data else {}
    was = (
        {line.feature_id: Decimal(str(line.minutes_saved_per_use)) for line in found.worth.data.lines}
        if found.worth.data
        else {}
    )
    wanted = {
        feature: _minutes(text, names[feature])
        for feature, text in zip(request.POST.getlist("feature"), request.POST.getlist("minutes"), strict=False)
        if feature in names
    }
    changed = {feature: minutes for feature, minutes in wanted.items() if minutes != was.get(feature)}
    with transaction.atomic():
        for feature, minutes in changed.items():
            set_minutes_saved(feature, minutes, name=names[feature], by=teammate)
    messages.success(request, f"The minutes of {counted(len(changed), 'feature')} were changed, for all customers.")
    return _back(asked, "worth")


def _minutes(text: str, feature: str) -> Decimal | None:
    """Empty: nobody knows. Raises NotPossible for what is no number."""
    text = text.strip()
    if not text:
        return None
    try:
        return Decimal(text[:20])
    except InvalidOperation:
        raise NotPossible(f"“{text[:20]}” is no number of minutes for {feature}.") from None


@require_POST
def add_note(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Write beside the growth what happened on a day."""
    asked = Asked.of(request, customer_id)
    on = day_of(request.POST.get("on", "").strip())
    if on is None:
        raise NotPossible("Choose the day on which it happened.")
    add_annotation(teammate_of(request), customer_id, on=on, text=request.POST.get("text", ""))
    messages.success(request, "Your note stands beside the growth.")
    return _back(asked, "growth")


@require_POST
def remove_note(request: HttpRequest, customer_id: int, annotation_id: int) -> HttpResponse:
    """Take a note away."""
    remove_annotation(teammate_of(request), customer_id, annotation_id)
    messages.success(request, "The note is gone.")
    return _back(Asked.of(request, customer_id), "growth")


def _back(asked: Asked, part: str) -> HttpResponse:
    return HttpResponseRedirect(f"{asked.url('page')}#{part}")
