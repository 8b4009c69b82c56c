"""A year, day by day, against plain code that knows nothing of the product's.

Rows say how the year will have gone (who reports when, what ends when), as they do when a day of
the past is asked about; some days nothing runs at all.
"""

import datetime
from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Any

import chinese_calendar
import pytest

from tasks.models import Notice, Period, Plan, ProgressReport, Responsibility
from tasks.reminders import make_notices
from tasks.states import ReportState, TaskState
from tests.factories import (
    OfficeFactory,
    PeriodFactory,
    PlanSideFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    officer,
)
from tests.factories.tasks import PlanFactory
from tests.factories.units import JurisdictionFactory, MembershipFactory
from tests.tasks.reminders.conftest import at
from units.models import Membership

D = datetime.date
ONE = datetime.timedelta(days=1)
FIRST, LAST = D(2026, 1, 1), D(2026, 12, 31)
Told = tuple[str, str, D, str, int, D]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung")]


# --- a world drawn by dice ---------------------------------------------------------------------


def some_day(dice: Random) -> D:
    return FIRST + dice.randint(-60, 420) * ONE


def world(dice: Random) -> None:
    for number in range(2):
        plan = PlanFactory(
            short_title=f"方案{number}",
            ends_on=dice.choice([D(2025, 12, 31), D(2026, 6, 30), D(2030, 12, 31)]),
            tracked_from=dice.choice(["2025Q4", "2026Q2"]),
            reminders_from=FIRST + dice.randint(-30, 90) * ONE,
        )
        place = JurisdictionFactory(sichuan=bool(number))
        office = OfficeFactory(jurisdiction=place)
        PlanSideFactory(plan=plan, jurisdiction=place, office=office)
        coordinator(office, username=f"coordinator-{number}")
        for quarter in ("2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"):
            closed = {"closed": True, "closed_on": some_day(dice)} if dice.random() < 0.4 else {}
            PeriodFactory(plan=plan, quarter_text=quarter, **closed)
        units = [unit_with_people(dice, f"{number}{n}") for n in range(3)]
        for _n in range(5):
            drawn_side(dice, plan, dice.choice(units), place)


def unit_with_people(dice: Random, name: str) -> Any:
    unit = UnitFactory(name=f"单位{name}")
    if dice.random() < 0.8:
        officer(unit, username=f"officer-{name}")
        until = dice.choice([None, some_day(dice)])
        Membership.objects.filter(unit=unit).update(until=until)
    if dice.random() < 0.6:
        MembershipFactory(unit=unit, signer=True, user__username=f"signer-{name}")
    return unit


def drawn_side(dice: Random, plan: Plan, unit: Any, place: Any) -> None:
    task = TaskFactory(plan=plan, due_on=dice.choice([None, some_day(dice), some_day(dice)]))
    state = dice.choice([TaskState.IN_PROGRESS] * 3 + [TaskState.COMPLETED, TaskState.CLOSED])
    side = ResponsibilityFactory(
        task=task,
        unit=unit,
        side=place,
        state=state,
        state_since=dice.choice([None, some_day(dice)]),
        due_on=dice.choice([None, None, some_day(dice)]),
    )
    for period in plan.periods.all():
        if dice.random() < 0.7:
            drawn_report(dice, side, period)


def drawn_report(dice: Random, side: Responsibility, period: Period) -> None:
    sent = at(period.opens_on + dice.randint(0, 80) * ONE, dice.randint(0, 23))
    reviewed = sent + dice.randint(0, 9) * ONE
    state = dice.choice([*ReportState])
    if state in {ReportState.DRAFT, ReportState.SIGNED} and dice.random() < 0.5:
        values: dict[str, Any] = {}
    elif state == ReportState.SUBMITTED:
        values = {"submitted_at": sent}
    elif state == ReportState.APPROVED:
        values = {"submitted_at": sent, "reviewed_at": reviewed}
    else:  # returned, perhaps being mended
        redo = (reviewed + dice.randint(3, 8) * ONE).date()
        values = {"submitted_at": sent, "reviewed_at": reviewed, "redo_by": redo}
    ProgressReport.objects.create(
        responsibility=side, period=period, state=state, percent=1, progress="进展", **values
    )


# --- the oracle --------------------------------------------------------------------------------


def works(day: D) -> bool:
    return bool(chinese_calendar.is_workday(day)) if day.year < 2027 else day.weekday() < 5


@cache
def step_days(due: D) -> dict[int, D]:
    """The day of each step −7 … +400, by walking."""
    days = {0: due}
    for way in (-1, 1):
        day, n = due, 0
        while n < 400:
            day += way * ONE
            if works(day):
                n += 1
                days[way * n] = day
    return days


def ladder(rule: str, due: D, today: D) -> list[int]:
    if rule == "review_waiting":
        return [2, *range(5, 400, 5)]
    if rule == "no_officer":
        return [0, *range(5, 400, 20)]
    return [-7, -3, -1, 0] if due >= today else [1, 3, *range(7, 400, 20)]


def latest(rule: str, due: D, today: D, back: D | None) -> tuple[int, D] | None:
    days = step_days(due)
    wanted = ladder(rule, due, today)
    come = [(step, days[step]) for step in wanted if days[step] <= today]
    if back:  # told on the day, then at the steps that come after it
        left = sum(works(back + n * ONE) for n in range(1, (due - back).days + 1))
        come = [(-left, back), *(step for step in come if step[0] > -left)]
    return come[-1] if come else None


