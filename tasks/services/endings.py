"""办结, 销号 and the other ends of a side: claimed, checked by its office, revoked."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Ending, Responsibility, Task
from tasks.policy.endings import is_own_review
from tasks.services import notices
from tasks.services.ending_rules import Claim, checked
from tasks.states import (
    ENDING_MOVES,
    STATE_OF_ENDING,
    TASK_MOVES,
    EndingKind,
    EndingState,
    TaskState,
)
from tracker.lib.stale import Stale
from tracker.lib.states import check_move
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit

SAID = ("kind", "reason", "percent", "shortfall", "carried_to")


@transaction.atomic
def claim(side: Responsibility, entry: Claim, *, by: User, now: datetime.datetime) -> Ending:
    """Say how a side ends; 办结 shows at once as 已办结，待销号, the rest once it is accepted.

    Raises PermissionDenied, ValidationError (by field), IllegalMove.
    """
    side = _locked(side.pk)
    if not policy.can(by, "ending.claim", side):
        raise PermissionDenied
    entry, percent = checked(side, entry, by)
    if side.endings.waiting().exists():
        raise ValidationError(_("该任务已有待核定的申请，请先等其核定或撤回。"))
    ending = Ending.objects.create(
        responsibility=side,
        kind=entry.kind,
        reason=entry.reason,
        percent=percent,
        shortfall=entry.shortfall,
        carried_to=entry.carried_to,
        claimed_by=by,
        claimed_at=now,
    )
    if entry.kind == EndingKind.COMPLETED:
        _move(side, TaskState.COMPLETED, now.date(), by=by)
        notices.settle([notices.task_subject(side.pk)])
    audit.record("ending.claim", ending, by=by, after={n: getattr(ending, n) for n in SAID})
    return ending


@transaction.atomic
def accept(ending: Ending, *, by: User, now: datetime.datetime, reason: str = "") -> Ending:
    """The side's office confirms what it has read: `ending` carries the version that was seen.

    办结 becomes 销号. What was told of the side is settled: nothing of it is due any more.
    Raises PermissionDenied, IllegalMove, Stale.
    """
    side, ending = _for_decision(ending, EndingState.ACCEPTED, by=by)
    kind = EndingKind(ending.kind)
    _move(side, STATE_OF_ENDING[kind], now.date(), by=by)
    own = is_own_review(ending, by)
    _save(ending, decided_by=by, decided_at=now, decision_reason=reason, own_office_review=own)
    notices.settle_side(side.pk)
    audit.record("ending.accept", ending, by=by, reason=reason, after={"own_office_review": own})
    return ending


@transaction.atomic
def refuse(ending: Ending, *, reason: str, by: User, now: datetime.datetime) -> Ending:
    """The side's office sends a claim back, with a reason; the side is under way again."""
    reason = _given(reason, _("请填写退回理由。"))
    side, ending = _for_decision(ending, EndingState.REFUSED, by=by)
    own = is_own_review(ending, by)
    _save(ending, decided_by=by, decided_at=now, decision_reason=reason, own_office_review=own)
    _take_back(side, ending, now.date(), by=by)
    audit.record("ending.refuse", ending, by=by, reason=reason, after={"own_office_review": own})
    return ending


@transaction.atomic
def withdraw(ending: Ending, *, by: User, now: datetime.datetime) -> Ending:
    """Who claimed takes it back while nobody has decided."""
    side, ending = _of_version(ending, EndingState.WITHDRAWN, "ending.withdraw", by=by)
    _save(ending)
    _take_back(side, ending, now.date(), by=by)
    audit.record("ending.withdraw", ending, by=by)
    return ending


@transaction.atomic
def revoke(ending: Ending, *, reason: str, by: User, now: datetime.datetime) -> Ending:
    """The side's office opens a side again that had ended, with a reason."""
    reason = _given(reason, _("请填写撤销理由。"))
    side, ending = _of_version(ending, EndingState.REVOKED, "ending.revoke", by=by)
    _save(ending, revoked_by=by, revoked_at=now, revoke_reason=reason)
    _reopen(side, now.date(), by=by, reason=reason)
    audit.record("ending.revoke", ending, by=by, reason=reason)
    return ending


def _locked(pk: int) -> Responsibility:
    rows = Responsibility.objects.select_for_update(of=("self",))
    return rows.select_related("task__plan", "unit", "side").get(pk=pk)


def _for_decision(ending: Ending, to: EndingState, *, by: User) -> tuple[Responsibility, Ending]:
    return _of_version(ending, to, "ending.decide", by=by)


def _of_version(
    ending: Ending, to: EndingState, verb: str, *, by: User
) -> tuple[Responsibility, Ending]:
    """The side and its ending, both locked, the ending moved to `to` and not yet saved."""
    side = _locked(ending.responsibility_id)
    found = Ending.objects.select_for_update(of=("self",)).get(pk=ending.pk)
    found.responsibility = side
    check_move(ENDING_MOVES, EndingState(found.state), to)
    if not policy.can(by, verb, found):
        raise PermissionDenied
    if found.version != ending.version:
        raise Stale(_("您打开之后，该申请已有变化，没有作出处理。请重新查看。"))
    found.state = to
    found.version += 1
    return side, found


def _save(ending: Ending, **values: Any) -> None:
    for name, value in values.items():
        setattr(ending, name, value)
    notices.settle([f"ending/{ending.pk}"])
    ending.save(update_fields=["state", "version", *values])


def _take_back(side: Responsibility, ending: Ending, day: datetime.date, *, by: User) -> None:
    """A claim of 办结 that came to nothing: the side goes on, and its date holds again."""
    if ending.kind == EndingKind.COMPLETED:
        _reopen(side, day, by=by)


def _reopen(side: Responsibility, day: datetime.date, *, by: User, reason: str = "") -> None:
    _move(side, TaskState.IN_PROGRESS, day, by=by, reason=reason)
    notices.settle([notices.task_subject(side.pk)], still_due=side.due_on_in_force)


def _move(
    side: Responsibility, to: TaskState, day: datetime.date, *, by: User, reason: str = ""
) -> None:
    old = TaskState(side.state)
    check_move(TASK_MOVES, old, to)
    side.state, side.state_since = to, day
    side.save(update_fields=["state", "state_since"])
    before, after = {"state": old.value}, {"state": to.value}
    audit.record("task.move", side, by=by, reason=reason, before=before, after=after)


def _given(reason: str, missing: str) -> str:
    reason = clean_text(reason)
    if not reason:
        raise ValidationError({"reason": missing})
    return reason


def carried_from(task: Task) -> list[Ending]:
    """What was carried into the task, accepted and in force."""
    rows = task.carried_from.filter(state=EndingState.ACCEPTED)
    return list(
        rows.select_related("responsibility__task__plan", "responsibility__unit").order_by("pk")
    )
