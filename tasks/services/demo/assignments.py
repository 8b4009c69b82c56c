"""What the demo's offices have handed out: most of it signed for, some not, one late."""

import datetime

from tasks.models import Assignment, Plan, Responsibility
from tasks.models.assignments import text_of
from tasks.services.assignments import default_sign_by
from tasks.services.demo.people import People
from tasks.states import ENDED_STATES, Role
from tracker.lib.workdays import SHANGHAI, add_workdays
from units.models import User
from units.services import audit

HANDED_OUT_BEFORE = 30  # working days
NOTE = "请明确责任领导和责任处室，按季度报送进展。"
# Of the duties in order, these places differ from the rest.
NOT_HANDED_OUT = 17  # each so many-th
UNSIGNED = 11
LATE = ("joint-2022", 3, "500000")  # the one that is late


def hand_out_all(plans: list[Plan], people: People, today: datetime.date) -> int:
    """Hand out the plans' duties as if a month ago; says how many."""
    made: list[Assignment] = []
    for plan in plans:
        duties = Responsibility.objects.filter(task__plan=plan).exclude(state__in=ENDED_STATES)
        rows = duties.select_related("task__plan", "side").order_by("task__number", "order")
        for place, duty in enumerate(rows, 1):
            by = people.reviewers.get((plan.pk, duty.side_id or 0))
            signer = people.officers.get(duty.unit_id)
            # Units without a person are still to be handed theirs, but for a few.
            left = place % NOT_HANDED_OUT == 0 or (signer is None and place % UNSIGNED)
            if by is not None and not left:
                made.append(_assignment(duty, place, by, signer, today))
    Assignment.objects.bulk_create(made, batch_size=500)
    for plan in plans:
        number = sum(one.responsibility.task.plan_id == plan.pk for one in made)
        audit.record("duty.assign", plan, by=None, after={"responsibilities": number})
    return len(made)


def _assignment(
    duty: Responsibility, place: int, by: User, signer: User | None, today: datetime.date
) -> Assignment:
    side = duty.side.code if duty.side else ""
    late = (duty.task.plan.code, duty.task.number, side) == LATE and duty.role == Role.LEAD
    fresh = place % UNSIGNED == 0 or signer is None
    day = add_workdays(today, -6 if late else -1 if fresh else -HANDED_OUT_BEFORE)
    assignment = Assignment(
        responsibility=duty,
        assigned_by=by,
        assigned_at=_at(day, 10),
        handed_out=text_of(duty),
        note=NOTE,
        sign_by=default_sign_by(day),
    )
    if not late and not fresh:
        assignment.signed_by = signer
        assignment.signed_at = _at(add_workdays(day, 1 + place % 2), 15)
    return assignment


def _at(day: datetime.date, hour: int) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(hour), tzinfo=SHANGHAI)
