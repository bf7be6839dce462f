"""Addresses of the integrations."""

from django.urls import path

from uptake.web.integrations import accounts, guides, live, views

app_name = "integrations"
urlpatterns = [
    path("", views.page, name="page"),
    path("connect/<str:platform>/", views.connect_one, name="connect"),
    path("live/", live.make, name="live"),
    path("<int:connection_id>/new-key", live.another_key, name="new_key"),
    path("<int:connection_id>/", views.one, name="connection"),
    path("<int:connection_id>/sync", views.sync, name="sync"),
    path("<int:connection_id>/check", views.check, name="check"),
    path("<int:connection_id>/pause", views.pause_one, name="pause"),
    path("<int:connection_id>/key", views.key, name="key"),
    path("<int:connection_id>/remove", views.remove_one, name="remove"),
    path("guides/", guides.page, name="guides"),
    path("accounts/", accounts.page, name="accounts"),
    path("accounts/map", accounts.map_them, name="map"),
    path("accounts/undo/<int:record_id>", accounts.undo, name="undo_mapping"),
    path("accounts/accounts.csv", accounts.download, name="accounts_csv"),
    path("accounts/upload", accounts.upload, name="upload"),
]
