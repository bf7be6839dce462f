from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "uptake.chat"
    label = "chat"
