"""What the workspace decided about health, and every customer's health as it was last told."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from uptake.customers.models import Customer


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
