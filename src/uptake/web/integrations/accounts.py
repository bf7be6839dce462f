"""Which customer an account is: those that wait, with their use and who they may be."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from uptake.customers.mapping import (
    BadMapping,
    Suggesting,
    access_accounts,
    changes_of_mapping,
    found_by,
    make_customers_of,
    map_accounts,
    map_by_csv,
    mapping_csv,
    profiles_of,
    undo_mapping,
    waiting,
)
from uptake.customers.models import Account, Customer
from uptake.customers.names import name_key
from uptake.pipeline.sync.use_of_accounts import UseOfAccounts, use_of_accounts
from uptake.team.models import Teammate
from uptake.team.rights import Right, require
from uptake.web.asking import page_of, teammate_of

PER_PAGE = 50
MOST_NAMES = 400  # in the list of customers that a field offers; any other may be typed
MOST_BYTES = 5_000_000
SHOWS = {"waiting": "Waiting", "mapped": "Mapped", "apart": "Nobody's", "all": "All"}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The inbox: accounts with the most use first."""
    teammate = teammate_of(request)
    everything = access_accounts(teammate)
    show = request.GET.get("show", "waiting")
    show = show if show in SHOWS else "waiting"
    word = request.GET.get("q", "").strip()[:100]
    chosen = _shown(everything, show)
    chosen = found_by(chosen, word) if word else chosen
    use = use_of_accounts()
    ordered = sorted(chosen, key=lambda each: (-use.uses(each.source, each.account_id), each.source, each.account_id))
    shown = page_of(ordered, request, per_page=PER_PAGE)
    context = {
        **shown,
        "rows": _rows(list(shown["page"]), use),
        "show": show,
        "word": word,
        "tabs": [(name, words, _shown(everything, name).count()) for name, words in SHOWS.items()],
        "waiting": waiting(everything).count(),
        "since": use.first_day,
        "until": use.last_day,
        "names": list(Customer.objects.filter(is_archived=False).values_list("name", flat=True)[:MOST_NAMES]),
        "changes": changes_of_mapping(teammate),
    }
    return render(request, "integrations/accounts.html", context)


def _shown(accounts: QuerySet[Account], show: str) -> QuerySet[Account]:
    if show == "waiting":
        return waiting(accounts)
    if show == "mapped":
        return accounts.filter(customer__isnull=False)
    return accounts.filter(customer=None, is_confirmed=True) if show == "apart" else accounts


def _rows(accounts: list[Account], use: UseOfAccounts) -> list[dict[str, Any]]:
    told = profiles_of(accounts)
    suggesting = Suggesting()
    found = []
    for account in accounts:
        profile = told.get((account.source, account.account_id))
        suggestions = suggesting.suggest(account, profile) if account.customer is None else []
        found.append(
            {
                "account": account,
                "name": profile.name if profile else "",
                "domain": profile.domain if profile else "",
                "use": use.of(account.source, account.account_id),
                "suggestions": suggestions,
            }
        )
    return found


@require_POST
def map_them(request: HttpRequest) -> HttpResponse:
    """What was said about accounts of the page: a suggestion taken, names typed, or something done with the ticked."""
    teammate = teammate_of(request)
    require(teammate, Right.CONNECT)
    ticked = [int(each) for each in request.POST.getlist("account") if each.isdecimal() and len(each) < 19]
    do = request.POST.get("do", "")
    try:
        if do == "make":
            done = make_customers_of(teammate, ticked)
        elif do == "apart":
            done = map_accounts(teammate, dict.fromkeys(ticked))
        elif do.startswith("take:"):
            done = map_accounts(teammate, {_number(do, 1): _number(do, 2)})
        else:
            done = map_accounts(teammate, _typed(request))
    except BadMapping as why:
        messages.error(request, str(why))
        return _back(request)
    count = len(done.details["changes"])
    messages.success(request, f"{count} account{'s' if count != 1 else ''} mapped; every score counts them so at once.")
    return _back(request)


def _number(text: str, place: int) -> int:
    part = text.split(":")[place] if text.count(":") >= place else ""
    if not part.isdecimal() or len(part) > 18:
        raise BadMapping("The suggestion cannot be read; choose it once more.")
    return int(part)


def _typed(request: HttpRequest) -> dict[int, int | None]:
    """Account -> customer, of the fields that hold a name."""
    said = {name[3:]: str(value).strip() for name, value in request.POST.items() if name.startswith("to-")}
    typed = {name: value for name, value in said.items() if value}
    if not typed:
        raise BadMapping("Type a customer's name beside an account, or take a suggestion.")
    slugs = {name_key(value): value for value in typed.values()}
    known = dict(Customer.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    for slug, value in slugs.items():
        if slug not in known:
            raise BadMapping(f"There is no customer “{value[:80]}”. Write the name as it is, or make a customer of it.")
    return {_number(f":{pk}", 1): known[name_key(value)] for pk, value in typed.items()}


@require_POST
def undo(request: HttpRequest, record_id: int) -> HttpResponse:
    """Take a change back."""
    undo_mapping(teammate_of(request), record_id)
    stay = "Customers that were made of them stay, without use: archive those that nobody wants."
    messages.success(request, f"It is taken back; every score counts these accounts as before. {stay}")
    return _back(request)


@require_safe
def download(request: HttpRequest) -> HttpResponse:
    """Every account with its customer, to be filled in."""
    headers = {"Content-Disposition": 'attachment; filename="accounts.csv"'}
    text = "\ufeff" + mapping_csv(teammate_of(request))
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """The download, filled in."""
    teammate: Teammate = teammate_of(request)
    require(teammate, Right.CONNECT)
    file = request.FILES.get("file")
    if file is None or file.size is None or file.size > MOST_BYTES:
        messages.error(request, "Choose the file of accounts that you filled in, of at most 5 MB.")
        return _back(request)
    try:
        done, same = map_by_csv(teammate, bytes(file.read()).decode("utf-8-sig"))
    except UnicodeDecodeError:
        messages.error(request, "The file is no text in UTF-8; save it as “CSV UTF-8”.")
        return _back(request)
    except BadMapping as why:
        messages.error(request, str(why))
        return _back(request)
    count = len(done.details["changes"]) if done else 0
    messages.success(request, f"{count} accounts mapped by the file; {same} were so already.")
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    asked = request.POST.get("back", "")
    query = f"?{asked}" if asked and asked.isascii() and len(asked) < 300 else ""
    return HttpResponseRedirect(reverse("integrations:accounts") + query)
