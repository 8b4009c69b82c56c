"""A joint task of two sides, and what is claimed and decided of it."""

import datetime
from dataclasses import dataclass
from typing import Any

import pytest

from tasks.models import Ending, PlanSide, Responsibility, Task
from tasks.services import endings
from tasks.services.ending_rules import Claim
from tasks.states import EndingKind, TaskState
from tests.factories import (
    NOW,
    JurisdictionFactory,
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from units.models import User

DONE = Claim(EndingKind.COMPLETED, "项目已投产，验收报告见附件。")
WORDS = {
    EndingKind.STANDING: "长效机制已建立。",
    EndingKind.SUSPENDED: "国家政策调整。",
    EndingKind.CARRIED: "结转至下一期方案。",
}


@dataclass(frozen=True)
class Cast:
    """A joint task of two sides, each with its lead and its office; 重庆市's office has two."""

    task: Task
    side: Responsibility
    other: Responsibility
    lead: User
    other_lead: User
    office: User
    colleague: User
    other_office: User
    stranger: User
    auditor: User
    later: Task


@pytest.fixture
def cast() -> Cast:
    plan = joint_plan()
    task = TaskFactory(plan=plan)
    side = ResponsibilityFactory(task=task, unit=UnitFactory(name="重庆市能源局"))
    other = ResponsibilityFactory(task=task, unit=UnitFactory(sichuan=True))
    offices = [row.office for row in PlanSide.objects.filter(plan=plan).order_by("order")]
    ProgressReportFactory(responsibility=side, approved=True, percent=100)
    later = PlanFactory(starts_on=datetime.date(2031, 1, 1), ends_on=datetime.date(2035, 12, 31))
    return Cast(
        task=task,
        side=side,
        other=other,
        lead=officer(side.unit),
        other_lead=officer(other.unit),
        office=coordinator(offices[0]),
        colleague=coordinator(offices[0]),
        other_office=coordinator(offices[1]),
        stranger=officer(UnitFactory()),
        auditor=inspector(JurisdictionFactory()),
        later=TaskFactory(plan=later, title="继续开发油气资源"),
    )


def claim(cast: Cast, entry: Claim = DONE, by: User | None = None, **more: Any) -> Ending:
    side = more.pop("side", cast.side)
    return endings.claim(side, entry, by=by or cast.lead, now=NOW)


def state(side: Responsibility) -> TaskState:
    return TaskState(Responsibility.objects.get(pk=side.pk).state)


def accept(ending: Ending, by: User) -> Ending:
    return endings.accept(ending, by=by, now=NOW)


def entry_of(cast: Cast, kind: EndingKind) -> Claim:
    carried = cast.later if kind == EndingKind.CARRIED else None
    return Claim(kind, WORDS[kind], carried_to=carried)
