"""Making a day's notices."""

import datetime
import logging

from django.db import transaction

from tasks.reminders.engine import plan_day
from tasks.services import notices
from tasks.services.notices import Made
from tracker.lib.workdays import is_workday

logger = logging.getLogger(__name__)


@transaction.atomic
def make_notices(*, today: datetime.date, now: datetime.datetime) -> Made:
    """Make what is to be told today, with one mail a person.

    Run again the same day, or twice at once, it makes nothing twice. Nothing on days off.
    """
    if not is_workday(today):
        return Made()
    notices.one_at_a_time()
    plan = plan_day(today)
    for warning in plan.warnings:
        logger.warning("%s", warning)
    return notices.write([p.notice for p in plan.planned], today=today, now=now)
