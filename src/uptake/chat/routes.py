"""The chat's own addresses, under the name “chat”."""

from django.urls import path

from uptake.chat import stream, views, views_import

app_name = "chat"
urlpatterns = [
    path("", views.home, name="home"),
    path("c/", views.begin, name="begin"),
    path("c/<int:pk>/", views.conversation, name="conversation"),
    path("c/<int:pk>/say/", views.say, name="say"),
    path("c/<int:pk>/rename/", views.rename, name="rename"),
    path("c/<int:pk>/stream", stream.stream, name="stream"),
    path("find/", views.find, name="find"),
    path("m/<int:pk>/press/", views.press, name="press"),
    path("m/<int:pk>/confirm/", views_import.confirm, name="confirm"),
    path("m/<int:pk>/first/", views_import.first, name="first"),
    path("m/<int:pk>/cancel/", views_import.cancel, name="cancel"),
    path("m/<int:pk>/others/", views_import.others, name="others"),
    path("m/<int:pk>/undo/", views_import.undo, name="undo"),
    path("m/<int:pk>/redo/", views_import.redo, name="redo"),
    path("m/<int:pk>/set-aside/", views_import.set_aside, name="set_aside"),
]
