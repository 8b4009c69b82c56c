"""More rows of everything that pages list."""

import datetime
import uuid

from reports.models import ReportFile, ReportMail, ReportRun, ReportSchedule, Upload
from tasks.models import Plan, Responsibility
from tasks.states import ObservationState
from tests import factories as make
from tests.doors.world import QUARTER, World
from tests.query_counts.grow_cycle import grow_cycle
from units.models import Unit
from units.services import audit

STATES = ("draft", "submitted", "approved", "returned")
SEEN = (ObservationState.DRAFT, ObservationState.SUBMITTED, ObservationState.APPROVED)


def grow(world: World, number: int) -> None:
    """Add so many times one of each."""
    district = Plan.objects.filter(code="district").first() or _district()
    earlier = make.PeriodFactory(plan=world["plan"], quarter_text="2026Q2")
    for place in range(number):
        _task(world, place, earlier, district)
        _figures(world, place)
        _people(world)
        _run(world)
        _upload(world)
        grow_cycle(world)


def _district() -> Plan:
    plan: Plan = make.PlanFactory(code="district")
    make.PlanSideFactory(plan=plan, jurisdiction=make.JurisdictionFactory(jiangjin=True))
    make.PeriodFactory(plan=plan)
    return plan


def _task(world: World, place: int, earlier: object, district: Plan) -> None:
    """A joint task, late or not, reported twice, handed out, carried out by a district's."""
    due = {"overdue": True} if place % 2 else {"due_on": datetime.date(2027, 6, 30)}
    task = make.TaskFactory(plan=world["plan"], action=world["action"], **due)
    filer = world.people["officer"]
    own = make.ResponsibilityFactory(task=task, unit=world["unit"], leader="李局长", phone="1")
    other = make.ResponsibilityFactory(task=task, unit=world["unit2"])
    make.ResponsibilityFactory(task=task, unit=world["helping_unit"], cooperating=True)
    make.AssignmentFactory(responsibility=own, late=bool(place % 2))
    make.AssignmentFactory(responsibility=other, signed=True)
    for duty in (own, world["duty_steps"]):
        make.MilestoneFactory(responsibility=duty, state="proposed", proposed_by=filer)
        make.MilestoneFactory(responsibility=duty)
        make.ExtensionFactory(responsibility=duty, granted=True)
    make.ExtensionFactory(responsibility=own, asked_by=filer)
    for duty in (own, other):
        _reports(world, duty, STATES[place % 4], earlier)
    below = make.TaskFactory(plan=district)
    make.ResponsibilityFactory(task=below, unit=make.UnitFactory(jiangjin=True))
    below.implements.add(task, world["task"])
    make.NoticeFactory(recipient=world.people["officer"], task=task, unit=world["unit"])
    make.NoticeFactory(recipient=world.people["coord"], task=task, unit=world["unit"])
    for verb in ("report.save", "task.edit"):
        audit.record(verb, task, by=world.people["coord"], after={"title": task.title})
    audit.record("user.login", world.people["coord"], by=world.people["coord"])


def _reports(world: World, duty: Responsibility, state: str, earlier: object) -> None:
    make.ProgressReportFactory(responsibility=duty, period=earlier, approved=True, percent=30)
    traits = {} if state == "draft" else {state: True}
    make.ProgressReportFactory(
        responsibility=duty, period=world["period"], coordination="请协调", **traits
    )


def _figures(world: World, place: int) -> None:
    target = make.TargetFactory(plan=world["plan"], unit=world["unit"])
    person, state = world.people["officer"], SEEN[place % 3]
    handed_in = {"submitted_by": person, "submitted_at": make.NOW}
    judged = {"reviewed_by": world.people["coord"], "reviewed_at": make.NOW}
    told = {
        ObservationState.DRAFT: {},
        ObservationState.SUBMITTED: handed_in,
        ObservationState.APPROVED: handed_in | judged,
    }[state]
    for about in (target, world["target"]):
        make.ObservationFactory(
            entered=True,
            target=about,
            unit=world["unit"],
            side=world["unit"].jurisdiction,
            filled_by=person,
            state=state,
            **told,
        )
        make.ObservationFactory(indicator=about.indicator)


def _people(world: World) -> None:
    unit: Unit = make.UnitFactory()
    make.UnitNameFactory(unit=unit)
    for body in (unit, world["unit"]):
        make.officer(body)
        make.MembershipFactory(unit=body, liaison=True)
        make.PersonRequestFactory(unit=body, requested_by=world.people["coord"])


def _run(world: World) -> None:
    run = ReportRun.objects.create(
        book="quarterly",
        quarter=QUARTER,
        plan=world["plan"],
        office=world["office"],
        requested_by=world.people["coord"],
        schedule=world["schedule"],
    )
    run.plans.set([world["plan"]])
    told = {"recipient": world.people["coord"], "made_at": make.NOW, "run_after": make.NOW}
    ReportMail.objects.create(run=run, **told)
    another = ReportSchedule.objects.create(
        book="status",
        plan=world["plan"],
        office=world["office"],
        every="once",
        on=make.TODAY,
        made_by=world.people["coord"],
        since=make.TODAY,
    )
    another.recipients.set([world.people["coord"]])
    for order, kind in enumerate(("summary", "unit"), 1):
        ReportFile.objects.create(
            run=run,
            order=order,
            kind=kind,
            unit=world["unit"] if kind == "unit" else None,
            name=f"{order}.xlsx",
            path=f"{run.pk}-{order}.xlsx",
            size=4,
            sha256="0" * 64,
        )


def _upload(world: World) -> None:
    """One that the unit sent in and one of its office's, both applied."""
    for who, office in (("officer", None), ("coord", world["office"])):
        batch = uuid.uuid4()
        Upload.objects.create(
            batch=batch,
            name="回填表.xlsx",
            path=f"{batch}-{who}.xlsx",
            size=4,
            sha256="0" * 64,
            uploaded_by=world.people[who],
            uploaded_at=make.NOW,
            unit=world["unit"],
            office=office,
            quarter=QUARTER,
            state="applied",
            content={},
            ended_by=world.people[who],
            ended_at=make.NOW,
        )
