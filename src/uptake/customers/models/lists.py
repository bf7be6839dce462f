"""What an import of a customer list wrote, row by row and value by value: what its undo reads."""

from django.db import models


class ListChange(models.Model):
    """One customer, contract, entitlement or person that an import made or changed, with the values before and after."""

    class Of(models.TextChoices):
        CUSTOMER = "customer", "Customer"
        CONTRACT = "contract", "Contract"
        ENTITLEMENT = "entitlement", "Entitlement"
        STAKEHOLDER = "stakeholder", "Stakeholder"

    import_id = models.BigIntegerField(db_index=True)
    row = models.PositiveIntegerField()  # as a spreadsheet shows it
    of = models.CharField(max_length=12, choices=Of.choices)
    object_id = models.BigIntegerField()
    is_new = models.BooleanField()  # made by the import, not changed
    before = models.JSONField(default=dict)  # field -> plain value; empty where it is new
    after = models.JSONField(default=dict)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.of} {self.object_id} by import {self.import_id}"
