"""Ending a run before it is made, and beginning one anew."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from reports import policy
from reports.models import ReportRun
from reports.services import form_packs
from reports.services.runs import MAKE_JOB, request_run
from reports.states import FORMS, RUN_MOVES, RunState
from tracker.lib.doorbell import ring
from tracker.lib.states import check_move
from units.models import User
from units.services import audit


@transaction.atomic
def cancel(run: ReportRun, *, by: User) -> ReportRun:
    """Stop a run that waits or is made; its worker finds out at the next file and leaves nothing.

    Raises PermissionDenied, and ValidationError for one that has ended.
    """
    row = _locked(run, by)
    if not row.is_waiting:
        words = {"state": row.get_state_display()}
        raise ValidationError(_("该次生成%(state)s，不能取消。") % words)
    check_move(RUN_MOVES, RunState(row.state), RunState.CANCELLED)
    ReportRun.objects.filter(pk=row.pk).update(
        state=RunState.CANCELLED,
        cancelled_by=by,
        fence=F("fence") + 1,
        step="",
        error="",
        lease_until=None,
        finished_at=Now(),
    )
    audit.record("report_run.cancel", row, by=by, before={"state": row.state})
    row.refresh_from_db()
    return row


@transaction.atomic
def run_again(run: ReportRun, *, by: User) -> ReportRun:
    """Queue anew what failed or was cancelled; of files that are gone ask for new ones.

    Raises PermissionDenied, and ValidationError where there is nothing to be made again.
    """
    row = _locked(run, by)
    if row.state == RunState.DONE and not all(file.is_there for file in row.files.all()):
        if row.book == FORMS:
            return form_packs.request(row.as_quarter, by=by)[0]
        return request_run(
            book=row.book,
            quarter=row.as_quarter,
            plan=row.plan,
            lead_unit=row.lead_unit,
            by=by,
            paper=row.paper,
            language=row.language,
        )
    if row.is_waiting or row.state == RunState.DONE:
        words = {"state": row.get_state_display()}
        raise ValidationError(_("该次生成%(state)s，无须重新生成。") % words)
    check_move(RUN_MOVES, RunState(row.state), RunState.QUEUED)
    ReportRun.objects.filter(pk=row.pk).update(
        state=RunState.QUEUED,
        attempts=0,
        done=0,
        total=0,
        step="",
        error="",
        lease_until=None,
        started_at=None,
        finished_at=None,
        cancelled_by=None,
    )
    audit.record("report_run.again", row, by=by, before={"state": row.state})
    ring(MAKE_JOB, row.pk)
    row.refresh_from_db()
    return row


def _locked(run: ReportRun, by: User) -> ReportRun:
    rows = ReportRun.objects.select_for_update(of=("self",)).select_related("plan", "lead_unit")
    row = rows.get(pk=run.pk)
    if not policy.can(by, "run.manage", row):
        raise PermissionDenied
    return row
