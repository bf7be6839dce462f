"""What was agreed, and what it grants. A last day belongs to the period it ends."""

from django.db import models
from django.db.models import F, Q

from uptake.customers.models.customers import Customer
from uptake.customers.models.features import Feature


class Contract(models.Model):
    """An agreement with a customer; it runs from ``starts_on`` to ``ends_on``, both in."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="contracts")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # null: open
    renews_on = models.DateField(null=True, blank=True)
    arr = models.DecimalField(max_digits=16, decimal_places=2)  # a year's revenue, in ``currency``
    currency = models.CharField(max_length=3, default="USD")  # ISO 4217
    plan = models.CharField(max_length=100, blank=True)

    class Meta:
        ordering = ("starts_on", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")), name="contract_ends_after_its_start"
            ),
            models.CheckConstraint(condition=Q(arr__gte=0), name="contract_arr_is_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.plan or 'Contract'} from {self.starts_on}"


class EntitlementKind(models.TextChoices):
    SEATS = "seats", "Seats"
    FEATURE = "feature", "Feature"
    LIMIT = "limit", "Limit"


class CountedPer(models.TextChoices):
    DAY = "day", "a working day"
    MONTH = "month", "30 days"
    PERIOD = "period", "the period looked at"


class Entitlement(models.Model):
    """One thing the customer may use: so many seats, a feature, or so much of something."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="entitlements")
    kind = models.CharField(max_length=10, choices=EntitlementKind.choices)
    feature = models.ForeignKey(Feature, null=True, blank=True, on_delete=models.PROTECT, related_name="entitlements")
    name = models.CharField(max_length=200, blank=True)  # "API calls per day"; always there for a limit
    granted = models.DecimalField(max_digits=20, decimal_places=4, null=True, blank=True)  # null: unlimited
    unit = models.CharField(max_length=50, blank=True)
    price = models.DecimalField(  # of all that is granted, a year, in the contract's currency; null: not priced alone
        max_digits=16, decimal_places=2, null=True, blank=True
    )
    counted_feature = models.ForeignKey(  # a limit's use is this feature's uses; null: only readings tell
        Feature, null=True, blank=True, on_delete=models.PROTECT, related_name="counted_by"
    )
    counted_per = models.CharField(max_length=10, choices=CountedPer.choices, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # null: open

    class Meta:
        ordering = ("starts_on", "pk")
        indexes = (models.Index(fields=["kind", "customer"], name="entitlement_by_kind"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(kind__in=EntitlementKind.values), name="entitlement_is_seats_feature_or_limit"
            ),
            models.CheckConstraint(
                condition=Q(kind="feature", feature__isnull=False) | (~Q(kind="feature") & Q(feature__isnull=True)),
                name="entitlement_names_its_feature",
            ),
            models.CheckConstraint(condition=~Q(kind="limit") | ~Q(name=""), name="entitlement_limit_has_a_name"),
            models.CheckConstraint(
                condition=Q(counted_feature__isnull=True, counted_per="")
                | Q(kind="limit", counted_feature__isnull=False, counted_per__in=CountedPer.values),
                name="entitlement_is_counted_per_something",
            ),
            models.CheckConstraint(
                condition=Q(granted__isnull=True) | Q(granted__gte=0), name="entitlement_granted_is_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="entitlement_ends_after_its_start",
            ),
        )

    def __str__(self) -> str:
        return self.name or self.get_kind_display()


class EntitlementReading(models.Model):
    """How much of a limit was used on a day, as something outside told: gigabytes stored, connections made."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="readings")
    name = models.CharField(max_length=200)  # the limit's name
    used = models.DecimalField(max_digits=20, decimal_places=4)  # in the limit's unit
    on = models.DateField()

    class Meta:
        ordering = ("name", "on")
        constraints = (
            models.UniqueConstraint(fields=["customer", "name", "on"], name="one_reading_per_customer_name_and_day"),
            models.CheckConstraint(condition=Q(used__gte=0) & ~Q(name=""), name="reading_is_named_and_not_negative"),
        )

    def __str__(self) -> str:
        return f"{self.name} on {self.on}"
