"""Who calls: a key, or a teammate who is logged in to the pages."""

from typing import cast

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from uptake.kit.errors import ProductError
from uptake.team.models import Teammate
from uptake.team.services import teammate_of_key


class PasswordToChange(ProductError):
    """Somebody with a one-time password may do nothing but choose another."""

    status = 403


class Key(HttpBearer):
    """``Authorization: Bearer upt_…``"""

    def authenticate(self, request: HttpRequest, token: str) -> Teammate:
        return teammate_of_key(token)


class Session(APIKeyCookie):
    """The cookie of the pages. What changes something needs the page's CSRF token as well, as X-CSRFToken."""

    param_name = "sessionid"

    def __call__(self, request: HttpRequest) -> Teammate | None:
        """Asks who it is before the form's body is read; a stranger's files are not even received (web/bodies.py)."""
        if "Authorization" in request.headers or not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise HttpError(403, "The page's token is missing: send it as X-CSRFToken, or use an API key.")
        return self.authenticate(request, None)

    def authenticate(self, request: HttpRequest, key: str | None) -> Teammate:
        teammate = cast(Teammate, request.user)
        if teammate.has_one_time_password:
            raise PasswordToChange("Choose a password of your own on the pages first.")
        return teammate


def caller(request: HttpRequest) -> Teammate:
    """Under whom the request acts."""
    return cast(Teammate, request.auth)  # type: ignore[attr-defined]
