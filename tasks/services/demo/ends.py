"""How the demo's sides have ended, and what the offices say of the plan that is over."""

import datetime

from django.db.models import Exists, OuterRef

from tasks.models import Assessment, Ending, Plan, Responsibility
from tasks.services.demo.next_plan import next_task
from tasks.services.demo.people import People
from tasks.services.demo.texts import MARK
from tasks.states import STATE_OF_ENDING, EndingKind, EndingState, Outcome, TaskState
from tracker.lib.workdays import SHANGHAI, add_workdays
from units.services import audit

CHECKED_AFTER = 3  # working days from claim to decision
KINDS = {to: kind for kind, to in STATE_OF_ENDING.items()} | {
    TaskState.COMPLETED: EndingKind.COMPLETED
}
REASONS = {
    EndingKind.COMPLETED: "任务清单所列工作全部完成，验收资料已归档。",
    EndingKind.STANDING: "长效机制已建立，转为日常工作长期坚持。",
    EndingKind.CARRIED: "剩余工作转入后续方案，由原牵头单位继续实施。",
    EndingKind.SUSPENDED: "前置条件发生变化，经会商中止实施。",
}
AGREED = "经核，同意。"
ASSESSED = 6  # of each side of a plan that is over, the first so many
JUDGED = {
    Outcome.REACHED: "完成任务清单和年度节点，成果已投入使用。",
    Outcome.PARTLY: "主要工作已完成，尚有余项转入后续工作。",
    Outcome.NOT: "未按期完成，须在后续方案中继续推进。",
}
REACHED_FROM, PARTLY_FROM = 100, 60  # percent


def end_all(plans: list[Plan], people: People, today: datetime.date) -> int:
    """Claims for the sides that have ended or say that they are done; says how many.

    Those that have theirs are left alone.
    """
    made: list[Ending] = []
    for plan in plans:
        sides = Responsibility.objects.leads().filter(task__plan=plan, state__in=KINDS)
        sides = sides.exclude(Exists(Ending.objects.filter(responsibility=OuterRef("pk"))))
        rows = sides.with_percent().select_related("task__plan", "unit", "side")
        made += [
            _ending(side, KINDS[TaskState(side.state)], people, today)
            for side in rows.order_by("task__number", "order")
        ]
    Ending.objects.bulk_create(made, batch_size=500)
    for plan in plans:
        number = sum(one.responsibility.task.plan_id == plan.pk for one in made)
        audit.record("ending.claim", plan, by=None, after={"endings": number})
    return len(made)


def _ending(side: Responsibility, kind: EndingKind, people: People, today: datetime.date) -> Ending:
    day = side.state_since or today
    waits = side.state == TaskState.COMPLETED
    claimed = day if waits else add_workdays(day, -CHECKED_AFTER)
    ending = Ending(
        responsibility=side,
        kind=kind,
        reason=f"{MARK}{REASONS[kind]}",
        percent=side.latest_percent,
        carried_to=next_task(side) if kind == EndingKind.CARRIED else None,
        claimed_by=people.officers.get(side.unit_id),
        claimed_at=_at(claimed, 10),
    )
    if not waits:
        ending.state = EndingState.ACCEPTED
        ending.decided_by = people.reviewers.get((side.task.plan_id, side.side_id or 0))
        ending.decided_at, ending.decision_reason = _at(day, 15), AGREED
        ending.version = 2
    return ending


def assess_all(plans: list[Plan], people: People, today: datetime.date) -> int:
    """终期评估 of the plans that are over, begun and not yet complete; says how many lines."""
    made: list[Assessment] = []
    for plan in plans:
        if plan.ends_on is None or plan.ends_on >= today:
            continue
        for place in plan.sides.values_list("jurisdiction", flat=True):
            leads = Responsibility.objects.leads().filter(task__plan=plan, side=place)
            first = leads.with_percent().order_by("task__number")[:ASSESSED]
            made += [_assessment(side, plan, people, today) for side in first]
        audit.record("assessment.save", plan, by=None, after={"sides": ASSESSED})
    Assessment.objects.bulk_create(made, batch_size=500)
    return len(made)


def _assessment(
    side: Responsibility, plan: Plan, people: People, today: datetime.date
) -> Assessment:
    percent = side.latest_percent or 0
    outcome = Outcome.REACHED if percent >= REACHED_FROM else Outcome.PARTLY
    outcome = outcome if percent >= PARTLY_FROM else Outcome.NOT
    return Assessment(
        responsibility=side,
        outcome=outcome,
        reason=f"{MARK}{JUDGED[outcome]}",
        assessed_by=people.reviewers.get((plan.pk, side.side_id or 0)),
        assessed_at=_at(add_workdays(today, -2), 16),
    )


def _at(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=SHANGHAI)
