"""交办 and 签收."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Assignment, Responsibility
from tasks.models.assignments import text_of
from tasks.services import notices
from tasks.states import ENDED_STATES, PlanStatus
from tracker.lib.doorbell import ring
from tracker.lib.text import clean_text
from tracker.lib.workdays import add_workdays
from units.models import User
from units.policy import standing
from units.services import audit

SIGN_WORKDAYS = 3
MAX_NOTE = 500
MAKE_NOTICES = "tasks.jobs.make_notices"


def default_sign_by(today: datetime.date) -> datetime.date:
    """Three working days from today."""
    return add_workdays(today, SIGN_WORKDAYS)


def check_may_hand_out(by: User) -> None:
    """PermissionDenied for whoever acts for no office, before anything else is said."""
    who = standing(by)
    if not (who.is_coordinator or who.superuser):
        raise PermissionDenied


@transaction.atomic
def hand_out(
    duties: Sequence[Responsibility],
    *,
    note: str = "",
    sign_by: datetime.date,
    by: User,
    now: datetime.datetime,
) -> list[Assignment]:
    """Hand responsibilities out to their units; again where they were before. All or none.

    Raises PermissionDenied, ValidationError by field.
    """
    check_may_hand_out(by)
    ids = {duty.pk for duty in duties}
    locked = list(
        policy.scope(by, "duty.edit")
        .filter(pk__in=ids)
        .select_for_update(of=("self",))
        .select_related("task__plan", "unit")
        .order_by("pk")
    )
    if len(locked) != len(ids):
        raise PermissionDenied
    note = clean_text(note)
    _check(locked, note, sign_by, now.date())
    known = Assignment.objects.in_bulk(ids, field_name="responsibility_id")
    made: list[Assignment] = []
    for duty in locked:
        assignment = known.get(duty.pk) or Assignment(responsibility=duty)
        before = _shown(assignment) if assignment.pk else {}
        assignment.assigned_by, assignment.assigned_at = by, now
        assignment.note, assignment.sign_by = note, sign_by
        assignment.handed_out = text_of(duty)
        assignment.signed_by, assignment.signed_at = None, None
        assignment.save()
        audit.record("duty.assign", duty, by=by, before=before, after=_shown(assignment))
        made.append(assignment)
    notices.settle(map(notices.assignment_subject, ids), still_due=sign_by)
    ring(MAKE_NOTICES)
    return made


def _shown(assignment: Assignment) -> dict[str, Any]:
    return {
        "sign_by": assignment.sign_by,
        "note": assignment.note,
        "signed_by": assignment.signed_by,
    }


def _check(
    duties: Sequence[Responsibility], note: str, sign_by: datetime.date, today: datetime.date
) -> None:
    errors: dict[str, Any] = {}
    if not duties:
        errors["responsibilities"] = _("请至少选择一项责任。")
    drafts = {d.task.plan.name for d in duties if d.task.plan.status != PlanStatus.ISSUED}
    if drafts:
        errors["responsibilities"] = _("“%(plan)s”为征求意见稿，印发后才能交办。") % {
            "plan": sorted(drafts)[0]
        }
    ended = next((d for d in duties if d.state in ENDED_STATES), None)
    if ended is not None:
        errors["responsibilities"] = _("任务%(task)s%(state)s，无须交办。") % {
            "task": ended.task,
            "state": ended.get_state_display(),
        }
    if sign_by < today:
        errors["sign_by"] = _("签收期限不能早于今天。")
    if len(note) > MAX_NOTE:
        errors["note"] = _("交办要求最多%(most)d字，现为%(n)d字，请精简。") % {
            "most": MAX_NOTE,
            "n": len(note),
        }
    if errors:
        raise ValidationError(errors)


def waiting_for(user: User) -> QuerySet[Responsibility]:
    """What the person's own units are to sign for; nobody signs for all units at once."""
    rows: QuerySet[Responsibility] = policy.scope(user, "duty.sign_for")
    return rows.filter(unit__in=standing(user).units)


@transaction.atomic
def sign_for(
    duties: Sequence[Responsibility], *, by: User, now: datetime.datetime
) -> list[Assignment]:
    """The unit signs for what was handed out to it. All or none; PermissionDenied."""
    ids = {duty.pk for duty in duties}
    mine = policy.scope(by, "duty.sign_for").filter(pk__in=ids).values("pk")
    waiting = list(
        Assignment.objects.select_for_update(of=("self",))
        .filter(responsibility__in=mine, signed_at=None)
        .select_related("responsibility__task", "responsibility__unit")
        .order_by("pk")
    )
    if len(waiting) != len(ids):
        raise PermissionDenied
    for assignment in waiting:
        assignment.signed_by, assignment.signed_at = by, now
        assignment.save(update_fields=["signed_by", "signed_at"])
        audit.record(
            "duty.sign", assignment.responsibility, by=by, after={"sign_by": assignment.sign_by}
        )
    notices.settle(map(notices.assignment_subject, ids))
    return waiting


@transaction.atomic
def withdraw(assignment: Assignment, *, by: User) -> None:
    """Take back what was handed out, while it is not signed for."""
    locked = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related("responsibility__task", "responsibility__unit")
        .get(pk=assignment.pk)
    )
    if not policy.can(by, "duty.edit", locked.responsibility):
        raise PermissionDenied
    if not locked.is_unsigned():
        raise ValidationError(
            _("%(unit)s已签收，不能撤回；内容有变的，请重新交办。")
            % {"unit": locked.responsibility.unit}
        )
    notices.settle([notices.assignment_subject(locked.responsibility_id)])
    audit.record("duty.withdraw", locked.responsibility, by=by, before=_shown(locked))
    locked.delete()
