"""Addresses of adoption across the portfolio."""

from django.urls import path

from uptake.web.leader import views

app_name = "leader"
urlpatterns = [
    path("", views.page, name="page"),
    path("customers/", views.customers, name="customers"),
    path("customers/export.<slug:kind>", views.export_customers, name="export_customers"),
    path("export/<slug:table>.<slug:kind>", views.export, name="export"),
]
