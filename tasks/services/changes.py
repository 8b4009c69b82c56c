"""What has changed on an office's sides since a day: reports, lights, dates, 交办 and 签收."""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.models import Assignment, PlanSide, ProgressReport, Responsibility, Task
from tasks.services.asof import word_on
from tasks.services.desk.office import leads_of
from tasks.states import LightWord, ReportState
from tracker.lib.forms import WRONG_DAY
from tracker.lib.workdays import ONE_DAY, SHANGHAI, is_workday
from units.models import AuditEntry

LONGEST_DAYS = 366


class Kind(models.TextChoices):
    HANDED_IN = "handed_in", gettext_lazy("新报送")
    RETURNED = "returned", gettext_lazy("退回")
    APPROVED = "approved", gettext_lazy("审核通过")
    LIGHT = "light", gettext_lazy("灯变化")
    DATE = "date", gettext_lazy("时限变化")
    ASSIGNED = "assigned", gettext_lazy("交办")
    SIGNED = "signed", gettext_lazy("签收")


@dataclass(frozen=True)
class Change:
    """One thing that happened to a side of a task. `at` is None where only the two days differ."""

    kind: Kind
    side: Responsibility
    at: datetime.datetime | None = None
    report: ProgressReport | None = None
    before: LightWord | None = None
    after: LightWord | None = None
    dates: tuple[datetime.date | None, datetime.date | None] = (None, None)
    of_task: bool = False  # the date is the task's, not the side's own
    reason: str = ""


def usual_day(today: datetime.date) -> datetime.date:
    """Since when the desk says what changed: yesterday, or the last working day before today."""
    day = today - ONE_DAY
    while not is_workday(day):
        day -= ONE_DAY
    return day


def day_asked(text: str, today: datetime.date) -> tuple[datetime.date, str]:
    """The day that the text names, and a sentence where it cannot be taken."""
    usual = usual_day(today)
    if not text.strip():
        return usual, ""
    try:
        day = datetime.date.fromisoformat(text.strip())
    except ValueError:
        return usual, str(WRONG_DAY)
    if day > today:
        return usual, _("起始日期不能晚于今天。")
    if (today - day).days > LONGEST_DAYS:
        return usual, _("起始日期最早为一年以前。")
    return day, ""


def changes(sides: Sequence[PlanSide], since: datetime.date, today: datetime.date) -> list[Change]:
    """By kind, the newest first; from the first moment of the day. A constant number of queries."""
    start = datetime.datetime.combine(since, datetime.time.min, tzinfo=SHANGHAI)
    leads = {lead.pk: lead for lead in _leads_then(sides, start)}
    dated = _dates(leads, start)
    found = [
        *_reports(leads, start),
        *_lights(leads, dated, since, today),
        *dated,
        *_assignments(sides, start),
    ]
    order = list(Kind)
    return sorted(found, key=lambda change: (order.index(change.kind), _newest(change)))


def _newest(change: Change) -> tuple[float, int, int]:
    """Lights that are worst now stand first; what has a time, newest first."""
    rank = change.after.rank if change.after else 0
    return (-_when(change), rank, change.side.task.number)


def _leads_then(sides: Sequence[PlanSide], start: datetime.datetime) -> Any:
    """Lead rows with `percent`, and `percent_then`: what was approved when the day began."""
    known = ProgressReport.objects.approved().filter(
        Q(reviewed_at=None) | Q(reviewed_at__lt=start),
        responsibility=OuterRef("pk"),
        percent__isnull=False,
    )
    then = Subquery(known.newest_first().values("percent")[:1])
    return leads_of(sides).with_percent().annotate(percent_then=then)


