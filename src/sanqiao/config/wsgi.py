"""What granian serves: the workbench behind the narrow door for answers. An unsafe server never
answers."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.db import connection

from sanqiao.config.checks import refuse_unsafe_role

BETWEEN_SWEEPS = 20_000
"""Objects made: a page makes thousands that die with it, and few that only a sweep would find."""

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanqiao.config.settings")

workbench = get_wsgi_application()

from sanqiao.web.mobilisation.door import AnswerDoor  # noqa: E402

application = AnswerDoor(workbench)
refuse_unsafe_role()
connection.close()  # this thread serves nobody

gc.collect()
gc.freeze()
gc.set_threshold(BETWEEN_SWEEPS)
