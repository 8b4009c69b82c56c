"""What the demo's people were told in the past quarters, as the rules would have told them.

Rows alone, as of days long past: no message waits, and nothing is told twice by a run of today.
"""

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import DateTimeField, F, Min
from django.db.models.functions import Cast
from django.urls import reverse

from tasks import policy
from tasks.models import Notice, Period, Plan, ProgressReport, Responsibility
from tasks.policy import Holders
from tasks.services.notices import report_subject
from tasks.states import ENDED_STATES, NoticeState
from tracker.lib.workdays import SHANGHAI, add_workdays, is_workday

QUARTERS = 6  # of each plan, the one that is open among them
DUE, OVERDUE = "report_due", "report_overdue"
OFFICER, SIGNER, OFFICE = "report.edit", "report.sign", "report.review"
# Working days from the due date, and who was told.
STEPS: dict[int, tuple[str, ...]] = {
    -7: (OFFICER,),
    -3: (OFFICER,),
    -1: (OFFICER,),
    0: (OFFICER,),
    1: (OFFICER,),
    3: (OFFICER, SIGNER),
    7: (OFFICER, SIGNER, OFFICE),
}
READ_AT = datetime.time(9, 30, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Told:
    """A quarter of a side: until when it was told of, and what has become of it."""

    side: Responsibility
    period: Period
    until: datetime.date
    is_done: bool

    @property
    def steps(self) -> list[tuple[int, datetime.date]]:
        """Those that were reached, each with its day; none on a day off."""
        due = self.period.due_on
        days = ((step, add_workdays(due, step) if step else due) for step in STEPS)
        return [(step, day) for step, day in days if day <= self.until and is_workday(day)]


def make_past_notices(plans: Iterable[Plan], today: datetime.date) -> int:
    """Tell what was told of the reports of the last quarters; says how often."""
    holders = {verb: policy.holding(verb, on=today) for verb in (OFFICER, SIGNER, OFFICE)}
    made = [
        notice
        for plan in plans
        for told in _told(plan, today)
        for notice in _notices(told, plan, holders)
    ]
    Notice.objects.bulk_create(made, batch_size=500, ignore_conflicts=True)
    past = Notice.objects.filter(made_on__lt=today, rule__in=[DUE, OVERDUE])
    past.update(created_at=Cast(F("made_on"), DateTimeField()))
    return len(made)


def has_past() -> bool:
    """Something was told of a quarter that is closed."""
    closed = Period.objects.filter(closed_on__isnull=False).newest_first()[:QUARTERS]
    codes = {period.code for period in closed}
    told = Notice.objects.filter(rule=DUE).values_list("params__quarter", flat=True).distinct()
    return not codes or not codes.isdisjoint(told)


def _told(plan: Plan, today: datetime.date) -> Iterator[Told]:
    """Each side with each quarter in which something was asked of it."""
    periods = list(plan.periods.newest_first()[:QUARTERS])
    filed = ProgressReport.objects.filter(period__in=periods, submitted_at__isnull=False)
    rows = filed.values_list("responsibility", "period").annotate(Min("submitted_at"))
    came = {(side, period): at.astimezone(SHANGHAI).date() for side, period, at in rows}
    sides = Responsibility.objects.leads().filter(task__plan=plan)
    for side in sides.select_related("task", "unit").order_by("task__number", "order"):
        for period in periods:
            day = came.get((side.pk, period.pk))
            if day is None and _had_ended(side, period):
                continue
            open_until = (period.closed_on or today) - datetime.timedelta(days=1)
            is_done = day is not None or period.closed_on is not None
            yield Told(side, period, min(day or open_until, open_until), is_done)


def _had_ended(side: Responsibility, period: Period) -> bool:
    since = side.state_since
    return side.state in ENDED_STATES and (since is None or since <= period.due_on)


def _notices(told: Told, plan: Plan, holders: dict[str, Holders]) -> Iterator[Notice]:
    side, steps = told.side, told.steps
    for step, day in steps:
        is_read = told.is_done or step != steps[-1][0]
        heard: set[int] = set()
        for verb in STEPS[step]:
            for person in holders[verb].of(side.unit_id, plan.pk, side.side_id or 0):
                if person not in heard:
                    heard.add(person)
                    yield _notice(told, plan, step, day, verb, person, is_read=is_read)


def _notice(
    told: Told,
    plan: Plan,
    step: int,
    day: datetime.date,
    verb: str,
    person: int,
    *,
    is_read: bool,
) -> Notice:
    side, quarter = told.side, told.period.code
    form = reverse("tasks:report", args=[side.pk, quarter])
    return Notice(
        rule=OVERDUE if step > 0 else DUE,
        subject=report_subject(side.pk, quarter),
        due_on=told.period.due_on,
        step=step,
        recipient_id=person,
        task=side.task,
        unit=side.unit,
        params={
            "side": side.pk,
            "unit": side.unit.name,
            "central": side.unit.is_central,
            "plan": plan.name,
            "task": side.task.title,
            "number": side.task.number,
            "quarter": quarter,
            "days": max(0, step),
            "verb": verb,
            "plans": False,
            "what": "",
        },
        path=form if verb == OFFICER else reverse("tasks:detail", args=[side.task_id]),
        state=NoticeState.SENT,
        made_on=day,
        read_at=datetime.datetime.combine(add_workdays(day, 1), READ_AT) if is_read else None,
        settled=told.is_done,
    )
