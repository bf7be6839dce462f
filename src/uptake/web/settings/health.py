"""The weights of health, tried out over the whole portfolio before anybody publishes them. For leaders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from uptake.kit.errors import ProductError
from uptake.pipeline.health import WhatIf, current_model, publish_weights, what_if
from uptake.pipeline.models import HealthModel
from uptake.pipeline.scoring import NothingToScore
from uptake.pipeline.what_if import BINS
from uptake.scores.model import ScoreModel
from uptake.scores.models import weights_of
from uptake.team.rights import Right, require
from uptake.web.asking import teammate_of
from uptake.web.settings.tabs import tabs

MOST_MOVED = 50
MOST_WEIGHT = 1000
TALLEST = 120.0  # px


class BadWeight(ProductError):
    """What was typed is no weight."""


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """The form with what it would change; a POST previews, or publishes as a new version."""
    teammate = teammate_of(request)
    require(teammate, Right.SET_WEIGHTS)
    model, wrong = current_model(), ""
    weights = _earlier(request) or weights_of(model)
    try:
        if request.method == "POST":
            weights = _asked(request, model)
            if request.POST.get("do") == "publish":
                return _published(request, weights)
        tried = model.with_weights(weights)
    except ProductError as why:
        wrong, tried = str(why), model
    template = "settings/_what_if.html" if request.headers.get("HX-Target") == "what-if" else "settings/health.html"
    context = {**_context(tried, weights), "tabs": tabs(teammate), "wrong": wrong}
    return render(request, template, context, status=400 if wrong and template == "settings/health.html" else 200)


def _published(request: HttpRequest, weights: Mapping[str, float]) -> HttpResponse:
    published = publish_weights(weights, by=teammate_of(request))
    messages.success(
        request,
        f"Version {published.version} is published. Each customer's health takes the new weights with its next update.",
    )
    return HttpResponseRedirect(reverse("settings:health"))


def _asked(request: HttpRequest, model: ScoreModel) -> dict[str, float]:
    """Raises BadWeight for what is no number from 0 to 1000."""
    asked = {}
    for part in model.components:
        text = request.POST.get(part.name, "").strip().replace(",", ".")[:20]
        try:
            asked[part.name] = float(text)
        except ValueError:
            raise BadWeight(f"The weight of {part.title} is “{text}”; it must be a number from 0 up.") from None
        if not 0 <= asked[part.name] <= MOST_WEIGHT:
            raise BadWeight(f"The weight of {part.title} must be from 0 to {MOST_WEIGHT:,}.")
    return asked


def _earlier(request: HttpRequest) -> dict[str, float] | None:
    """The weights of an earlier version, to try them again."""
    number = request.GET.get("version", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 19):
        return None
    found = HealthModel.objects.filter(pk=int(number)).first()
    known = weights_of(current_model())
    return {name: found.weights.get(name, weight) for name, weight in known.items()} if found else None


def _context(tried: ScoreModel, weights: Mapping[str, float]) -> dict[str, Any]:
    now = current_model()
    parts = [
        {"part": part, "weight": weights.get(part.name, part.weight), "share": part.weight / tried.weight}
        for part in tried.components
    ]
    try:
        found = what_if(weights_of(tried))
    except NothingToScore:
        found = None
    return {
        "parts": parts,
        "now": now,
        "is_changed": tried.version != now.version,
        "found": found,
        "bins": _bins(found) if found else [],
        "moved": list(found.moved[:MOST_MOVED]) if found else [],
        "versions": HealthModel.objects.select_related("published_by").order_by("-pk")[:20],
    }


@dataclass(frozen=True)
class Bin:
    """One bar of the histogram, before and after, as lengths of the drawing."""

    label: str
    before: int
    after: int
    x: str
    x_after: str
    before_height: str
    after_height: str
    before_top: str
    after_top: str


def _bins(found: WhatIf) -> Sequence[Bin]:
    tallest = max(1, *found.before, *found.after)
    width = 100 / BINS

    def height(count: int) -> float:
        return TALLEST * count / tallest

    return [
        Bin(
            label=f"{place * 5} to {place * 5 + 5}",
            before=before,
            after=after,
            x=f"{width * place + 0.3:.2f}%",
            x_after=f"{width * (place + 0.5):.2f}%",
            before_height=f"{height(before):.1f}",
            after_height=f"{height(after):.1f}",
            before_top=f"{TALLEST - height(before):.1f}",
            after_top=f"{TALLEST - height(after):.1f}",
        )
        for place, (before, after) in enumerate(zip(found.before, found.after, strict=True))
    ]
