"""manage.py export_reports --period 2025Q4 --output DIR [--plan CODE] [--lead-unit NAME]."""

import shutil
import time
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from reports.books.making import make
from reports.models import ReportRun
from reports.services import runs
from reports.states import BookKey, Language, Paper, RunState
from tasks.models import Plan
from tracker.lib.excel import written_beside
from tracker.lib.text import listed
from tracker.lib.workdays import Quarter, today
from units.models import Unit
from units.services.names import UnitNameError, find_unit

POLL_SECONDS = 0.5


class Command(BaseCommand):
    """Makes a quarter's books and puts them into a folder."""

    help = "生成一个季度的 Excel 报表：每个牵头单位一份，协调办公室一份，另附压缩包。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--period", required=True, help="季度，如 2025Q4")
        parser.add_argument("--output", required=True, type=Path, help="存放文件的文件夹")
        parser.add_argument("--plan", help="方案代码，如 joint-2022；不写则为全部启用的方案")
        parser.add_argument("--lead-unit", help="牵头单位名称；不写则为全部牵头单位")
        parser.add_argument(
            "--book", default=BookKey.STATUS.value, help="报表：" + listed(BookKey.values)
        )
        parser.add_argument("--paper", default=Paper.A4.value, help="纸张：A4 或 A3")
        parser.add_argument(
            "--language", default=Language.CHINESE.value, help="语言：" + listed(Language.values)
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run = runs.request_run(
                book=options["book"],
                quarter=Quarter.parse(options["period"]),
                plan=_plan(options["plan"]),
                lead_unit=_unit(options["lead_unit"]),
                by=None,
                paper=options["paper"],
                language=options["language"],
                wake=False,
            )
        except ValidationError as error:
            raise CommandError("".join(error.messages)) from error
        except ValueError as error:
            raise CommandError(str(error)) from error
        run = _wait_for(run)
        if run.state == RunState.FAILED:
            raise CommandError(run.error)
        for path in _hand_over(run, options["output"]):
            self.stdout.write(str(path))


def _plan(code: str | None) -> Plan | None:
    if code is None:
        return None
    plan = Plan.objects.filter(code=code).first()
    if plan is None:
        known = listed(Plan.objects.values_list("code", flat=True))
        raise CommandError(
            _("没有代码为“%(code)s”的方案：现有%(known)s。") % {"code": code[:50], "known": known}
        )
    return plan


def _unit(name: str | None) -> Unit | None:
    if name is None:
        return None
    try:
        return find_unit(name)
    except UnitNameError as error:
        raise CommandError(str(error)) from error


def _wait_for(run: ReportRun) -> ReportRun:
    """Make the run here; where a worker was faster, wait for it."""
    while run.is_waiting:
        made = make(run.pk, today=today())
        if made is None:
            time.sleep(POLL_SECONDS)
        run = made or ReportRun.objects.get(pk=run.pk)
        if run.state == RunState.QUEUED and run.error:
            raise CommandError(run.error)
    return run


def _hand_over(run: ReportRun, output: Path) -> list[Path]:
    """Copy the files into the folder, each in one piece."""
    paths = []
    try:
        for file in run.files.all():
            path = output / file.name
            with written_beside(path) as beside:
                shutil.copyfile(file.full_path, beside)
            paths.append(path)
    except OSError as error:
        raise CommandError(
            _("无法写入文件夹“%(folder)s”：%(reason)s。")
            % {"folder": output, "reason": error.strerror}
        ) from error
    return paths
