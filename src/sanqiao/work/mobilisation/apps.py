from django.apps import AppConfig


class MobilisationConfig(AppConfig):
    name = "sanqiao.work.mobilisation"
