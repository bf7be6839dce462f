"""Whether mail can be sent, and the one place that hands a message to the mail server or provider."""

import smtplib
from contextlib import suppress

from anymail.exceptions import AnymailAPIError, AnymailError
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from uptake.actions.delivery import DeliveryError, MayHaveBeenSent

SMTP = "django.core.mail.backends.smtp.EmailBackend"


def mail_is_set_up() -> bool:
    """Whether approved drafts can go out."""
    return not _missing()


def why_not() -> str:
    """What to set so that mail can go out; empty when it can."""
    missing = _missing()
    return f"Mail is not set up: set {' and '.join(missing)}." if missing else ""


def _missing() -> list[str]:
    needed: dict[str, object] = {"UPTAKE_MAIL_FROM": settings.DEFAULT_FROM_EMAIL}
    if settings.EMAIL_BACKEND == SMTP:
        needed = {"UPTAKE_MAIL_HOST": settings.EMAIL_HOST, **needed}
    elif settings.EMAIL_BACKEND.startswith("anymail."):
        needed = {"UPTAKE_ANYMAIL": settings.ANYMAIL, **needed}
    return [name for name, value in needed.items() if not value]


def hand_over(message: EmailMessage) -> str:
    """Give the message to the server or provider, once; returns the provider's own id where it has one.

    Raises DeliveryError when it was certainly not sent, MayHaveBeenSent when nobody can tell.
    """
    connection = get_connection()
    try:
        message.message()  # by itself, as the next: what fails here was never sent
        connection.open()
    except smtplib.SMTPAuthenticationError as why:
        raise DeliveryError("The mail server does not accept UPTAKE_MAIL_USER and its password.") from why
    except (OSError, smtplib.SMTPException) as why:
        raise DeliveryError(f"The mail server cannot be reached: {why}.") from why
    except ValueError as why:
        raise DeliveryError(f"The message cannot be written: {why}.", permanent=True) from why
    try:
        connection.send_messages([message])
    except (smtplib.SMTPException, OSError, AnymailError) as why:
        raise _meaning(why) from why
    finally:
        _close(connection)
    provider_id = getattr(getattr(message, "anymail_status", None), "message_id", None)
    return "" if provider_id is None else str(provider_id)


def _close(connection: BaseEmailBackend) -> None:
    with suppress(OSError, smtplib.SMTPException):  # the message is out, or it is not; a rude goodbye changes nothing
        connection.close()


def _meaning(why: Exception) -> DeliveryError | MayHaveBeenSent:
    """What a failure of handing over says about the message."""
    code, said = _answer(why)
    if code:
        return DeliveryError(f"The mail server answered {code}: {said.rstrip('.')}.", permanent=code >= 500)
    if isinstance(why, AnymailAPIError):
        return _provider_meaning(why)
    if isinstance(why, smtplib.SMTPNotSupportedError | AnymailError):
        return DeliveryError(_one_line(why), permanent=True)
    return MayHaveBeenSent(f"The connection broke while the message was handed over ({_one_line(why)}).")


def _answer(why: Exception) -> tuple[int, str]:
    """The server's refusal, code and words; it has then not taken the message. (0, "") for anything else."""
    code: int = 0
    said: object = ""
    if isinstance(why, smtplib.SMTPRecipientsRefused):
        code, said = next(iter(why.recipients.values()))
    elif isinstance(why, smtplib.SMTPResponseException):
        code, said = why.smtp_code, why.smtp_error
    return (code, _one_line(said)) if 400 <= code < 600 else (0, "")


def _provider_meaning(why: AnymailAPIError) -> DeliveryError | MayHaveBeenSent:
    """A provider that answers 4xx took nothing; 429 asks to wait; 5xx or silence may have taken it."""
    if why.status_code and 400 <= why.status_code < 500:
        busy = why.status_code == 429
        return DeliveryError(f"The mail provider answered {why.status_code}: {_one_line(why)}.", permanent=not busy)
    return MayHaveBeenSent(f"The mail provider did not answer clearly ({_one_line(why)}).")


def _one_line(said: object) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else str(said)
    return " ".join(text.split())[:300]
