from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "sanqiao.kernel"
    verbose_name = "基础"
