"""The life of a report: draft → submitted → approved, or returned → draft."""

import datetime
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Period, ProgressReport, Responsibility
from tasks.services import checks, contribution_rules, notices, periods, shelf, signing_rules
from tasks.services.entry import LIMITS, TEXTS, Entry
from tasks.states import REPORT_MOVES, TASK_MOVES, ReportState, Role, TaskState
from tracker.lib.stale import Stale
from tracker.lib.states import check_move
from tracker.lib.text import clean_text
from units.models import User
from units.services import audit

# What a review writes, whatever it decides.
JUDGED = ("state", "reviewed_by", "reviewed_at", "own_office_review", "version", "updated_at")


@transaction.atomic
def save_draft(
    side: Responsibility,
    period: Period,
    entry: Entry,
    *,
    by: User,
    now: datetime.datetime,
    version: int = 0,
) -> ProgressReport:
    """Save a draft. `version` is the one the person saw, 0 for a new report.

    Raises PermissionDenied, ValidationError (by field), Stale.
    """
    report = _write(side, period, entry, by=by, now=now, version=version)
    audit.record("report.save", report, by=by, after=asdict(Entry.of(report)))
    return report


@shelf.kept_whole()
def submit(
    side: Responsibility,
    period: Period,
    entry: Entry,
    *,
    by: User,
    now: datetime.datetime,
    version: int = 0,
    for_unit: str = "",
    attach: Callable[[ProgressReport], Any] | None = None,
) -> ProgressReport:
    """Save and hand in to the side's office. Raises as `save_draft`.

    `for_unit` is why an office enters it for a unit that cannot; `attach` puts files with it.
    """
    report = _write(side, period, entry, by=by, now=now, version=version, for_unit=for_unit)
    if attach is not None:
        attach(report)
    check_complete(report)
    signing_rules.check(report, by=by, now=now)
    return hand_in(report, by=by, now=now)


def hand_in(report: ProgressReport, *, by: User, now: datetime.datetime) -> ProgressReport:
    """Hand in a report that is complete, signed where it must be, and locked by the caller."""
    check_move(REPORT_MOVES, ReportState(report.state), ReportState.SUBMITTED)
    report.state = ReportState.SUBMITTED
    report.submitted_by = by
    report.submitted_at = now
    report.redo_by = None
    contribution_rules.note_unanswered(report)
    report.flags = checks.found(report, today=now.date())
    handed_in = ["state", "submitted_by", "submitted_at", "redo_by", "unanswered", "flags"]
    report.save(update_fields=[*handed_in, "updated_at"])
    _start(report.responsibility, now.date(), by=by)
    notices.settle_report(report)
    audit.record(
        "report.submit",
        report,
        by=by,
        after=asdict(Entry.of(report)),
        reason=report.entered_reason,
    )
    return report


def _write(
    side: Responsibility,
    period: Period,
    entry: Entry,
    *,
    by: User,
    now: datetime.datetime,
    version: int,
    for_unit: str = "",
) -> ProgressReport:
    verb = "report.enter" if for_unit else "report.edit"
    side = Responsibility.objects.select_for_update(of=("self",)).get(pk=side.pk)
    if side.role != Role.LEAD or not policy.can(by, verb, side):
        raise PermissionDenied
    period.refresh_from_db()
    kind = periods.kind_of(side, period, now.date())
    entry = checked(entry, last=checks.last_reported(side, period))
    report = _editable(side, period, version)
    if report.state != ReportState.DRAFT:
        check_move(REPORT_MOVES, ReportState(report.state), ReportState.DRAFT)
    values = asdict(entry) | {
        "state": ReportState.DRAFT,
        "kind": kind,
        "filled_by": by,
        "version": version + 1,
        "entered_by_office": bool(for_unit),
        "entered_reason": for_unit,
        **signing_rules.NOT_SIGNED,
    }
    for name, value in values.items():
        setattr(report, name, value)
    report.save(update_fields=[*values, "updated_at"] if report.pk else None)
    report.responsibility = side  # as locked: the caller's may be stale
    return report


def _editable(side: Responsibility, period: Period, version: int) -> ProgressReport:
    """The report as the person saw it, locked, or a new one; raises where it cannot be written."""
    report = (
        ProgressReport.objects.select_for_update(of=("self",))
        .filter(responsibility=side, period=period)
        .first()
    ) or ProgressReport(responsibility=side, period=period, version=0)
    if report.pk and not report.is_editable:
        raise ValidationError(
            _("本季度进展%(state)s，不能修改。") % {"state": report.get_state_display()}
        )
    if report.version != version:
        raise Stale(
            _("有新版本：您打开之后，本表又保存过。您填写的内容尚未保存，请与新版本核对后再保存。")
        )
    return report


