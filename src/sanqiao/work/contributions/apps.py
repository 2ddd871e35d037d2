from django.apps import AppConfig


class ContributionsConfig(AppConfig):
    name = "sanqiao.work.contributions"
