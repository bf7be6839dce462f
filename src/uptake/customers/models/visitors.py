"""The workspace's own rules for visitors who are not customers' people."""

from django.db import models
from django.db.models import Q


class VisitorKind(models.TextChoices):
    INTERNAL = "internal", "Internal"
    SERVICE = "service", "Service account"
    TEST = "test", "Test"


class VisitorRule(models.Model):
    """A pattern for visitor ids that are not counted. With the pattern of a built-in rule it stands in its place."""

    kind = models.CharField(max_length=10, choices=VisitorKind.choices)
    pattern = models.CharField(max_length=500, unique=True)  # regular expression, found anywhere in the id, any case
    title = models.CharField(max_length=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=VisitorKind.values), name="visitor_kind_is_known"),
            models.CheckConstraint(condition=~Q(pattern=""), name="visitor_rule_has_a_pattern"),
        )

    def __str__(self) -> str:
        return self.title
