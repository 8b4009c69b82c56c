"""Asking for a run: by a person, by the operator, by beat. `work` does what was asked."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from reports import policy
from reports.models import ReportRun, ReportSchedule
from reports.states import BookKey, Language, Paper
from tasks.models import Period, Plan, PlanSide, Responsibility, Snapshot, SnapshotRow
from tasks.services import periods
from tracker.lib.doorbell import ring
from tracker.lib.text import listed
from tracker.lib.told import told as _
from tracker.lib.workdays import Quarter
from units.models import Office, Unit, User
from units.services import audit

MAKE_JOB = "reports.jobs.make_report_run"
# What a closed quarter is kept as, for each of its offices. `status` has the quarterly one in it.
RECORD_BOOKS = (BookKey.STATUS, BookKey.OVERDUE, BookKey.TARGETS)
RECORDED_SINCE = datetime.timedelta(days=31)


@dataclass(frozen=True)
class Due:
    """For which schedule a run is, and the key by which it happens once."""

    schedule: ReportSchedule
    key: str


def request_run(
    *,
    book: str,
    quarter: Quarter,
    plan: Plan | None = None,
    lead_unit: Unit | None = None,
    by: User | None,
    paper: str = Paper.A4,
    language: str = Language.CHINESE,
    wake: bool = True,
    due: Due | None = None,
) -> ReportRun:
    """Enter a run and ring for a worker; asked for again while it waits, it is the same run.

    Without a plan it is for every tracked plan that has the quarter. `by` is None for the
    operator's command; `due` is of a schedule. Raises ValidationError with a sentence,
    PermissionDenied, IntegrityError for what is `due` and was entered meanwhile.
    """
    key, paper = known_book(book), known_paper(paper)
    plans = plans_of(quarter, plan)
    if plan is None:
        plans = _meant(plans, lead_unit, by, quarter)
    _check_content(key, quarter, plans, lead_unit)
    office = _audience(by, key, plans, lead_unit, due)
    run = ReportRun(
        book=key,
        plan=plan,
        quarter=str(quarter),
        lead_unit=lead_unit,
        office=office,
        requested_by=by,
        paper=paper,
        language=known_language(language),
        schedule=due.schedule if due else None,
        key=due.key if due else None,
    )
    return enter(run, plans, wake=wake)


def _audience(
    by: User | None, book: BookKey, plans: Sequence[Plan], lead_unit: Unit | None, due: Due | None
) -> Office | None:
    """For which office it is made; of a schedule for its own, as its recipients were chosen."""
    if by is None:
        return None
    meant = due.schedule.office if due else None
    office = policy.audience_for(by, book=book, plans=plans, lead_unit=lead_unit, prefer=meant)
    if due is not None and office != meant:
        raise PermissionDenied(_("制定人的任职已变更：请核对收件人，修改并保存后继续。"))
    return office


@transaction.atomic
def enter(run: ReportRun, plans: Sequence[Plan], *, wake: bool = True) -> ReportRun:
    """Enter the run and ring; the person's own waiting one of the same where there is one."""
    # What a schedule wants is its own, and mailed: never one that somebody else waits for.
    same = _same_waiting(run, run.requested_by) if run.requested_by and not run.key else None
    if same is not None:
        return same
    run.save()
    run.plans.set(plans)
    wanted = {"quarter": run.quarter, "plan": run.plan, "lead_unit": run.lead_unit}
    audit.record("report_run.request", run, by=run.requested_by, after=wanted)
    if wake:
        ring(MAKE_JOB, run.pk)
    return run


def _same_waiting(run: ReportRun, by: User) -> ReportRun | None:
    """The person's own waiting run of the same, locked against a second press of the button."""
    User.objects.select_for_update().get(pk=by.pk)
    fields = ("book", "plan", "quarter", "lead_unit", "office", "requested_by", "paper", "language")
    wanted = {name: getattr(run, name) for name in fields}
    return ReportRun.objects.waiting().filter(key=None, **wanted).first()


def known_book(book: str) -> BookKey:
    """The book of the key; else a sentence."""
    if book not in BookKey.values:
        raise ValidationError(
            _("没有名为“%(book)s”的报表：可用的有%(known)s。")
            % {"book": str(book)[:40], "known": listed(BookKey.values)}
        )
    return BookKey(book)


def known_paper(paper: str) -> Paper:
    """The paper of the name; else a sentence."""
    if paper not in Paper.values:
        raise ValidationError(_("纸张“%(paper)s”无效：应为A4或A3。") % {"paper": str(paper)[:40]})
    return Paper(paper)


def known_language(language: str) -> Language:
    """The language of the name; else a sentence."""
    if language not in Language.values:
        raise ValidationError(
            _("语言“%(language)s”无效：应为%(known)s。")
            % {"language": str(language)[:40], "known": listed(Language.values)}
        )
    return Language(language)


