"""Plans, tasks, responsibilities, periods and reports."""

import datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from tasks.models import (
    Action,
    Assignment,
    Period,
    Plan,
    PlanSide,
    ProgressReport,
    Responsibility,
    Task,
)
from tasks.models.assignments import text_of
from tasks.services import periods
from tasks.states import PeriodState, PlanStatus, ReportState, Role, TaskState
from tests.factories.days import NOW
from tests.factories.units import (
    DocumentFactory,
    JurisdictionFactory,
    OfficeFactory,
    UnitFactory,
    UserFactory,
    officer,
)
from tracker.lib.workdays import Quarter


class PlanFactory(DjangoModelFactory[Plan]):
    """An issued plan 2022–2030, tracked since 2026Q1, without sides."""

    class Meta:
        model = Plan

    class Params:
        draft = factory.Trait(
            status=PlanStatus.DRAFT, tracked_from="", starts_on=None, ends_on=None
        )
        ended = factory.Trait(ends_on=datetime.date(2025, 12, 31))

    code = factory.Sequence(lambda n: f"plan-{n}")
    title = factory.LazyAttribute(lambda o: f"{o.code}联合行动方案")
    short_title = factory.LazyAttribute(lambda o: f"{o.code}方案")
    status = PlanStatus.ISSUED
    document = factory.SubFactory(DocumentFactory)
    starts_on = datetime.date(2022, 1, 1)
    ends_on = datetime.date(2030, 12, 31)
    tracked_from = "2026Q1"
    reminders_from = datetime.date(2026, 1, 1)


class PlanSideFactory(DjangoModelFactory[PlanSide]):
    class Meta:
        model = PlanSide

    plan = factory.SubFactory(PlanFactory)
    jurisdiction = factory.SubFactory(JurisdictionFactory)
    office = factory.SubFactory(OfficeFactory, jurisdiction=factory.SelfAttribute("..jurisdiction"))
    order = factory.LazyAttribute(lambda o: o.plan.sides.count())


def joint_plan(**values: Any) -> Plan:
    """A plan with the sides 重庆市 and 四川省, each with its office."""
    plan: Plan = PlanFactory(**values)
    PlanSideFactory(plan=plan, jurisdiction=JurisdictionFactory())
    PlanSideFactory(plan=plan, jurisdiction=JurisdictionFactory(sichuan=True))
    return plan


class ActionFactory(DjangoModelFactory[Action]):
    class Meta:
        model = Action

    plan = factory.SubFactory(PlanFactory)
    number = factory.LazyAttribute(lambda o: o.plan.actions.count() + 1)
    numeral = "（一）"
    title = factory.LazyAttribute(lambda o: f"第{o.number}项行动")


class TaskFactory(DjangoModelFactory[Task]):
    """A task without a date of its own and without sides."""

    class Meta:
        model = Task

    class Params:
        overdue = factory.Trait(due_on=datetime.date(2026, 6, 30))

    plan = factory.SubFactory(PlanFactory)
    action = factory.SubFactory(ActionFactory, plan=factory.SelfAttribute("..plan"))
    number = factory.LazyAttribute(lambda o: o.plan.tasks.count() + 1)
    title = factory.LazyAttribute(lambda o: f"第{o.number}项任务")
    summary = "概要。"
    document = factory.SelfAttribute("plan.document")
    clause = factory.LazyAttribute(lambda o: f"第{o.number}条")
    due_on = None


class ResponsibilityFactory(DjangoModelFactory[Responsibility]):
    """A lead under way on the side of its unit's jurisdiction."""

    class Meta:
        model = Responsibility

    class Params:
        cooperating = factory.Trait(role=Role.COOPERATING, state="")
        not_started = factory.Trait(state=TaskState.NOT_STARTED)
        completed = factory.Trait(state=TaskState.COMPLETED)
        closed = factory.Trait(state=TaskState.CLOSED)
        suspended = factory.Trait(state=TaskState.SUSPENDED)

    task = factory.SubFactory(TaskFactory)
    unit = factory.SubFactory(UnitFactory)
    role = Role.LEAD
    side = factory.LazyAttribute(lambda o: o.unit.jurisdiction)
    order = factory.LazyAttribute(lambda o: o.task.responsibilities.count() + 1)
    written = factory.LazyAttribute(lambda o: o.unit.name)
    state = TaskState.IN_PROGRESS


class AssignmentFactory(DjangoModelFactory[Assignment]):
    """Handed out on the day of the tests, to be signed for in three working days."""

    class Meta:
        model = Assignment

    class Params:
        signed = factory.Trait(
            signed_by=factory.LazyAttribute(lambda o: officer(o.responsibility.unit)),
            signed_at=NOW,
        )
        late = factory.Trait(
            assigned_at=NOW - datetime.timedelta(days=14), sign_by=datetime.date(2026, 11, 11)
        )

    responsibility = factory.SubFactory(ResponsibilityFactory)
    assigned_by = factory.SubFactory(UserFactory)
    assigned_at = NOW
    note = "请于年底前办结。"
    handed_out = factory.LazyAttribute(lambda o: text_of(o.responsibility))
    sign_by = datetime.date(2026, 11, 25)


class PeriodFactory(DjangoModelFactory[Period]):
    """2026Q3, open; `quarter_text="2026Q4"` for another. Dates follow the rules."""

    class Meta:
        model = Period
        exclude = ("quarter_text", "built")
        django_get_or_create = ("plan", "year", "quarter")

    class Params:
        closed = factory.Trait(
            state=PeriodState.CLOSED,
            closed_on=factory.LazyAttribute(lambda o: o.grace_until),
        )

    plan = factory.SubFactory(PlanFactory)
    quarter_text = "2026Q3"
    built = factory.LazyAttribute(lambda o: periods.build(o.plan, Quarter.parse(o.quarter_text)))
    year = factory.SelfAttribute("built.year")
    quarter = factory.SelfAttribute("built.quarter")
    opens_on = factory.SelfAttribute("built.opens_on")
    contributions_due_on = factory.SelfAttribute("built.contributions_due_on")
    due_on = factory.SelfAttribute("built.due_on")
    grace_until = factory.SelfAttribute("built.grace_until")
    state = PeriodState.OPEN
    closed_on = None


class ProgressReportFactory(DjangoModelFactory[ProgressReport]):
    """A draft of 40 % by a 填报人 of the lead unit; traits for the later states."""

    class Meta:
        model = ProgressReport

    class Params:
        submitted = factory.Trait(
            state=ReportState.SUBMITTED,
            submitted_by=factory.SelfAttribute("filled_by"),
            submitted_at=NOW,
        )
        approved = factory.Trait(
            submitted=True,
            state=ReportState.APPROVED,
            reviewed_by=factory.SubFactory(UserFactory),
            reviewed_at=NOW,
        )
        returned = factory.Trait(
            state=ReportState.RETURNED,
            submitted_by=factory.SelfAttribute("filled_by"),
            submitted_at=NOW,
            reviewed_by=factory.SubFactory(UserFactory),
            reviewed_at=NOW,
            return_reason="请补充数据来源。",
            redo_by=datetime.date(2026, 11, 25),
        )

    responsibility = factory.SubFactory(ResponsibilityFactory)
    period = factory.SubFactory(
        PeriodFactory, plan=factory.SelfAttribute("..responsibility.task.plan")
    )
    state = ReportState.DRAFT
    percent = 40
    progress = "已完成前期工作。"
    problems = "资金尚未落实。"
    next_steps = "继续推进。"
    filled_by = factory.LazyAttribute(lambda o: officer(o.responsibility.unit))
