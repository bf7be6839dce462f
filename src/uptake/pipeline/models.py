"""What the workspace decided about health, health as it was last told, and what stands beside a customer's dashboard."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from uptake.customers.models import Customer
from uptake.pipeline.live.models import LivePerson, MovedSegment
from uptake.pipeline.sync.models import Connection, Guide, SyncRun, SyncWindow

__all__ = [
    "Annotation",
    "Connection",
    "Guide",
    "HealthModel",
    "HealthScore",
    "LivePerson",
    "MovedSegment",
    "ReportEdition",
    "ReportEvery",
    "ReportSchedule",
    "ShareLink",
    "SyncRun",
    "SyncWindow",
]


class HealthModel(models.Model):
    """Weights of the health score that a leader published. Older ones stay, so that old scores can be read."""

    version = models.CharField(max_length=8, db_index=True)  # ScoreModel.version: the same weights, the same version
    weights = models.JSONField()  # component -> weight, all of them
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    published_at = models.DateTimeField(auto_now_add=True)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.UniqueConstraint(
                fields=["is_current"], condition=Q(is_current=True), name="one_current_health_model"
            ),
        )

    def __str__(self) -> str:
        return f"health weights {self.version}"


class HealthScore(models.Model):
    """A customer's health from the moment somebody updated it; the newest holds. Never changed, only followed."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="health_scores")
    as_of = models.DateField()
    score = models.FloatField(null=True)  # null: withheld from here on
    band = models.CharField(max_length=10, blank=True)
    present = models.FloatField()  # share of the weight, 0-1
    parts = models.JSONField()  # [{name, title, weight, share, measured, value, points, formula}]
    version = models.CharField(max_length=8)
    cause = models.CharField(max_length=500, blank=True)  # what made somebody update it, in their words
    why = models.CharField(max_length=500, blank=True)  # the part that moved most, in one sentence
    updated_at = models.DateTimeField(auto_now_add=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    follows_from_use = True  # no reason to keep a customer that only an undone import knew

    class Meta:
        ordering = ("pk",)
        indexes = (models.Index(fields=["customer", "as_of"], name="health_of_a_customer"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 100.000001)), name="health_score_is_0_to_100"
            ),
        )

    def __str__(self) -> str:
        return f"health of {self.customer_id} on {self.as_of}"


class Annotation(models.Model):
    """Something that a teammate wrote on a day of a customer's growth: a launch, a training, a new sponsor."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="annotations")
    on = models.DateField()
    text = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("on", "pk")
        indexes = (models.Index(fields=["customer", "on"], name="annotations_of_a_customer"),)
        constraints = (models.CheckConstraint(condition=~Q(text=""), name="annotation_says_something"),)

    def __str__(self) -> str:
        return self.text


class ShareLink(models.Model):
    """Lets whoever holds the link read one customer-safe report, of one day, until it ends. Only its hash is kept."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="share_links")
    as_of = models.DateField()
    period = models.CharField(max_length=10)  # kit.days.Period
    sha256 = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    opened_count = models.PositiveIntegerField(default=0)  # the page, by whoever is not logged in here
    taken_count = models.PositiveIntegerField(default=0)  # its PDF
    last_opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return f"link to the report of {self.customer}"


class ReportEdition(models.TextChoices):
    INTERNAL = "internal", "Internal"
    CUSTOMER = "customer", "For the customer"


class ReportEvery(models.TextChoices):
    MONTH = "month", "Every month"
    QUARTER = "quarter", "Every quarter"


class ReportSchedule(models.Model):
    """A report that is drafted as an e-mail again and again; a person approves each one before it goes out."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="report_schedules")
    edition = models.CharField(max_length=10, choices=ReportEdition.choices, default=ReportEdition.CUSTOMER)
    every = models.CharField(max_length=10, choices=ReportEvery.choices, default=ReportEvery.MONTH)
    to_name = models.CharField(max_length=200, blank=True)
    to_email = models.CharField(max_length=254)
    paper = models.CharField(max_length=10, default="a4")  # report.document.PAPERS
    next_on = models.DateField(db_index=True)  # the day on which the next draft is made
    day = models.PositiveSmallIntegerField()  # of the month, as it was chosen: the 31st stays so after a February
    trouble = models.CharField(max_length=300, blank=True)  # a sentence: why the draft that is due could not be made
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("next_on", "pk")
        constraints = (
            models.CheckConstraint(condition=Q(edition__in=ReportEdition.values), name="report_edition_is_known"),
            models.CheckConstraint(condition=Q(every__in=ReportEvery.values), name="report_every_is_known"),
            models.UniqueConstraint(
                fields=["customer", "edition", "to_email"], name="one_schedule_per_report_and_recipient"
            ),
        )

    def __str__(self) -> str:
        return f"report of {self.customer} to {self.to_email}"
