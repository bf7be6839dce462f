"""Connections to where usage comes from, and what each asking brought."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Platform(models.TextChoices):
    PENDO = "pendo", "Pendo"
    AMPLITUDE = "amplitude", "Amplitude"
    MIXPANEL = "mixpanel", "Mixpanel"
    LIVE = "live", "Live events"


ASKED = (Platform.PENDO, Platform.AMPLITUDE, Platform.MIXPANEL)
"""Platforms that are asked; of each there is one connection at a time, so that nothing is counted twice."""


class Connection(models.Model):
    """Where usage comes from by itself: a platform that is asked, or a source that sends."""

    class State(models.TextChoices):
        ACTIVE = "active", "active"
        PAUSED = "paused", "paused"
        REMOVED = "removed", "removed"  # its audit rows stay; its key is gone

    platform = models.CharField(max_length=20, choices=Platform.choices)
    name = models.CharField(max_length=100)
    source = models.CharField(max_length=50)  # what its facts are called in the lake: pendo; of a live one its own
    state = models.CharField(max_length=10, choices=State.choices, default=State.ACTIVE)
    options = models.JSONField(default=dict)  # region, project, time_zone, …: what is no secret
    sealed = models.TextField(blank=True)  # kit.secrets: the key of a platform that is asked; gone when removed
    hint = models.CharField(max_length=12, blank=True)  # the key's last characters, so that people can tell keys apart
    sha256 = models.CharField(max_length=64, blank=True)  # of a live source's write key, which is not kept
    found = models.JSONField(default=dict)  # what was seen when it was connected: accounts, features, …
    history_days = models.PositiveIntegerField(default=90)  # how far back the first sync reaches
    next_at = models.DateTimeField(null=True, db_index=True)  # when it is asked next; null: never by itself
    trouble = models.CharField(max_length=400, blank=True)  # a sentence: why the last sync failed; empty: it did not
    failures = models.PositiveIntegerField(default=0)  # syncs in a row that failed
    newest_at = models.DateTimeField(null=True)  # the newest event that came
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["source"], condition=~Q(state="removed"), name="one_connection_per_source_at_a_time"
            ),
            models.UniqueConstraint(fields=["sha256"], condition=~Q(sha256=""), name="one_source_per_write_key"),
            models.CheckConstraint(condition=Q(platform__in=Platform.values), name="connection_platform_is_known"),
        )

    def __str__(self) -> str:
        return self.name


class SyncRun(models.Model):
    """One asking of a platform, the audit row of it: what was asked, what came, what was kept."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        STOPPED = "stopped", "stopped"

    class Kind(models.TextChoices):
        HISTORY = "history", "history"
        DAILY = "daily", "daily"
        BY_HAND = "by hand", "by hand"

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    first_day = models.DateField()
    last_day = models.DateField()
    begun_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    newest_at = models.DateTimeField(null=True)  # the newest event that came: finished_at less this is the lag
    message = models.CharField(max_length=400, blank=True)  # why it failed

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"sync {self.pk} of {self.connection}"


class SyncWindow(models.Model):
    """Some days of a run: asked together, kept together as one import, and done again after a kill."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        DONE = "done", "done"
        SAME = "same", "unchanged"  # the very bytes were live already
        EMPTY = "empty", "no data"
        FAILED = "failed", "failed"

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="windows")
    first_day = models.DateField()
    last_day = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    import_id = models.BigIntegerField(null=True)
    requests = models.PositiveIntegerField(default=0)
    received = models.BigIntegerField(default=0)  # rows
    kept = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)
    set_aside = models.BigIntegerField(default=0)  # with those refused
    byte_count = models.BigIntegerField(default=0)
    message = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ("first_day", "pk")

    def __str__(self) -> str:
        return f"{self.first_day} to {self.last_day}"


class VisitorEmail(models.Model):
    """The e-mail address that a platform tells of a visitor, where the visitor's id is not that address itself."""

    source = models.CharField(max_length=50)
    visitor_id = models.CharField(max_length=500)
    email_key = models.CharField(max_length=254, db_index=True)  # trimmed, in lower case

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "visitor_id"], name="one_address_per_source_and_visitor"),
        )

    def __str__(self) -> str:
        return self.visitor_id


class Guide(models.Model):
    """A guide that a platform shows inside the product, and its steps in order."""

    source = models.CharField(max_length=50)
    guide_id = models.CharField(max_length=200)
    name = models.CharField(max_length=500)
    step_ids = models.JSONField(default=list)
    state = models.CharField(max_length=40, blank=True)  # as the platform writes it: public, staged, draft, disabled
    is_onboarding = models.BooleanField(default=False)  # the workspace's word; a sync does not touch it

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(fields=["source", "guide_id"], name="one_guide_per_source_and_id"),)

    def __str__(self) -> str:
        return self.name
