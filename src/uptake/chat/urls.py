"""The chat's addresses."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [path("", include(("uptake.chat.routes", "chat")))]
