"""What schedules have due, entered as runs by beat.

What falls due is a key of its own (a quarter, a month, a day): entered once, however often beat
comes by, and after days down the latest one alone.
"""

import datetime
import logging

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from reports.models import ReportRun, ReportSchedule
from reports.services import schedule_days
from reports.services.runs import Due, request_run
from reports.services.schedule_days import Occasion
from tracker.lib.told import sentence_of
from tracker.lib.told import told as _
from units.services import audit

logger = logging.getLogger(__name__)
WITH = ("plan", "lead_unit", "office", "made_by")


def due(*, today: datetime.date) -> list[tuple[ReportSchedule, Occasion]]:
    """What should be entered by `today` and is not."""
    rows = ReportSchedule.objects.in_use().select_related(*WITH)
    found = [(row, schedule_days.latest_due(row, today=today)) for row in rows.order_by("pk")]
    wanted = [(row, one) for row, one in found if one is not None]
    known = ReportRun.objects.filter(key__in=[_key(row, one) for row, one in wanted])
    entered = set(known.values_list("key", flat=True))
    return [(row, one) for row, one in wanted if _key(row, one) not in entered]


def enter_due(*, today: datetime.date) -> list[ReportRun]:
    """Enter the runs that are due; what cannot be made says why in its schedule's row."""
    entered = []
    for schedule, occasion in due(today=today):
        try:
            run = _enter(schedule, occasion, today)
        except IntegrityError:  # another beat was faster
            logger.info("Schedule %s was entered by another beat.", schedule.pk)
        except ValidationError as error:
            _note(schedule, sentence_of(error))
        except PermissionDenied as error:
            _note(schedule, str(error) or _("制定人已无权生成该报表。"))
        else:
            entered += [run] if run is not None else []
    return entered


@transaction.atomic
def _enter(found: ReportSchedule, occasion: Occasion, today: datetime.date) -> ReportRun | None:
    """The run; None where the schedule was stopped or changed since it was found due."""
    rows = ReportSchedule.objects.in_use().select_for_update(of=("self",)).select_related(*WITH)
    schedule = rows.filter(pk=found.pk).first()
    if schedule is None or schedule_days.latest_due(schedule, today=today) != occasion:
        return None
    if not schedule.made_by.is_active:
        raise PermissionDenied(_("制定人的账号已停用：请由他人修改并保存后继续。"))
    quarter = occasion.quarter or schedule_days.quarter_for(schedule, occasion.day)
    if quarter is None:
        raise ValidationError(_("到期日没有已开放的填报期，没有可生成的报表。"))
    run = request_run(
        book=schedule.book,
        quarter=quarter,
        plan=schedule.plan,
        lead_unit=schedule.lead_unit,
        by=schedule.made_by,
        paper=schedule.paper,
        language=schedule.language,
        due=Due(schedule, _key(schedule, occasion)),
    )
    ReportSchedule.objects.filter(pk=schedule.pk).exclude(trouble="").update(trouble="")
    return run


def _note(schedule: ReportSchedule, sentence: str) -> None:
    """Say it once: beat comes by each hour."""
    rows = ReportSchedule.objects.filter(pk=schedule.pk).exclude(trouble=sentence)
    with transaction.atomic():
        if rows.update(trouble=sentence):
            audit.record("report_schedule.fail", schedule, by=None, reason=sentence)


def _key(schedule: ReportSchedule, occasion: Occasion) -> str:
    return f"schedule:{schedule.pk}:{occasion.key}"
