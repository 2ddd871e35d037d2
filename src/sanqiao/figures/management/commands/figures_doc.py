from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from sanqiao.figures.docs import catalogue_text


class Command(BaseCommand):
    help = "Write the catalogue of figures; needs no database."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", type=Path, default=Path("docs/figures.md"))

    def handle(self, *args: Any, **options: Any) -> None:
        options["out"].write_text(catalogue_text(), encoding="utf-8")
        self.stdout.write(str(options["out"]))
