"""Each fact about a row and its queryset word say the same, whatever the row."""

import datetime
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tasks.models import Milestone, Period, Plan, ProgressReport, Responsibility, Task
from tasks.models.lights import STATE_ORDER, word_of
from tasks.models.settings import SOON_CHOICES
from tasks.states import LightWord, MilestoneState, PlanStatus, ReportState, Role, TaskState
from tests.factories import (
    ActionFactory,
    DocumentFactory,
    JurisdictionFactory,
    UnitFactory,
    UserFactory,
)
from tracker.lib.workdays import Quarter

TODAY = datetime.date(2026, 9, 24)  # before a holiday: working days and days differ
DAY = datetime.timedelta(days=1)
QUARTERS = [Quarter(2026, n) for n in (1, 2, 3)]

seeds = st.integers(0, 2**32 - 1)


def near(dice: Random, days: int = 40) -> datetime.date:
    return TODAY + dice.randint(-days, days) * DAY


def draw(dice: Random, tasks: int = 12) -> dict[str, Any]:
    """A plan whose dates lie near today, so that every edge is met often."""
    return {
        "starts_on": dice.choice([None, *[TODAY - dice.randint(1, 150) * DAY] * 4]),
        "ends_on": dice.choice([None, *[near(dice)] * 5]),
        "draft": dice.random() < 0.15,
        "thresholds": {
            "soon_workdays": dice.choice(SOON_CHOICES)[0],
            "behind_points": dice.choice([1, 10, 20]),
            "far_behind_points": dice.choice([20, 30, 100]),
        },
        "tasks": [draw_task(dice) for _n in range(tasks)],
    }


def draw_task(dice: Random) -> dict[str, Any]:
    return {
        "due_on": dice.choice([None, near(dice)]),
        "cooperating": dice.random() < 0.2,
        "sides": [draw_side(dice) for _n in range(dice.choice([0, 1, 2, 2]))],
    }


def draw_side(dice: Random) -> dict[str, Any]:
    return {
        "state": dice.choice([*TaskState, *[TaskState.IN_PROGRESS] * 8]),
        "due_on": dice.choice([None, None, near(dice)]),
        "reports": [
            {
                "state": dice.choice([*ReportState, ReportState.APPROVED]),
                # Mostly where 滞后 begins.
                "percent": dice.choice([dice.randint(50, 90), dice.randint(0, 100)]),
                "quarter": quarter,
            }
            for quarter in dice.sample(range(3), dice.randint(0, 3))
        ],
        "milestones": draw_milestones(dice),
    }


def draw_milestones(dice: Random) -> list[dict[str, Any]]:
    """Rising with time as the service has them, on days near today, today among them."""
    number = dice.choice([0, 0, 1, 3])
    days = sorted(dice.sample(range(-6, 7), number))
    percents = sorted(dice.choice([0, 40, 60, 75, 90, 100]) for _day in days)
    return [
        {
            "due_on": TODAY + day * DAY,
            "percent": percent,
            "state": dice.choice([*MilestoneState, *[MilestoneState.CONFIRMED] * 6]),
        }
        for day, percent in zip(days, percents, strict=True)
    ]


@pytest.fixture
def world(db: None) -> dict[str, Any]:
    return {
        "document": DocumentFactory(),
        "places": [JurisdictionFactory(), JurisdictionFactory(sichuan=True)],
        "units": [UnitFactory(), UnitFactory(sichuan=True), UnitFactory(central=True)],
        "person": UserFactory(),
    }


def build(world: dict[str, Any], drawn: dict[str, Any]) -> Plan:
    starts, ends = drawn["starts_on"], drawn["ends_on"]
    if starts and ends and ends < starts:
        starts = None
    made = Plan.objects.create(
        code="drawn",
        title="方案",
        document=world["document"],
        status=PlanStatus.ISSUED if ends and not drawn.get("draft") else PlanStatus.DRAFT,
        starts_on=starts,
        ends_on=ends,
        **drawn.get("thresholds", {}),
    )
    action = ActionFactory(plan=made)
    periods = [
        Period.objects.create(
            plan=made,
            year=q.year,
            quarter=q.number,
            opens_on=q.first_day,
            due_on=q.last_day,
            grace_until=q.last_day,
        )
        for q in QUARTERS
    ]
    for number, row in enumerate(drawn["tasks"], 1):
        one = Task.objects.create(
            plan=made, action=action, number=number, title="任务", due_on=row["due_on"]
        )
        for order, part in enumerate(row["sides"]):
            build_side(world, one, order, part, periods)
        if row["cooperating"]:
            Responsibility.objects.create(
                task=one, unit=world["units"][2], role=Role.COOPERATING, order=9
            )
    return made


def build_side(
    world: dict[str, Any], task: Task, order: int, drawn: dict[str, Any], periods: list[Period]
) -> None:
    lead = Responsibility.objects.create(
        task=task,
        unit=world["units"][order],
        side=world["places"][order],
        role=Role.LEAD,
        order=order,
        state=drawn["state"],
        due_on=drawn["due_on"],
    )
    for step in drawn.get("milestones", ()):
        Milestone.objects.create(responsibility=lead, title="节点", **step)
    for said in drawn["reports"]:
        ProgressReport.objects.create(
            responsibility=lead,
            period=periods[said["quarter"]],
            state=said["state"],
            percent=said["percent"],
            progress="进展",
        )


