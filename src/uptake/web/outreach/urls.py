"""Addresses of the outreach."""

from django.urls import path

from uptake.web.outreach import views

app_name = "outreach"
urlpatterns = [
    path("outreach/", views.page, name="page"),
    path("outreach/new", views.new, name="new"),
    path("outreach/<int:draft_id>/", views.draft, name="draft"),
    path("outreach/<int:draft_id>/attachment.pdf", views.attachment, name="attachment"),
    path("outreach/<int:draft_id>/write", views.write, name="write"),
    path("outreach/<int:draft_id>/<slug:verb>", views.decide, name="decide"),
]
