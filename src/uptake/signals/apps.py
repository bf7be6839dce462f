from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "uptake.signals"
    label = "signals"
