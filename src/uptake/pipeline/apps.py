from django.apps import AppConfig


class PipelineConfig(AppConfig):
    name = "uptake.pipeline"
    label = "pipeline"
