"""延期: asked before the date, granted or refused by the side's office, withdrawn by the asker."""

import datetime
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Extension, Responsibility
from tasks.services import notices
from tasks.services.milestone_rules import given, locked_side
from tasks.states import DONE_STATES, EXTENSION_MOVES, ExtensionState, TaskState
from tracker.lib import document_number
from tracker.lib.stale import Stale
from tracker.lib.states import check_move
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit

MAX_BODY = 100


@dataclass(frozen=True)
class Grant:
    """What the office decides: its date (the asked one if none), and who approved it."""

    due_on: datetime.date | None = None
    approving_body: str = ""
    approval_number: str = ""
    reason: str = ""


@transaction.atomic
def ask(
    side: Responsibility,
    *,
    new_due: datetime.date,
    reason: str,
    by: User,
    now: datetime.datetime,
) -> Extension:
    """Ask for a later date, up to the day on which the present one falls.

    Raises PermissionDenied, ValidationError (by field).
    """
    side = locked_side(side.pk)
    if not policy.can(by, "extension.ask", side):
        raise PermissionDenied
    due = side.due_on_in_force
    why = why_not_ask(side, now.date())
    if why or due is None:
        raise ValidationError(why)
    errors: dict[str, str] = {}
    if new_due <= due:
        errors["new_due"] = _("申请时限应晚于原时限%(day)s。") % {"day": due.isoformat()}
    reason = clean_text(reason)
    if not reason:
        errors["reason"] = _("请写明延期理由：为什么不能按期完成，新的时限如何保证。")
    if errors:
        raise ValidationError(errors)
    extension = Extension.objects.create(
        responsibility=side,
        from_due=due,
        from_plans=side.due_is_plans,
        new_due=new_due,
        reason=reason,
        asked_by=by,
        asked_at=now,
    )
    told = {"from_due": due, "new_due": new_due}
    audit.record("extension.ask", extension, by=by, after=told, reason=reason)
    return extension


def why_not_ask(side: Responsibility, today: datetime.date) -> str:
    """Why no later date can be asked for, and what to do instead; empty where it can."""
    due = side.due_on_in_force
    if side.state in DONE_STATES:
        return _("该任务%(state)s，无须延期。") % {"state": TaskState(side.state).label}
    if due is None:
        return _("该任务没有完成时限，无须延期。")
    if due < today:
        return _(
            "完成时限%(day)s已过，不能再申请延期（延期须在到期前申请）。"
            "已完成的，请申请办结；不能完成的，请在进展填报中说明原因，"
            "并商协调办公室按结转或中止办理。"
        ) % {"day": due.isoformat()}
    if side.extensions.waiting().exists():
        return _("该任务已有待审批的延期申请，请等协调办公室审批或先撤回。")
    return ""


@transaction.atomic
def grant(
    extension: Extension, decision: Grant | None = None, *, by: User, now: datetime.datetime
) -> Extension:
    """The office grants what it has read, perhaps to another day; the side's date follows.

    Raises PermissionDenied, IllegalMove, Stale, ValidationError (by field).
    """
    found = _for_decision(extension, ExtensionState.GRANTED, by=by)
    side = found.responsibility
    if (state := TaskState(side.state)).is_ended:
        raise ValidationError(
            _("该任务%(state)s，不能批准延期：请不批准；仍须推进的，先撤销“%(state)s”。")
            % {"state": state.label}
        )
    if side.due_on_in_force != found.from_due:
        raise ValidationError(
            _("申请之后完成时限已改，不能按原申请批准：请退回，由牵头单位按现在的时限重新申请。")
        )
    decision = _checked(found, decision or Grant())
    before = {"due_on": side.due_on_in_force}
    side.due_on = decision.due_on
    side.save(update_fields=["due_on"])
    _decide(
        found,
        decision.reason,
        by=by,
        now=now,
        granted_due=decision.due_on,
        approving_body=decision.approving_body,
        approval_number=decision.approval_number,
    )
    told = {
        name: getattr(found, name)
        for name in ("granted_due", "approving_body", "approval_number", "own_office_review")
    }
    audit.record("extension.grant", found, by=by, after=told, reason=found.decision_reason)
    after = {"due_on": side.due_on}
    audit.record("duty.extend", side, by=by, before=before, after=after, reason=found.reason)
    # What was told of the former date no longer holds.
    notices.settle([notices.task_subject(side.pk)], still_due=side.due_on)
    return found


