"""Filters that a teammate keeps under a name."""

from typing import Any

from django.db import transaction
from django.http import QueryDict

from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.services import record

MOST = 50
LONGEST = 60
LONGEST_VALUE = 5_000  # several hundred customers by number
KNOWN = (
    *(
        "period",
        "compare",
        "search",
        "segment",
        "region",
        "plan",
        "owner",
        "band",
        "score",
        "customer",
        "only",
        "reason",
    ),
    *("sort", "dir", "as_of"),
)


class BadView(ProductError):
    """A view without a name, or too many of them."""


def save_view(teammate: Teammate, name: str, query: str) -> list[dict[str, Any]]:
    """Keep the filters of an address; a view of the same name is replaced. Raises BadView."""
    name = " ".join(name.split())[:LONGEST]
    if not name:
        raise BadView("Give the view a name, such as “Enterprise renewals”.")
    with transaction.atomic():
        current = Teammate.objects.select_for_update().get(pk=teammate.pk)
        view = {"name": name, "query": tidy(query)}
        views = [view if each["name"] == name else each for each in current.saved_views]
        if view not in views:
            views.append(view)
        if len(views) > MOST:
            raise BadView(f"You have {MOST} saved views; delete one first.")
        _keep(current, views)
        record(teammate, "saved a view", name, query=view["query"])
    return views


def delete_view(teammate: Teammate, name: str) -> list[dict[str, Any]]:
    """Forget a view; one that is gone already stays gone."""
    with transaction.atomic():
        current = Teammate.objects.select_for_update().get(pk=teammate.pk)
        views = [each for each in current.saved_views if each["name"] != name]
        if len(views) < len(current.saved_views):
            _keep(current, views)
            record(teammate, "deleted a view", name)
    return views


def _keep(teammate: Teammate, views: list[dict[str, Any]]) -> None:
    teammate.saved_views = views
    teammate.save(update_fields=["saved_views"])


def tidy(query: str) -> str:
    """Only what the page knows, in one order, so that equal filters are equal texts."""
    given = QueryDict(query.removeprefix("?"))
    kept = QueryDict(mutable=True)
    for name in KNOWN:
        if given.get(name):
            kept[name] = given[name][:LONGEST_VALUE]
    return kept.urlencode()
