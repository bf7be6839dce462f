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
    """A person who logs in to Uptake, by e-mail address; or the stand-in under which an API key acts."""

    role = models.CharField(max_length=20, choices=Role.choices, default=Role.VIEWER)
    is_service = models.BooleanField(default=False)  # an API key's stand-in: never logs in, is nobody's colleague
    has_one_time_password = models.BooleanField(default=False)  # must choose another before anything else
    saved_views = models.JSONField(
        default=list, blank=True
    )  # [{name, query}]: filters of the portfolio, in their order
    trusted_formats = models.JSONField(default=list, blank=True)  # kinds of files that need no confirmation from them

    def __str__(self) -> str:
        return self.get_full_name() or self.email or self.username


class ApiKey(models.Model):
    """A key for scripts. Only its hash is kept; what it does is done by a stand-in teammate of its role."""

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=12)  # the beginning of the key, so that people can tell keys apart
    sha256 = models.CharField(max_length=64, unique=True)
    acts_as = models.OneToOneField(Teammate, on_delete=models.PROTECT, related_name="api_key")
    created_by = models.ForeignKey(Teammate, null=True, on_delete=models.SET_NULL, related_name="keys_made")
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"key {self.name}"


class AuditRecord(models.Model):
    """One change of data: who, what, on what, with which values. Never updated, never deleted by the product."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    teammate = models.ForeignKey(Teammate, null=True, on_delete=models.SET_NULL)  # null: the command line
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    details = models.JSONField(default=dict)
    customer_id = models.BigIntegerField(null=True, db_index=True)  # the customer it was about, where it was about one

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"
