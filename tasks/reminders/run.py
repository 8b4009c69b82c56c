"""Making a day's notices."""

import datetime
import logging
from collections import Counter

from django.db import transaction

from tasks.models import Notice, ScheduleRun
from tasks.reminders import personal
from tasks.reminders.engine import DayRun, warnings_of
from tasks.services import notices
from tasks.services.notices import Made
from tracker.lib.workdays import ONE_DAY, end_of, is_workday

JOB = "tasks.jobs.make_notices"
logger = logging.getLogger(__name__)


@transaction.atomic
def make_notices(*, today: datetime.date, now: datetime.datetime) -> Made:
    """Make what is to be told today, with one message a person and channel.

    Run again the same day, or twice at once, it makes nothing twice. Nothing on days off.
    """
    if not is_workday(today):
        return Made()
    notices.one_at_a_time()
    for warning in warnings_of(today):
        logger.warning("%s", warning)
    told: Counter[int] = Counter()
    settles = _is_first(today) and Notice.objects.filter(made_on__lt=today).exists()
    with DayRun(today).statement(whole=settles) as statement:
        told.update(statement.store(today=today, now=now))
        if settles:
            statement.settle(today=today)
    told.update(personal.store(today))
    return notices.finish(told, today=today, now=now)


def _is_first(today: datetime.date) -> bool:
    """No run of the day has come to a good end: what was done since yesterday is marked once."""
    begun = end_of(today - ONE_DAY)
    return not ScheduleRun.objects.filter(name=JOB, done_at__gte=begun).exists()
