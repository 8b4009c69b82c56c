"""The life of a run: requested, claimed under a lease, carried on, finished exactly once."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from reports import policy
from reports.models import ReportFile, ReportRun
from reports.states import RUN_MOVES, BookKey, Paper, RunState
from tasks.models import Period, Plan, PlanSide, Responsibility
from tracker.lib.doorbell import ring
from tracker.lib.states import check_move
from tracker.lib.workdays import Quarter
from units.models import Office, Unit, User
from units.services import audit

MAKE_JOB = "reports.jobs.make_report_run"
LEASE = datetime.timedelta(seconds=30)  # a file takes a second; renewed before each
RETRY_AFTER = datetime.timedelta(seconds=20)
MAX_ATTEMPTS = 5


class LostLease(Exception):
    """The run was taken over; whatever this worker has made is to be thrown away."""


@dataclass(frozen=True)
class Lease:
    """A claim on a run: good as long as the row carries this fence."""

    run: ReportRun
    fence: int


def request_run(
    *,
    book: str,
    quarter: Quarter,
    plan: Plan | None = None,
    lead_unit: Unit | None = None,
    by: User | None,
    paper: str = Paper.A4,
    wake: bool = True,
) -> ReportRun:
    """Enter a run and ring for a worker; asked for again while it waits, it is the same run.

    Without a plan it is for every tracked plan that has the quarter. `by` is None for the
    operator's command. Raises ValidationError with a sentence, PermissionDenied.
    """
    key, paper = _known_book(book), _known_paper(paper)
    plans = plans_of(quarter, plan)
    if plan is None and lead_unit is not None:
        plans = _where_it_leads(plans, lead_unit)
    elif plan is None and by is not None:
        plans = policy.plans_for(by, plans)
    _check_content(key, quarter, plans, lead_unit)
    office = policy.audience_for(by, book=key, plans=plans, lead_unit=lead_unit) if by else None
    run = ReportRun(
        book=key,
        plan=plan,
        quarter=str(quarter),
        lead_unit=lead_unit,
        office=office,
        requested_by=by,
        paper=paper,
    )
    return _enter(run, wake=wake)


@transaction.atomic
def _enter(run: ReportRun, *, wake: bool) -> ReportRun:
    same = _same_waiting(run, run.requested_by) if run.requested_by else None
    if same is not None:
        return same
    run.save()
    wanted = {"quarter": run.quarter, "plan": run.plan, "lead_unit": run.lead_unit}
    audit.record("report_run.request", run, by=run.requested_by, after=wanted)
    if wake:
        ring(MAKE_JOB, run.pk)
    return run


def _same_waiting(run: ReportRun, by: User) -> ReportRun | None:
    """The person's own waiting run of the same, locked against a second press of the button."""
    User.objects.select_for_update().get(pk=by.pk)
    fields = ("book", "plan", "quarter", "lead_unit", "office", "requested_by", "paper")
    wanted = {name: getattr(run, name) for name in fields}
    return ReportRun.objects.waiting().filter(**wanted).first()


def _known_book(book: str) -> BookKey:
    if book not in BookKey.values:
        raise ValidationError(
            _("没有名为“%(book)s”的报表：可用的有%(known)s。")
            % {"book": str(book)[:40], "known": "、".join(BookKey.values)}
        )
    return BookKey(book)


def _known_paper(paper: str) -> Paper:
    if paper not in Paper.values:
        raise ValidationError(_("纸张“%(paper)s”无效：应为A4或A3。") % {"paper": str(paper)[:40]})
    return Paper(paper)


def plans_of(quarter: Quarter, plan: Plan | None = None) -> list[Plan]:
    """The tracked plans that have the quarter, or the one asked for; else a sentence."""
    plans = list(
        Plan.objects.tracked()
        .filter(periods__year=quarter.year, periods__quarter=quarter.number)
        .order_by("pk")
    )
    if plan is None and not plans:
        raise ValidationError(
            _("没有方案设有%(quarter)s的填报期：请核对季度，或先启用填报。")
            % {"quarter": quarter.label}
        )
    if plan is not None and plan not in plans:
        sentence = _("方案“%(plan)s”没有%(quarter)s的填报期：请核对季度。")
        if plan.is_reference:
            sentence = _("方案“%(plan)s”为征求意见稿，仅供参考，没有填报期，不能生成报表。")
        raise ValidationError(sentence % {"plan": plan.name, "quarter": quarter.label})
    return [plan] if plan else plans


def plans_of_run(run: ReportRun) -> list[Plan]:
    """The plans of which the run speaks, as they are now."""
    plans = plans_of(run.as_quarter, run.plan)
    if run.plan is None and run.lead_unit is not None:
        return _where_it_leads(plans, run.lead_unit)
    if run.plan is None and run.office is not None:
        return [plan for plan in plans if plan.sides.filter(office=run.office).exists()]
    return plans


def _where_it_leads(plans: Sequence[Plan], unit: Unit) -> list[Plan]:
    led = set(
        Responsibility.objects.leads()
        .filter(unit=unit, task__plan__in=plans)
        .values_list("task__plan_id", flat=True)
    )
    return [plan for plan in plans if plan.pk in led]