def plans_of(quarter: Quarter, plan: Plan | None = None) -> list[Plan]:
    """The tracked plans that have the quarter, or the one asked for; else a sentence."""
    plans = list(
        Plan.objects.tracked()
        .filter(periods__year=quarter.year, periods__quarter=quarter.number)
        .order_by("pk")
    )
    if plan is None and not plans:
        sentence = _("没有方案设有%(quarter)s的填报期：请核对季度，或先启用填报。")
        if any(p.first_quarter and p.first_quarter <= quarter for p in Plan.objects.tracked()):
            sentence = _("%(quarter)s于%(day)s开放填报，开放后才有报表。")
        raise ValidationError(
            sentence % {"quarter": quarter.label, "day": periods.opens_on(quarter).isoformat()}
        )
    if plan is not None and plan not in plans:
        sentence = _("方案“%(plan)s”没有%(quarter)s的填报期：请核对季度。")
        if plan.is_reference:
            sentence = _("方案“%(plan)s”为征求意见稿，仅供参考，没有填报期，不能生成报表。")
        raise ValidationError(sentence % {"plan": plan.name, "quarter": quarter.label})
    return [plan] if plan else plans


def _meant(
    plans: Sequence[Plan], lead_unit: Unit | None, by: User | None, quarter: Quarter
) -> list[Plan]:
    """The plans that are meant where none is named: those of the unit, and of the person."""
    if lead_unit is not None:
        plans = where_it_leads(plans, lead_unit, quarter)
    own = list(plans) if by is None else policy.plans_for(by, plans)
    # An own unit may lead in a plan that the person does not coordinate.
    return own or ([] if lead_unit is None else list(plans))


def where_it_leads(plans: Sequence[Plan], unit: Unit, quarter: Quarter | None = None) -> list[Plan]:
    """Those of the plans in which the unit leads; of a quarter that is closed, led when it was.

    A merger gives the unit's tasks to another, and its past to nobody.
    """
    leads = Responsibility.objects.leads().filter(unit=unit, task__plan__in=plans)
    led = set(leads.values_list("task__plan_id", flat=True))
    if quarter is not None:
        kept = Snapshot.objects.in_force().filter(period__in=Period.objects.of(quarter))
        rows = SnapshotRow.objects.filter(snapshot__in=kept, unit=unit)
        led -= set(kept.values_list("period__plan_id", flat=True))
        led |= set(rows.values_list("snapshot__period__plan_id", flat=True))
    return [plan for plan in plans if plan.pk in led]


def _check_content(
    book: BookKey, quarter: Quarter, plans: Sequence[Plan], lead_unit: Unit | None
) -> None:
    """Refuse what would make an empty book, with a sentence."""
    if lead_unit is not None and book != BookKey.STATUS:
        raise ValidationError(
            _("报表“%(book)s”汇总全部牵头单位，不能指定单位。") % {"book": book.label}
        )
    if lead_unit is not None and not where_it_leads(plans, lead_unit, quarter):
        raise ValidationError(
            _("%(unit)s在%(quarter)s没有牵头任务：请核对单位，或改选方案。")
            % {"unit": lead_unit.name, "quarter": quarter.label}
        )
    check_scores(book, plans)
    if not plans:
        raise ValidationError(
            _("您协调或督查的方案没有%(quarter)s的填报期：请另选季度。")
            % {"quarter": quarter.label}
        )


def check_scores(book: BookKey, plans: Sequence[Plan]) -> None:
    """Refuse scores of a plan whose office has not turned them on, with a sentence."""
    off = [plan for plan in plans if not plan.scores_on]
    if book == BookKey.SCORES and off:
        raise ValidationError(
            _("%(plans)s没有启用考核评分：请先由协调办公室在填报期和亮灯设置中启用。")
            % {"plans": listed(plan.name for plan in off)}
        )


def request_quarterly_runs(*, today: datetime.date) -> list[ReportRun]:
    """Enter the runs of the latest quarter whose grace has ended, once a plan and office."""
    entered = []
    for plan in Plan.objects.tracked().order_by("pk"):
        period = Period.objects.filter(plan=plan, grace_until__lt=today).newest_first().first()
        if period is None:
            continue
        for side in PlanSide.objects.filter(plan=plan).select_related("office").order_by("order"):
            quarter, office = period.as_quarter, side.office
            key = f"{BookKey.STATUS}:{plan.code}:{quarter}:{office.pk}"
            run = _office_run(plan, quarter, office, BookKey.STATUS, key)
            entered += _entered_once(run, plan)
    return entered


def request_record_runs(*, today: datetime.date) -> list[ReportRun]:
    """Enter the books of each quarter closed lately, once a closing; their files stay for good."""
    entered = []
    for shot in _closed_lately(today):
        period = shot.period
        for side in period.plan.sides.select_related("office").order_by("order"):
            for book in RECORD_BOOKS:
                key = f"closed:{shot.pk}:{book}:{side.office_id}"
                run = _office_run(period.plan, period.as_quarter, side.office, book, key)
                run.is_record = True
                entered += _entered_once(run, period.plan)
    return entered


def _closed_lately(today: datetime.date) -> Iterator[Snapshot]:
    rows = Snapshot.objects.in_force().filter(period__closed_on__gte=today - RECORDED_SINCE)
    yield from rows.select_related("period__plan").defer("data").order_by("pk")


def _office_run(plan: Plan, quarter: Quarter, office: Office, book: BookKey, key: str) -> ReportRun:
    return ReportRun(book=book, plan=plan, quarter=str(quarter), office=office, key=key)


def _entered_once(run: ReportRun, plan: Plan) -> list[ReportRun]:
    """The run, unless its key is known: then nothing."""
    if ReportRun.objects.filter(key=run.key).exists():
        return []
    try:
        return [enter(run, [plan])]
    except IntegrityError:  # another beat was faster
        return []
