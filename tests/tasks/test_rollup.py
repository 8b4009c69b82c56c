"""Roll-ups equal a plain recount and the quarterly book, in the same few queries for any size."""

import datetime
from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.books.parts import PlanPart
from reports.services.content import sight_of
from tasks import policy
from tasks.models import Plan, ProgressReport, Responsibility
from tasks.services import plan_quarter, rollup
from tasks.services.rollup import By, Group, Line
from tasks.states import ENDED_STATES, ReportState, TaskState
from tests.factories import (
    TODAY,
    JurisdictionFactory,
    PeriodFactory,
    PlanFactory,
    PlanSideFactory,
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
from tracker.lib.workdays import Quarter
from units.models import User
from units.standing import standing

pytestmark = pytest.mark.django_db
QUARTER = Quarter(2026, 3)
IN = (ReportState.SUBMITTED, ReportState.APPROVED)


def make_plans(dice: Random, tasks: int) -> list[Plan]:
    """A joint plan and a place's own, with units that lead in several tasks of both."""
    joint, place = joint_plan(), PlanFactory()
    PlanSideFactory(plan=place, jurisdiction=JurisdictionFactory(jiangjin=True))
    units = {
        "500000": [UnitFactory() for _n in range(3)],
        "510000": [UnitFactory(sichuan=True) for _n in range(2)],
        "500116": [UnitFactory(jiangjin=True) for _n in range(2)],
    }
    person = UserFactory()
    for plan in (joint, place):
        periods = [PeriodFactory(plan=plan, quarter_text=text) for text in ("2026Q2", "2026Q3")]
        for _n in range(tasks):
            due = dice.choice([None, TODAY - datetime.timedelta(days=dice.randint(-100, 500))])
            task = TaskFactory(plan=plan, due_on=due)
            codes = ("500000", "510000") if plan == joint else ("500116",)
            for code in codes:
                _side(dice, task, dice.choice(units[code]), periods, person)
    return [joint, place]


def _side(dice: Random, task: Any, unit: Any, periods: Sequence[Any], person: User) -> None:
    state = dice.choice([*TaskState, *[TaskState.IN_PROGRESS] * 6])
    side = ResponsibilityFactory(task=task, unit=unit, state=state)
    for period in dice.sample(periods, dice.randint(0, 2)):
        state = dice.choice([*ReportState, *[ReportState.APPROVED] * 3])
        mended = state in ("draft", "signed") and dice.random() < 0.4
        ProgressReportFactory(
            responsibility=side,
            period=period,
            filled_by=person,
            percent=dice.randint(0, 100),
            state=state,
            redo_by=TODAY if mended or state == "returned" else None,
        )


# --- a plain recount ---------------------------------------------------------------------------


class Recount:
    """The same by hand: rows read one by one, and added up."""

    def __init__(self, user: User, plans: list[Plan]) -> None:
        leads: Any = Responsibility.objects.leads().filter(task__plan__in=plans)
        self.sides = list(leads.with_light(TODAY).select_related("task__plan", "unit", "side"))
        self.told = set(policy.scope(user, "progress.view").values_list("pk", flat=True))
        self.close = set(policy.scope(user, "handed_in.view").values_list("pk", flat=True))
        self.reports = {
            report.responsibility_id: report
            for report in ProgressReport.objects.filter(period__year=2026, period__quarter=3)
        }
        self.sizes = Counter(plan.pk for plan in plans for _side in plan.sides.all())

    def state_of(self, side: Responsibility) -> str:
        """Of the quarter's report, as the reader knows it."""
        report = self.reports.get(side.pk)
        if report is None or side.pk not in self.told:
            return ""
        if report.state == ReportState.APPROVED:
            return "approved"
        if side.pk not in self.close:
            return ""
        if report.state == ReportState.SUBMITTED:
            return "submitted"
        return "returned" if report.state == "returned" or report.redo_by else ""

    def key(self, by: By, side: Any) -> Any:
        return {
            By.PLAN: side.task.plan_id,
            By.ACTION: side.task.action_id,
            By.SIDE: side.side_id,
            By.UNIT: side.unit_id,
            By.JURISDICTION: side.unit.jurisdiction_id,
        }[by]

    def line(self, sides: list[Any]) -> dict[str, Any]:
        told = [side for side in sides if side.pk in self.told]
        known = [self.state_of(side) for side in told]
        due = [s for s in told if s.state not in ENDED_STATES or self.state_of(s) in IN]
        figures = [s.latest_percent for s in told if s.latest_percent is not None]
        close = bool(told) and all(side.pk in self.close for side in told)
        mean = None
        if figures:
            mean = (Decimal(sum(figures)) / len(figures)).quantize(Decimal("0.1"), ROUND_HALF_UP)
        return {
            "sides": len(sides),
            "words": Counter(side.light_word(TODAY) for side in sides),
            "states": Counter(side.state for side in sides),
            "expected": len(due),
            "approved": known.count("approved"),
            "reported": known.count("approved") + known.count("submitted") if close else None,
            "returned": known.count("returned") if close else None,
            "mean": mean,
            "without": len(told) - len(figures),
            "hidden": len(sides) - len(told),
        }

    def of(self, by: By) -> dict[Any, dict[str, Any]]:
        """By key, side and kind."""
        found: dict[Any, list[Any]] = {}
        for side in self.sides:
            joint = self.sizes[side.task.plan_id] > 1
            found.setdefault((self.key(by, side), side.side_id, joint), []).append(side)
        return {key: self.line(sides) for key, sides in found.items()}


def told_by(line: Line) -> dict[str, Any]:
    return {
        "sides": line.sides,
        "words": line.words,
        "states": line.states,
        "expected": line.expected,
        "approved": line.approved,
        "reported": line.reported,
        "returned": line.returned,
        "mean": line.mean,
        "without": line.without,
        "hidden": line.hidden,
    }


def flat(groups: list[Group]) -> dict[Any, dict[str, Any]]:
    return {
        (group.row.pk if group.row else None, line.side.pk if line.side else None, joint): told
        for group in groups
        for line in group.lines
        if (told := told_by(line)) and line.kind
        for joint in [line.kind == rollup.Kind.JOINT]
    }


def people(plans: list[Plan]) -> list[User]:
    offices = [side.office for side in plans[0].sides.select_related("office")]
    lead = Responsibility.objects.leads().filter(task__plan=plans[0]).first()
    assert lead is not None
    return [
        UserFactory(superuser=True),
        coordinator(offices[0]),
        coordinator(offices[1]),
        inspector(JurisdictionFactory()),
        officer(lead.unit),
        officer(UnitFactory()),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_every_line_equals_a_recount(seed: int) -> None:
    dice = Random(seed)  # noqa: S311 - a drawn world
    plans = make_plans(dice, 8)
    for user in people(plans):
        by_hand = Recount(user, plans)
        for by in By:
            found = rollup.build(user, by, today=TODAY, quarter=QUARTER)
            assert flat(found.groups) == by_hand.of(by), (seed, user, by)
            whole = by_hand.line(by_hand.sides) | {"mean": None}
            assert told_by(found.total) == whole
            one = rollup.build(user, by, today=TODAY, quarter=QUARTER, plan=plans[1])
            assert flat(one.groups) == Recount(user, plans[1:]).of(by)


@pytest.mark.parametrize("seed", range(2))
def test_units_stand_as_in_the_quarterly_book(seed: int) -> None:
    plans = make_plans(Random(seed), 10)  # noqa: S311 - a drawn world
    period = plans[0].periods.get(year=2026, quarter=3)
    for user in people(plans)[:4]:
        content = plan_quarter.load(period, today=TODAY)
        book = PlanPart(content, sight_of(standing(user), [period])).units()
        found = rollup.build(user, By.UNIT, today=TODAY, quarter=QUARTER, plan=plans[0])
        lines = {group.row: group.total for group in found.groups if group.row}
        assert book
        for row in book:
            line = lines[row.unit]
            assert {word: row.of_word(word) for word in line.words} == line.words
            assert (row.tasks, row.expected, row.approved) == (
                line.sides,
                line.expected,
                line.approved,
            )
            assert row.reported == ("—" if line.reported is None else line.reported)
            assert row.returned == ("—" if line.returned is None else line.returned)


@pytest.mark.parametrize("by", By)
def test_the_queries_do_not_grow(by: By) -> None:
    def queries(tasks: int) -> int:
        plans = make_plans(Random(tasks), tasks)  # noqa: S311 - a drawn world
        user = people(plans)[1]
        with CaptureQueriesContext(connection) as captured:
            rollup.build(user, by, today=TODAY, quarter=QUARTER)
        return len(captured)

    assert queries(2) == queries(12) <= 6
