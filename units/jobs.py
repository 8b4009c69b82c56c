"""Jobs about people; each can be run twice."""

from celery import shared_task

from tracker.lib import workdays
from units.services import audit, handover
from units.states import Source


@shared_task(name="units.jobs.carry_hand_overs", soft_time_limit=60, time_limit=90)
def carry_hand_overs() -> dict[str, int]:
    """Carry open work over where a hand-over's day has come."""
    with audit.context(Source.JOB):
        return {"hand_overs": handover.carry_due(now=workdays.now())}
