"""The demo made for tests: of the real plans, at a noon of its own."""

import datetime
from io import StringIO
from typing import Any

import time_machine
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from tasks.models import ProgressReport
from tasks.services.load import load_files
from tasks.services.tracking import start_tracking
from tests.fixtures.conftest import ROOT
from tracker.lib.workdays import SHANGHAI, Quarter

TODAY = datetime.date(2026, 11, 20)
NOON = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)


def load() -> None:
    """The real plans, tracked since their first quarter."""
    with translation.override(settings.LANGUAGE_CODE):
        load_files([ROOT / "fixtures"])
        start_tracking(first=Quarter(2022, 2), today=TODAY)


def run() -> str:
    """Make the demo; returns what the command said."""
    out = StringIO()
    with time_machine.travel(NOON, tick=False), translation.override(settings.LANGUAGE_CODE):
        call_command("make_demo", stdout=out)
    with connection.cursor() as cursor:  # as autovacuum does where the demo is committed
        cursor.execute("ANALYZE")
    return out.getvalue()


def all_reports() -> list[Any]:
    """What stands in every report."""
    rows = ProgressReport.objects.order_by("responsibility", "period")
    return list(
        rows.values_list(
            "responsibility", "period", "percent", "progress", "problems", "next_steps",
            "coordination", "state", "kind", "submitted_at", "reviewed_at", "redo_by",
        )
    )  # fmt: skip
