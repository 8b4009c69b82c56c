"""Rows for tests. Defaults make the smallest legal row; traits say what is special.

Jurisdictions, offices and documents are found by code or name when they exist, so that factories
and loaded fixtures can stand in one database. The day of the tests is `TODAY`.
"""

import datetime
from decimal import Decimal
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from factory.django import DjangoModelFactory

from tasks.models import (
    Action,
    Indicator,
    Notice,
    Observation,
    Period,
    Plan,
    PlanSide,
    ProgressReport,
    Responsibility,
    Target,
    Task,
)
from tasks.services import periods
from tasks.states import (
    Basis,
    Operator,
    PeriodState,
    PlanStatus,
    ReportState,
    Role,
    TargetKind,
    TaskState,
)
from tracker.lib.workdays import SHANGHAI, Quarter
from units.models import Document, Jurisdiction, Membership, Office, Unit, UnitName, User
from units.states import DocumentKind, JurisdictionLevel, NameKind, UnitKind
from units.states import Role as PersonRole

TODAY = datetime.date(2026, 11, 20)
NOW = datetime.datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)
PASSWORD = "correct-horse-2026"


class JurisdictionFactory(DjangoModelFactory[Jurisdiction]):
    """重庆市 unless a trait says otherwise."""

    class Meta:
        model = Jurisdiction
        django_get_or_create = ("code",)

    class Params:
        sichuan = factory.Trait(code="510000", name="四川省")
        jiangjin = factory.Trait(
            code="500116",
            name="江津区",
            level=JurisdictionLevel.COUNTY,
            parent=factory.SubFactory("tests.factories.JurisdictionFactory"),
        )

    code = "500000"
    name = "重庆市"
    level = JurisdictionLevel.PROVINCE
    parent = None


class UnitFactory(DjangoModelFactory[Unit]):
    """A unit of 重庆市."""

    class Meta:
        model = Unit

    class Params:
        sichuan = factory.Trait(
            jurisdiction=factory.SubFactory(JurisdictionFactory, sichuan=True),
            name=factory.Sequence(lambda n: f"四川省第{n}厅"),
        )
        jiangjin = factory.Trait(
            jurisdiction=factory.SubFactory(JurisdictionFactory, jiangjin=True),
            name=factory.Sequence(lambda n: f"江津区第{n}局"),
        )
        central = factory.Trait(
            jurisdiction=None,
            kind=UnitKind.ENTERPRISE,
            name=factory.Sequence(lambda n: f"中国第{n}集团公司"),
        )

    name = factory.Sequence(lambda n: f"重庆市第{n}局")
    jurisdiction = factory.SubFactory(JurisdictionFactory)
    kind = UnitKind.GOVERNMENT
    order = factory.Sequence(int)


class UnitNameFactory(DjangoModelFactory[UnitName]):
    """A short name."""

    class Meta:
        model = UnitName

    unit = factory.SubFactory(UnitFactory)
    name = factory.Sequence(lambda n: f"市第{n}局")
    kind = NameKind.SHORT


class OfficeFactory(DjangoModelFactory[Office]):
    """The office of a jurisdiction, one a place."""

    class Meta:
        model = Office
        django_get_or_create = ("name",)

    jurisdiction = factory.SubFactory(JurisdictionFactory)
    name = factory.LazyAttribute(lambda o: f"{o.jurisdiction.name}双碳办")


class UserFactory(DjangoModelFactory[User]):
    """A person with no role; the password is `PASSWORD`."""

    class Meta:
        model = User

    class Params:
        superuser = factory.Trait(is_superuser=True, is_staff=True)

    username = factory.Sequence(lambda n: f"person-{n}")
    name = factory.Sequence(lambda n: f"人员{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@example.org")
    password = factory.LazyFunction(lambda: make_password(PASSWORD))
    is_active = True


