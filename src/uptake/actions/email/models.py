"""An e-mail to a customer, from its first draft to what became of it."""

import hashlib

from django.conf import settings
from django.db import models
from django.db.models import Q

from uptake.customers.models import Customer


class DraftStatus(models.TextChoices):
    DRAFT = "draft", "Draft"
    APPROVED = "approved", "Approved"
    SENDING = "sending", "May have been sent"  # being handed over, or that was broken off
    SENT = "sent", "Sent"
    FAILED = "failed", "Not sent"
    DISCARDED = "discarded", "Discarded"


class Draft(models.Model):
    """Subject, body and recipient as they stand; what facts they were made from; who let it go out, and what came of it."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="drafts")
    to_name = models.CharField(max_length=200, blank=True)
    to_email = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=200)
    body = models.TextField()
    template = models.CharField(max_length=50)
    facts = models.JSONField(default=dict)  # what the template was filled with, and ``as_of``
    status = models.CharField(max_length=10, choices=DraftStatus.choices, default=DraftStatus.DRAFT)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="drafts_made"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="drafts_approved"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    reply_to = models.CharField(max_length=254, blank=True)  # a teammate's address; set when it is approved
    attempts = models.PositiveSmallIntegerField(default=0)  # since it was approved
    try_again_at = models.DateTimeField(null=True, blank=True)  # after the mail server was busy
    sending_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    message_id = models.CharField(max_length=255, blank=True, db_index=True)  # ours, kept before it is handed over
    provider_id = models.CharField(max_length=255, blank=True, db_index=True)  # the provider's, where it has its own
    attachment_name = models.CharField(max_length=100, blank=True)  # of the PDF in ``file``; empty: none
    attachment_sha256 = models.CharField(max_length=64, blank=True)
    error = models.TextField(blank=True)  # a sentence: why it was not sent, or what came back
    opened_at = models.DateTimeField(null=True, blank=True)  # the first time, where the provider reports it
    clicked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        indexes = (models.Index(fields=["status", "try_again_at"], name="draft_by_status"),)
        constraints = (
            models.CheckConstraint(condition=Q(status__in=DraftStatus.values), name="draft_status_is_known"),
            models.CheckConstraint(
                condition=~Q(status__in=["approved", "sending", "sent"]) | Q(approved_at__isnull=False),
                name="draft_goes_out_only_approved",
            ),
        )

    def __str__(self) -> str:
        return f"e-mail to {self.customer}"

    @property
    def seen(self) -> str:
        """Stands for recipient, subject, body and attachment: whoever approves says which of them they read."""
        attached = (self.attachment_name, self.attachment_sha256) if self.attachment_name else ()
        words = "\x00".join((self.to_name, self.to_email, self.subject, self.body, *attached))
        return hashlib.sha256(words.encode()).hexdigest()[:16]

    @property
    def is_editable(self) -> bool:
        return self.status in EDITABLE


class DraftFile(models.Model):
    """The PDF that goes out with an e-mail, as it was read when it was approved. Never changed."""

    draft = models.OneToOneField(Draft, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return f"attachment of the {self.draft}"


EDITABLE = (DraftStatus.DRAFT, DraftStatus.APPROVED, DraftStatus.FAILED)
"""Changing an approved one takes its approval back."""
