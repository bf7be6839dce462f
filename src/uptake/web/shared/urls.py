"""Addresses of shared reports. The secret in them is the key."""

from django.urls import path

from uptake.web.shared import views

app_name = "shared"
urlpatterns = [
    path("<str:secret>", views.page, name="page"),
    path("<str:secret>/report.pdf", views.report_pdf, name="report_pdf"),
]
