"""Who is told what, when; and that nothing is told twice."""

import datetime
import logging
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.models import Digest, Notice
from tasks.reminders import make_notices
from tasks.reminders.engine import plan_day
from tasks.states import NoticeState, ReportState, TaskState
from tests.factories import (
    PeriodFactory,
    PlanFactory,
    ProgressReportFactory,
    TaskFactory,
    UnitFactory,
    officer,
)
from tests.tasks.reminders.conftest import DUE, Scene, at, run
from units.models import AuditEntry

D = datetime.date

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung")]


def test_a_report_from_seven_days_before_until_it_is_late(scene: Scene) -> None:
    told = {}
    day = D(2026, 9, 20)
    while day < D(2026, 11, 30):
        if new := run(day):
            told[day] = new
        day += datetime.timedelta(days=1)
    due, late = "report_due", "report_overdue"
    assert told == {
        # 9, 8 October; 30, 29, 28, 24, 23 September: 25 to 27 and 1 to 7 October are off.
        D(2026, 9, 23): {(due, "填报员", -7)},
        D(2026, 9, 30): {(due, "填报员", -3)},
        D(2026, 10, 9): {(due, "填报员", -1)},
        D(2026, 10, 10): {(due, "填报员", 0)},
        D(2026, 10, 12): {(late, "填报员", 1)},
        D(2026, 10, 14): {(late, "填报员", 3), (late, "审签员", 3)},
        D(2026, 10, 20): {(late, "填报员", 7), (late, "审签员", 7), (late, "协调员", 7)},
        D(2026, 11, 17): {(late, "填报员", 27), (late, "审签员", 27), (late, "协调员", 27)},
    }, told


def test_a_task_past_a_date_of_its_own_and_one_past_the_plans_end(scene: Scene) -> None:
    scene.plan.periods.all().delete()
    scene.plan.ends_on = D(2026, 10, 30)
    scene.plan.save()
    scene.another(task__due_on=D(2026, 10, 29), task__title="有时限")
    assert run(D(2026, 10, 30)) == {("task_due", "填报员", 0), ("task_overdue", "填报员", 1)}
    assert run(D(2026, 11, 2)) == {("task_expired", "填报员", 1)}
    assert run(D(2026, 11, 3)) == {("task_overdue", name, 3) for name in ("填报员", "审签员")}


def test_a_granted_date_is_the_one_in_force(scene: Scene) -> None:
    scene.plan.periods.all().delete()
    side = scene.another(task__due_on=D(2026, 10, 29))
    assert run(D(2026, 10, 29)) == {("task_due", "填报员", 0)}
    side.due_on = D(2026, 11, 12)
    side.save()
    assert run(D(2026, 11, 2)) == set()
    assert run(D(2026, 11, 3)) == {("task_due", "填报员", -7)}


def test_nothing_twice_on_the_same_day(scene: Scene) -> None:
    assert run(DUE) == {("report_due", "填报员", 0)}
    assert run(DUE) == set()
    assert Digest.objects.count() == 1
    assert AuditEntry.objects.filter(verb="notice.make").count() == 1


def test_a_missed_day_is_made_good_with_the_latest_step_alone(scene: Scene) -> None:
    assert run(D(2026, 11, 13)) == {
        ("report_overdue", name, 7) for name in ("填报员", "审签员", "协调员")
    }
    assert run(D(2026, 11, 16)) == set()


@pytest.mark.parametrize("day", [D(2026, 10, 7), D(2026, 10, 11), D(2026, 9, 26)])
def test_nothing_on_days_off(scene: Scene, day: D) -> None:
    scene.another(task__due_on=D(2026, 6, 30))
    assert run(day) == set()
    assert not Digest.objects.exists()
    assert "休息日" in plan_day(day).untold[0].reason


def test_a_working_weekend_is_a_day_like_others(scene: Scene) -> None:
    assert run(D(2026, 10, 10)) == {("report_due", "填报员", 0)}


def test_steps_before_the_plans_first_day_are_not_told(scene: Scene) -> None:
    scene.plan.reminders_from = D(2026, 10, 15)
    scene.plan.save()
    assert run(D(2026, 10, 14)) == set()
    assert run(D(2026, 10, 15)) == set()
    assert "提醒起始日" in plan_day(D(2026, 10, 15)).untold[0].reason
    assert len(run(D(2026, 10, 20))) == 3


@pytest.mark.parametrize(
    "values",
    [
        {"reminders_from": None},
        {"tracked_from": ""},
        {"tracked_from": "", "status": "draft"},
        {"tracked_from": "2026Q4"},
    ],
)
def test_plans_that_do_not_remind(scene: Scene, values: dict[str, Any]) -> None:
    type(scene.plan).objects.filter(pk=scene.plan.pk).update(**values)
    assert run(DUE) == set()


@pytest.mark.parametrize("state", [TaskState.CLOSED, TaskState.STANDING, TaskState.CARRIED])
def test_an_ended_side_is_left_alone_from_its_day_on(scene: Scene, state: TaskState) -> None:
    side = scene.side
    side.state, side.state_since = state, D(2026, 10, 10)
    side.save()
    assert run(D(2026, 10, 9)) == {("report_due", "填报员", -1)}
    assert run(D(2026, 10, 10)) == set()


