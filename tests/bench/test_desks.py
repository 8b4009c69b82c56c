"""Server time of each desk: at the demo's size, and with 84,000 district tasks of 20 quarters."""

import os
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tasks.models import Task
from tasks.services.demo import make_demo
from tasks.services.tracking import start_tracking
from tests.bench.desks import HEAD, desks, measure
from tests.bench.many_reports import LARGE, fill, tidy
from tracker.lib.workdays import Quarter, today

pytestmark = [pytest.mark.bench, pytest.mark.django_db(transaction=True)]
ROUNDS = 5


def make_real_size(settings: Any) -> None:
    """The plans with the demo's reports since 2022."""
    settings.DEMO, settings.LOCAL = True, True
    call_command("load_plans", verbosity=0)
    start_tracking(first=Quarter(2022, 2), today=today())
    make_demo(today=today())


def table(title: str, *, district: bool) -> list[str]:
    joint = Task.objects.filter(plan__code="joint-2022").order_by("number")[0]
    found = [measure(desk, ROUNDS, today()).line(desk.name) for desk in desks(joint.pk, district)]
    return ["", title, HEAD, *found]


def test_server_time_of_each_desk(settings: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """Prints the figures, and writes them to `BENCH_FILE` if that is set; judges none."""
    make_real_size(settings)
    tidy()
    lines = table("real size: 2 tracked plans, 51 tasks, 18 quarters", district=False)
    start = time.perf_counter()
    fill(LARGE, today())
    tidy()
    made = time.perf_counter() - start
    title = f"{LARGE.all_tasks:,} district tasks, {LARGE.quarters} quarters (made in {made:.0f} s)"
    lines += table(title, district=True)
    with capsys.disabled():
        print(*lines, sep="\n")  # noqa: T201 - a bench's answer
    if file := os.environ.get("BENCH_FILE"):
        Path(file).write_text("\n".join(lines), encoding="utf-8")
