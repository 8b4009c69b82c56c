"""Jobs about people; each can be run twice."""

from celery import shared_task

from tracker.lib import workdays
from units.services import audit, handover, heads, seals, succession
from units.states import Source


@shared_task(name="units.jobs.carry_hand_overs", soft_time_limit=60, time_limit=90)
def carry_hand_overs() -> dict[str, int]:
    """Carry open work over where a hand-over's day has come."""
    with audit.context(Source.JOB):
        return {"hand_overs": handover.carry_due(now=workdays.now())}


@shared_task(name="units.jobs.carry_out_successions", soft_time_limit=300, time_limit=330)
def carry_out_successions() -> dict[str, int]:
    """Rename, merge, split and abolish units where the day has come."""
    with audit.context(Source.JOB):
        run = succession.carry_out_due(now=workdays.now())
    return {"done": len(run.done), "stuck": len(run.stuck)}


@shared_task(name="units.jobs.seal_audit", soft_time_limit=300, time_limit=330)
def seal_audit() -> dict[str, int]:
    """Seal the entries of the log that wait for it; the next run goes on where one ended."""
    done = seals.seal()
    return {"entries": done.entries, "number": done.head.number}


@shared_task(name="units.jobs.mail_audit_head", soft_time_limit=300, time_limit=330)
def mail_audit_head() -> dict[str, int]:
    """Mail the log's head of the day; later runs of the day find it done."""
    head = heads.mail_head(today=workdays.today())
    return {"mailed": int(head is not None)}
