"""The request as the chat's views get it: by a teammate who is logged in, maybe from htmx."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from uptake.team.models import Teammate


class Request(HttpRequest):
    """For type checking only; the middleware sees to both."""

    user: Teammate
    htmx: HtmxDetails
