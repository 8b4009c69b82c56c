"""What a signature rests on: text and files of one version, and who may give it."""

import datetime
import hashlib
import json
import unicodedata
from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from tasks.models import Evidence, ProgressReport, Responsibility
from tasks.policy.signing import units_signed_for
from tasks.services.entry import Entry
from tasks.states import REPORT_MOVES, ReportState
from tracker.lib.states import check_move
from units.models import User
from units.services import audit
from units.standing import standing

NOT_SIGNED: dict[str, Any] = {"signed_by": None, "signed_at": None, "signed_on_paper": False}
NOT_ASKED: dict[str, Any] = {"sign_asked_by": None, "sign_asked_at": None}
CODE_LENGTH = 8


def version_code(report: ProgressReport) -> str:
    """Eight signs, such as 3F2A-91C4, for what this version of the report says, files and all."""
    told = asdict(Entry.of(report))
    told |= {"of": report.responsibility_id, "in": report.period_id, "version": report.version}
    files = Evidence.objects.filter(report=report, is_sign_sheet=False)
    told["files"] = sorted(files.values_list("sha256", flat=True))
    text = json.dumps(told, ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()[:CODE_LENGTH].upper()
    return f"{digest[:4]}-{digest[4:]}"


def is_code_of(report: ProgressReport, typed: str) -> bool:
    """Whether somebody typed it, with or without the dash, in whatever width and case."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    kept = "".join(sign for sign in plain if sign.isascii() and sign.isalnum())
    return kept == version_code(report).replace("-", "")


def signs_for(user: User, side: Responsibility) -> bool:
    """Whether the person is 审签人 of the unit."""
    who = standing(user)
    return who.superuser or units_signed_for(who).filter(pk=side.unit_id).exists()


def must_be_asked(side: Responsibility, user: User) -> bool:
    """Whether what the person fills in goes to a signer before it goes out."""
    return side.unit.signs_reports and not signs_for(user, side)


def is_by_filler(report: ProgressReport) -> bool:
    """填报人 and 审签人 are one person: allowed, and said wherever the signature is shown."""
    return report.signed_by_id is not None and report.signed_by_id == report.filled_by_id


def check(report: ProgressReport, *, by: User, now: datetime.datetime) -> None:
    """Before a report (locked) is handed in: signed where the unit asks for it.

    A signer who hands in what is not signed yet signs it by that; an office that enters a report
    for the unit has its reason in place of a signature.
    """
    unit = report.responsibility.unit
    if not unit.signs_reports or report.entered_by_office or report.state == ReportState.SIGNED:
        return
    if not signs_for(by, report.responsibility):
        sentence = _("%(unit)s报送前须经审签人审签：请先送审签，审签后再提交。")
        raise ValidationError(sentence % {"unit": unit}, code="not_signed")
    mark_signed(report, by=by, now=now)
    names = ["state", *NOT_SIGNED, *NOT_ASKED, "sign_remark", "updated_at"]
    report.save(update_fields=names)


def mark_signed(report: ProgressReport, *, by: User, now: datetime.datetime) -> None:
    """Sign a draft by click; the caller saves it."""
    check_move(REPORT_MOVES, ReportState(report.state), ReportState.SIGNED)
    report.state = ReportState.SIGNED
    report.signed_by, report.signed_at, report.signed_on_paper = by, now, False
    report.sign_asked_by, report.sign_asked_at, report.sign_remark = None, None, ""
    audit.record("report.sign", report, by=by, after={"code": version_code(report)})
