"""The matrix's cells equal a plain recount, and need the same few queries for any size."""

import datetime
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.models import Period, Plan, Responsibility
from tasks.services import matrix
from tasks.services.asof import state_on, word_on
from tasks.states import LightWord, ReportState, TaskState
from tests.factories import (
    TODAY,
    JurisdictionFactory,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from units.models import User

pytestmark = pytest.mark.django_db
QUARTERS = ("2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3")


def make_plan() -> Plan:
    """Four closed quarters and an open one."""
    plan = joint_plan(tracked_from="2025Q3")
    for text in QUARTERS:
        PeriodFactory(plan=plan, quarter_text=text, closed=text != QUARTERS[-1])
    return plan


def fill(plan: Plan, dice: Random, tasks: int, person: User) -> None:
    periods = list(plan.periods.order_by("year", "quarter"))
    for _n in range(tasks):
        due = dice.choice([None, TODAY - datetime.timedelta(days=dice.randint(-100, 500))])
        task = TaskFactory(plan=plan, due_on=due)
        for unit in (UnitFactory(), UnitFactory(sichuan=True)):
            side = ResponsibilityFactory(
                task=task, unit=unit, state=dice.choice([*TaskState, *[TaskState.IN_PROGRESS] * 6])
            )
            for period in dice.sample(periods, dice.randint(0, 5)):
                ProgressReportFactory(
                    responsibility=side,
                    period=period,
                    filled_by=person,
                    percent=dice.randint(0, 100),
                    state=dice.choice([*ReportState, *[ReportState.APPROVED] * 4]),
                )


def build(user: User, plan: Plan, **chosen: Any) -> matrix.Matrix:
    sides = Responsibility.objects.leads().filter(task__plan=plan, **chosen)
    return matrix.build(
        user, plan, sides.order_by("task__number", "order"), matrix.periods_of(plan), TODAY
    )


@pytest.mark.parametrize("seed", range(4))
def test_lights_equal_a_recount_quarter_by_quarter(seed: int) -> None:
    plan = make_plan()
    fill(plan, Random(seed), 12, UserFactory())  # noqa: S311 - data of a test
    made = build(UserFactory(superuser=True), plan)
    seen: set[LightWord] = set()
    for at, period in enumerate(made.periods):
        recount: Any = Responsibility.objects.leads().with_light(
            period.as_of(TODAY), upto=period.as_quarter
        )
        ranks = dict(recount.filter(task__plan=plan).values_list("pk", "light_rank"))
        assert {row.side.pk: row.cells[at].word.rank for row in made.rows} == ranks
        seen |= {row.cells[at].word for row in made.rows}
        total = made.totals[at]
        assert sum(total.words.values()) == 24
        reports = period.reports.all()
        filed = set(reports.reported().values_list("responsibility_id", flat=True))
        expected = [
            row.side
            for row in made.rows
            if not TaskState(row.side.state).is_ended or row.side.pk in filed
        ]
        reports = reports.filter(responsibility__in=expected)
        assert total.expected == total.expected_close == len(expected)
        assert total.reported == reports.reported().count()
        assert total.returned == reports.sent_back().count()
        assert total.approved == reports.approved().count()
        assert total.missing == len(expected) - total.reported - total.returned
    assert {LightWord.OVERDUE, LightWord.BEHIND, LightWord.NORMAL} <= seen


def test_what_ended_later_was_under_way_before() -> None:
    side = ResponsibilityFactory(
        closed=True, state_since=datetime.date(2026, 5, 4), due_on=datetime.date(2026, 1, 31)
    )
    before, then = datetime.date(2026, 5, 3), datetime.date(2026, 5, 4)
    assert state_on(side, 80, before) == TaskState.IN_PROGRESS
    assert word_on(side, 80, before) == LightWord.OVERDUE
    assert word_on(side, 80, then) == LightWord.CLOSED
    assert side.state == TaskState.CLOSED
    begun = ResponsibilityFactory(state_since=then)
    assert state_on(begun, None, before) == TaskState.NOT_STARTED
    assert state_on(begun, 10, before) == TaskState.IN_PROGRESS


def test_a_quarter_shows_what_had_then_ended() -> None:
    plan = make_plan()
    side = ResponsibilityFactory(
        task=TaskFactory(plan=plan), closed=True, state_since=datetime.date(2026, 5, 4)
    )
    (row,) = build(UserFactory(superuser=True), plan, pk=side.pk).rows
    assert [cell.word for cell in row.cells[-2:]] == [LightWord.CLOSED] * 2
    assert LightWord.CLOSED not in [cell.word for cell in row.cells[:3]]
    assert [cell.expected for cell in row.cells] == [True, True, True, False, False]
    assert row.expected == 3


@pytest.fixture
def filed() -> dict[str, Any]:
    """重庆's side: approved, then returned, then waiting, then a draft; nothing before."""
    plan = make_plan()
    task = TaskFactory(plan=plan)
    side = ResponsibilityFactory(task=task, unit=UnitFactory())
    other = ResponsibilityFactory(task=task, unit=UnitFactory(sichuan=True))
    helper = ResponsibilityFactory(task=task, unit=UnitFactory(), cooperating=True)
    periods = {p.code: p for p in plan.periods.all()}
    for code, trait in (("2025Q4", "approved"), ("2026Q1", "returned"), ("2026Q2", "submitted")):
        ProgressReportFactory(responsibility=side, period=periods[code], **{trait: True})
    ProgressReportFactory(responsibility=side, period=periods["2026Q3"])
    offices = [row.office for row in plan.sides.order_by("order")]
    return {
        "plan": plan,
        "side": side,
        "own": officer(side.unit),
        "office": coordinator(offices[0]),
        "auditor": inspector(JurisdictionFactory()),
        "other_office": coordinator(offices[1]),
        "other_lead": officer(other.unit),
        "helper": officer(helper.unit),
        "stranger": UserFactory(),
    }


TOLD = ["missing", "approved", "returned", "waiting", "missing"]
APPROVED = ["unknown", "approved", "unknown", "unknown", "unknown"]


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("own", TOLD),
        ("office", TOLD),
        ("auditor", TOLD),
        ("other_office", APPROVED),
        ("other_lead", APPROVED),
        ("helper", APPROVED),
        ("stranger", [None] * 5),
    ],
)
def test_each_reader_is_told_what_the_policy_says(
    filed: dict[str, Any], who: str, told: list[str | None]
) -> None:
    made = build(filed[who], filed["plan"], pk=filed["side"].pk)
    (row,) = made.rows
    assert [cell.filing.value if cell.filing else None for cell in row.cells] == told
    percents = [cell.percent for cell in row.cells]
    assert percents == [None, 40 if told[1] else None, None, None, None]
    lights = [cell.word for cell in row.cells]
    assert lights == [cell.word for cell in build(filed["own"], filed["plan"]).rows[0].cells]
    total = made.totals[2]
    assert (total.returned, total.expected_close) == ((1, 1) if told == TOLD else (0, 0))


