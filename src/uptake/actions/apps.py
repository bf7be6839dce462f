from django.apps import AppConfig


class ActionsConfig(AppConfig):
    name = "uptake.actions"
    label = "actions"
