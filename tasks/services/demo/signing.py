"""A unit whose reports are signed, and what cooperating units tell, in the demo's open quarters."""

import datetime

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from tasks.models import Contribution, Period, ProgressReport, Responsibility
from tasks.services.contribution_rules import helpers_of
from tasks.services.demo.people import People, user_of
from tasks.states import EDITABLE_STATES, ContributionState, PeriodState, ReportState
from tracker.lib import demo
from units.models import Membership, Unit
from units.states import Role

SIGNERS = demo.bodies("审签")
TOLD_BY = 2  # cooperating units of a task; the others have told nothing
MOST_TASKS = 6
TELLING_DAYS = 12  # before the demo's day
TEXTS = (
    "配合开展项目摸底，提供用能和产值数据；已报送清单，尚待牵头单位汇总。",
    "完成本单位职责范围内的审查意见，参加专题会一次。",
)


def make_signing(people: People, today: datetime.date) -> None:
    """Make the signers, a report that waits for one, and parts told to leads."""
    password = make_password(demo.PASSWORD)
    for username, name in SIGNERS.items():
        unit = Unit.objects.filter(name=name).select_related("jurisdiction").first()
        signer = user_of(username, password, unit.jurisdiction if unit else None)
        if unit is not None:
            Membership.objects.get_or_create(user=signer, role=Role.SIGNER, unit=unit)
            unit.signs_reports = True
            unit.save(update_fields=["signs_reports"])
            _send_one(unit, people, today)
    _tell(today)


def _moment(today: datetime.date, days: int) -> datetime.datetime:
    day = today - datetime.timedelta(days)
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(10, 20)))


def _send_one(unit: Unit, people: People, today: datetime.date) -> None:
    """A report of the unit that is filled in and waits for its signer."""
    opened = Period.objects.filter(state=PeriodState.OPEN, opens_on__lte=today)
    sides = Responsibility.objects.open().filter(unit=unit, task__plan__periods__in=opened)
    for side in sides.select_related("task__plan").distinct():
        period = opened.filter(plan=side.task.plan_id).first()
        written = ProgressReport.objects.filter(responsibility=side, period=period).first()
        if period is None or (written and written.state not in EDITABLE_STATES):
            continue
        report = written or ProgressReport(responsibility=side, period=period)
        report.state = ReportState.DRAFT  # what was sent back is mended
        officer = people.officers.get(unit.pk)
        report.percent = report.percent if report.percent is not None else 60
        report.progress = report.progress or "完成年度任务分解，重点项目按计划推进。"
        report.filled_by = report.sign_asked_by = officer
        report.sign_asked_at = _moment(today, 1)
        report.save()
        return


def _tell(today: datetime.date) -> None:
    """Some cooperating units of the first demo lead's tasks have told their part."""
    if Contribution.objects.exists():
        return
    name = next(iter(demo.bodies("填报").values()))
    opened = Period.objects.filter(state=PeriodState.OPEN, opens_on__lte=today)
    leads = Responsibility.objects.open().filter(unit__name=name)
    for lead in leads.select_related("task__plan").order_by("task")[:MOST_TASKS]:
        period = opened.filter(plan=lead.task.plan_id).first()
        if period is None:
            continue
        for side, text in zip(helpers_of(lead)[:TOLD_BY], TEXTS, strict=False):
            Contribution.objects.create(
                responsibility=side,
                period=period,
                state=ContributionState.SUBMITTED,
                text=text,
                submitted_at=_moment(today, TELLING_DAYS),
            )
