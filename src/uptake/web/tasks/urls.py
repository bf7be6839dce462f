"""Addresses of the tasks."""

from django.urls import path

from uptake.web.tasks import views

app_name = "tasks"
urlpatterns = [
    path("tasks/", views.page, name="page"),
    path("tasks/new", views.new, name="new"),
    path("tasks/calendar", views.calendar, name="calendar"),
    path("tasks/<int:task_id>/", views.task, name="task"),
    path("tasks/<int:task_id>/change", views.change, name="change"),
    path("tasks/<int:task_id>/tick", views.tick_item, name="tick"),
    path("tasks/<int:task_id>/<slug:verb>", views.close, name="close"),
    path("calendar/<str:token>.ics", views.feed, name="feed"),
]
