"""The commands behind beat's jobs, as an operator types them."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from reports.models import ReportRun
from tests.factories import NOW
from tests.reports.pages.conftest import Cast, made_by
from tests.reports.pages.test_schedules import Day, scheduled

pytestmark = pytest.mark.django_db


def output(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_what_is_due_is_listed_and_then_entered(cast: Cast) -> None:
    scheduled(cast, today=Day(2026, 10, 1))
    words = ("make_scheduled_reports", "--on", "2026-11-25")
    assert "2026-11-25 联合行动方案 季度" in output(*words, "--dry-run")
    assert not ReportRun.objects.exists()
    assert "季度进展汇总表" in output(*words)
    assert ReportRun.objects.get().key is not None
    assert output(*words) == "已排入0个定时报表。\n"
    assert output(*words, "--dry-run") == "没有到期的定时报表。\n"


def test_old_files_are_listed_and_then_removed(client: Client, cast: Cast, settings: Any) -> None:
    settings.REPORT_FILES_DAYS = 30
    run = made_by(client, cast.office)
    ReportRun.objects.update(finished_at=NOW)
    assert (
        output("tidy_report_files", "--on", "2026-12-20", "--dry-run")
        == "没有超过保存期限的报表。\n"
    )
    words = ("tidy_report_files", "--on", "2026-12-21")
    assert str(run.pk) in output(*words, "--dry-run")
    assert run.files.filter(removed_at=None).exists()
    assert output(*words).startswith("已清理4个文件")
    assert not run.files.filter(removed_at=None).exists()
