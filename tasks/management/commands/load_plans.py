"""Load the plans and all that they rest on."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from tasks.services.load import LoadError, load_files
from units.services.load.sync import Tally


class Command(BaseCommand):
    """`manage.py load_plans [PATH…]`: a second run changes nothing."""

    help = "从 YAML 文件载入方案、单位、目标和监测值；不写则载入 fixtures/。再次运行不产生变化。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="*", metavar="PATH", help="文件或文件夹")

    def handle(self, *args: Any, **options: Any) -> None:
        paths = [Path(path) for path in options["paths"]] or [Path(settings.BASE_DIR) / "fixtures"]
        try:
            sources = load_files(paths)
        except LoadError as error:
            lines = "\n".join(f"  {problem}" for problem in error.problems)
            raise CommandError(_("没有载入，数据未改动：\n%(lines)s") % {"lines": lines}) from None
        self._report(sum((source.tally for source in sources), Tally()), len(sources))

    def _report(self, tally: Tally, files: int) -> None:
        for kind in sorted(tally.created.keys() | tally.updated.keys() | tally.unchanged.keys()):
            self.stdout.write(
                _("%(kind)s：新增 %(new)d，更新 %(changed)d，未变 %(same)d")
                % {
                    "kind": kind,
                    "new": tally.created[kind],
                    "changed": tally.updated[kind],
                    "same": tally.unchanged[kind],
                }
            )
        for line in tally.kept:
            self.stdout.write(_("保留人工修改：%(what)s") % {"what": line})
        if tally.changes:
            done = _("已载入 %(files)d 个文件。")
        else:
            done = _("%(files)d 个文件均已载入，没有变化。")
        self.stdout.write(done % {"files": files})
