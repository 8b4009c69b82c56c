"""配合情况: what cooperating units tell the lead, and how the lead takes it in."""

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Contribution, Period, ProgressReport, Responsibility
from tasks.models.contributions import CONTRIBUTION_TOLD
from tasks.services import contribution_rules, notices, progress, shelf
from tasks.services.entry import MAX_TEXT, Entry
from tasks.states import CONTRIBUTION_MOVES, ENDED_STATES, ContributionState, Role
from tracker.lib.stale import Stale
from tracker.lib.states import check_move
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit

EDITABLE = (ContributionState.DRAFT, ContributionState.RETURNED)


@dataclass(frozen=True)
class Part:
    """What a cooperating unit owes for an open period."""

    side: Responsibility
    period: Period
    row: Contribution | None

    @property
    def due_on(self) -> datetime.date:
        """The day for cooperating units; in older quarters the lead's."""
        return self.period.contributions_due_on or self.period.due_on

    @property
    def is_open(self) -> bool:
        """Still in the unit's hands."""
        return self.row is None or self.row.state in EDITABLE


def parts(user: User, today: datetime.date) -> list[Part]:
    """What the person's units may tell in the periods now open, what is open first."""
    mine = policy.scope(user, "contribution.edit").exclude(helps_nobody())
    sides = list(mine.select_related("task__plan", "unit", "side"))
    opened: dict[int, list[Period]] = defaultdict(list)
    plans = {side.task.plan_id for side in sides}
    for period in Period.objects.is_open(today).filter(plan__in=plans):
        opened[period.plan_id].append(period)
    told = Contribution.objects.filter(responsibility__in=sides)
    rows = {(row.responsibility_id, row.period_id): row for row in told}
    found = [
        Part(side, period, rows.get((side.pk, period.pk)))
        for side in sides
        for period in opened[side.task.plan_id]
    ]
    return sorted(found, key=lambda one: (not one.is_open, one.due_on, one.side.task.number))


def helps_nobody() -> Q:
    """Nobody leads any more what the unit helps with: on its own side, if it has one."""
    going_on = Responsibility.objects.leads().exclude(state__in=ENDED_STATES)
    going_on = going_on.filter(task=OuterRef("task"))
    own = going_on.filter(Q(side=OuterRef("side")) | Q(side=None))
    return ~(Q(Exists(own)) | Q(Exists(going_on), side=None))


def why_not(side: Responsibility, period: Period | None, today: datetime.date) -> str:
    """Why nothing can be told for the quarter, in a sentence; empty when it can."""
    if period is None or period.plan_id != side.task.plan_id:
        return _("该方案没有这个季度的填报期。")
    if not period.is_open(today):
        return _("%(period)s没有开放填报。") % {"period": period}
    return ""


@shelf.kept_whole()
def save(
    side: Responsibility,
    period: Period,
    text: str,
    *,
    by: User,
    now: datetime.datetime,
    version: int = 0,
    submit: bool = False,
    attach: Callable[[Contribution], Any] | None = None,
) -> Contribution:
    """Save a unit's part, and with `submit` tell it to the lead. `version` 0 is a new one.

    `attach` puts files with it. Raises PermissionDenied, ValidationError (by field), Stale.
    """
    side = Responsibility.objects.select_for_update(of=("self",)).get(pk=side.pk)
    if side.role != Role.COOPERATING or not policy.can(by, "contribution.edit", side):
        raise PermissionDenied
    refusal = why_not(side, period, now.date())
    if refusal:
        raise ValidationError(refusal)
    row = _editable(side, period, version)
    row.text = checked(text, needed=submit)
    row.state, row.filled_by, row.version = ContributionState.DRAFT, by, version + 1
    if attach is not None:
        row.save()
        attach(row)
    if submit:
        _tell(row, by, now)
    row.save()
    verb = "contribution.submit" if submit else "contribution.save"
    audit.record(verb, row, by=by, after={"text": row.text})
    return row


def _editable(side: Responsibility, period: Period, version: int) -> Contribution:
    """The part as the person saw it, locked, or a new one; raises where it cannot be written."""
    rows = Contribution.objects.select_for_update(of=("self",))
    row = rows.filter(responsibility=side, period=period).first()
    row = row or Contribution(responsibility=side, period=period, version=0)
    if row.pk and row.state not in EDITABLE:
        raise ValidationError(
            _("配合情况%(state)s，不能修改。") % {"state": row.get_state_display()}
        )
    if row.version != version:
        raise Stale(_("有新版本：您打开之后，本表又保存过。请与新版本核对后再保存。"))
    return row


def _tell(row: Contribution, by: User, now: datetime.datetime) -> None:
    check_move(CONTRIBUTION_MOVES, ContributionState(row.state), ContributionState.SUBMITTED)
    row.state = ContributionState.SUBMITTED
    row.submitted_by, row.submitted_at, row.return_reason = by, now, ""
    notices.settle([notices.contribution_subject(row.responsibility_id, row.period.code)])


