"""Teammates hear of alerts: a digest by e-mail, once a day to whom they are, and Slack as they are raised.

A notice is claimed before it goes out, so that of two processes one sends it and a crash never sends it twice.
"""

import logging
import threading
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import IntegrityError, close_old_connections, transaction
from django.db.models import Case, F, Q, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from uptake.actions.delivery import DeliveryError, MayHaveBeenSent
from uptake.actions.email.mail import hand_over, mail_is_set_up
from uptake.actions.slack import drawing, posting
from uptake.insights.words import counted, shortened
from uptake.signals.access import access_alerts, routed_to, told
from uptake.signals.models import SHOWN, Alert, Incident, Notice
from uptake.team.models import Teammate
from uptake.team.rights import Right, may
from uptake.team.services import record

log = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 10.0
DIGEST_HOUR = 7  # of the workspace's day
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120))
MOST_IN_A_DIGEST = 25
SENDING_LASTS = timedelta(days=2)  # Slack messages that could not go out for so long are old news


def tell_teammates(stop: threading.Event) -> None:
    """Make the day's digests and send what waits, until ``stop`` is set. Any number of processes may run it."""
    while not stop.is_set():
        close_old_connections()
        try:
            make_digests(timezone.localtime())
            send_notices(stop)
        except Exception:  # a busy database must not end all notices until somebody restarts
            log.exception("Telling of alerts failed; going on.")
        stop.wait(LOOK_EVERY_SECONDS)
    close_old_connections()


def make_digests(now: datetime) -> int:
    """Once a day from seven o'clock: a digest for each teammate who has new alerts. How many were made.

    New to somebody is what no digest of theirs has told yet. Without a mail server none is made, and the next one will
    hold them.
    """
    if not mail_is_set_up() or now.hour < DIGEST_HOUR:
        return 0
    had = set(Notice.objects.filter(channel=Notice.Channel.EMAIL, on=now.date()).values_list("teammate_id", flat=True))
    people = Teammate.objects.filter(is_active=True, is_service=False).exclude(email="").exclude(pk__in=had)
    return sum(_digest(teammate, now) for teammate in people.order_by("pk") if may(teammate, Right.CHANGE_OWN))


def _digest(teammate: Teammate, now: datetime) -> bool:
    since, told_of = _told_before(teammate, now)
    raised = Coalesce(Case(When(incident__state=Incident.State.RELEASED, then="incident__decided_at")), "raised_at")
    new = routed_to(access_alerts(teammate), teammate).shown().annotate(seen_from=raised).filter(seen_from__gt=since)
    numbers = [pk for pk in new.most_severe_first().values_list("pk", flat=True) if pk not in told_of]
    if not numbers:
        return False
    try:
        with transaction.atomic():
            Notice.objects.create(channel=Notice.Channel.EMAIL, teammate=teammate, on=now.date(), alerts=numbers)
    except IntegrityError:  # another process made it
        return False
    return True


def _told_before(teammate: Teammate, now: datetime) -> tuple[datetime, set[int]]:
    """From when on alerts are news to the teammate at all, and those that their digests have told already.

    Careful: not by the time of the last digest. What was raised while it was made, or was held back then, is older than
    it and was told to nobody. Before the first digest lies a day; what stood open long before it is no news.
    """
    theirs = Notice.objects.filter(channel=Notice.Channel.EMAIL, teammate=teammate).order_by("pk")
    before = list(theirs.values_list("made_at", "alerts"))
    begun = before[0][0] if before else now
    return begun - timedelta(days=1), {number for _, numbers in before for number in numbers}


def send_notices(stop: threading.Event | None = None) -> None:
    """One round: every notice that may go out now."""
    due = Q(try_again_at__isnull=True) | Q(try_again_at__lte=timezone.now())
    waiting = Notice.objects.filter(due, state=Notice.State.WAITING).order_by("pk")
    for notice_id in list(waiting.values_list("pk", flat=True)[:50]):
        if stop is not None and stop.is_set():
            return
        send_notice(notice_id)


def send_notice(notice_id: int) -> None:
    """Hand one over, at most once. Does nothing for one that another process has. Call it outside a transaction."""
    claimed = Notice.objects.filter(pk=notice_id, state=Notice.State.WAITING).update(
        state=Notice.State.SENDING, attempts=F("attempts") + 1, try_again_at=None, error=""
    )
    if not claimed:
        return
    notice = Notice.objects.select_related("teammate").get(pk=notice_id)
    try:
        send = _send_mail if notice.channel == Notice.Channel.EMAIL else _send_slack
        send(notice)
    except DeliveryError as why:
        _turned_away(notice, why)
    except MayHaveBeenSent as why:
        _now(notice, Notice.State.FAILED, f"{why} It may have arrived; it is not sent again.")
    else:
        _now(notice, Notice.State.SENT, "")


