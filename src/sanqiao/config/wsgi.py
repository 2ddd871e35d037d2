"""What granian serves; an unsafe server never answers."""

import os

from django.core.wsgi import get_wsgi_application

from sanqiao.config.checks import refuse_unsafe_role

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanqiao.config.settings")

application = get_wsgi_application()
refuse_unsafe_role()
