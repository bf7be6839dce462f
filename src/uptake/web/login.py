"""How people come in: who may, by password or single sign-on. Nobody signs up by themselves."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.shortcuts import render

from uptake.team.services import record


class TeamAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Passwords of teammates whom an admin added."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

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
        user = sociallogin.user
        if sociallogin.is_existing and not user.is_active:
            raise ImmediateHttpResponse(render(request, "account/account_inactive.html", status=403))
