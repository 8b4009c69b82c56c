"""Writing notices and the day's messages as rows; nothing is sent here."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, Q, Value, When

from tasks.models import Milestone, Notice, ProgressReport
from tasks.services import digests
from tasks.states import DONE_STATES, MILESTONE_ASKED, NoticeState
from tracker.lib.doorbell import ring
from units.services import audit

MAKING = 7_301_205  # the key of the advisory lock
SWEEP = "tasks.jobs.sweep_digests"

LETTER = "urge/"  # and the number of a unit's letter


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
    return f"{LETTER}{part}"


def signature_subject(report: int, quarter: str) -> str:
    """The key of what is told of a report that waits for the unit's signer."""
    return f"signature/{report}/{quarter}"


def review_subject(report: int, quarter: str) -> str:
    """The key of what is told of a report that waits for the office."""
    return f"review/{report}/{quarter}"


def contribution_subject(duty: int, quarter: str) -> str:
    """The key of what is told of a cooperating unit's part in a quarter."""
    return f"contribution/{duty}/{quarter}"


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
    quarter = report.period.code
    settle([report_subject(report.responsibility_id, quarter)], still_due=report.redo_by)
    settle([signature_subject(report.pk, quarter), review_subject(report.pk, quarter)])


def settle_signature(report: ProgressReport, *, asked: datetime.date | None = None) -> None:
    """Signed or sent back by the signer; `asked` is the day of asking where it waits again."""
    settle([signature_subject(report.pk, report.period.code)], still_due=asked)


def settle_milestone(row: Milestone) -> None:
    """It has moved: what was told of it holds where it is due, and where the office is asked."""
    settle([f"milestone/{row.pk}"], still_due=row.due_on if row.is_due else None)
    if row.state not in MILESTONE_ASKED:
        settle([f"milestone_asked/{row.pk}"])


def settle_dates(sides: Any) -> None:
    """The date in force of these responsibilities has moved, or has moved back.

    What was told of the date that now holds, holds again; what was told of any other does not.
    Sides that are done owe nothing by either.
    """
    by_due: dict[datetime.date | None, list[str]] = defaultdict(list)
    rows = sides.leads().exclude(state__in=DONE_STATES).with_due()
    for side, due in rows.order_by().values_list("pk", "due"):
        by_due[due].append(task_subject(side))
    for due, subjects in by_due.items():
        settle(subjects, still_due=due)


def settle_side(side: int) -> None:
    """A side has ended: nothing of it is due, neither its date nor its reports nor 签收."""
    of_side = Q(subject__in=[task_subject(side), assignment_subject(side)])
    told = Notice.objects.filter(of_side | Q(subject__startswith=f"report/{side}/"))
    told.exclude(state=NoticeState.DROPPED).update(settled=True)