def _check_content(
    book: BookKey, quarter: Quarter, plans: Sequence[Plan], lead_unit: Unit | None
) -> None:
    """Refuse what would make an empty book, with a sentence."""
    if lead_unit is not None and book != BookKey.STATUS:
        raise ValidationError(
            _("报表“%(book)s”汇总全部牵头单位，不能指定单位。") % {"book": book.label}
        )
    if lead_unit is not None and not _where_it_leads(plans, lead_unit):
        raise ValidationError(
            _("%(unit)s在%(quarter)s没有牵头任务：请核对单位，或改选方案。")
            % {"unit": lead_unit.name, "quarter": quarter.label}
        )
    if not plans:
        raise ValidationError(
            _("您的协调办公室没有设有%(quarter)s填报期的方案。") % {"quarter": quarter.label}
        )


# --- work ------------------------------------------------------------------------------------


@transaction.atomic
def claim(run_id: int) -> Lease | None:
    """Take the run for this worker; None where another has it or nothing is to be done."""
    run = (
        ReportRun.objects.claimable()
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("plan", "lead_unit", "office", "requested_by")
        .filter(pk=run_id)
        .first()
    )
    if run is None:
        return None
    if run.attempts >= MAX_ATTEMPTS:
        _end(run, RunState.FAILED, _("连续%(n)d次未能生成，已停止重试。") % {"n": MAX_ATTEMPTS})
        return None
    check_move(RUN_MOVES, RunState(run.state), RunState.RUNNING)
    ReportRun.objects.filter(pk=run.pk).update(
        state=RunState.RUNNING,
        attempts=F("attempts") + 1,
        fence=F("fence") + 1,
        lease_until=Now() + LEASE,
        started_at=run.started_at or Now(),
        done=0,
        total=0,
        step=_("读取数据"),
        error="",
    )
    return Lease(run, run.fence + 1)


def _held(lease: Lease) -> Q:
    return Q(pk=lease.run.pk, fence=lease.fence, state=RunState.RUNNING)


def carry_on(lease: Lease, *, done: int, total: int, step: str) -> None:
    """Tell how far the work is and renew the lease. Raises LostLease."""
    renewed = ReportRun.objects.filter(_held(lease)).update(
        done=done, total=total, step=step[:200], lease_until=Now() + LEASE
    )
    if not renewed:
        raise LostLease(lease.run.pk)


@transaction.atomic
def finish(lease: Lease, files: Iterable[ReportFile]) -> None:
    """Enter the files and `done` at once. Raises LostLease, and then nothing is entered."""
    run = _locked(lease)
    files = list(files)
    for order, file in enumerate(files, 1):
        file.run, file.order = run, order
    ReportFile.objects.bulk_create(files)
    run.done = run.total = len(files)
    _end(run, RunState.DONE)
    audit.record(
        "report_run.finish", run, by=run.requested_by, after={"files": [f.name for f in files]}
    )


@transaction.atomic
def fail(lease: Lease, sentence: str) -> None:
    """End the run with a sentence for the person. Raises LostLease."""
    run = _locked(lease)
    _end(run, RunState.FAILED, sentence)
    audit.record("report_run.fail", run, by=run.requested_by, reason=sentence)


@transaction.atomic
def release(lease: Lease, sentence: str) -> None:
    """Give the run back to be tried again soon; it fails when it was tried often enough."""
    run = _locked(lease)
    if run.attempts >= MAX_ATTEMPTS:
        _end(run, RunState.FAILED, sentence)
        return
    check_move(RUN_MOVES, RunState(run.state), RunState.QUEUED)
    ReportRun.objects.filter(pk=run.pk).update(
        state=RunState.QUEUED, error=sentence, step="", lease_until=Now() + RETRY_AFTER
    )


def _locked(lease: Lease) -> ReportRun:
    run = ReportRun.objects.select_for_update(of=("self",)).filter(_held(lease)).first()
    if run is None:
        raise LostLease(lease.run.pk)
    return run


def _end(run: ReportRun, state: RunState, error: str = "") -> None:
    check_move(RUN_MOVES, RunState(run.state), state)
    ReportRun.objects.filter(pk=run.pk).update(
        state=state,
        error=error,
        step="",
        done=run.done,
        total=run.total,
        lease_until=None,
        finished_at=Now(),
    )


# --- beat --------------------------------------------------------------------------------------


def ring_due_runs() -> int:
    """Ring again for every run that waits for a worker; returns how many."""
    due = list(ReportRun.objects.claimable().values_list("pk", flat=True))
    for pk in due:
        ring(MAKE_JOB, pk)
    return len(due)


def request_quarterly_runs(*, today: datetime.date) -> list[ReportRun]:
    """Enter the runs of the latest quarter whose grace has ended, once a plan and office."""
    entered = []
    for plan in Plan.objects.tracked().order_by("pk"):
        period = Period.objects.filter(plan=plan, grace_until__lt=today).newest_first().first()
        if period is None:
            continue
        for side in PlanSide.objects.filter(plan=plan).select_related("office").order_by("order"):
            run = _request_once(plan, period.as_quarter, side.office)
            if run is not None:
                entered.append(run)
    return entered


def _request_once(plan: Plan, quarter: Quarter, office: Office) -> ReportRun | None:
    key = f"{BookKey.STATUS}:{plan.code}:{quarter}:{office.pk}"
    if ReportRun.objects.filter(key=key).exists():
        return None
    run = ReportRun(book=BookKey.STATUS, plan=plan, quarter=str(quarter), office=office, key=key)
    try:
        return _enter(run, wake=True)
    except IntegrityError:  # another beat was faster
        return None
