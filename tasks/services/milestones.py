"""年度节点: proposed by the lead, confirmed by its office, met with evidence.

Until they are proposed: milestone_drafts.py. Confirmed ones make the schedule; a confirmed one is
changed by another that replaces it.
"""

import datetime
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks import policy
from tasks.models import Milestone, Responsibility
from tasks.services import notices
from tasks.services.milestone_rules import (
    FIELDS,
    Step,
    check_editable,
    check_order,
    checked,
    given,
    locked_side,
)
from tasks.states import MILESTONE_BEFORE, MILESTONE_MOVES, MilestoneState
from tracker.lib.stale import Stale
from tracker.lib.states import check_move
from units.models import User
from units.services import audit

CHANGED = gettext_lazy("您打开之后，该节点已有变化，没有作出处理。请重新查看。")


@transaction.atomic
def propose(side: Responsibility, *, by: User, now: datetime.datetime) -> list[Milestone]:
    """Hand all drafts of the side to its office together."""
    side = locked_side(side.pk)
    check_editable(side, by)
    drafts = list(side.milestones.filter(state=MilestoneState.DRAFT).select_for_update())
    if not drafts:
        raise ValidationError(_("没有可提请确认的节点，请先填写。"))
    check_order(side, proposed=drafts)
    for row in drafts:
        _move(row, MilestoneState.PROPOSED)
        row.responsibility = side
        row.proposed_by, row.proposed_at, row.decision_note = by, now, ""
        _store(row, "proposed_by", "proposed_at", "decision_note")
        audit.record("milestone.propose", row, by=by, after={n: getattr(row, n) for n in FIELDS})
    return drafts


@transaction.atomic
def recall(row: Milestone, *, by: User) -> Milestone:
    """The lead takes back what waits, to mend it."""
    version, row = row.version, _locked(row)
    check_editable(row.responsibility, by)
    _move(row, MilestoneState.DRAFT)
    if row.version != version:
        raise Stale(CHANGED)
    _store(row)
    audit.record("milestone.recall", row, by=by)
    return row


@transaction.atomic
def change(
    row: Milestone, step: Step, *, reason: str, by: User, now: datetime.datetime
) -> Milestone:
    """Propose another in the place of a confirmed one, which holds until the office confirms."""
    reason = given(reason, _("请写明调整理由。"))
    old = _locked(row)
    side = old.responsibility
    check_editable(side, by)
    check_move(MILESTONE_MOVES, MilestoneState(old.state), MilestoneState.DROPPED)
    if old.state in MILESTONE_BEFORE:
        raise ValidationError(_("该节点尚未确认，可直接修改。"))
    if old.version != row.version:
        raise Stale(CHANGED)
    if old.replaced_by.filter(state__in=MILESTONE_BEFORE).exists():
        raise ValidationError(_("该节点已有待确认的调整，请等协调办公室确认或先撤回。"))
    step = checked(side, step, but=old)
    new = Milestone(responsibility=side, replaces=old, change_reason=reason)
    for name in FIELDS:
        setattr(new, name, getattr(step, name))
    check_order(side, proposed=[new])
    new.state = MilestoneState.PROPOSED
    new.proposed_by, new.proposed_at = by, now
    new.save(force_insert=True)
    told = {name: getattr(new, name) for name in FIELDS}
    before = {name: getattr(old, name) for name in FIELDS}
    audit.record("milestone.change", new, by=by, before=before, after=told, reason=reason)
    return new


@transaction.atomic
def confirm(rows: Sequence[Milestone], *, by: User, now: datetime.datetime) -> list[Milestone]:
    """The office confirms what is proposed, as read: one, several or all of a side. All or none.

    Raises PermissionDenied, IllegalMove, Stale, ValidationError.
    """
    found = [
        _for_decision(row, MilestoneState.CONFIRMED, MilestoneState.PROPOSED, by) for row in rows
    ]
    for side in {row.responsibility for row in found}:
        check_order(side, confirmed=[row for row in found if row.responsibility == side])
    for row in found:
        if row.replaces_id is not None:
            _drop(_locked(row.replaces), reason=row.change_reason, by=by, now=now)  # type: ignore[arg-type]  # has an id
    for row in found:
        _decided(row, "milestone.confirm", by=by, now=now)
    return found