class MembershipFactory(DjangoModelFactory[Membership]):
    """A 填报人 of a unit; traits for the other roles."""

    class Meta:
        model = Membership

    class Params:
        signer = factory.Trait(role=PersonRole.SIGNER)
        liaison = factory.Trait(role=PersonRole.LIAISON)
        coordinator = factory.Trait(
            role=PersonRole.COORDINATOR, unit=None, office=factory.SubFactory(OfficeFactory)
        )
        inspector = factory.Trait(
            role=PersonRole.INSPECTOR,
            unit=None,
            jurisdiction=factory.SubFactory(JurisdictionFactory),
        )

    user = factory.SubFactory(UserFactory)
    role = PersonRole.OFFICER
    unit = factory.SubFactory(UnitFactory)
    office = None
    jurisdiction = None


def officer(unit: Unit, **person: Any) -> User:
    """A new 填报人 of the unit."""
    user: User = UserFactory(**person)
    MembershipFactory(unit=unit, user=user)
    return user


def coordinator(office: Office, **person: Any) -> User:
    """A new coordinator of the office."""
    user: User = UserFactory(**person)
    MembershipFactory(coordinator=True, office=office, user=user)
    return user


def inspector(jurisdiction: Jurisdiction, **person: Any) -> User:
    """A new 督查员 of the place."""
    user: User = UserFactory(**person)
    MembershipFactory(inspector=True, jurisdiction=jurisdiction, user=user)
    return user


class DocumentFactory(DjangoModelFactory[Document]):
    class Meta:
        model = Document
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda n: f"document-{n}")
    kind = DocumentKind.PLAN
    title = factory.LazyAttribute(lambda o: f"关于{o.code}的方案")


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


class IndicatorFactory(DjangoModelFactory[Indicator]):
    class Meta:
        model = Indicator

    name = factory.Sequence(lambda n: f"第{n}项指标")
    measure = "%"


class TargetFactory(DjangoModelFactory[Target]):
    """16 % by 2025 against 2020."""

    class Meta:
        model = Target

    class Params:
        in_words = factory.Trait(
            kind=TargetKind.QUALITATIVE, operator=Operator.WORDS, value=None, words="明显改善"
        )
        in_range = factory.Trait(operator=Operator.BETWEEN, value=Decimal(2), value_max=Decimal(3))

    plan = factory.SubFactory(PlanFactory)
    order = factory.LazyAttribute(lambda o: o.plan.targets.count() + 1)
    indicator = factory.SubFactory(IndicatorFactory)
    kind = TargetKind.QUANTIFIED
    operator = Operator.REACH
    comparator = "达到"
    value = Decimal(16)
    year = 2025
    baseline_year = 2020
    place = factory.SubFactory(JurisdictionFactory)
    document = factory.SelfAttribute("plan.document")


class ObservationFactory(DjangoModelFactory[Observation]):
    class Meta:
        model = Observation

    document = factory.SubFactory(DocumentFactory, kind=DocumentKind.REPORT)
    order = factory.LazyAttribute(lambda o: o.document.observation_set.count() + 1)
    indicator = factory.SubFactory(IndicatorFactory)
    value = Decimal("98.6")
    basis = Basis.CUMULATIVE
    period_text = "2024年上半年"
    starts_on = datetime.date(2024, 1, 1)
    ends_on = datetime.date(2024, 6, 30)
    place = factory.SubFactory(JurisdictionFactory)


class NoticeFactory(DjangoModelFactory[Notice]):
    """An unread notice that a report is due."""

    class Meta:
        model = Notice

    rule = "report_due"
    recipient = factory.SubFactory(UserFactory)
    task = factory.SubFactory(TaskFactory)
    unit = factory.SubFactory(UnitFactory)
    subject = factory.Sequence(lambda n: f"report/{n}/2026Q3")
    due_on = datetime.date(2026, 11, 25)
    step = -3
    params = factory.LazyFunction(lambda: {"period": "2026Q3"})
    made_on = TODAY