def checked(entry: Entry, *, last: ProgressReport | None) -> Entry:
    """Clean texts, fill in what follows from `last`; raise by field what cannot be stored."""
    errors: dict[str, str] = {}
    texts: dict[str, Any] = {name: clean_text(getattr(entry, name)) for name in TEXTS}
    for name, text in texts.items():
        if len(text) > LIMITS[name]:
            errors[name] = _("文字共%(length)d字，最多%(limit)d字，请精简。") % {
                "length": len(text),
                "limit": LIMITS[name],
            }
    if entry.percent is not None and not 0 <= entry.percent <= 100:
        errors["percent"] = _("完成进度应为0至100之间的整数，现为%(percent)d。") % {
            "percent": entry.percent
        }
    percent = entry.percent
    if entry.no_news and last is not None and "percent" not in errors:
        percent = last.percent if percent is None else percent
        if percent != last.percent:
            errors["percent"] = _(
                "勾选了“本季度无新进展”，完成进度应与上次填报的%(last)s%%相同，现为%(percent)s%%；"
                "如有进展，请取消勾选。"
            ) % {"last": last.percent, "percent": percent}
    if errors:
        raise ValidationError(errors)
    found = {**texts, "percent": percent}
    changed = {name: value for name, value in found.items() if value != getattr(entry, name)}
    return replace(entry, **changed) if changed else entry


def check_complete(report: ProgressReport | Entry) -> None:
    """Raise by field what is missing in a report that goes to a signer or the office."""
    errors: dict[str, str] = {}
    if report.percent is None:
        errors["percent"] = _("请填写完成进度（0至100的整数）。")
    if not report.progress:
        errors["progress"] = (
            _("请说明本季度无新进展的理由。") if report.no_news else _("请填写进展情况。")
        )
    if errors:
        raise ValidationError(errors)


def _start(side: Responsibility, day: datetime.date, *, by: User) -> None:
    """The first report handed in starts the task on that side."""
    if side.state != TaskState.NOT_STARTED:
        return
    check_move(TASK_MOVES, TaskState(side.state), TaskState.IN_PROGRESS)
    side.state = TaskState.IN_PROGRESS
    side.state_since = day
    side.save(update_fields=["state", "state_since"])
    audit.record(
        "task.start",
        side,
        by=by,
        before={"state": TaskState.NOT_STARTED.value},
        after={"state": TaskState.IN_PROGRESS.value},
    )


@transaction.atomic
def approve(report: ProgressReport, *, by: User, now: datetime.datetime) -> ProgressReport:
    """The side's office accepts a report as read: `report` carries the version that was seen.

    Raises PermissionDenied, IllegalMove, Stale.
    """
    report = _for_review(report, ReportState.APPROVED, by=by)
    report.reviewed_by, report.reviewed_at = by, now
    report.save(update_fields=[*JUDGED])
    notices.settle_report(report)
    audit.record("report.approve", report, by=by, after=_told_of(report))
    return report


@transaction.atomic
def return_report(
    report: ProgressReport, *, reason: str, by: User, now: datetime.datetime
) -> ProgressReport:
    """The side's office sends a report back, with a reason and a new due date."""
    reason = clean_text(reason)
    if not reason:
        raise ValidationError({"reason": _("请填写退回理由。")})
    report = _for_review(report, ReportState.RETURNED, by=by)
    report.reviewed_by, report.reviewed_at = by, now
    report.return_reason = reason
    report.redo_by = periods.redo_by(report.period, now.date())
    report.save(update_fields=[*JUDGED, "return_reason", "redo_by"])
    notices.settle_report(report)
    audit.record("report.return", report, by=by, reason=reason)
    return report


def _for_review(report: ProgressReport, to: ReportState, *, by: User) -> ProgressReport:
    locked = ProgressReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    check_move(REPORT_MOVES, ReportState(locked.state), to)
    if not policy.can(by, "report.review", locked):
        raise PermissionDenied
    if locked.version != report.version:
        raise Stale(_("您打开之后，这份进展已有变化，没有作出处理。请重新审阅。"))
    locked.state = to
    locked.version += 1
    locked.own_office_review = policy.is_own_office(by, locked)
    return locked


def _told_of(report: ProgressReport) -> dict[str, Any]:
    """What the log keeps of an approval."""
    own = {"own_office_review": True} if report.own_office_review else {}
    return {"percent": report.percent, **own}
