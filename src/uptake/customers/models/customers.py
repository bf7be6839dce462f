"""Who pays us, and the people there whom we know by name."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from uptake.customers.names import KEY_LENGTH, LONGEST_TEXT


class WorkingDays(models.TextChoices):
    MON_FRI = "mon-fri", "Monday to Friday"
    ALL_DAYS = "all days", "All days"


class Customer(models.Model):
    """A company that pays us and whose adoption we watch."""

    name = models.CharField(max_length=LONGEST_TEXT)
    slug = models.CharField(max_length=KEY_LENGTH, unique=True)  # names.name_key(name): one customer per name
    segment = models.CharField(max_length=100, blank=True, db_index=True)
    region = models.CharField(max_length=100, blank=True)
    crm_id = models.CharField(max_length=100, blank=True)
    time_zone = models.CharField(max_length=64, null=True, blank=True)  # null: the workspace's
    working_days = models.CharField(  # null: the workspace's
        max_length=10, choices=WorkingDays.choices, null=True, blank=True
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="customers"
    )
    parent = models.ForeignKey(  # the group it belongs to; numbers of a parent stay its own
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="children"
    )
    csm_rating = models.PositiveSmallIntegerField(null=True, blank=True)  # 0-100, the CSM's or the CRM's own
    csm_rated_on = models.DateField(null=True, blank=True)
    started_on = models.DateField(null=True, blank=True)
    is_archived = models.BooleanField(default=False)
    is_edited = models.BooleanField(default=False)  # a person changed it: no undo of an import takes it away
    created_by_import = models.BigIntegerField(null=True, blank=True, db_index=True)  # null: a person, or a command
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(condition=~Q(name="") & ~Q(slug=""), name="customer_has_a_name"),
            models.CheckConstraint(
                condition=Q(csm_rating__isnull=True) | Q(csm_rating__range=(0, 100)), name="customer_rating_is_0_to_100"
            ),
            models.CheckConstraint(
                condition=Q(working_days__isnull=True) | Q(working_days__in=WorkingDays.values),
                name="customer_working_days_are_known",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=models.F("pk")), name="customer_is_not_its_own_parent"
            ),
            models.UniqueConstraint(fields=["crm_id"], condition=~Q(crm_id=""), name="one_customer_per_crm_id"),
        )

    def __str__(self) -> str:
        return self.name


class CustomerDomain(models.Model):
    """A domain of the customer's e-mail addresses; an account may be known by it."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, unique=True)  # names.domain_key

    def __str__(self) -> str:
        return self.domain


class Stakeholder(models.Model):
    """A person at the customer who matters to us, whether or not they use the product."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="stakeholders")
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=254, blank=True)
    role = models.CharField(max_length=200, blank=True)
    is_champion = models.BooleanField(default=False)
    is_sponsor = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=["customer", "email"], condition=~Q(email=""), name="one_stakeholder_per_customer_and_email"
            ),
        )

    def __str__(self) -> str:
        return self.name
