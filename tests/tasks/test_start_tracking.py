"""启用季度 and the first open quarters."""

import datetime
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import CommandError

from tasks.models import Period, Plan
from tasks.services.load import load_files
from tasks.services.tracking import start_tracking
from tests.fixtures.conftest import ROOT
from tests.kept import kept_open
from tracker.embedded.prepare import load_and_track
from tracker.lib.workdays import SHANGHAI, Quarter
from units.models import AuditEntry

pytestmark = pytest.mark.django_db
TODAY = datetime.date(2026, 11, 20)
NOON = datetime.datetime(2026, 11, 20, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture(scope="module", autouse=True)
def _plans(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with kept_open(django_db_blocker, lambda: load_files([ROOT / "fixtures"])):
        yield


def run(*arguments: str) -> str:
    out = StringIO()
    with time_machine.travel(NOON, tick=False):
        call_command("start_tracking", *arguments, stdout=out)
    return out.getvalue()


def test_a_clean_install_starts_with_the_present_quarter() -> None:
    out = run()
    for code in ("joint-2022", "jiangjin-2022"):
        plan = Plan.objects.get(code=code)
        assert (plan.tracked_from, plan.reminders_from) == ("2026Q4", TODAY)
    assert "方案“联合行动方案”：启用季度 2026Q4，2026-11-20起提醒。" in out
    # The fourth quarter opens on 1 December.
    assert Period.objects.count() == 0
    assert out.endswith("启用 2 个方案，开放 0 个填报期。" + COMING)


def test_a_draft_is_not_tracked() -> None:
    run()
    draft = Plan.objects.get(code="dazhou-draft")
    assert (draft.tracked_from, draft.reminders_from) == ("", None)


def test_earlier_quarters_and_their_periods() -> None:
    out = run("--from", "2022q2", "--reminders-from", "2022-06-01")
    plan = Plan.objects.get(code="joint-2022")
    assert (plan.tracked_from, str(plan.reminders_from)) == ("2022Q2", "2022-06-01")
    quarters = [period.code for period in plan.periods.order_by("year", "quarter")]
    assert (quarters[0], quarters[-1], len(quarters)) == ("2022Q2", "2026Q3", 18)
    assert "启用 2 个方案，开放 36 个填报期。" in out
    assert AuditEntry.objects.filter(verb="plan.track").count() == 2


COMING = "2026Q4 将于 2026-12-01 开放填报。\n"


def test_again_changes_nothing() -> None:
    run("--from", "2025Q1")
    entries = AuditEntry.objects.count()
    assert run() == run("--from", "2025Q1") == "各方案均已启用，没有变化。" + COMING
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize(
    "asked", [("--from", "2022Q2"), ("--reminders-from", "2022-06-01")], ids=["quarter", "day"]
)
def test_what_is_not_followed_is_said_for_each_plan(asked: tuple[str, str]) -> None:
    run("--from", "2025Q1")
    entries = AuditEntry.objects.count()
    out = run(*asked)
    for name in ("联合行动方案", "江津区"):
        kept = f"{name}[^\n]*已有填报期，保持启用季度 2025Q1、2026-11-20起提醒，此次的参数未采用。"
        assert re.search(kept, out), out
    assert Plan.objects.get(code="joint-2022").tracked_from == "2025Q1"
    assert AuditEntry.objects.count() == entries


def test_another_start_is_taken_while_there_is_no_period() -> None:
    run()
    out = run("--from", "2026Q3", "--reminders-from", "2026-10-01")
    assert "启用季度 2026Q3，2026-10-01起提醒" in out
    assert "启用 2 个方案，开放 2 个填报期。" + COMING in out
    plan = Plan.objects.get(code="joint-2022")
    assert (plan.tracked_from, str(plan.reminders_from)) == ("2026Q3", "2026-10-01")


def test_no_plan_is_tracked_before_it_starts() -> None:
    start_tracking(first=Quarter(2020, 1), today=TODAY)
    assert Plan.objects.get(code="joint-2022").tracked_from == "2022Q1"
    assert Plan.objects.get(code="jiangjin-2022").tracked_from == "2022Q2"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--from", "2022Q5"), "无法识别季度“2022Q5”"),
        (("--reminders-from", "2022-02-30"), "日期“2022-02-30”无效"),
    ],
)
def test_what_is_wrong_is_told(arguments: tuple[str, str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)
    assert not Plan.objects.exclude(tracked_from="").exists()


def test_one_plan_alone_is_tracked_by_its_code() -> None:
    assert "启用 1 个方案" in run("--plan", "jiangjin-2022")
    assert Plan.objects.get(code="joint-2022").tracked_from == ""
    with pytest.raises(CommandError, match="没有代码为“nowhere”的方案"):
        run("--plan", "nowhere")


def test_a_day_that_was_never_set_is_set_also_of_a_tracked_plan() -> None:
    run("--from", "2025Q1")
    Plan.objects.filter(code="joint-2022").update(reminders_from=None)
    out = run()
    assert "None" not in out
    assert "方案“联合行动方案”：启用季度 2025Q1，2026-11-20起提醒。" in out
    assert Plan.objects.get(code="joint-2022").reminders_from == TODAY


def test_a_restart_tracks_no_plan_that_its_office_has_not_tracked() -> None:
    gone = Plan.objects.get(code="jiangjin-2022")  # as if its file were new
    gone.tasks.all().delete()
    gone.delete()
    with time_machine.travel(NOON, tick=False):
        load_and_track(demo=False)
        load_and_track(demo=False)
    assert Plan.objects.get(code="joint-2022").tracked_from == ""
    assert Plan.objects.get(code="jiangjin-2022").tracked_from == "2026Q4"


def test_due_quarters_are_named_without_being_opened() -> None:
    run("--from", "2026Q3")
    Period.objects.all().delete()
    out = StringIO()
    call_command("open_periods", "--on", "2026-11-20", "--dry-run", stdout=out)
    assert "将开放：联合行动方案 2026年第3季度，2026-10-10前报送" in out.getvalue()
    assert not Period.objects.exists()