def _reports(leads: dict[int, Any], start: datetime.datetime) -> list[Change]:
    reports = ProgressReport.objects.filter(responsibility__in=leads).filter(
        Q(submitted_at__gte=start) | Q(reviewed_at__gte=start)
    )
    found = []
    for report in reports.select_related("period"):
        side = leads[report.responsibility_id]
        if report.submitted_at and report.submitted_at >= start and _is_in(report):
            found.append(Change(Kind.HANDED_IN, side, report.submitted_at, report))
        if report.reviewed_at and report.reviewed_at >= start:
            if report.state == ReportState.APPROVED:
                found.append(Change(Kind.APPROVED, side, report.reviewed_at, report))
            elif report.is_sent_back:
                found.append(
                    Change(
                        Kind.RETURNED,
                        side,
                        report.reviewed_at,
                        report,
                        reason=report.return_reason,
                    )
                )
    return found


def _is_in(report: ProgressReport) -> bool:
    return report.is_reported or report.is_sent_back


def _lights(
    leads: dict[int, Any], dated: list[Change], since: datetime.date, today: datetime.date
) -> list[Change]:
    """Lights of the two days, each by the date then in force and by what was then approved."""
    changed: dict[int, list[Change]] = defaultdict(list)
    for change in dated:
        changed[change.side.pk].append(change)
    found = []
    for pk, side in leads.items():
        before = _word_then(side, since, changed[pk])
        after = word_on(side, side.latest_percent, today)
        if before != after:
            found.append(Change(Kind.LIGHT, side, before=before, after=after))
    return found


def _word_then(side: Any, since: datetime.date, changed: list[Change]) -> LightWord:
    """The light of the day, by the dates before they were changed."""
    now = side.due_on, side.task.due_on
    for change in sorted(changed, key=_when, reverse=True):
        (side.task if change.of_task else side).due_on = change.dates[0]
    word = word_on(side, side.percent_then, since)
    side.due_on, side.task.due_on = now
    return word


def _when(change: Change) -> float:
    return change.at.timestamp() if change.at else 0.0


def _dates(leads: dict[int, Any], start: datetime.datetime) -> list[Change]:
    """Changes of 核定时限 and of the task's own date, from the history."""
    by_task: dict[str, list[Any]] = defaultdict(list)
    for side in leads.values():
        by_task[str(side.task_id)].append(side)
    kinds = (
        (Responsibility._meta.label_lower, {str(pk): [side] for pk, side in leads.items()}),
        (Task._meta.label_lower, by_task),
    )
    concerned = Q(pk__in=[])
    for kind, rows in kinds:
        concerned |= Q(object_type=kind, object_id__in=rows)
    entries = AuditEntry.objects.filter(
        concerned,
        at__gte=start,
        after__has_key="due_on",
        before__has_key="due_on",
    )
    found = []
    for entry in entries:
        for side in dict(kinds)[entry.object_type].get(entry.object_id, []):
            dates = (_day(entry.before["due_on"]), _day(entry.after["due_on"]))
            found.append(
                Change(
                    Kind.DATE,
                    side,
                    entry.at,
                    dates=dates,
                    of_task=entry.object_type == Task._meta.label_lower,
                    reason=entry.reason,
                )
            )
    return found


def _day(text: Any) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _assignments(sides: Sequence[PlanSide], start: datetime.datetime) -> list[Change]:
    """交办 and 签收 on these sides, of cooperating units too."""
    chosen = Q(pk__in=[])
    for side in sides:
        stem = "responsibility__"
        chosen |= Q(**{f"{stem}task__plan": side.plan_id, f"{stem}side": side.jurisdiction_id})
    rows = Assignment.objects.filter(chosen).filter(
        Q(assigned_at__gte=start) | Q(signed_at__gte=start)
    )
    found = []
    for row in rows.select_related("responsibility__task__plan", "responsibility__unit"):
        if row.assigned_at >= start:
            found.append(Change(Kind.ASSIGNED, row.responsibility, row.assigned_at))
        if row.signed_at and row.signed_at >= start:
            found.append(Change(Kind.SIGNED, row.responsibility, row.signed_at))
    return found
