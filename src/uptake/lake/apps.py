from django.apps import AppConfig


class LakeConfig(AppConfig):
    name = "uptake.lake"
    label = "lake"
