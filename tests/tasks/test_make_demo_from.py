"""Making the demo: where it may be made, and from what."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction

from tasks.models import Period, Plan, ProgressReport, Responsibility
from tasks.services.demo import make_demo
from tests.tasks.demo import TODAY, all_reports, load, run
from units.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _local(settings: Any) -> None:
    settings.DEMO, settings.LOCAL = True, True


@pytest.fixture(scope="module", autouse=True)
def _plans(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Committed once for the tests of this module."""
    with django_db_blocker.unblock():
        load()
    yield
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


def test_the_same_at_every_making() -> None:
    makings = []
    for _time in range(2):
        with transaction.atomic():
            make_demo(today=TODAY)
            makings.append(all_reports())
            transaction.set_rollback(True)
    assert makings[0] == makings[1]
    assert len(makings[0]) > 1000


def test_real_reports_are_left_alone() -> None:
    side = Responsibility.objects.leads().filter(task__plan__code="joint-2022")[0]
    period = Period.objects.filter(plan__code="joint-2022")[0]
    ProgressReport.objects.create(responsibility=side, period=period)
    assert run() == "已有填报数据，不再生成演示数据。\n"
    assert User.objects.count() == 0


@pytest.mark.parametrize(("demo", "local"), [(False, True), (True, False)])
def test_refuses_outside_the_local_demo(settings: Any, demo: bool, local: bool) -> None:
    settings.DEMO, settings.LOCAL = demo, local
    with pytest.raises(CommandError, match="请设置 DEMO=1 和 TRACKER_ENV=local"):
        run()
    assert User.objects.count() == 0


def test_other_plans_and_few_quarters() -> None:
    """A plan that the demo does not know gets reports too."""
    Plan.objects.filter(code="joint-2022").update(code="other-2022")
    Period.objects.exclude(year=2026).delete()
    run()
    report = ProgressReport.objects.filter(responsibility__task__plan__code="other-2022")[0]
    assert report.responsibility.task.title in report.progress
