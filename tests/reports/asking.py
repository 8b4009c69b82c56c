"""Runs asked for without a page, and leases that end."""

import datetime
from typing import Any

from django.db.models.functions import Now

from reports.models import ReportRun
from reports.services import runs
from tracker.lib.workdays import Quarter
from units.models import Unit

QUARTER = Quarter(2025, 4)


def ask(**wanted: Any) -> ReportRun:
    defaults: dict[str, Any] = {"book": "status", "quarter": QUARTER, "by": None}
    return runs.request_run(**defaults | wanted)


def small(**wanted: Any) -> ReportRun:
    """A run of one workbook."""
    return ask(lead_unit=Unit.objects.get(name="重庆市能源局"), **wanted)


def expire(run: ReportRun) -> None:
    past = Now() - datetime.timedelta(seconds=1)
    ReportRun.objects.filter(pk=run.pk).update(lease_until=past)
