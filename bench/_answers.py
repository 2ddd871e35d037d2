"""What granian serves in the answering benchmark: the workbench behind its narrow door."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sanqiao.config.settings")
behind = get_wsgi_application()

from sanqiao.web.mobilisation.door import AnswerDoor  # noqa: E402

application = AnswerDoor(behind)
