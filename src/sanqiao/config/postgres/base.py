"""Django's PostgreSQL, starting the embedded server when the first connection is asked for."""

from typing import Any

from django.db.backends.postgresql import base

from sanqiao.config.database import prepare_embedded


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        prepare_embedded()
        return super().get_connection_params()
