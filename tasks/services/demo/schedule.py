"""Milestones and extensions of the demo: some of each state, at the sides that accounts meet."""

import datetime
from typing import Any

from tasks.models import Extension, Milestone, Plan, Responsibility
from tasks.services.demo.people import People
from tasks.services.demo.texts import MARK
from tasks.states import ExtensionState, MilestoneState
from tracker.lib.workdays import SHANGHAI, Quarter, quarter_of
from units.services import audit

TITLES = ("完成可行性研究", "完成项目审批", "主体工程开工", "建成并投入试运行")
# By plan, task and code of the side: how far (over the percent reached) the last one due lies, and
# the state of those to come.
SIDES: dict[tuple[str, int, str], tuple[int, MilestoneState]] = {
    ("joint-2022", 1, "500000"): (-2, MilestoneState.PROPOSED),
    ("joint-2022", 2, "500000"): (15, MilestoneState.CONFIRMED),
    ("joint-2022", 2, "510000"): (-3, MilestoneState.CONFIRMED),
    ("jiangjin-2022", 2, "500116"): (33, MilestoneState.PROPOSED),
    ("jiangjin-2022", 3, "500116"): (0, MilestoneState.CONFIRMED),
}
# Granted once and asked again; granted once; asked.
EXTENDED = {
    ("joint-2022", 2, "500000"): (True, True),
    ("joint-2022", 2, "510000"): (True, False),
    ("jiangjin-2022", 3, "500116"): (False, True),
}
WAITS = datetime.timedelta(days=39)  # into the present quarter
WHY = "用地手续办理周期超出预期，已倒排工期，确保新的时限内完成。"
AGREED = "情况属实，同意延期，请按新时限完成。"


def schedule_all(plans: list[Plan], people: People, today: datetime.date) -> int:
    """Milestones and requests of the sides named above; says how many rows."""
    leads = Responsibility.objects.leads().filter(task__plan__in=plans).with_percent()
    steps: list[Milestone] = []
    asked: list[Extension] = []
    for side in leads.select_related("task__plan", "side").order_by("pk"):
        key = (side.task.plan.code, side.task.number, side.side.code if side.side else "")
        if key in SIDES:
            steps += _milestones(side, *SIDES[key], people, today)
        if key in EXTENDED and side.due_on is not None and side.due_on >= today:
            asked += _extensions(side, *EXTENDED[key], people, today)
    Milestone.objects.bulk_create(steps)
    Extension.objects.bulk_create(asked)
    for plan in plans:
        told = {"milestones": sum(row.responsibility.task.plan_id == plan.pk for row in steps)}
        audit.record("milestone.confirm", plan, by=None, after=told)
    return len(steps) + len(asked)


def _milestones(
    side: Responsibility, over: int, to_come: MilestoneState, people: People, today: datetime.date
) -> list[Milestone]:
    """Two that were due, the first met, and the year's next ones."""
    reached = side.latest_percent or 0
    last = quarter_of(today).previous
    aims = (max(0, reached - 10), min(100, reached + over))
    by: dict[str, Any] = _people(side, people, last, MilestoneState.CONFIRMED)
    first = Milestone(
        responsibility=side,
        due_on=last.previous.last_day,
        title=TITLES[0],
        percent=min(aims),
        **by | {"state": MilestoneState.MET},
        claimed_by=people.officers.get(side.unit_id),
        claimed_at=_at(last.previous.last_day, 9),
        met_on=last.previous.last_day,
        result=f"{MARK}可行性研究报告已通过评审并印发。",
    )
    second = Milestone(
        responsibility=side, due_on=last.last_day, title=TITLES[1], percent=max(aims), **by
    )
    found, quarter, aim = [first, second], last.next, max(aims)
    for title in TITLES[2:]:
        aim = min(100, aim + 4)
        if side.due_on_in_force is None or quarter.last_day <= side.due_on_in_force:
            by = _people(side, people, last, to_come)
            found.append(
                Milestone(
                    responsibility=side, due_on=quarter.last_day, title=title, percent=aim, **by
                )
            )
        quarter = quarter.next
    return found


def _people(
    side: Responsibility, people: People, quarter: Quarter, state: MilestoneState
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "state": state,
        "proposed_by": people.officers.get(side.unit_id),
        "proposed_at": _at(quarter.previous.first_day, 10),
    }
    if state == MilestoneState.PROPOSED:
        return told | {"proposed_at": _at(quarter.next.first_day + WAITS, 10)}
    reviewer = people.reviewers.get((side.task.plan_id, side.side_id or 0))
    return told | {"decided_by": reviewer, "decided_at": _at(quarter.previous.first_day, 16)}


def _extensions(
    side: Responsibility, granted: bool, waits: bool, people: People, today: datetime.date
) -> list[Extension]:
    """The one that led to the present date, and the one that waits."""
    due = side.due_on or today
    asker = people.officers.get(side.unit_id)
    found = []
    if granted:
        old = quarter_of(today).last_day
        day = quarter_of(today).first_day
        found.append(
            Extension(
                responsibility=side,
                from_due=old,
                new_due=due,
                granted_due=due,
                reason=f"{MARK}{WHY}",
                state=ExtensionState.GRANTED,
                version=2,
                asked_by=asker,
                asked_at=_at(day, 10),
                decided_by=people.reviewers.get((side.task.plan_id, side.side_id or 0)),
                decided_at=_at(day + datetime.timedelta(days=8), 15),
                decision_reason=AGREED,
            )
        )
    if waits:
        found.append(
            Extension(
                responsibility=side,
                from_due=due,
                new_due=quarter_of(due).next.last_day,
                reason=f"{MARK}{WHY}",
                asked_by=asker,
                asked_at=_at(today - datetime.timedelta(days=2), 10),
            )
        )
    return found


def _at(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), SHANGHAI)
