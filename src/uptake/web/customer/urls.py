"""Addresses of a customer."""

from django.urls import path

from uptake.web.customer import views

app_name = "customer"
urlpatterns = [
    path("<int:customer_id>/", views.page, name="page"),
    path("<int:customer_id>/users/", views.users, name="users"),
    path("<int:customer_id>/rows/", views.rows, name="rows"),
    path("<int:customer_id>/rows/export.<slug:kind>", views.export_rows, name="export_rows"),
    path("<int:customer_id>/alerts/", views.alerts, name="alerts"),
    path("<int:customer_id>/keep", views.keep, name="keep"),
    path("<int:customer_id>/rate", views.rate, name="rate"),
    path("<int:customer_id>/health", views.tell_health, name="tell_health"),
    path("<int:customer_id>/task", views.make_task, name="make_task"),
    path("<int:customer_id>/draft", views.make_draft, name="make_draft"),
]
