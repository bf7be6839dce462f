"""What is known of the people that a live source sends, and which spooled events are facts already."""

from django.db import models

from uptake.customers.names import LONGEST_TEXT


class LivePerson(models.Model):
    """Where a person belongs, by the last ``group`` call of its source, and its e-mail address."""

    connection_id = models.BigIntegerField()
    person = models.CharField(max_length=LONGEST_TEXT)  # user id, or the anonymous id from before the login
    account_id = models.CharField(max_length=LONGEST_TEXT, blank=True)
    email = models.CharField(max_length=LONGEST_TEXT, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["connection_id", "person"], name="one_row_per_source_and_person"),
        )

    def __str__(self) -> str:
        return self.person


class MovedSegment(models.Model):
    """What a segment of the spool brought one source on one day is facts; the file itself may still be there."""

    segment = models.CharField(max_length=100)
    connection_id = models.BigIntegerField()
    day = models.DateField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["segment", "connection_id", "day"], name="a_segment_is_moved_once"),
        )

    def __str__(self) -> str:
        return self.segment