@transaction.atomic
def send_back(
    rows: Sequence[Milestone], *, reason: str, by: User, now: datetime.datetime
) -> list[Milestone]:
    """The office sends proposals back to be mended, or claims to be done first; with a reason."""
    reason = given(reason, _("请填写退回理由。"))
    found = []
    for row in rows:
        proposed = row.state == MilestoneState.PROPOSED
        to = MilestoneState.DRAFT if proposed else MilestoneState.CONFIRMED
        was = MilestoneState.PROPOSED if proposed else MilestoneState.CLAIMED
        row = _for_decision(row, to, was, by)
        _decided(row, "milestone.return", by=by, now=now, note=reason)
        found.append(row)
    return found


@transaction.atomic
def claim(
    row: Milestone, *, met_on: datetime.date, result: str, by: User, now: datetime.datetime
) -> Milestone:
    """The lead says that a confirmed one is met: when, and with what result."""
    version, row = row.version, _locked(row)
    check_editable(row.responsibility, by)
    errors = {}
    if not (result := result.strip()):
        errors["result"] = _("请写明完成情况：做成了什么，成果在哪里。")
    if met_on > now.date():
        errors["met_on"] = _("完成日期不能晚于今天。")
    if errors:
        raise ValidationError(errors)
    _move(row, MilestoneState.CLAIMED)
    if row.version != version:
        raise Stale(CHANGED)
    row.claimed_by, row.claimed_at, row.met_on, row.result = by, now, met_on, result
    row.decision_note = ""
    _store(row, "claimed_by", "claimed_at", "met_on", "result", "decision_note")
    audit.record("milestone.claim", row, by=by, after={"met_on": met_on, "result": result})
    return row


@transaction.atomic
def accept(row: Milestone, *, by: User, now: datetime.datetime) -> Milestone:
    """The office confirms that it is met."""
    row = _for_decision(row, MilestoneState.MET, MilestoneState.CLAIMED, by)
    return _decided(row, "milestone.accept", by=by, now=now)


@transaction.atomic
def drop(row: Milestone, *, reason: str, by: User, now: datetime.datetime) -> Milestone:
    """The office takes a confirmed one away, with a reason."""
    reason = given(reason, _("请填写取消理由。"))
    version, row = row.version, _locked(row)
    check_move(MILESTONE_MOVES, MilestoneState(row.state), MilestoneState.DROPPED)
    if not policy.can(by, "milestone.drop", row):
        raise PermissionDenied
    if row.version != version:
        raise Stale(CHANGED)
    return _drop(row, reason=reason, by=by, now=now)


def _drop(row: Milestone, *, reason: str, by: User, now: datetime.datetime) -> Milestone:
    _move(row, MilestoneState.DROPPED)
    return _decided(row, "milestone.drop", by=by, now=now, note=reason)


def _decided(
    row: Milestone, verb: str, *, by: User, now: datetime.datetime, note: str = ""
) -> Milestone:
    own = policy.schedule.is_own_review(row.responsibility, by)
    row.decided_by, row.decided_at, row.decision_note = by, now, note
    row.own_office_review = own
    _store(row, "decided_by", "decided_at", "decision_note", "own_office_review")
    told = {**{name: getattr(row, name) for name in FIELDS}, "own_office_review": own}
    audit.record(verb, row, by=by, after=told, reason=note)
    return row


def _locked(row: Milestone) -> Milestone:
    """The row with its side, both locked, the side first."""
    side = locked_side(row.responsibility_id)
    found = Milestone.objects.select_for_update(of=("self",)).get(pk=row.pk)
    found.responsibility = side
    return found


def _for_decision(row: Milestone, to: MilestoneState, was: MilestoneState, by: User) -> Milestone:
    """The row as the office has read it, moved to `to` and not yet saved."""
    found = _locked(row)
    if found.state != was:
        check_move(MILESTONE_MOVES, MilestoneState(found.state), to)
        raise Stale(CHANGED)
    if not policy.can(by, "milestone.decide", found):
        raise PermissionDenied
    if found.version != row.version:
        raise Stale(CHANGED)
    _move(found, to)
    return found


def _move(row: Milestone, to: MilestoneState) -> None:
    check_move(MILESTONE_MOVES, MilestoneState(row.state), to)
    row.state = to


def _store(row: Milestone, *fields: str) -> None:
    row.version += 1
    row.save(update_fields=["state", "version", *fields])
    notices.settle_milestone(row)
