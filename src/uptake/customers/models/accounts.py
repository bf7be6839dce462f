"""How the outside platforms call our customers."""

from django.db import models
from django.db.models import Q

from uptake.customers.models.customers import Customer
from uptake.customers.names import LONGEST_TEXT


class MatchedBy(models.TextChoices):
    ID = "id", "The customer's key"
    CRM = "crm", "The customer's CRM id"
    NAME = "name", "The customer's name"
    DOMAIN = "domain", "The customer's domain"
    NEW = "new", "No customer fitted: a new one was made"
    PERSON = "person", "A teammate said so"
    NONE = "none", "No customer fits"


class Account(models.Model):
    """A customer as one platform knows it, and how we came to think so."""

    source = models.CharField(max_length=50)
    account_id = models.CharField(max_length=LONGEST_TEXT)  # as the platform writes it: joins with the lake
    customer = models.ForeignKey(  # null: nobody's yet, it waits to be mapped
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts"
    )
    matched_by = models.CharField(max_length=10, choices=MatchedBy.choices)
    is_confirmed = models.BooleanField(default=False)  # a teammate looked at it
    created_by_import = models.BigIntegerField(null=True, blank=True)  # null: stays whatever import is undone
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "account_id"], name="one_row_per_source_and_account"),
            models.CheckConstraint(condition=~Q(source="") & ~Q(account_id=""), name="account_has_source_and_id"),
        )

    def __str__(self) -> str:
        return f"{self.source}: {self.account_id}"


class AccountProfile(models.Model):
    """What a platform tells of an account besides its id."""

    source = models.CharField(max_length=50)
    account_id = models.CharField(max_length=LONGEST_TEXT)
    name = models.CharField(max_length=LONGEST_TEXT, blank=True)
    domain = models.CharField(max_length=253, blank=True)  # names.domain_key
    crm_id = models.CharField(max_length=100, blank=True)
    told_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["source", "account_id"], name="one_profile_per_source_and_account"),
        )

    def __str__(self) -> str:
        return self.name or self.account_id


class AccountSighting(models.Model):
    """An import that brought rows of the account. The last one to be undone takes the account with it."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="sightings")
    import_id = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["account", "import_id"], name="one_sighting_per_account_and_import"),
        )


class CustomerListLock(models.Model):
    """A single row that is locked while customers are matched, made or forgotten in bulk.

    Two imports may bring the same new company at the same moment; one waits for the other and then finds it.
    """

    name = models.CharField(max_length=20, primary_key=True)

    @classmethod
    def take(cls) -> None:
        """Hold the lock until the surrounding transaction ends."""
        cls.objects.get_or_create(name="customers")
        cls.objects.select_for_update().get(name="customers")
