"""manage.py translations update|check|compile."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracker import translations


class Command(BaseCommand):
    help = "收集（update）、检查（check）或编译（compile）英文译文。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["update", "check", "compile"])

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        if action == "update":
            entries, lacking = translations.update()
            self.stdout.write(f"{entries} entries, {lacking} without English")
        elif action == "check":
            if problems := translations.missing():
                raise CommandError("\n".join(problems))
            self.stdout.write("English catalogue complete")
        elif translations.compile_catalogue():
            self.stdout.write(f"compiled {translations.po_path().with_suffix('.mo').name}")
