"""Addresses of the signals."""

from django.urls import path

from uptake.web.signals import acting, rules, views

app_name = "signals"
urlpatterns = [
    path("", views.page, name="page"),
    path("rules/", rules.page, name="rules"),
    path("rules/budget", rules.budget, name="budget"),
    path("rules/<slug:slug>/", rules.rule, name="rule"),
    path("incidents/<int:incident_id>/<slug:verb>", acting.decide, name="decide"),
    path("<int:alert_id>/", views.alert, name="alert"),
    path("<int:alert_id>/task", acting.make_task, name="make_task"),
    path("<int:alert_id>/<slug:verb>", acting.act, name="act"),
]