def _checked(extension: Extension, decision: Grant) -> Grant:
    """The decision as it is stored; ValidationError by field."""
    due = decision.due_on or extension.new_due
    ends = extension.responsibility.task.plan.ends_on
    body = " ".join(clean_text(decision.approving_body).split())[:MAX_BODY]
    errors: dict[str, Any] = {}
    number = clean_text(decision.approval_number)[:MAX_BODY]
    try:
        number = document_number.normalise(number)
    except ValidationError as error:
        errors["approval_number"] = error
    if due <= extension.from_due:
        errors["due_on"] = _("批准时限应晚于原时限%(day)s。") % {
            "day": extension.from_due.isoformat()
        }
    if extension.from_plans or (ends is not None and due > ends):
        why = (
            _("原时限为方案期限")
            if extension.from_plans
            else _("批准时限超过方案期限%(day)s") % {"day": ends.isoformat() if ends else ""}
        )
        if not body:
            errors["approving_body"] = _("%(why)s，须填写批准机关。") % {"why": why}
        if not number:
            errors.setdefault("approval_number", _("%(why)s，须填写批准文号。") % {"why": why})
    if errors:
        raise ValidationError(errors)
    reason = clean_text(decision.reason)
    return replace(decision, due_on=due, approving_body=body, approval_number=number, reason=reason)


@transaction.atomic
def refuse(extension: Extension, *, reason: str, by: User, now: datetime.datetime) -> Extension:
    """The office refuses, with a reason; the date stays."""
    reason = given(reason, _("请填写不批准的理由。"))
    found = _for_decision(extension, ExtensionState.REFUSED, by=by)
    _decide(found, reason, by=by, now=now)
    told = {"own_office_review": found.own_office_review}
    audit.record("extension.refuse", found, by=by, after=told, reason=reason)
    return found


@transaction.atomic
def withdraw(extension: Extension, *, by: User, now: datetime.datetime) -> Extension:
    """The lead takes the request back while nobody has decided."""
    found = _of_version(extension, ExtensionState.WITHDRAWN, "extension.withdraw", by=by)
    found.save(update_fields=["state", "version"])
    notices.settle([f"extension/{found.pk}"])
    audit.record("extension.withdraw", found, by=by)
    return found


def _decide(
    extension: Extension, reason: str, *, by: User, now: datetime.datetime, **values: Any
) -> None:
    values |= {
        "decided_by": by,
        "decided_at": now,
        "decision_reason": reason,
        "own_office_review": policy.schedule.is_own_review(extension.responsibility, by),
    }
    for name, value in values.items():
        setattr(extension, name, value)
    extension.save(update_fields=["state", "version", *values])
    notices.settle([f"extension/{extension.pk}"])


def _for_decision(extension: Extension, to: ExtensionState, *, by: User) -> Extension:
    return _of_version(extension, to, "extension.decide", by=by)


def _of_version(extension: Extension, to: ExtensionState, verb: str, *, by: User) -> Extension:
    """The request with its side, both locked, the side first; moved to `to` and not yet saved."""
    side = locked_side(extension.responsibility_id)
    found = Extension.objects.select_for_update(of=("self",)).get(pk=extension.pk)
    found.responsibility = side
    check_move(EXTENSION_MOVES, ExtensionState(found.state), to)
    if not policy.can(by, verb, found):
        raise PermissionDenied
    if found.version != extension.version:
        raise Stale(_("您打开之后，该延期申请已有变化，没有作出处理。请重新查看。"))
    found.state = to
    found.version += 1
    return found
