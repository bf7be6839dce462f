from django.apps import AppConfig


class TeamConfig(AppConfig):
    name = "uptake.team"
    label = "team"
