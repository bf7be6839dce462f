"""Addresses of the gallery."""

from django.urls import path

from uptake.web.charts import views

app_name = "charts"
urlpatterns = [
    path("", views.page, name="page"),
    path("<slug:name>.<slug:kind>", views.picture, name="picture"),
]
