from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "uptake.customers"
    label = "customers"