def handed_in(report: ProgressReport | None, today: D) -> bool:
    if report is None or report.submitted_at is None or local(report.submitted_at) > today:
        return False
    is_in = report.state in ("submitted", "approved")
    return is_in or report.reviewed_at is None or local(report.reviewed_at) > today


def local(moment: datetime.datetime) -> D:
    return (moment.astimezone(datetime.UTC) + datetime.timedelta(hours=8)).date()


def waiting(side: Responsibility, today: D) -> Iterator[tuple[str, str, D, D | None]]:
    """Reports with the office, also of quarters and sides that have ended."""
    for report in side.reports.all():
        code = f"{report.period.year}Q{report.period.quarter}"
        if code < side.task.plan.tracked_from or report.submitted_at is None:
            continue
        sent, judged = local(report.submitted_at), report.reviewed_at and local(report.reviewed_at)
        is_in = report.state == "submitted" or (judged is not None and judged > today)
        if sent <= today and is_in:
            yield "review_waiting", f"review/{report.pk}/{code}", sent, None


def subjects(side: Responsibility, today: D) -> Iterator[tuple[str, str, D, D | None]]:
    """(rule, key, due date, day on which it came back) of what is still to be done."""
    yield from waiting(side, today)
    over = side.state_since is None or side.state_since <= today
    if side.state == "closed" and over:
        return
    if not people(side, "officer", today):
        left = [until for _name, until in members("officer", side.unit_id, side.task.plan_id)]
        begun = side.task.plan.reminders_from
        assert begun is not None
        gone = max([begun, *(until + ONE for until in left if until and until < today)])
        yield "no_officer", f"nobody/{side.unit_id}/{side.task.plan_id}", gone, None
    own = side.due_on or side.task.due_on
    due = own or side.task.plan.ends_on
    if due and not (side.state in ("closed", "completed") and over):
        late = "task_overdue" if own else "task_expired"
        yield (late if due < today else "task_due"), f"task/{side.pk}", due, None
    reports = {report.period_id: report for report in side.reports.all()}
    for period in side.task.plan.periods.all():
        code = f"{period.year}Q{period.quarter}"
        if code < side.task.plan.tracked_from or period.opens_on > today:
            continue
        if period.closed_on and period.closed_on <= today:
            continue
        report = reports.get(period.pk)
        if handed_in(report, today):
            continue
        due = period.due_on
        rule = "report_overdue" if due < today else "report_due"
        back = None
        if report and report.redo_by and report.reviewed_at and local(report.reviewed_at) <= today:
            due, rule, back = report.redo_by, "report_returned", local(report.reviewed_at)
        yield rule, f"report/{side.pk}/{code}", due, back


def people(side: Responsibility, role: str, today: D) -> set[str]:
    return {
        name
        for name, until in members(role, side.unit_id, side.task.plan_id)
        if until is None or until >= today
    }


@cache
def members(role: str, unit: int, plan: int) -> list[tuple[str, D | None]]:
    rows = Membership.objects.filter(role=role)
    if role == "coordinator":
        rows = rows.filter(office__plan_sides__plan=plan)
    else:
        rows = rows.filter(unit=unit)
    return list(rows.values_list("user__username", "until"))


def expected(running: list[D]) -> set[Told]:
    told: dict[tuple[str, str, D, str, int], D] = {}
    members.cache_clear()
    sides = list(
        Responsibility.objects.select_related("task__plan").prefetch_related(
            "task__plan__periods", "reports__period"
        )
    )
    for today in running:
        if not works(today):
            continue
        for side in sides:
            since = side.task.plan.reminders_from
            assert since is not None
            for rule, key, due, back in subjects(side, today):
                step = latest(rule, due, today, back)
                if since > today or step is None or step[1] < since:
                    continue
                for person in reached_people(rule, side, step[0], today):
                    told.setdefault((rule, key, due, person, step[0]), today)
    return {(*key, day) for key, day in told.items()}


def reached_people(rule: str, side: Responsibility, step: int, today: D) -> set[str]:
    if rule in ("review_waiting", "no_officer"):
        return people(side, "coordinator", today)
    found = people(side, "officer", today)
    if step >= 3:
        found |= people(side, "signer", today)
    if step >= 7:
        found |= people(side, "coordinator", today)
    return found


# --- the comparison ----------------------------------------------------------------------------


BEATS_HOURS = range(8, 18)


@pytest.mark.parametrize(
    ("seed", "hourly"),
    [
        (3, False),
        pytest.param(11, False, marks=pytest.mark.faults),
        pytest.param(12, True, marks=pytest.mark.faults),
    ],
)
def test_a_year_as_plain_code_has_it(seed: int, hourly: bool) -> None:
    """Hourly: as beat rings, some of the hours lost; else once or twice on a day."""
    dice = Random(seed)  # noqa: S311 - data of a test
    world(dice)
    days = [FIRST + n * ONE for n in range((LAST - FIRST).days + 1)]
    running = [day for day in days if dice.random() < 0.9]
    for day in running:
        few = dice.choice([[9], [9], [9, 17]])
        kept = [hour for hour in BEATS_HOURS if dice.random() < 0.7] if hourly else few
        for hour in kept or few:
            make_notices(today=day, now=at(day, hour))
    rows = Notice.objects.values_list(
        "rule", "subject", "due_on", "recipient__username", "step", "made_on"
    )
    assert set(rows) == expected(running)
    assert len(rows) > 100
    assert {row[0] for row in rows} >= {
        "report_due",
        "report_overdue",
        "report_returned",
        "task_due",
        "review_waiting",
        "no_officer",
    }
