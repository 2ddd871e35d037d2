from django.apps import AppConfig
from django.core.checks import Tags, register


class ConfigConfig(AppConfig):
    name = "sanqiao.config"
    label = "config"

    def ready(self) -> None:
        from sanqiao.config.checks import database_role

        register(database_role, Tags.database)
