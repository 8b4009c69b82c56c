"""Mutated forms by the page and a real worker: each is read or refused, and nobody notices."""

import datetime
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from reports.models import Upload
from reports.states import UploadState
from tasks.models import Period, ProgressReport, Responsibility
from tests.factories import ResponsibilityFactory, TaskFactory, officer
from tests.faults.reports.conftest import Begin
from tests.faults.reports.test_uploads import LEASE, QUICK, ROWS, filled
from tests.faults.reports.test_workers import wait_for
from tests.reports.returns.mutants import mutant

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 25
ENDS = {UploadState.READY, UploadState.REFUSED, UploadState.OPENED}
WENT_WRONG = ("could not be read", "Traceback", "WorkerLostError", "SoftTimeLimit")


@pytest.mark.parametrize("number", [25, pytest.param(1000, marks=pytest.mark.faults)])
def test_mutants_by_the_page_and_a_worker(begin: Begin, number: int) -> None:
    crew = begin(LEASE * 10)
    crew.app = QUICK
    Period.objects.update(opens_on=datetime.date(2020, 1, 1))  # whatever the machine's clock says
    side = Responsibility.objects.order_by("pk")[0]
    for _task in range(ROWS - 1):
        task = TaskFactory(plan=side.task.plan)
        ResponsibilityFactory(task=task, unit=side.unit, side=side.side)
    by = officer(side.unit)
    form = filled(side, by)
    source, chance = form.read(), random.Random(number)  # noqa: S311 - data of a test
    client = Client()
    client.force_login(by)
    crew.beat()
    worker = crew.worker("--concurrency", "2")
    for _batch in range(number // AT_ONCE):
        mutants = [mutant(source, chance) for _n in range(AT_ONCE)]
        files = [SimpleUploadedFile(str(form.name), content) for content in mutants]
        answer = client.post("/reports/forms/", {"sent": files})
        # A batch with a file that is no form at all is told on the page, and nothing is taken.
        assert answer.status_code in {200, 302, 422}, answer.content.decode()
        wait_for(crew, lambda: not Upload.objects.exclude(state__in=ENDS).exists(), seconds=120)
        for row in Upload.objects.order_by("-pk")[:AT_ONCE]:
            assert row.error == "" or row.error.endswith("。")
            assert "联系管理员" not in row.error
            assert client.get(f"/reports/uploads/{row.pk}/").status_code == 200
    assert worker.poll() is None
    told = crew.log.read_text(encoding="utf-8", errors="replace")
    assert [words for words in WENT_WRONG if words in told] == []
    assert Upload.objects.filter(state=UploadState.READY).exists()
    assert Upload.objects.filter(state=UploadState.REFUSED).exists()
    assert not ProgressReport.objects.exists()
