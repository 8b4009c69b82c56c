"""督查发现问题 → 整改通知 → 整改反馈 → 销号, with 申辩 and 复核."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.db.models import Max
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Finding, FindingStep, Responsibility, SampleRow
from tasks.services import notices, reopening, shelf
from tasks.states import (
    ENDED_STATES,
    FINDING_MOVES,
    FindingState,
    FindingStepKind,
    OfficeAnswer,
)
from tracker.lib.stale import Stale
from tracker.lib.states import IllegalMove, check_move
from tracker.lib.text import clean_text
from tracker.lib.workdays import add_workdays
from units.models import User
from units.services import audit

NUMBERING = 7_301_207  # the key of the advisory lock
OFFICE_WORKDAYS = 5
MEND_WORKDAYS = 10
MAX_TEXT = 4000
ISSUED, CONTESTED = FindingState.ISSUED, FindingState.CONTESTED
ANSWERED = FindingState.ANSWERED
Attach = Callable[[FindingStep], None]


@dataclass(frozen=True)
class Act:
    """A step after the notice: by whom, from which states to which, and what of a date."""

    verb: str
    froms: frozenset[FindingState]
    to: FindingState | None = None  # None stays
    takes_date: bool = False
    needs_date: bool = False


KIND = FindingStepKind
ACTS = {
    KIND.ANSWER: Act("finding.answer", frozenset({ISSUED}), ANSWERED),
    KIND.CONTEST: Act("finding.answer", frozenset({ISSUED}), CONTESTED),
    KIND.UPHOLD: Act("finding.judge", frozenset({CONTESTED}), ISSUED, takes_date=True),
    KIND.CLOSE: Act("finding.judge", frozenset({ANSWERED}), FindingState.CLOSED),
    KIND.REJECT: Act("finding.judge", frozenset({ANSWERED}), ISSUED, takes_date=True),
    KIND.EXTEND: Act("finding.judge", frozenset({ISSUED}), takes_date=True, needs_date=True),
    KIND.WITHDRAW: Act("finding.judge", frozenset({ISSUED, CONTESTED}), FindingState.WITHDRAWN),
}


def default_due(today: datetime.date) -> datetime.date:
    """By when a problem is to be put right, unless the inspector says otherwise."""
    return add_workdays(today, MEND_WORKDAYS)


def default_office_due(today: datetime.date) -> datetime.date:
    """By when the office answers a proposal to revoke 办结."""
    return add_workdays(today, OFFICE_WORKDAYS)


@dataclass(frozen=True)
class Notice:
    """What an inspector writes: the problem, what is asked, by when."""

    problem: str
    demand: str
    due_on: datetime.date
    proposes_revoking: bool = False
    office_due_on: datetime.date | None = None


@shelf.kept_whole()
def issue(
    duty: Responsibility,
    notice: Notice,
    *,
    by: User,
    now: datetime.datetime,
    sample_row: SampleRow | None = None,
    attach: Attach | None = None,
) -> Finding:
    """督查发现问题 and 整改通知 to the unit of a lead row. ValidationError by field."""
    if not policy.can(by, "finding.issue", duty):
        raise PermissionDenied
    duty = Responsibility.objects.select_for_update(of=("self",)).get(pk=duty.pk)
    today = now.date()
    values = _checked(notice, duty, today)
    finding = Finding.objects.create(
        responsibility=duty,
        year=today.year,
        number=_next_number(today.year),
        first_due_on=notice.due_on,
        issued_by=by,
        issued_at=now,
        **values,
    )
    step = _step(finding, KIND.ISSUE, values["demand"], by=by, now=now, due_on=notice.due_on)
    if attach is not None:
        attach(step)
    if sample_row is not None:
        SampleRow.objects.filter(pk=sample_row.pk, responsibility=duty).update(finding=finding)
    audit.record("finding.issue", finding, by=by, after=values)
    return finding


def _checked(notice: Notice, duty: Responsibility, today: datetime.date) -> dict[str, Any]:
    problem, demand = clean_text(notice.problem), clean_text(notice.demand)
    errors = {**_wrong_text("problem", problem), **_wrong_text("demand", demand)}
    if notice.due_on <= today:
        errors["due_on"] = _("整改期限应在今天之后。")
    office_due_on = notice.office_due_on if notice.proposes_revoking else None
    if notice.proposes_revoking:
        office_due_on = office_due_on or default_office_due(today)
        if office_due_on <= today:
            errors["office_due_on"] = _("答复期限应在今天之后。")
        if duty.state not in ENDED_STATES:
            errors["proposes_revoking"] = _(
                "该任务现为“%(state)s”，没有可撤销的办结，请取消此项。"
            ) % {"state": duty.get_state_display()}
    if errors:
        raise ValidationError(errors)
    return {
        "problem": problem,
        "demand": demand,
        "due_on": notice.due_on,
        "proposes_revoking": notice.proposes_revoking,
        "office_due_on": office_due_on,
        "office_answer": OfficeAnswer.WAITING if notice.proposes_revoking else "",
    }


def _wrong_text(name: str, text: str) -> dict[str, str]:
    if not text:
        return {name: _("请填写内容。")}
    if len(text) > MAX_TEXT:
        words = {"most": MAX_TEXT, "n": len(text)}
        return {name: _("最多%(most)d字，现为%(n)d字，请精简。") % words}
    return {}


def _next_number(year: int) -> int:
    """The year's next, without gaps: one issues at a time, and what fails takes none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERING])
    last = Finding.objects.filter(year=year).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


