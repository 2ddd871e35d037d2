from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "sanqiao.registers.organisations"
