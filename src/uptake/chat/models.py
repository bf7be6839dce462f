"""Conversations, each its teammate's own, and what was said in them."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Conversation(models.Model):
    """What one teammate asked and dropped into the chat, under a title."""

    teammate = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations")
    title = models.CharField(max_length=120)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(default=timezone.now, db_index=True)  # when something was said last

    class Meta:
        ordering = ("-updated_at", "-pk")

    def __str__(self) -> str:
        return self.title


class Message(models.Model):
    """One thing said. What is shown of an import is read from the import itself, at every look."""

    class Author(models.TextChoices):
        ME = "me"
        UPTAKE = "uptake"

    class Kind(models.TextChoices):
        SAID = "said"  # by the teammate: a sentence, files, or both
        IMPORT = "import"  # the life of ``batch``, with its results in the end
        ANSWER = "answer"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    author = models.CharField(max_length=10, choices=Author.choices)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    text = models.TextField(blank=True)
    parts = models.JSONField(default=dict)  # files, answer, pressed, …: see conversation.py and importing.py
    batch = models.ForeignKey("lake.Import", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    version = models.PositiveIntegerField(default=0)  # counts what was changed about it, for pages that follow along

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"message {self.pk}"