def checked(text: str, *, needed: bool) -> str:
    text = clean_text(text)
    if needed and not text:
        raise ValidationError({"text": _("请填写配合情况。")})
    if len(text) > MAX_TEXT:
        words = {"length": len(text), "limit": MAX_TEXT}
        raise ValidationError({"text": _("文字共%(length)d字，最多%(limit)d字，请精简。") % words})
    return text


@transaction.atomic
def recall(row: Contribution, *, by: User, now: datetime.datetime) -> Contribution:
    """Take back what was told, as long as the lead has not taken it in."""
    row = _locked(row, ContributionState.DRAFT, "contribution.recall", by=by)
    row.save(update_fields=["state", "version", "updated_at"])
    _due_again(row)
    audit.record("contribution.recall", row, by=by)
    return row


@transaction.atomic
def send_back(row: Contribution, *, reason: str, by: User, now: datetime.datetime) -> Contribution:
    """The lead sends it back, with a reason."""
    reason = clean_text(reason)
    if not reason or len(reason) > MAX_TEXT:
        raise ValidationError({"reason": _("请填写退回理由。")})
    row = _locked(row, ContributionState.RETURNED, "contribution.take", by=by)
    row.return_reason = reason
    row.save(update_fields=["state", "return_reason", "version", "updated_at"])
    _due_again(row)
    audit.record("contribution.return", row, by=by, reason=reason)
    return row


def _due_again(row: Contribution) -> None:
    """It is with the unit again: what was told of its day holds."""
    subject = notices.contribution_subject(row.responsibility_id, row.period.code)
    notices.settle([subject], still_due=row.period.contributions_due_on)


@transaction.atomic
def take(
    row: Contribution,
    lead: Responsibility,
    *,
    by: User,
    now: datetime.datetime,
    entry: Entry | None = None,
    version: int | None = None,
) -> ProgressReport:
    """Put what was told at the end of 进展情况 in the lead's draft, under the unit's name.

    `entry` and `version` are what the lead has typed meanwhile and rested on; without them the
    stored draft goes on. Raises as `progress.save_draft`.
    """
    first = row.state != ContributionState.TAKEN
    row = _locked(row, ContributionState.TAKEN, "contribution.take", by=by)
    report = ProgressReport.objects.filter(responsibility=lead, period=row.period).first()
    if entry is None:
        entry = Entry.of(report) if report else Entry()
    if version is None:
        version = report.version if report else 0
    words = {"unit": row.responsibility.unit, "text": row.text}
    told = _("【%(unit)s配合】%(text)s") % words
    if told not in entry.progress:
        entry = replace(entry, progress=f"{entry.progress.rstrip()}\n{told}".strip())
    report = progress.save_draft(lead, row.period, entry, by=by, now=now, version=version)
    if first:
        row.taken_by, row.taken_at = by, now
    row.save(update_fields=["state", "taken_by", "taken_at", "version", "updated_at"])
    audit.record("contribution.take", row, by=by, after={"report": report.pk})
    return report


def lead_for(row: Contribution, user: User) -> Responsibility | None:
    """The lead for which the person takes it in."""
    leads = policy.scope(user, "report.edit").filter(task=row.responsibility.task_id)
    if row.responsibility.side_id is not None:
        own = leads.filter(side__in=[row.responsibility.side_id])
        leads = own if own.exists() else leads.filter(side=None)
    found: Responsibility | None = leads.select_related("unit", "side", "task__plan").first()
    return found


def _locked(row: Contribution, to: ContributionState, verb: str, *, by: User) -> Contribution:
    rows = Contribution.objects.select_for_update(of=("self",))
    found = rows.select_related("responsibility__unit", "period__plan").get(pk=row.pk)
    if not policy.can(by, verb, found):
        if policy.can(by, "contribution.view", found):
            check_move(CONTRIBUTION_MOVES, ContributionState(found.state), to)
        raise PermissionDenied
    again = found.state == to == ContributionState.TAKEN
    if not again:
        check_move(CONTRIBUTION_MOVES, ContributionState(found.state), to)
    if found.version != row.version:
        raise Stale(_("您打开之后，这份配合情况已有变化，没有作出处理。请重新阅读。"))
    found.state, found.version = to, found.version + 1
    return found


@dataclass(frozen=True)
class Answer:
    """A cooperating unit beside the lead's form: what it told, or that it has told nothing."""

    side: Responsibility
    row: Contribution | None


def answers_for(
    user: User, lead: Responsibility, period: Period, *, told_only: bool = False
) -> list[Answer]:
    """The cooperating units of a lead, with what they told as far as the person may read it."""
    helpers: Iterable[Responsibility] = contribution_rules.helpers_of(lead)
    seen = policy.scope(user, "contribution.view").filter(
        period=period, responsibility__task=lead.task_id, state__in=CONTRIBUTION_TOLD
    )
    rows = {row.responsibility_id: row for row in seen.select_related("submitted_by")}
    found = [Answer(side, rows.get(side.pk)) for side in helpers]
    return [one for one in found if one.row is not None] if told_only else found
