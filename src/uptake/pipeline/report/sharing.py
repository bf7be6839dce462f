"""Links by which a customer reads its own report without a login: made, listed, read, taken back.

A link stands for one customer, as-of day and period, and opens the customer's edition only. The numbers are worked out
anew whenever it is read: those of that day, from the facts as they are known now.
"""

import hashlib
import secrets
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from uptake.customers.access import access_own_customer
from uptake.kit.days import Period
from uptake.kit.errors import ProductError
from uptake.pipeline import scoring
from uptake.pipeline.dashboard import dashboard
from uptake.pipeline.dashboard.making import NotInPortfolio
from uptake.pipeline.dashboard.view import Dashboard
from uptake.pipeline.models import ShareLink
from uptake.pipeline.report.customer_safe import SafeReport, safe_report
from uptake.pipeline.report.making import Report, checked, pdf_of
from uptake.pipeline.state import ByState, state
from uptake.team.models import Role, Teammate
from uptake.team.rights import Right, require
from uptake.team.services import record

if TYPE_CHECKING:
    from django.db.models import QuerySet

LASTS_DAYS = (7, 30, 90)
PRESSED_TWICE = timedelta(seconds=30)
READ_A_MINUTE = 60  # by everybody together who holds one link
GONE = "This link leads nowhere, or nowhere any more. Ask whoever sent it to you for a new one."


class BadLink(ProductError):
    """A link cannot be made as it was asked for."""


class UnknownLink(ProductError):
    """There never was such a link; to a teammate: not at this customer."""

    status = 404


class LinkEnded(ProductError):
    """It ended, was taken back, or its customer was archived. Says the same as UnknownLink: who reads on learns nothing."""

    status = 410


class NotThereNow(ProductError):
    """The link holds, and of its day nothing can be told now: the usage was undone, say."""

    status = 409


class ReadTooOften(ProductError):
    """More than READ_A_MINUTE times within a minute."""

    status = 429


@transaction.atomic
def share_report(
    teammate: Teammate,
    customer_id: int,
    *,
    days: int,
    as_of: date | None = None,
    period: Period = scoring.DEFAULT_PERIOD,
) -> tuple[ShareLink, str]:
    """Make a link to the customer's edition of a day; its secret is returned this once and never kept.

    Whoever makes it approves what it shows. Raises UnknownCustomer, NotAllowed, NotInPortfolio, NothingToScore and
    BadLink.
    """
    customer = access_own_customer(teammate, customer_id)
    require(teammate, Right.APPROVE_OUTREACH)
    require(teammate, Right.EXPORT)
    if days not in LASTS_DAYS:
        raise BadLink(f"A link lasts {', '.join(map(str, LASTS_DAYS[:-1]))} or {LASTS_DAYS[-1]} days.")
    if customer.is_archived:
        raise NotInPortfolio(f"{customer} is archived; restore it to share its report.")
    day, now, secret = scoring.as_of_day(as_of), timezone.now(), secrets.token_urlsafe(32)
    _take_back_the_same(teammate, customer_id, day, period, days)
    link = ShareLink.objects.create(
        customer=customer,
        as_of=day,
        period=str(period),
        sha256=_hash(secret),
        expires_at=now + timedelta(days=days),
        created_by=teammate,
    )
    record(
        teammate, "shared", customer, customer_id=customer.pk, link=link.pk,
        as_of=str(day), period=str(period), until=link.expires_at.isoformat(timespec="minutes"),
    )  # fmt: skip
    return link, secret


def _take_back_the_same(teammate: Teammate, customer_id: int, day: date, period: Period, days: int) -> None:
    """Pressed twice: nobody has read the first secret, as the page of the second came in its place."""
    same = ShareLink.objects.filter(customer=customer_id, created_by=teammate, as_of=day, period=str(period))
    now = timezone.now()
    fresh = same.filter(revoked_at=None, last_opened_at=None, created_at__gte=now - PRESSED_TWICE)
    for link in fresh.filter(
        expires_at__range=(now + timedelta(days=days) - PRESSED_TWICE, now + timedelta(days=days))
    ):
        take_back_link(teammate, customer_id, link.pk)


@transaction.atomic
def take_back_link(teammate: Teammate, customer_id: int, link_id: int) -> ShareLink:
    """Nobody reads by it any more. Doing it again changes nothing. Raises UnknownCustomer, NotAllowed, UnknownLink."""
    customer = access_own_customer(teammate, customer_id)
    link = ShareLink.objects.select_for_update().filter(pk=link_id, customer=customer).first()
    if link is None:
        raise UnknownLink(f"{customer} has no link {link_id}.")
    if link.revoked_at is None:
        link.revoked_at = timezone.now()
        link.save(update_fields=["revoked_at"])
        record(teammate, "took back share link of", customer, customer_id=customer.pk, link=link.pk)
    return link


def links_of(customer_id: int) -> "QuerySet[ShareLink]":
    """A customer's links, the newest first. Only for who may see the customer."""
    return ShareLink.objects.filter(customer=customer_id).select_related("created_by")


def link_of(secret: str) -> ShareLink:
    """The link that holds now. Raises UnknownLink and LinkEnded, in the same words, and ReadTooOften."""
    link = ShareLink.objects.select_related("customer").filter(sha256=_hash(secret)).first()
    if link is None:
        raise UnknownLink(GONE)
    if link.revoked_at is not None or link.expires_at <= timezone.now() or link.customer.is_archived:
        raise LinkEnded(GONE)
    _count_the_minute(link)
    return link


def _count_the_minute(link: ShareLink) -> None:
    """In this process's memory: enough to keep a program that reads without end from working the server out."""
    key = f"share-link-{link.pk}"
    cache.add(key, 0, timeout=60)
    try:
        times = cache.incr(key)
    except ValueError:  # the minute ended between the two
        return
    if times > READ_A_MINUTE:
        raise ReadTooOften("This page was asked for very often just now. Try again in a minute.")


def shared_report(link: ShareLink) -> SafeReport:
    """What the link shows; the type holds nothing that may not be shared. Raises NotThereNow."""
    return safe_report(_told(link))


def shared_pdf(link: ShareLink, *, paper: str = "a4") -> Report:
    """The same as PDF, typeset once while nothing changes. Raises NotThereNow and UnknownPaper."""
    checked("customer", paper)
    told = _told(link)
    key = (told.customer_id, told.as_of, told.period, paper, told.is_whole)
    pdf = _PDFS.get(key, lambda: pdf_of(told, "customer", paper=paper))
    return Report(told.customer_id, told.customer, "customer", told.as_of, told.period, pdf)


_PDFS: ByState[bytes] = ByState(state, size=32)


def count_opening(link: ShareLink, *, is_pdf: bool) -> None:
    """Somebody from outside read it."""
    counter = "taken_count" if is_pdf else "opened_count"
    ShareLink.objects.filter(pk=link.pk).update(**{counter: F(counter) + 1, "last_opened_at": timezone.now()})


def _told(link: ShareLink) -> Dashboard:
    try:
        return dashboard(_outsider(), link.customer_id, as_of=link.as_of, period=Period.parse(link.period))
    except scoring.NothingToScore as why:
        raise NotThereNow("The numbers of this report cannot be told at the moment. Try again later.") from why


def _outsider() -> Teammate:
    """Sees every customer and nobody's name; the link says which customer. Never saved."""
    return Teammate(role=Role.VIEWER)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