def check_sides(made: Plan, upto: Quarter | None) -> None:
    sides = Responsibility.objects.filter(task__plan=made)
    words = {
        word: {row.pk for row in getattr(sides, word)(TODAY)}
        for word in ("late", "overdue", "expired")
    }
    row: Any  # with what the queryset annotates
    for row in sides.with_light(TODAY, upto).select_related("task__plan"):
        assert row.is_late(TODAY) == (row.pk in words["late"])
        assert row.is_overdue(TODAY) == (row.pk in words["overdue"])
        assert row.is_expired(TODAY) == (row.pk in words["expired"])
        assert row.due == row.due_on_in_force
        if row.role == Role.COOPERATING or made.is_reference:
            assert row.light_rank is None
            assert not row.is_late(TODAY)
            continue
        word = row.light_word(TODAY)
        assert row.light_rank == word.rank
        assert (word == LightWord.OVERDUE) == row.is_overdue(TODAY)
        assert (word == LightWord.EXPIRED) == row.is_expired(TODAY)
        assert row.light_reason(TODAY)
        far_by_dates = word == LightWord.FAR_BEHIND and not row.milestones.scheduled().exists()
        assert not far_by_dates
        approved = [
            r
            for r in row.reports.select_related("period")
            if r.state == ReportState.APPROVED and (upto is None or r.period.as_quarter <= upto)
        ]
        newest = max(approved, key=lambda r: r.period.as_quarter, default=None)
        assert row.latest_percent == (newest.percent if newest else None)
        # Read with the row or on its own, the steps are the same.
        assert word_of(Responsibility.objects.get(pk=row.pk), row.latest_percent, TODAY) == word
    assert words["late"] == words["overdue"] | words["expired"]
    assert not words["overdue"] & words["expired"]


def check_tasks(made: Plan, upto: Quarter | None) -> None:
    tasks = Task.objects.filter(plan=made)
    words = {
        word: {row.pk for row in getattr(tasks, word)(TODAY)}
        for word in ("late", "overdue", "expired")
    }
    row: Any
    for row in tasks.for_list(TODAY, upto):
        light, state = row.light_word(TODAY), row.state
        assert row.light_rank == (None if light is None else light.rank)
        lit = [] if made.is_reference else row.leads
        assert light == min((r.light_word(TODAY) for r in lit), key=lambda w: w.rank, default=None)
        assert row.state_rank == (None if state is None else STATE_ORDER.index(state))
        assert row.due == row.due_on_in_force
        assert row.due_is_plans == row.due_plans
        assert (row.pk in words["late"]) == any(r.is_late(TODAY) for r in row.leads)
        assert (row.pk in words["overdue"]) == any(r.is_overdue(TODAY) for r in row.leads)
        assert (row.pk in words["expired"]) == any(r.is_expired(TODAY) for r in row.leads)


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=seeds, upto=st.none() | st.sampled_from(QUARTERS))
def test_rows_and_sets_agree(world: dict[str, Any], seed: int, upto: Quarter | None) -> None:
    made = build(world, draw(Random(seed)))  # noqa: S311 - data of a test
    try:
        check_sides(made, upto)
        check_tasks(made, upto)
    finally:
        ProgressReport.objects.filter(period__plan=made).delete()
        made.periods.all().delete()
        Task.objects.filter(plan=made).delete()
        made.delete()


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(opens_in=st.integers(-40, 40), due_in=st.integers(0, 30), closed=st.booleans())
def test_periods_agree(world: dict[str, Any], opens_in: int, due_in: int, closed: bool) -> None:
    opens = TODAY + opens_in * DAY
    made = build(world, {"starts_on": None, "ends_on": TODAY, "tasks": []})
    due = opens + due_in * DAY
    period = Period.objects.create(
        plan=made,
        year=2025,
        quarter=1,
        opens_on=opens,
        due_on=due,
        grace_until=due,
        state="closed" if closed else "open",
        closed_on=due if closed else None,
    )
    mine = Period.objects.filter(pk=period.pk)
    assert period.is_open(TODAY) == mine.is_open(TODAY).exists()
    assert period.past_due(TODAY) == mine.past_due(TODAY).exists()
    assert period.as_of(TODAY) == (due if closed else TODAY)
    made.periods.all().delete()
    made.delete()


@pytest.mark.django_db
@pytest.mark.parametrize("state", ReportState)
def test_reports_agree(world: dict[str, Any], state: ReportState) -> None:
    made = build(
        world,
        {
            "starts_on": None,
            "ends_on": TODAY,
            "tasks": [
                {
                    "due_on": None,
                    "cooperating": False,
                    "sides": [
                        {
                            "state": TaskState.IN_PROGRESS,
                            "due_on": None,
                            "reports": [{"state": state, "percent": 1, "quarter": 0}],
                        }
                    ],
                }
            ],
        },
    )
    reports = ProgressReport.objects.filter(period__plan=made)
    assert reports.get().is_reported == reports.reported().exists()
    for redo_by in (None, TODAY):
        reports.update(redo_by=redo_by)
        assert reports.get().is_sent_back == reports.sent_back().exists()
    assert reports.sent_back().exists() == (state not in {"submitted", "approved"})
