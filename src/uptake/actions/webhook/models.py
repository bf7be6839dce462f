"""Whom to tell what, and each telling with what came of it."""

from django.conf import settings
from django.db import models


class Endpoint(models.Model):
    """An address that is told of events."""

    url = models.CharField(max_length=1000)
    sealed = models.TextField()  # kit.secrets: the key that signs; shown once
    types = models.JSONField(default=list)  # of services.TYPES
    heard_to = models.BigIntegerField(default=0)  # the newest audit record that was looked at for it
    is_on = models.BooleanField(default=True)
    trouble = models.CharField(max_length=300, blank=True)  # why it was switched off by itself
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.url


class Delivery(models.Model):
    """One event for one endpoint. The same message, with the same id, however often it is sent."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        DELIVERED = "delivered", "delivered"
        FAILED = "failed", "failed"

    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="deliveries")
    message_id = models.CharField(max_length=60, unique=True)
    record_id = models.BigIntegerField()  # the audit record it tells of
    type = models.CharField(max_length=60)
    payload = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField(db_index=True)
    answered = models.PositiveIntegerField(null=True)  # the last answer's status; null: none came
    message = models.CharField(max_length=300, blank=True)  # what went wrong last
    created_at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.UniqueConstraint(fields=["endpoint", "record_id"], name="one_delivery_per_endpoint_and_record"),
        )

    def __str__(self) -> str:
        return f"{self.type} to {self.endpoint}"
