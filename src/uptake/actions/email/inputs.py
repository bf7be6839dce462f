"""What may stand in an e-mail's head and body, checked."""

import re

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from uptake.actions.email.rendering import LONGEST_BODY, LONGEST_SUBJECT
from uptake.kit.errors import ProductError
from uptake.kit.marks import STEERING

CONTROL = re.compile(rf"[\x00-\x1f\x7f-\x9f\u2028\u2029{STEERING}]")
CONTROL_IN_BODY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class BadDraft(ProductError):
    """The draft cannot be as it was asked for, or cannot go out as it is; the sentence says why."""


def checked_subject(text: str) -> str:
    subject = one_line(text, "The subject")
    if not subject:
        raise BadDraft("The subject is empty.")
    if len(subject) > LONGEST_SUBJECT:
        raise BadDraft(f"The subject has {len(subject)} characters; {LONGEST_SUBJECT} is the most.")
    return subject


def checked_body(text: str) -> str:
    body = CONTROL_IN_BODY.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not body:
        raise BadDraft("The e-mail says nothing yet.")
    if len(body) > LONGEST_BODY:
        raise BadDraft(f"The e-mail has {len(body):,} characters; {LONGEST_BODY:,} is the most.")
    return body + "\n"


def checked_name(text: str) -> str:
    name = one_line(text, "The recipient's name")
    if len(name) > 200:
        raise BadDraft("The recipient's name is too long.")
    return name


def checked_address(text: str, *, may_be_empty: bool) -> str:
    """One address. Empty means that nobody was chosen yet."""
    address = one_line(text, "The recipient's address")
    if not address and may_be_empty:
        return ""
    if not address:
        raise BadDraft("Nobody is named to send it to. Choose a recipient first.")
    try:
        validate_email(address)
    except ValidationError as why:
        raise BadDraft(f"“{address[:100]}” is no e-mail address.") from why
    return address


def one_line(text: str, what: str) -> str:
    """Raises BadDraft for a line break or another control character: in a header it would begin another header."""
    text = text.strip(" ")
    if CONTROL.search(text):
        raise BadDraft(f"{what} must be one line without line breaks or control characters.")
    return text
