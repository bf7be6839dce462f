"""Addresses of the settings."""

from django.urls import path

from uptake.web.settings import account, audit, health, keys, team, webhooks

app_name = "settings"
urlpatterns = [
    path("", account.page, name="page"),
    path("theme", account.theme, name="theme"),
    path("formats/forget", account.forget_format, name="forget_format"),
    path("health/", health.page, name="health"),
    path("team/", team.page, name="team"),
    path("team/<int:teammate_id>/role", team.role, name="role"),
    path("team/<int:teammate_id>/switch", team.switch, name="switch"),
    path("team/<int:teammate_id>/password", team.password, name="password"),
    path("keys/", keys.page, name="keys"),
    path("keys/<int:key_id>/revoke", keys.revoke, name="revoke"),
    path("webhooks/", webhooks.page, name="webhooks"),
    path("webhooks/<int:endpoint_id>/", webhooks.one, name="webhook"),
    path("webhooks/<int:endpoint_id>/<slug:verb>", webhooks.do, name="webhook_do"),
    path("audit/", audit.page, name="audit"),
]
