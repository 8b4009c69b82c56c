"""审签: a unit's report goes to its signer, is signed by click or on paper, then is handed in.

A signature stands for one version: a report that was signed is not written in until somebody of
the unit takes the signature away.
"""

import datetime
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Period, ProgressReport, Responsibility
from tasks.services import evidence, notices, periods, progress, shelf
from tasks.services.entry import Entry
from tasks.services.evidence import Upload
from tasks.services.signing_rules import NOT_ASKED, NOT_SIGNED, is_code_of, mark_signed, signs_for
from tasks.states import REPORT_MOVES, ReportState
from tracker.lib.stale import Stale
from tracker.lib.states import check_move
from tracker.lib.text import clean_text
from units.models import Unit, User
from units.services import audit

SIGNATURE = ["state", *NOT_SIGNED, *NOT_ASKED, "sign_remark", "version", "updated_at"]
MAX_REMARK = 2000


def waiting_for(user: User) -> QuerySet[ProgressReport]:
    """What was sent to the person as 审签人, longest waiting first."""
    rows: QuerySet[ProgressReport] = policy.scope(user, "report.sign")
    return rows.filter(sign_asked_at__isnull=False).order_by("sign_asked_at", "pk")


@transaction.atomic
def save_and_ask(
    side: Responsibility,
    period: Period,
    entry: Entry,
    *,
    by: User,
    now: datetime.datetime,
    version: int = 0,
) -> ProgressReport:
    """Save a draft and send it to the signer. Raises as `progress.save_draft`."""
    report = progress.save_draft(side, period, entry, by=by, now=now, version=version)
    return ask(report, by=by, now=now)


@transaction.atomic
def ask(report: ProgressReport, *, by: User, now: datetime.datetime) -> ProgressReport:
    """送审签: `report` carries the version that was seen. Raises ValidationError, Stale."""
    report = _locked(report, "report.ask_sign", by=by)
    progress.check_complete(report)
    report.sign_asked_by, report.sign_asked_at, report.sign_remark = by, now, ""
    report.save(update_fields=[*NOT_ASKED, "sign_remark", "updated_at"])
    notices.settle_signature(report, asked=now.date())
    audit.record("report.ask_sign", report, by=by)
    return report


@transaction.atomic
def sign(report: ProgressReport, *, by: User, now: datetime.datetime) -> ProgressReport:
    """审签 by click. Raises PermissionDenied, ValidationError, IllegalMove, Stale."""
    report = _locked(report, "report.sign", by=by)
    progress.check_complete(report)
    mark_signed(report, by=by, now=now)
    report.version += 1
    report.save(update_fields=SIGNATURE)
    notices.settle_signature(report)
    return report


@transaction.atomic
def refuse(
    report: ProgressReport, *, reason: str, by: User, now: datetime.datetime
) -> ProgressReport:
    """The signer sends it back to who fills in, with words."""
    reason = clean_text(reason)
    if not reason or len(reason) > MAX_REMARK:
        raise ValidationError(
            {"reason": _("请填写退回意见，最多%(most)d字。") % {"most": MAX_REMARK}}
        )
    report = _locked(report, "report.sign", by=by)
    if report.sign_asked_at is None:
        raise ValidationError(_("该进展没有送审签，不能退回。"))
    report.sign_asked_by, report.sign_asked_at, report.sign_remark = None, None, reason
    report.save(update_fields=[*NOT_ASKED, "sign_remark", "updated_at"])
    notices.settle_signature(report)
    audit.record("report.refuse_sign", report, by=by, reason=reason)
    return report