def test_a_completed_side_still_reports_but_its_date_is_met(scene: Scene) -> None:
    scene.another(task__due_on=D(2026, 9, 30), state=TaskState.COMPLETED, state_since=D(2026, 9, 1))
    ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        approved=True,
        submitted_at=at(D(2026, 9, 2)),
        reviewed_at=at(D(2026, 9, 3)),
    )
    assert run(DUE) == {("report_due", "填报员", 0)}


def test_a_report_handed_in_counts_from_its_day(scene: Scene) -> None:
    ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        approved=True,
        submitted_at=at(D(2026, 10, 9), 23),
        reviewed_at=at(D(2026, 10, 12)),
    )
    assert run(D(2026, 10, 8)) == {("report_due", "填报员", -3)}
    assert run(D(2026, 10, 9)) == set()
    assert run(D(2026, 10, 12)) == set()


def test_a_draft_is_not_a_report(scene: Scene) -> None:
    ProgressReportFactory(responsibility=scene.side, period=scene.period, filled_by=scene.officer)
    assert run(DUE) == {("report_due", "填报员", 0)}


@pytest.mark.parametrize("state", [ReportState.RETURNED, ReportState.DRAFT])
def test_a_returned_report_is_due_again(scene: Scene, state: ReportState) -> None:
    """Also while it is being mended: saving makes it a draft again."""
    ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        returned=True,
        state=state,
        submitted_at=at(D(2026, 10, 19)),
        reviewed_at=at(D(2026, 10, 20)),
        redo_by=D(2026, 10, 23),
    )
    assert run(D(2026, 10, 19)) == set()
    assert run(D(2026, 10, 20)) == {("report_returned", "填报员", -3)}
    assert Notice.objects.get().due_on == D(2026, 10, 23)
    assert run(D(2026, 10, 26)) == {("report_returned", "填报员", 1)}


def test_a_report_that_came_back_early_is_told_at_once_and_again_before_its_day(
    scene: Scene,
) -> None:
    """Filed in the quarter's last month: due again no earlier than what nobody has filed."""
    ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        returned=True,
        submitted_at=at(D(2026, 9, 7)),
        reviewed_at=at(D(2026, 9, 8)),
        redo_by=D(2026, 10, 10),
    )
    told = {}
    day = D(2026, 9, 8)
    while day < D(2026, 10, 21):
        if new := run(day):
            told[day] = new
        day += datetime.timedelta(days=1)
    back = "report_returned"
    assert told == {
        D(2026, 9, 8): {(back, "填报员", -19)},  # 20 September is a Sunday worked
        D(2026, 9, 23): {(back, "填报员", -7)},
        D(2026, 9, 30): {(back, "填报员", -3)},
        D(2026, 10, 9): {(back, "填报员", -1)},
        D(2026, 10, 10): {(back, "填报员", 0)},
        D(2026, 10, 12): {(back, "填报员", 1)},
        D(2026, 10, 14): {(back, "填报员", 3), (back, "审签员", 3)},
        D(2026, 10, 20): {(back, name, 7) for name in ("填报员", "审签员", "协调员")},
    }


def test_a_period_reminds_while_it_is_open(scene: Scene) -> None:
    scene.period.delete()
    PeriodFactory(plan=scene.plan, closed=True, closed_on=D(2026, 10, 14))
    assert run(D(2026, 10, 12)) == {("report_overdue", "填报员", 1)}
    assert run(D(2026, 10, 14)) == set()


def test_one_mail_a_person_and_day_takes_what_waits(scene: Scene) -> None:
    run(DUE)
    Digest.objects.update(state="sent")
    scene.another(task__due_on=DUE)
    run(DUE)  # a second batch of the same day waits for tomorrow's mail
    assert Notice.objects.queued().filter(carried=None).count() == 3
    assert Digest.objects.count() == 1
    make_notices(today=D(2026, 10, 12), now=at(D(2026, 10, 12)))
    assert Digest.objects.filter(recipient=scene.officer).count() == 2


def test_cost_does_not_grow_with_rows(scene: Scene) -> None:
    def count(today: D) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            make_notices(today=today, now=at(today))
        return len(queries)

    scene.another(task__due_on=D(2026, 6, 30))  # the same rules have something to tell
    few = count(D(2026, 10, 20))
    for _n in range(30):
        unit = UnitFactory()
        officer(unit)
        scene.another(unit=unit)
        scene.another(unit=unit, task__due_on=D(2026, 6, 30))
    Notice.objects.all().delete()
    Digest.objects.all().delete()
    assert count(D(2026, 10, 20)) <= few
    assert Notice.objects.count() > 60


def test_a_year_without_a_list_warns(scene: Scene, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        make_notices(today=D(2027, 3, 1), now=at(D(2027, 3, 1)))
    assert "没有2027年的节假日和调休安排" in caplog.text
    assert plan_day(D(2026, 10, 20)).warnings == []


def test_reference_plans_are_named_as_silent(scene: Scene) -> None:
    PlanFactory(draft=True, short_title="征求意见稿甲")
    TaskFactory(plan=PlanFactory(draft=True))
    reasons = {row.subject: row.reason for row in plan_day(DUE).untold}
    assert "征求意见稿" in reasons["征求意见稿甲"]


def test_notices_queue_and_lead_to_the_form(scene: Scene) -> None:
    run(DUE)
    notice = Notice.objects.get()
    assert notice.state == NoticeState.QUEUED
    assert notice.path == f"/fill/{scene.side.pk}/2026Q3/"
    run(D(2026, 10, 20))
    office = Notice.objects.get(recipient=scene.coordinator)
    assert office.path == f"/tasks/{scene.side.task_id}/"
