"""Workers killed with `kill -9` while they write a form: nothing of it is there, then all of it."""

import datetime
import io
import random
import time
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reports.models import Upload
from reports.returns import form
from reports.services import upload_later, uploads
from reports.services.upload_applying import Wish
from tasks.models import Period, ProgressReport, Responsibility
from tests.factories import ResponsibilityFactory, TaskFactory, officer
from tests.faults.reports.conftest import Begin
from tests.faults.reports.test_workers import ALONE, wait_for
from tracker.lib.workdays import Quarter, now, today
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db(transaction=True)
QUICK = "tests.faults.reports.quick_uploads"
LEASE = 3.0
ROWS = 8
FIRST = 5  # the row of the first task


def filled(side: Responsibility, by: User) -> SimpleUploadedFile:
    """The unit's form with a report of each task."""
    name, content = form.make(side.unit, Quarter(2026, 3), for_user=by, today=today())
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in range(FIRST, FIRST + ROWS):
        page = book.worksheets[0]
        page[f"G{row}"], page[f"I{row}"] = row, f"第{row}行的进展。"
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(Path(name).name, out.getvalue())


@pytest.mark.parametrize("kills", [1])
def test_killed_while_it_writes(begin: Begin, kills: int) -> None:
    crew = begin(LEASE)
    crew.app = QUICK
    dice = random.Random(20261121)  # noqa: S311 - data of a test
    Period.objects.update(opens_on=datetime.date(2020, 1, 1))  # whatever the machine's clock says
    side = Responsibility.objects.order_by("pk")[0]
    for _task in range(ROWS - 1):
        task = TaskFactory(plan=side.task.plan)
        ResponsibilityFactory(task=task, unit=side.unit, side=side.side)
    by = officer(side.unit)
    crew.beat()
    worker = crew.worker(*ALONE)
    (row,) = uploads.send([filled(side, by)], by=by, now=now())

    def is_(state: str) -> bool:
        row.refresh_from_db()
        return row.state == state

    wait_for(crew, lambda: is_("ready"))
    wish = Wish(seen=row.counts["seen"], submit=True)
    upload_later.queue(row, wish, by=by, now=now())
    for kill in range(1, kills + 1):

        def writes(number: int = kill) -> bool:
            row.refresh_from_db()
            return row.attempts == number and row.done >= 2

        wait_for(crew, writes)
        time.sleep(dice.random())
        crew.kill(worker)
        assert not ProgressReport.objects.exists()
        worker = crew.worker(*ALONE)
    wait_for(crew, lambda: is_("applied"))
    assert (row.attempts, row.counts["written"], row.ended_by) == (kills + 1, ROWS, by)
    found = ProgressReport.objects.order_by("percent")
    told = [(one.percent, one.version, one.state) for one in found]
    assert told == [(n, 1, "submitted") for n in range(FIRST, FIRST + ROWS)]
    assert AuditEntry.objects.filter(verb="upload.apply").count() == 1
    assert Upload.objects.count() == 1
