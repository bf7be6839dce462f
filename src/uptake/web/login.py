"""How people come in: who may, by password or single sign-on. Nobody signs up by themselves."""

import logging
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from anymail.exceptions import AnymailError
from django.core.mail import get_connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from uptake.actions.email.services import mail_is_set_up
from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.services import record

log = logging.getLogger(__name__)


class MailFailed(ProductError):
    """The mail server or provider does not take the mail; nothing was changed."""

    status = 503


def password_reset(request: HttpRequest) -> HttpResponse:
    """A new password by e-mail, where mail is set up; else an admin gives one."""
    if not mail_is_set_up():
        raise ProductError(
            "Uptake cannot send you a mail here. Ask an admin for a new one-time password: Settings, Team."
        )
    if request.method == "POST":
        with _faults_said(), get_connection():  # for any address: the answer must not tell whose is a teammate's
            pass
    found: HttpResponse = views.password_reset(request)
    return found


@contextmanager
def _faults_said() -> Iterator[None]:
    """What a mail server or provider may do wrong, as one sentence; the log has the rest."""
    try:
        yield
    except (OSError, smtplib.SMTPException, AnymailError) as why:
        log.exception("a mail to a teammate could not be sent")
        raise MailFailed(
            "Uptake cannot send mail just now. Try again later, or ask an admin for a one-time password."
        ) from why


def not_offered(request: HttpRequest) -> HttpResponse:
    """Addresses name teammates to single sign-on: only an admin sets them."""
    raise ProductError("Your e-mail address is set by an admin: Settings, Team.")


class TeamAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Passwords of teammates whom an admin added."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        with _faults_said():
            super().send_mail(template_prefix, email, context)

    def set_password(self, user: Any, password: str) -> None:
        """A password that somebody chose is no one-time password any more."""
        user.has_one_time_password = False
        super().set_password(user, password)
        record(user, "changed password of", user)


class SingleSignOnAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Single sign-on lets in who is a teammate already, by the address that the provider vouches for."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        if sociallogin.is_existing:
            if not sociallogin.user.is_active:
                raise ImmediateHttpResponse(render(request, "account/account_inactive.html", status=403))
            return
        vouched = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
        teammate = Teammate.objects.filter(username__in=vouched, is_service=False, is_active=True).first()
        if teammate is not None:
            sociallogin.connect(request, teammate)
            record(teammate, "connected single sign-on of", teammate)
