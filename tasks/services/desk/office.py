"""What an office has before it today: its sides, quarter by quarter."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tasks.models import Period, Plan, PlanSide, ProgressReport, Responsibility
from tasks.services.desk.officer import Duty, opens_next
from tasks.states import LATE_WORDS, LightWord, TaskState
from tracker.lib.figures import percent_of
from tracker.lib.workdays import Quarter
from units.models import Unit, User
from units.policy import standing


@dataclass(frozen=True)
class Missing:
    """A unit that has not reported all of its tasks: none of `sides` has ever been handed in."""

    unit: Unit
    sides: list[Responsibility]


@dataclass(frozen=True)
class SideOverview:
    """One side of a plan as its office sees it. `words` counts lights of its lead rows.

    What is expected is reported, returned (`sent_back`, by day), or missing. `next` is the
    quarter that opens next, with its first day, where none is open.
    """

    side: PlanSide
    period: Period | None
    expected: int
    reported: int
    sent_back: list[Duty]
    missing: list[Missing]
    words: Counter[LightWord]
    next: tuple[Quarter, datetime.date] | None = None

    @property
    def percent(self) -> int:
        return percent_of(self.reported, self.expected)

    @property
    def unreported(self) -> int:
        return sum(len(row.sides) for row in self.missing)

    @property
    def lights(self) -> list[tuple[LightWord, int]]:
        """Counts worst first; 逾期 and 期满未办结 always, others where there are any."""
        return [(w, self.words[w]) for w in LightWord if w in LATE_WORDS or self.words[w]]


def overviews(user: User, today: datetime.date) -> list[SideOverview]:
    """The sides that the person's offices coordinate, with their newest open quarter."""
    who = standing(user)
    sides = PlanSide.objects.filter(plan__in=Plan.objects.tracked())
    if not who.superuser:
        sides = sides.filter(office__in=who.offices)
    return [
        _overview(side, today) for side in sides.select_related("plan", "jurisdiction", "office")
    ]


def _overview(side: PlanSide, today: datetime.date) -> SideOverview:
    leads = list(
        Responsibility.objects.leads()
        .filter(task__plan=side.plan_id, side=side.jurisdiction_id)
        .with_light(today)
        .select_related("task__plan", "unit")
        .order_by("unit__order", "task__number")
    )
    period = Period.objects.is_open(today).filter(plan=side.plan_id).newest_first().first()
    expected = [lead for lead in leads if not TaskState(lead.state).is_ended] if period else []
    filed = {
        report.responsibility_id: report
        for report in ProgressReport.objects.filter(period=period, responsibility__in=expected)
        if report.is_reported or report.is_sent_back
    }
    back = [
        Duty(lead, period, filed[lead.pk])
        for lead in expected
        if period and lead.pk in filed and filed[lead.pk].is_sent_back
    ]
    return SideOverview(
        side=side,
        period=period,
        expected=len(expected),
        reported=len(filed) - len(back),
        sent_back=sorted(back, key=lambda duty: duty.urgency),
        missing=_by_unit(lead for lead in expected if lead.pk not in filed),
        words=Counter(lead.light_word(today) for lead in leads),
        next=None if period else opens_next([side.plan], today),
    )


def _by_unit(sides: Iterable[Responsibility]) -> list[Missing]:
    grouped: dict[Unit, list[Responsibility]] = {}
    for side in sides:
        grouped.setdefault(side.unit, []).append(side)
    return [Missing(unit, some) for unit, some in grouped.items()]
