"""Who logs in, what they may do, and the trail of what was changed."""

from django.contrib.auth.models import AbstractUser
from django.db import models


class Role(models.TextChoices):
    ADMIN = "admin", "Admin"
    LEADER = "leader", "Leader"
    CSM = "csm", "CSM"
    PRODUCT_MANAGER = "product_manager", "Product manager"
    VIEWER = "viewer", "Viewer"


class Teammate(AbstractUser):
    """A person who logs in to Uptake."""

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.VIEWER)


class AuditRecord(models.Model):
    """One change of data: who, what, on what, with which values. Never updated, never deleted by the product."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    teammate = models.ForeignKey(Teammate, null=True, on_delete=models.SET_NULL)  # null: the command line
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    details = models.JSONField(default=dict)

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
