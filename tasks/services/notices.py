"""Writing notices and the day's messages as rows; nothing is sent here."""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from django.db import connection, transaction
from django.db.models import Case, Q, Value, When

from tasks.models import Notice, ProgressReport
from tasks.services import digests
from tasks.states import NoticeState
from tracker.lib.doorbell import ring
from units.services import audit

MAKING = 7_301_205  # the key of the advisory lock
SWEEP = "tasks.jobs.sweep_digests"


@dataclass(frozen=True)
class Made:
    """What a run made."""

    notices: int = 0
    people: int = 0
    digests: int = 0


def one_at_a_time() -> None:
    """Wait until no other transaction makes notices. The unique key stands guard all the same.

    A statement of its own: what is read after it sees what the other has committed.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [MAKING])


@transaction.atomic
def finish(told: Mapping[int, int], *, today: datetime.date, now: datetime.datetime) -> Made:
    """Make a day's messages for what waits, say on record how much was told, ring the delivery.

    `told` is how many notices each person got.
    """
    digests_made = digests.make(today=today, now=now)
    made = Made(sum(told.values()), len(told), digests_made)
    if told or digests_made:
        audit.record("notice.make", None, by=None, after={"day": today, **asdict(made)})
        ring(SWEEP)
    return made


def report_subject(side: int, quarter: str) -> str:
    """The key of what is told of a side's report in a quarter such as 2026Q3."""
    return f"report/{side}/{quarter}"


def task_subject(side: int) -> str:
    """The key of what is told of a side's date."""
    return f"task/{side}"


def finding_subject(finding: int) -> str:
    """The key of what is told of a finding."""
    return f"finding/{finding}"


def proposal_subject(finding: int) -> str:
    """The key of what is told about a proposal to revoke 办结, to the office that answers it."""
    return f"proposal/{finding}"


def assignment_subject(duty: int) -> str:
    """The key of what is told of signing for a responsibility."""
    return f"assignment/{duty}"


def urge_subject(part: int) -> str:
    """The key of what is told of a letter that a unit is to sign for."""
    return f"urge/{part}"


def settle(subjects: Iterable[str], *, still_due: datetime.date | None = None) -> None:
    """What these were told of is done: in everybody's list they say so, and no bell counts them.

    Called in the transaction that does it. `still_due` is the day by which it is to be done anew:
    what was told of that day, as of a report that is returned twice on a day, holds again. Mails
    that were sent stay; those that wait leave out what is no longer wanted.
    """
    told = Notice.objects.filter(subject__in=subjects).exclude(state=NoticeState.DROPPED)
    again = When(due_on=still_due, then=Value(False)) if still_due else None
    told.update(settled=Case(again, default=Value(True)) if again else True)


def settle_report(report: ProgressReport) -> None:
    """Handed in, approved, or returned with a new day: see `settle`."""
    subject = report_subject(report.responsibility_id, report.period.code)
    settle([subject], still_due=report.redo_by)


def settle_side(side: int) -> None:
    """A side has ended: nothing of it is due, neither its date nor its reports nor 签收."""
    of_side = Q(subject__in=[task_subject(side), assignment_subject(side)])
    told = Notice.objects.filter(of_side | Q(subject__startswith=f"report/{side}/"))
    told.exclude(state=NoticeState.DROPPED).update(settled=True)