@shelf.kept_whole()
def sign_on_paper(
    report: ProgressReport,
    upload: Upload,
    *,
    code: str,
    by: User,
    now: datetime.datetime,
) -> ProgressReport:
    """授权代签: the scan of the signed 审签单, whose code must be this version's."""
    report = _locked(report, "report.ask_sign", by=by)
    progress.check_complete(report)
    if not is_code_of(report, code):
        sentence = _("版本码不符：审签单不是按现在的内容打印的。请重新打印、签字后上传。")
        raise ValidationError({"code": sentence})
    sheet = evidence.attach(report, upload, by=by, now=now, is_sign_sheet=True)
    check_move(REPORT_MOVES, ReportState(report.state), ReportState.SIGNED)
    report.state = ReportState.SIGNED
    report.signed_by, report.signed_at, report.signed_on_paper = None, now, True
    report.sign_asked_by, report.sign_asked_at, report.sign_remark = None, None, ""
    report.version += 1
    report.save(update_fields=SIGNATURE)
    notices.settle_signature(report)
    after = {"code": code, "sheet": sheet.name, "sha256": sheet.sha256}
    audit.record("report.sign_on_paper", report, by=by, after=after)
    return report


@shelf.kept_whole()
def add_files(
    report: ProgressReport, uploads: Sequence[Upload], *, by: User, now: datetime.datetime
) -> ProgressReport:
    """Put files with a signed report: the signature goes, and the draft is signed again."""
    if not uploads:
        raise ValidationError({evidence.FIELD: _("请选择要上传的文件。")})
    report = unsign(report, by=by, now=now)
    evidence.attach_all(report, uploads, by=by, now=now)
    return report


@transaction.atomic
def unsign(report: ProgressReport, *, by: User, now: datetime.datetime) -> ProgressReport:
    """Take the signature away, to write on."""
    report = _locked(report, "report.hand_in", by=by)
    check_move(REPORT_MOVES, ReportState(report.state), ReportState.DRAFT)
    report.state = ReportState.DRAFT
    for name, value in NOT_SIGNED.items():
        setattr(report, name, value)
    report.version += 1
    report.save(update_fields=SIGNATURE)
    audit.record("report.unsign", report, by=by)
    return report


@transaction.atomic
def hand_in(report: ProgressReport, *, by: User, now: datetime.datetime) -> ProgressReport:
    """Hand in what was signed, as it was signed."""
    report = _locked(report, "report.hand_in", by=by)
    kind = periods.kind_of(report.responsibility, report.period, now.date())
    report.kind, report.version = kind, report.version + 1
    report.save(update_fields=["kind", "version", "updated_at"])
    return progress.hand_in(report, by=by, now=now)


def _locked(report: ProgressReport, verb: str, *, by: User) -> ProgressReport:
    """The report, its duty locked first, in the state that the verb is for."""
    Responsibility.objects.select_for_update(of=("self",)).get(pk=report.responsibility_id)
    rows = ProgressReport.objects.select_for_update(of=("self",))
    found = rows.select_related("responsibility__unit", "responsibility__task__plan", "period")
    locked = found.get(pk=report.pk)
    if not policy.can(by, verb, locked):
        _refuse(locked, verb, by)
    if locked.version != report.version:
        raise Stale(_("您打开之后，这份进展已有变化，没有作出处理。请重新阅读。"))
    return locked


def _refuse(report: ProgressReport, verb: str, by: User) -> None:
    """Say that it has moved on to who might have done it before; else PermissionDenied."""
    to = {"report.hand_in": ReportState.SUBMITTED}.get(verb, ReportState.SIGNED)
    may = policy.can(by, "report.edit", report.responsibility)
    if may and (verb != "report.sign" or signs_for(by, report.responsibility)):
        check_move(REPORT_MOVES, ReportState(report.state), to)
        if not report.responsibility.unit.signs_reports:
            raise ValidationError(_("本单位的进展无须审签，可直接提交。"))
    raise PermissionDenied


@transaction.atomic
def set_required(unit: Unit, *, value: bool, by: User) -> Unit:
    """Whether the unit's reports are signed before they go out."""
    locked = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    if not policy.can(by, "signing.set", locked):
        raise PermissionDenied
    before = locked.signs_reports
    if before != value:
        locked.signs_reports = value
        locked.save(update_fields=["signs_reports"])
        audit.record(
            "unit.signing", locked, by=by, before={"须审签": before}, after={"须审签": value}
        )
    return locked
