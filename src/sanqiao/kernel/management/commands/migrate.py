from typing import Any

from django.core.management.commands import migrate

from sanqiao.kernel.secure import secure


class Command(migrate.Command):
    """Django's own, and then everything that the database guards by itself."""

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options)
        if not options.get("plan") and not options.get("check_unapplied"):
            secure()
