"""The audit trail: who changed what, newest first."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from uptake.team.models import AuditRecord, Teammate
from uptake.team.rights import Right, require
from uptake.web.asking import page_of, teammate_of
from uptake.web.settings.tabs import tabs

NOBODY = "none"  # the command line
SHOWN = 60  # characters of a detail


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Filtered by teammate and word; both are in the address."""
    teammate = teammate_of(request)
    require(teammate, Right.SEE_AUDIT)
    who, word = request.GET.get("who", "")[:20], request.GET.get("word", "").replace("\0", "").strip()[:100]
    shown = page_of(_chosen(who, word), request)
    context = {
        **shown,
        "tabs": tabs(teammate),
        "records": [(record, details(record.details)) for record in shown["page"]],
        "people": Teammate.objects.order_by("is_service", "first_name", "email"),
        "who": who,
        "word": word,
    }
    return render(request, "settings/audit.html", context)


def _chosen(who: str, word: str) -> Any:
    records = AuditRecord.objects.select_related("teammate")
    if who == NOBODY:
        records = records.filter(teammate=None)
    elif who.isascii() and who.isdecimal() and len(who) < 19:
        records = records.filter(teammate=int(who))
    for part in word.split():
        records = records.filter(Q(verb__icontains=part) | Q(subject__icontains=part))
    return records


def details(told: dict[str, Any]) -> list[tuple[str, str]]:
    """(name, value) as the trail keeps them, short."""
    rows = ((name.replace("_", " "), _plain(value)) for name, value in told.items() if value not in (None, "", [], {}))
    return [(name, value if len(value) <= SHOWN else f"{value[:SHOWN]}…") for name, value in rows]


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(one)}" for name, one in value.items())
    if isinstance(value, list):
        return ", ".join(_plain(one) for one in value)
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
