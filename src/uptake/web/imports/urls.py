"""Addresses of the imports."""

from django.urls import path

from uptake.web.imports import lists, views

app_name = "imports"
urlpatterns = [
    path("", views.page, name="page"),
    path("customers/", lists.send, name="lists"),
    path("<int:import_id>/answer", lists.answer, name="list_answer"),
    path("<int:import_id>/confirm", lists.confirm, name="list_confirm"),
    path("<int:import_id>/", views.one, name="import"),
    path("<int:import_id>/set-aside.csv", views.set_aside, name="set_aside"),
    path("<int:import_id>/undo", views.undo, name="undo"),
    path("<int:import_id>/redo", views.redo, name="redo"),
    path("<int:import_id>/cancel", views.cancel, name="cancel"),
]