@shelf.kept_whole()
def act(
    finding: Finding,
    kind: FindingStepKind,
    *,
    text: str,
    version: int,
    by: User,
    now: datetime.datetime,
    due_on: datetime.date | None = None,
    attach: Attach | None = None,
) -> Finding:
    """Take one of the steps in `ACTS`. IllegalMove, PermissionDenied, Stale, ValidationError."""
    step = ACTS[kind]
    row = _locked(finding, step.verb, version, by)
    if FindingState(row.state) not in step.froms:
        raise IllegalMove(
            _("该督查意见现为“%(state)s”，不能办理“%(act)s”。")
            % {"state": row.get_state_display(), "act": kind.label},
            code="illegal_move",
        )
    if kind == KIND.CLOSE and row.office_answer == OfficeAnswer.WAITING:
        raise IllegalMove(_("协调办公室尚未答复撤销办结的建议，暂不能销号。"))
    due = _new_date(row, step, due_on, now.date())
    said = _step(row, kind, _said(text), by=by, now=now, due_on=due)
    if attach is not None:  # before the step may end the finding
        attach(said)
    before = {"state": row.state, "due_on": row.due_on}
    if step.to is not None:
        check_move(FINDING_MOVES, FindingState(row.state), step.to)
        row.state = step.to
    row.due_on, row.version = due or row.due_on, row.version + 1
    if kind == KIND.CLOSE:
        row.closed_by, row.closed_at = by, now
    row.save(update_fields=["state", "due_on", "version", "closed_by", "closed_at"])
    asks = row.state == FindingState.ISSUED
    notices.settle([notices.finding_subject(row.pk)], still_due=row.due_on if asks else None)
    if kind == KIND.WITHDRAW:
        notices.settle([notices.proposal_subject(row.pk)])
    after = {"state": row.state, "due_on": row.due_on}
    audit.record(f"finding.{kind.value}", row, by=by, before=before, after=after, reason=said.text)
    return row


@shelf.kept_whole()
def answer_proposal(
    finding: Finding,
    *,
    agrees: bool,
    text: str,
    version: int,
    by: User,
    now: datetime.datetime,
    attach: Attach | None = None,
) -> Finding:
    """The side's office says whether it revokes 办结; agreeing does it in the same transaction."""
    row = _locked(finding, "finding.decide", version, by)
    if row.office_answer != OfficeAnswer.WAITING or row.state == FindingState.WITHDRAWN:
        raise IllegalMove(_("没有待答复的撤销办结建议。"))
    text = _said(text)
    row.office_answer = OfficeAnswer.AGREED if agrees else OfficeAnswer.DECLINED
    row.version += 1
    row.save(update_fields=["office_answer", "version"])
    notices.settle([notices.proposal_subject(row.pk)])
    if agrees:
        reopening.reopen(row.responsibility, by=by, now=now)
    said = _step(row, KIND.OFFICE, f"{row.get_office_answer_display()}：{text}", by=by, now=now)
    if attach is not None:
        attach(said)
    audit.record(
        "finding.office",
        row,
        by=by,
        before={"office_answer": OfficeAnswer.WAITING},
        after={"office_answer": row.office_answer},
        reason=text,
    )
    return row


def _locked(finding: Finding, verb: str, version: int, by: User) -> Finding:
    row = (
        Finding.objects.select_for_update(of=("self",))
        .select_related("responsibility__task__plan", "responsibility__unit")
        .get(pk=finding.pk)
    )
    if not policy.can(by, verb, row):
        raise PermissionDenied
    if row.version != version:
        raise Stale(_("您打开之后，该督查意见已有变化，没有办理。请重新核对。"))
    return row


def _said(text: str) -> str:
    text = clean_text(text)
    if errors := _wrong_text("text", text):
        raise ValidationError(errors)
    return text


def _new_date(
    row: Finding, act: Act, due_on: datetime.date | None, today: datetime.date
) -> datetime.date | None:
    if due_on is None or not act.takes_date:
        if act.needs_date:
            raise ValidationError({"due_on": _("请填写新的整改期限。")})
        return None
    if due_on <= today:
        raise ValidationError({"due_on": _("整改期限应在今天之后。")})
    if act.needs_date and due_on <= row.due_on:
        raise ValidationError({"due_on": _("新期限应晚于现期限%(day)s。") % {"day": row.due_on}})
    return due_on


def _step(
    finding: Finding,
    kind: FindingStepKind,
    text: str,
    *,
    by: User,
    now: datetime.datetime,
    due_on: datetime.date | None = None,
) -> FindingStep:
    return FindingStep.objects.create(
        finding=finding, kind=kind, text=text, by=by, at=now, due_on=due_on
    )


def acts_open(user: User, finding: Finding) -> list[FindingStepKind]:
    """The steps that the person may take now."""
    verbs = {act.verb for act in ACTS.values()}
    may = {verb for verb in verbs if policy.can(user, verb, finding)}
    state = FindingState(finding.state)
    kinds = [k for k, act in ACTS.items() if act.verb in may and state in act.froms]
    if finding.office_answer == OfficeAnswer.WAITING:
        kinds = [k for k in kinds if k != KIND.CLOSE]
        if state != FindingState.WITHDRAWN and policy.can(user, "finding.decide", finding):
            kinds.append(KIND.OFFICE)
    return kinds