def test_links_lead_to_the_report_or_to_who_is_missing(filed: dict[str, Any]) -> None:
    def urls(who: str) -> list[str]:
        (row,) = build(filed[who], filed["plan"], pk=filed["side"].pk).rows
        return [cell.url.split("/")[1] for cell in row.cells]

    assert urls("own") == ["tasks", "progress", "progress", "progress", "fill"]
    assert urls("office") == ["tasks", "progress", "progress", "progress", "tasks"]
    assert urls("other_office") == ["tasks", "progress", "tasks", "tasks", "tasks"]
    assert urls("stranger") == ["tasks"] * 5
    filed["side"].state = TaskState.CLOSED
    filed["side"].save(update_fields=["state"])
    assert urls("own")[-1] == "progress"  # the form would only say that nothing is asked for


def test_the_last_eight_quarters_unless_a_range_is_asked_for() -> None:
    plan = joint_plan(tracked_from="2023Q1")
    for year in (2023, 2024, 2025):
        for n in (1, 2, 3, 4):
            PeriodFactory(plan=plan, quarter_text=f"{year}Q{n}", closed=True)
    first = Period.objects.get(plan=plan, year=2023, quarter=1).as_quarter
    assert matrix.periods_of(plan)[0].code == "2024Q1"
    assert len(matrix.periods_of(plan, first)) == 12
    assert [p.code for p in matrix.periods_of(plan, first, first.next)] == ["2023Q1", "2023Q2"]
    assert [p.code for p in matrix.periods_of(plan, None, first)] == ["2023Q1"]


def test_queries_grow_neither_with_tasks_nor_with_quarters() -> None:
    plan = make_plan()
    person = UserFactory(superuser=True)

    def queries(measured: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as caught:
            measured()
        return len(caught)

    fill(plan, Random(1), 2, person)  # noqa: S311 - data of a test
    build(person, plan)  # the standing is read once a request
    few = queries(lambda: build(person, plan))
    fill(plan, Random(2), 12, person)  # noqa: S311 - data of a test
    for text in ("2024Q4", "2025Q1", "2025Q2"):
        PeriodFactory(plan=plan, quarter_text=text, closed=True)
    assert queries(lambda: build(person, plan)) == few == QUERIES


# Quarters, rows, reports, snapshots with their marks, and what of them the reader may see, own,
# know and read.
QUERIES = 9
