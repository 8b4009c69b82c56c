"""When each job of beat's table last ran, and whether one is overdue.

Kept in PostgreSQL: Redis may be emptied, beat may lose its file.
"""

import copy
import datetime
from dataclasses import dataclass
from typing import Any

from celery import current_app
from celery.schedules import crontab, maybe_schedule
from django.utils.translation import gettext_lazy as _

from tasks.models import ScheduleRun

GRACE = datetime.timedelta(minutes=5)  # of those that run every few seconds
GRACE_OF_CLOCK = datetime.timedelta(minutes=30)  # of those that run at an hour
NAMES = {
    "reports.jobs.sweep_report_runs": _("检查待生成的报表"),
    "reports.jobs.make_quarterly_runs": _("生成季度报表"),
    "reports.jobs.make_scheduled_runs": _("生成定时报表"),
    "reports.jobs.tidy_report_files": _("清理报表文件"),
    "reports.jobs.sweep_uploads": _("检查待读取的回填表"),
    "reports.jobs.remove_uploads": _("清理过期的回填表"),
    "tasks.jobs.sweep_digests": _("检查待发的提醒"),
    "tasks.jobs.make_notices": _("生成当日提醒"),
    "tasks.jobs.open_periods": _("开放填报期"),
    "units.jobs.seal_audit": _("封存历史记录"),
    "units.jobs.mail_audit_head": _("寄送历史记录摘要"),
    "units.jobs.carry_hand_overs": _("办理到期的移交"),
    "units.jobs.carry_out_successions": _("办理到期的机构变动"),
}


@dataclass(frozen=True)
class Schedule:
    """A job of beat's table. `is_late` where it should have run and has not."""

    name: str
    ran_at: datetime.datetime | None
    done_at: datetime.datetime | None
    is_late: bool
    failed: bool

    @property
    def label(self) -> str:
        """What it does, in words."""
        return str(NAMES.get(self.name, self.name))


def note_start(name: str, *, now: datetime.datetime) -> None:
    """A job of the table has begun."""
    ScheduleRun.objects.update_or_create(
        name=name,
        defaults={"ran_at": now},
        create_defaults={"ran_at": now, "first_at": now},
    )


def note_end(name: str, *, now: datetime.datetime) -> None:
    """It has come to a good end."""
    ScheduleRun.objects.filter(name=name).update(done_at=now)


def known() -> dict[str, Any]:
    """Beat's table by job."""
    return {row["task"]: row["schedule"] for row in current_app.conf.beat_schedule.values()}


def state(*, now: datetime.datetime) -> list[Schedule]:
    """All of the table, in one query. One that never ran counts from the first that ran."""
    rows = {row.name: row for row in ScheduleRun.objects.all()}
    begun = min((row.first_at for row in rows.values()), default=None)
    found = []
    for name, schedule in known().items():
        row = rows.get(name)
        last = row.ran_at if row else begun
        found.append(
            Schedule(
                name=name,
                ran_at=row.ran_at if row else None,
                done_at=row.done_at if row else None,
                is_late=last is None or _is_late(schedule, last, now),
                failed=row is not None and row.failed and now - row.ran_at > GRACE,
            )
        )
    return found


def late(*, now: datetime.datetime) -> list[Schedule]:
    """Those that should have run and have not."""
    return [one for one in state(now=now) if one.is_late]


def _is_late(schedule: Any, last: datetime.datetime, now: datetime.datetime) -> bool:
    plan: Any = copy.copy(maybe_schedule(schedule, app=current_app))
    plan.app, plan.nowfun = current_app, lambda: now
    grace = GRACE_OF_CLOCK if isinstance(plan, crontab) else GRACE
    return bool(plan.remaining_estimate(last) < -grace)
