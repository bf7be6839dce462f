"""The feature catalogue: what can be used, what each platform calls it, and how to learn it."""

from django.db import models
from django.db.models import Q

from uptake.customers.names import KEY_LENGTH, LONGEST_TEXT

ANY_SOURCE = "*"
"""As the source of a name: whatever platform writes it."""


class Category(models.TextChoices):
    CORE = "core", "Core"
    ADVANCED = "advanced", "Advanced"
    POWER = "power", "Power"


class Cadence(models.TextChoices):
    DAILY = "daily", "Daily"
    WEEKLY = "weekly", "Weekly"
    MONTHLY = "monthly", "Monthly"


TAGS = ("api", "integration", "content", "collaboration", "report")
"""What a feature may be besides its category: a way in for programs, a link to other products, something that people
make, do together, or read."""


class Feature(models.Model):
    """What is used. Rows exist for features somebody defined; any other event name is its own feature."""

    key = models.CharField(max_length=KEY_LENGTH, unique=True)  # feature_id in the lake's tables; never changes
    name = models.CharField(max_length=LONGEST_TEXT)
    category = models.CharField(max_length=10, choices=Category.choices, blank=True)  # empty: nobody said
    importance = models.PositiveSmallIntegerField(default=50)  # 0-100
    cadence = models.CharField(max_length=10, choices=Cadence.choices, default=Cadence.WEEKLY)
    expected_adoption_days = models.PositiveSmallIntegerField(default=30)
    value_sentence = models.CharField(max_length=500, blank=True)  # what the customer has from it
    minutes_saved = models.DecimalField(  # by one use; null: nobody said
        max_digits=7, decimal_places=2, null=True, blank=True
    )
    tags = models.CharField(max_length=100, blank=True)  # of TAGS, in their order, with commas between
    is_edited = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=~Q(key="") & ~Q(name=""), name="feature_has_key_and_name"),
            models.CheckConstraint(condition=Q(importance__range=(0, 100)), name="feature_importance_is_0_to_100"),
            models.CheckConstraint(
                condition=Q(category="") | Q(category__in=Category.values), name="feature_category_is_known"
            ),
            models.CheckConstraint(condition=Q(cadence__in=Cadence.values), name="feature_cadence_is_known"),
            models.CheckConstraint(condition=Q(expected_adoption_days__gte=1), name="feature_adoption_takes_a_day"),
            models.CheckConstraint(
                condition=Q(minutes_saved__isnull=True) | Q(minutes_saved__gte=0), name="feature_saves_no_negative_time"
            ),
        )

    def __str__(self) -> str:
        return self.name


class FeatureName(models.Model):
    """An event name that stands for a feature. Wins over every rule."""

    source = models.CharField(max_length=50, default=ANY_SOURCE)
    event_name = models.CharField(max_length=LONGEST_TEXT)  # as first written
    event_key = models.CharField(max_length=KEY_LENGTH)  # names.name_key(event_name): what is compared
    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="names")

    class Meta:
        constraints = (models.UniqueConstraint(fields=["source", "event_key"], name="one_feature_per_event_name"),)

    def __str__(self) -> str:
        return self.event_name


class SetAsideName(models.Model):
    """An event name that a teammate declared not to be feature use."""

    source = models.CharField(max_length=50, default=ANY_SOURCE)
    event_name = models.CharField(max_length=LONGEST_TEXT)
    event_key = models.CharField(max_length=KEY_LENGTH)
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["source", "event_key"], name="one_set_aside_per_event_name"),)

    def __str__(self) -> str:
        return self.event_name


class ResourceKind(models.TextChoices):
    VIDEO = "video", "Video"
    DOCUMENT = "document", "Document"
    WEBINAR = "webinar", "Webinar"
    GUIDE = "guide", "Guide"


class TrainingResource(models.Model):
    """Something that teaches a feature."""

    feature = models.ForeignKey(Feature, on_delete=models.CASCADE, related_name="resources")
    kind = models.CharField(max_length=10, choices=ResourceKind.choices)
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=2000)
    level = models.CharField(max_length=50, blank=True)  # beginner, admin, …: the workspace's own words
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    language = models.CharField(max_length=20, default="en")  # BCP 47

    class Meta:
        ordering = ("title",)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ResourceKind.values), name="resource_kind_is_known"),
        )

    def __str__(self) -> str:
        return self.title
