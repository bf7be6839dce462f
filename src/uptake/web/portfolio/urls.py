"""Addresses of the portfolio."""

from django.urls import path

from uptake.web.portfolio import views

app_name = "portfolio"
urlpatterns = [
    path("", views.page, name="page"),
    path("heat/", views.heat_map, name="heat"),
    path("feature/", views.feature, name="feature"),
    path("export.<slug:kind>", views.export, name="export"),
    path("give", views.give, name="give"),
    path("views/save", views.save, name="save_view"),
    path("views/delete", views.delete, name="delete_view"),
    path("charts/vega-<str:version>.js", views.chart_bundle, name="chart_bundle"),
]
