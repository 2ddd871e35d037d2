"""Our PostgreSQL, starting the embedded server when the first connection is asked for."""

from typing import Any

from sanqiao.config.database import prepare_embedded
from sanqiao.config.lasting import base


class DatabaseWrapper(base.DatabaseWrapper):
    def get_connection_params(self) -> dict[str, Any]:
        prepare_embedded()
        return super().get_connection_params()
