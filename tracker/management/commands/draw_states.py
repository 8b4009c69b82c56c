"""manage.py draw_states [--check]."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tracker import state_tables, translations


class Command(BaseCommand):
    """Draws the page of states, or says that it is old."""

    help = "按各模型的状态表重画 docs/states.md；--check 只检查是否一致。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="只检查，不写文件。")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        translations.compile_catalogue()  # the page names each state in English, too
        file, wanted = state_tables.path(), state_tables.page()
        if check:
            if not file.exists() or file.read_text(encoding="utf-8") != wanted:
                raise CommandError("docs/states.md 与状态表不一致，请运行 manage.py draw_states。")
            self.stdout.write("docs/states.md is up to date")
            return
        file.write_text(wanted, encoding="utf-8")
        self.stdout.write(f"drew {sum(1 for _table in state_tables.tables())} tables")
