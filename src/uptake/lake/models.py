"""The catalogue: which imports there are and which files hold their facts.

A file is visible when its row commits; whoever reads takes the list of live files in one query.
"""

from django.conf import settings
from django.db import models


class Import(models.Model):
    """One batch of facts that came in together and can be undone together."""

    class State(models.TextChoices):
        PREVIEW = "preview", "waits for an answer"
        RUNNING = "running", "running"
        LIVE = "live", "live"
        REFUSED = "refused", "refused"
        CANCELLED = "cancelled", "cancelled"
        UNDONE = "undone", "undone"

    state = models.CharField(max_length=12, choices=State.choices, default=State.PREVIEW)
    begun_by = models.ForeignKey(  # null: the command line
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="imports"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    platform = models.CharField(max_length=40, blank=True)
    answers = models.JSONField(default=dict)  # what the reader said about the columns
    step = models.CharField(max_length=20, blank=True)  # what is being done now
    done_share = models.FloatField(default=0)  # of that step, 0..1
    rows_read = models.BigIntegerField(default=0)
    imported_count = models.BigIntegerField(default=0)
    duplicate_count = models.BigIntegerField(default=0)
    set_aside_count = models.BigIntegerField(default=0)
    refused_count = models.BigIntegerField(default=0)
    first_day = models.DateField(null=True)
    last_day = models.DateField(null=True)
    report = models.JSONField(
        default=dict
    )  # mapping, reasons, counts per file, warnings: what the preview and --json say
    message = models.TextField(blank=True)  # why it was refused
    # Of an import that a connection brought: which, and the days, as (first, last) ISO text, that it holds whole. What
    # older imports of the same connection have of these days does not count while it is live.
    connection_id = models.BigIntegerField(null=True, db_index=True)
    whole_days = models.JSONField(default=list)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"import {self.pk}"


class ImportedFile(models.Model):
    """One file of an import, as the reader named it, with the fingerprint by which it is known again."""

    of = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files")
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=1000)
    path = models.CharField(max_length=4000)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True, db_index=True)

    class Meta:
        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("of", "number"), name="a_file_of_an_import_has_one_number"),)

    def __str__(self) -> str:
        return self.name


class DataFile(models.Model):
    """One Parquet file of the lake. Its bytes never change; it is live until it is retired."""

    class Table(models.TextChoices):
        USAGE_EVENTS = "usage_events"
        GUIDE_EVENTS = "guide_events"
        USAGE_DAILY = "usage_daily"
        SESSIONS = "sessions"
        SCORES = "scores"

    table = models.CharField(max_length=20, choices=Table.choices)
    path = models.CharField(max_length=400, unique=True)  # relative to the lake's root
    brought_by = models.ForeignKey(Import, null=True, on_delete=models.PROTECT, related_name="data_files")
    source = models.CharField(max_length=40, blank=True)
    row_count = models.BigIntegerField()
    byte_count = models.BigIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    first_row = models.BigIntegerField(
        null=True
    )  # facts without a row_number: the n-th row (from 0) is row first_row + n
    has_repeats = models.BooleanField(default=False)  # facts: rows of this file may stand for the same use
    hidden_ranges = models.JSONField(default=list)  # derived: [[first, last], …] that newer files hold
    key = models.CharField(max_length=200, blank=True, db_index=True)  # derived: what it was made from
    created_at = models.DateTimeField(auto_now_add=True)
    retired_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (models.Index(fields=("table", "retired_at"), name="live_files_of_a_table"),)

    def __str__(self) -> str:
        return self.path
