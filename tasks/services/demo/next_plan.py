"""A small plan that follows the joint one, made up for the demo: what is carried over has a goal.

It binds and is not tracked: it brings neither quarters nor reports.
"""

import datetime

from tasks.models import Action, Plan, PlanSide, Responsibility, Task
from tasks.services.demo.texts import MARK
from tasks.states import PlanStatus, Role, TaskState
from units.services import audit

CODE = "demo-next"
TITLE = "成渝地区双城经济圈碳达峰碳中和联合行动后续方案"
NAME = "后续行动方案"
NUMERAL, ACTION = "一", "结转和深化任务"
SUMMARY = "承接上一方案结转的工作，逐年落实。"
SECOND = "联合行动成效评估和经验推广"
NUMBER = "演示〔%(year)d〕1号"
LASTS = 5  # years


def next_task(side: Responsibility) -> Task:
    """The task into which the side is carried; the plan is made with it where it is not there."""
    found = Task.objects.filter(plan__code=CODE).order_by("number").first()
    return found or _make(side)


def _make(side: Responsibility) -> Task:
    plan = _plan_after(side.task.plan)
    action = Action.objects.create(plan=plan, number=1, numeral=NUMERAL, title=ACTION)
    tasks = [
        Task.objects.create(plan=plan, action=action, number=number, title=title, summary=SUMMARY)
        for number, title in enumerate((side.task.title, SECOND), 1)
    ]
    leads = list(side.task.responsibilities.filter(role=Role.LEAD).order_by("order"))
    Responsibility.objects.bulk_create(
        Responsibility(
            task=task,
            unit=lead.unit,
            role=Role.LEAD,
            side=lead.side,
            order=order,
            state=TaskState.NOT_STARTED,
        )
        for task in tasks
        for order, lead in enumerate(leads, 1)
    )
    audit.record("plan.create", plan, by=None, after={"title": plan.title, "tasks": len(tasks)})
    return tasks[0]


def _plan_after(before: Plan) -> Plan:
    """The next plan of the same sides, with no task yet."""
    starts, ends = _years(before)
    plan = Plan.objects.create(
        code=CODE,
        title=f"{MARK}{TITLE}",
        short_title=f"{MARK}{NAME}",
        status=PlanStatus.ISSUED,
        number=NUMBER % {"year": starts.year},
        issuers=before.issuers,
        printed_on=starts,
        starts_on=starts,
        ends_on=ends,
        jurisdiction=before.jurisdiction,
        region=before.region,
        coordinating_body=before.coordinating_body,
    )
    PlanSide.objects.bulk_create(
        PlanSide(plan=plan, jurisdiction=one.jurisdiction, office=one.office, order=one.order)
        for one in before.sides.all()
    )
    return plan


def _years(before: Plan) -> tuple[datetime.date, datetime.date]:
    """The years after the plan before."""
    last = before.ends_on or before.starts_on
    year = last.year + 1 if last else 1
    return datetime.date(year, 1, 1), datetime.date(year + LASTS - 1, 12, 31)
