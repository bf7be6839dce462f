"""Which guides are onboarding: the workspace says so, guide by guide."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from uptake.kit.errors import ProductError
from uptake.pipeline.sync.guides import mark_onboarding
from uptake.pipeline.sync.models import Guide
from uptake.team.rights import Right, require
from uptake.web.asking import teammate_of

LONGEST_WORD = 100


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """All guides that platforms told of. A POST marks exactly those that are ticked, and those whose name has a word."""
    teammate = teammate_of(request)
    require(teammate, Right.EDIT_CATALOGUE)
    guides = list(Guide.objects.order_by("-is_onboarding", "name", "pk"))
    if request.method == "POST":
        changed = mark_onboarding(teammate, _chosen(request, guides))
        said = "guide is" if changed == 1 else "guides are"
        messages.success(request, f"{changed} {said} marked anew." if changed else "Nothing changed.")
        return HttpResponseRedirect(reverse("integrations:guides"))
    marked = sum(guide.is_onboarding for guide in guides)
    return render(request, "integrations/guides.html", {"guides": guides, "marked": marked})


def _chosen(request: HttpRequest, guides: list[Guide]) -> set[int]:
    """Raises ProductError for what is no guide."""
    ticked = request.POST.getlist("guide")
    known = {str(guide.pk): guide.pk for guide in guides}
    if unknown := [each for each in ticked if each not in known]:
        raise ProductError(f"There is no guide “{unknown[0][:20]}” any more; load the page again.")
    word = " ".join(request.POST.get("word", "")[:LONGEST_WORD].casefold().split())
    named = {guide.pk for guide in guides if word and word in guide.name.casefold()}
    return {known[each] for each in ticked} | named
