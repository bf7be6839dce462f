"""Addresses of a customer's adoption, mounted beneath the customer's own."""

from django.urls import path

from uptake.web.adoption import doing, handing, views

app_name = "adoption"
urlpatterns = [
    path("", views.page, name="page"),
    path("features/", views.features, name="features"),
    path("behind/<path:key>/export.<slug:kind>", views.export_list, name="export_list"),
    path("behind/<path:key>/", views.behind_number, name="behind"),
    path("user/", views.user, name="user"),
    path("campaign", doing.make_campaign, name="make_campaign"),
    path("task", doing.make_task, name="make_task"),
    path("training", doing.make_training, name="make_training"),
    path("guide", doing.make_guide, name="make_guide"),
    path("minutes", doing.set_minutes, name="set_minutes"),
    path("notes", doing.add_note, name="add_note"),
    path("notes/<int:annotation_id>/remove", doing.remove_note, name="remove_note"),
    path("report.pdf", handing.report_pdf, name="report_pdf"),
    path("share", handing.share, name="share"),
    path("share/<int:link_id>/take-back", handing.take_back, name="take_back_link"),
    path("schedule", handing.schedule, name="schedule"),
    path("schedule/<int:schedule_id>/end", handing.end_schedule, name="end_schedule"),
]
