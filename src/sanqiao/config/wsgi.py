"""What granian serves."""

import os

from django.core.checks import Error
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from sanqiao.config.checks import database_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanqiao.config.settings")


def refuse(errors: list[Error]) -> None:
    """Raises ImproperlyConfigured naming them all, so that an unsafe server never answers."""
    if errors:
        raise ImproperlyConfigured("\n".join(error.msg for error in errors))


application = get_wsgi_application()
refuse(database_role())