def _turned_away(notice: Notice, why: DeliveryError) -> None:
    old = notice.made_at < timezone.now() - SENDING_LASTS
    if why.permanent or notice.attempts > len(PAUSES) or old:
        _now(notice, Notice.State.FAILED, str(why))
        return
    pause = PAUSES[notice.attempts - 1] if why.after is None else timedelta(seconds=why.after)
    Notice.objects.filter(pk=notice.pk).update(
        state=Notice.State.WAITING, try_again_at=timezone.now() + pause, error=shortened(str(why), 500)
    )


@transaction.atomic
def _now(notice: Notice, state: Notice.State, error: str) -> None:
    sent = timezone.now() if state == Notice.State.SENT else None
    Notice.objects.filter(pk=notice.pk).update(state=state, error=shortened(error, 500), sent_at=sent)
    verb = "told of alerts" if state == Notice.State.SENT else "could not tell of alerts"
    record(None, verb, notice, notice=notice.pk, alerts=len(notice.alerts), error=error)


def _still_shown(notice: Notice) -> list[Alert]:
    """Those of the notice that still stand, in its order."""
    found = Alert.objects.select_related("customer").filter(status__in=SHOWN).in_bulk(notice.alerts)
    return [found[number] for number in notice.alerts if number in found]


def _send_mail(notice: Notice) -> None:
    """To the teammate alone, and only what they may still read."""
    teammate = notice.teammate
    if teammate is None or not teammate.is_active:
        raise DeliveryError("The teammate does not log in any more.", permanent=True)
    mine = set(access_alerts(teammate).filter(pk__in=notice.alerts).values_list("pk", flat=True))
    alerts = [alert for alert in _still_shown(notice) if alert.pk in mine]
    if not alerts:
        return  # they resolved meanwhile: nothing to tell
    hand_over(
        EmailMessage(
            subject=_title(alerts),
            body=_body(alerts, teammate),
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[teammate.email],
        )
    )


def _title(alerts: Sequence[Alert]) -> str:
    """“3 new alerts at 2 customers”."""
    customers = len({alert.customer_id for alert in alerts})
    return f"{counted(len(alerts), 'new alert')} at {counted(customers, 'customer')}"


def _body(alerts: Sequence[Alert], teammate: Teammate) -> str:
    with_people = may(teammate, Right.SEE_PEOPLE)
    parts = [f"Good morning {teammate.first_name or teammate},", f"{_title(alerts)} since your last digest."]
    for alert in alerts[:MOST_IN_A_DIGEST]:
        said = told(alert, with_people=with_people)
        label = alert.get_severity_display()
        parts.append(f"{label}: {said.headline}\n{said.sentence}\n{address(f'/signals/{alert.pk}/')}")
    if len(alerts) > MOST_IN_A_DIGEST:
        parts.append(f"And {len(alerts) - MOST_IN_A_DIGEST:,} more.")
    parts.append(f"All of yours: {address('/signals/?whose=mine')}")
    return "\n\n".join(parts) + "\n"


def _send_slack(notice: Notice) -> None:
    """The channel's readers are not known here, so nobody at a customer is named."""
    webhook = settings.UPTAKE.slack_webhook
    if not webhook:
        raise DeliveryError("Slack is not set up any more: UPTAKE_SLACK_WEBHOOK is empty.", permanent=True)
    alerts = _still_shown(notice)
    if not alerts:
        return
    lines = []
    for alert in alerts:
        said = told(alert, with_people=False)
        url = address(f"/signals/{alert.pk}/")
        lines.append(drawing.Line(alert.get_severity_display(), said.headline, said.sentence, url))
    left = len(alerts) - drawing.MOST
    everything = (
        f"<{address('/signals/?whose=all')}|{f'{left:,} more, and all' if left > 0 else 'All'} that stand open>"
    )
    posting.post(webhook, text=_spoken(alerts), blocks=drawing.drawn(_title(alerts), lines, more=everything))


def _spoken(alerts: Sequence[Alert]) -> str:
    first = told(alerts[0], with_people=False).headline
    return drawing.escaped(f"{_title(alerts)}: {first}{' and more' if len(alerts) > 1 else ''}")


def address(path: str) -> str:
    """A page as other programs open it."""
    options = settings.UPTAKE
    if options.address:
        return f"{options.address}{path}"
    host = options.allowed_hosts[0] if options.allowed_hosts else "127.0.0.1"
    is_here = host in {"127.0.0.1", "localhost"}
    return f"{'https' if options.https else 'http'}://{host}{':8000' if is_here else ''}{path}"
