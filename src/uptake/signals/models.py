"""Alerts and their life, the rules as they are set, what was looked at when, and how people were told."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, When
from django.utils import timezone

from uptake.customers.models import Customer


class Severity(models.TextChoices):
    CRITICAL = "critical", "Critical"
    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOW = "low", "Low"


class AlertStatus(models.TextChoices):
    OPEN = "open", "Open"
    ACKNOWLEDGED = "acknowledged", "Taken up"
    HELD = "held", "Held back"  # with an incident; nobody sees it before a leader decides
    DISMISSED = "dismissed", "Dismissed"
    RESOLVED = "resolved", "Resolved"


class Reason(models.TextChoices):
    AGREED = "agreed", "Known and agreed with the customer"
    DATA = "data", "Wrong data"
    UNIMPORTANT = "unimportant", "Not important"
    OTHER = "other", "Something else"


LIVE = (AlertStatus.OPEN, AlertStatus.ACKNOWLEDGED, AlertStatus.HELD)
SHOWN = (AlertStatus.OPEN, AlertStatus.ACKNOWLEDGED)
CLOSED = (AlertStatus.DISMISSED, AlertStatus.RESOLVED)


def today() -> date:
    """The workspace's day: a snooze ends on it."""
    return timezone.localdate()


class Incident(models.Model):
    """So many customers fell at once that the data is more likely wrong: alerts wait until a leader decides."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        RELEASED = "released", "Released"  # the fall is real: the alerts were raised
        DROPPED = "dropped", "Dropped"  # the data is wrong: the alerts were closed
        CLEARED = "cleared", "Cleared"  # the data came, and the fall was gone

    as_of = models.DateField(unique=True)
    fallen = models.PositiveIntegerField()  # customers that fell by more than five points in a day
    customers = models.PositiveIntegerField()  # of so many with a score on both days
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (models.UniqueConstraint(fields=["state"], condition=Q(state="open"), name="one_open_incident"),)

    def __str__(self) -> str:
        return f"fall of {self.as_of}"

    @property
    def share(self) -> float:
        return self.fallen / self.customers


class AlertQuerySet(models.QuerySet["Alert"]):
    """Alerts, in the ways that several readers want them."""

    def shown(self) -> "AlertQuerySet":
        """Open or taken up, and not snoozed."""
        return self.filter(status__in=SHOWN).exclude(snoozed_until__gt=today())

    def snoozed(self) -> "AlertQuerySet":
        return self.filter(status__in=SHOWN, snoozed_until__gt=today())

    def closed(self) -> "AlertQuerySet":
        return self.filter(status__in=CLOSED)

    def most_severe_first(self) -> "AlertQuerySet":
        """Then those not taken up yet, then by revenue behind them, then the newest."""
        rank = Case(*(When(severity=severity, then=place) for place, severity in enumerate(Severity.values)))
        taken = Case(When(status=AlertStatus.ACKNOWLEDGED, then=1), default=0)
        return self.order_by(rank, taken, models.F("arr").desc(nulls_last=True), "-raised_on", "pk")


class Alert(models.Model):
    """Something a rule found at a customer, from the day it was raised to the day it closed."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="alerts")
    rule = models.CharField(max_length=40)
    subject = models.CharField(max_length=500, blank=True)  # the feature or person it is about; empty: the customer
    severity = models.CharField(max_length=10, choices=Severity.choices)
    status = models.CharField(max_length=12, choices=AlertStatus.choices, default=AlertStatus.OPEN)
    evidence = models.JSONField()  # the rule's row on ``as_of``; under ``people`` what only some roles read
    arr = models.FloatField(
        null=True
    )  # a year's revenue of the customer on ``as_of``; null: none, or in several currencies
    raised_on = models.DateField()  # the day of usage on which it first held
    raised_at = models.DateTimeField(auto_now_add=True)
    as_of = models.DateField()  # the day of usage that ``evidence`` is of
    snoozed_until = models.DateField(null=True, blank=True)  # out of sight before this day
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)  # the day of usage; from it on the cooldown is counted
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(  # null: it resolved by itself
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    reason = models.CharField(max_length=12, choices=Reason.choices, blank=True)  # of a dismissal
    words = models.CharField(max_length=500, blank=True)  # the reason in a sentence; of a resolved one what ended it
    incident = models.ForeignKey(Incident, null=True, on_delete=models.SET_NULL, related_name="alerts")

    follows_from_use = True  # no reason to keep a customer that only an undone import knew

    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ("-raised_on", "pk")
        indexes = (
            models.Index(fields=["status", "customer"], name="alert_by_status"),
            models.Index(fields=["customer", "rule", "closed_on"], name="alert_of_customer_and_rule"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "rule", "subject"],
                condition=Q(status__in=["open", "acknowledged", "held"]),
                name="one_live_alert_per_customer_rule_and_subject",
            ),
            models.CheckConstraint(condition=Q(status__in=AlertStatus.values), name="alert_status_is_known"),
            models.CheckConstraint(condition=Q(severity__in=Severity.values), name="alert_severity_is_known"),
            models.CheckConstraint(
                condition=Q(status__in=["open", "acknowledged", "held"], closed_on=None)
                | Q(status__in=["dismissed", "resolved"], closed_on__isnull=False),
                name="alert_closes_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(status="dismissed") | ~Q(reason=""), name="alert_is_dismissed_for_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule.replace('_', ' ')} at {self.customer}"

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def is_snoozed(self) -> bool:
        return self.status in SHOWN and self.snoozed_until is not None and self.snoozed_until > today()


class RuleSetting(models.Model):
    """How a rule is set. Without a row it is on, with its defaults; older versions are in the audit trail."""

    rule = models.CharField(max_length=40, unique=True)
    is_on = models.BooleanField(default=True)
    thresholds = models.JSONField(default=dict)  # name -> value, all of them
    version = models.PositiveIntegerField(default=1)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.rule.replace("_", " ")


class AlertPolicy(models.Model):
    """What holds for all rules. One row; who works through the days holds it, so nobody does it beside them."""

    per_week = models.PositiveSmallIntegerField(default=10)  # alerts that a CSM can look after in a week

    def __str__(self) -> str:
        return "alert policy"


class AlertRun(models.Model):
    """One day of usage looked at: with which state of facts and rules, and what came of it. The newest holds."""

    as_of = models.DateField()
    token = models.CharField(max_length=16)  # facts, mappings and rules that it was made from
    ran_at = models.DateTimeField(auto_now_add=True)
    raised = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    resolved = models.PositiveIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    unjudged = models.JSONField(default=dict)  # rule -> state -> customers' numbers

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=["as_of"], name="alert_run_by_day"),)

    def __str__(self) -> str:
        return f"alerts of {self.as_of}"


class Notice(models.Model):
    """One message to teammates about alerts, claimed before it goes out: it never goes twice."""

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        SLACK = "slack", "Slack"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENDING = "sending", "May have been sent"  # being handed over, or that was broken off
        SENT = "sent", "Sent"
        FAILED = "failed", "Not sent"

    channel = models.CharField(max_length=10, choices=Channel.choices)
    teammate = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    on = models.DateField(null=True)  # of a digest: the workspace's day
    alerts = models.JSONField()  # their numbers
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_again_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=["state", "try_again_at"], name="notice_by_state"),)
        constraints = (
            models.UniqueConstraint(
                fields=["teammate", "on"], condition=Q(channel="email"), name="one_digest_per_teammate_and_day"
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_channel_display()} about alerts"
