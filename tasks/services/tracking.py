"""启用: from which quarter a plan is tracked, and from which day it reminds."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from tasks.models import Period, Plan, Responsibility
from tasks.services.editing import Unconfirmed
from tasks.services.periods import due_quarters, latest_open_quarter, open_due_periods, opens_on
from tasks.states import PeriodState, PlanStatus
from tracker.lib.workdays import Quarter, quarter_of
from units.models import User
from units.services import audit


@dataclass(frozen=True)
class Tracking:
    """What was started: plans set, periods opened; `kept` plans do not follow what was asked."""

    plans: list[Plan]
    periods: list[Period]
    kept: list[Plan]
    next_quarter: Quarter | None


@transaction.atomic
def start_tracking(
    *,
    first: Quarter | None = None,
    reminders_from: datetime.date | None = None,
    codes: Collection[str] | None = None,
    today: datetime.date,
    by: User | None = None,
) -> Tracking:
    """Set 启用季度 and the reminders' first day of issued plans; open due periods.

    Without `first` it is the present quarter, without `reminders_from` today, without `codes`
    every plan. No plan is tracked before the quarter in which it starts. Running it again sets
    nothing twice; another start is taken while a plan has no period yet, and afterwards kept.
    """
    started: list[Plan] = []
    kept: list[Plan] = []
    issued = Plan.objects.filter(status=PlanStatus.ISSUED).order_by("pk")
    if codes is not None:
        issued = issued.filter(code__in=codes)
    for plan in issued.select_for_update(of=("self",)):
        values = _wanted(plan, first, reminders_from, today)
        if values and plan.tracked_from and plan.periods.exists():
            # A day that was never set is no choice to keep: without it nobody is reminded.
            lacks = {"reminders_from"} if plan.reminders_from is None else set()
            if values.keys() - lacks:
                kept.append(plan)
            values = {name: values[name] for name in lacks}
        if values:
            before, after = audit.changes(plan, values)
            for name, value in values.items():
                setattr(plan, name, value)
            plan.save(update_fields=[*values])
            audit.record("plan.track", plan, by=by, before=before, after=after)
            started.append(plan)
    opened = open_due_periods(today=today, by=by)
    return Tracking(started, opened, kept, _next_quarter(today))


def _wanted(
    plan: Plan, first: Quarter | None, reminders_from: datetime.date | None, today: datetime.date
) -> dict[str, object]:
    """Return what differs from what was asked, or is missing."""
    values: dict[str, object] = {}
    if first or not plan.tracked_from:
        quarter = first or quarter_of(today)
        if plan.starts_on is not None:
            quarter = max(quarter, quarter_of(plan.starts_on))
        values["tracked_from"] = str(quarter)
    if reminders_from or plan.reminders_from is None:
        values["reminders_from"] = reminders_from or today
    return {name: value for name, value in values.items() if getattr(plan, name) != value}


def next_quarter(plan: Plan, today: datetime.date) -> Quarter | None:
    """The quarter that opens next for a tracked plan."""
    first = plan.first_quarter
    return max(first, latest_open_quarter(today).next) if first else None


def not_within(
    tracked_from: str, starts_on: datetime.date | None, ends_on: datetime.date | None
) -> str:
    """Why a plan of these days cannot be tracked from that quarter; empty where it can."""
    if not tracked_from:
        return ""
    quarter = Quarter.parse(tracked_from)
    if starts_on and quarter < (first := quarter_of(starts_on)):
        return _("启用季度不能早于实施起日所在的%(quarter)s。") % {"quarter": first.label}
    if ends_on and quarter > (last := quarter_of(ends_on)):
        return _("启用季度不能晚于实施止日所在的%(quarter)s。") % {"quarter": last.label}
    return ""


def check_opens(plan: Plan, first: Quarter, opens: int | None, today: datetime.date) -> None:
    """Raise Unconfirmed unless the person knows how many quarters open for good."""
    due = due_quarters(plan, first, today=today)
    if due and opens != len(due):
        words = {"n": len(due), "first": due[0].label, "last": due[-1].label}
        one = _("将开放1个填报期（%(last)s）；开放后，启用季度不能再改。")
        many = _("将开放%(n)d个填报期（%(first)s至%(last)s）；开放后，启用季度不能再改。")
        sentence = (one if len(due) == 1 else many) % words
        raise Unconfirmed(sentence, field="opens", value=len(due))


@dataclass(frozen=True)
class PlanTracking:
    """Where a plan's reporting stands: what is open until when, what opens next."""

    open: list[Period]
    number: int
    next_quarter: Quarter | None
    next_opens: datetime.date | None
    has_duties: bool


def standing_of(plan: Plan, today: datetime.date) -> PlanTracking | None:
    """Of a tracked plan; None of one that is not."""
    if plan.is_reference or not plan.tracked_from:
        return None
    periods = list(plan.periods.order_by("year", "quarter"))
    coming = next_quarter(plan, today)
    return PlanTracking(
        open=[period for period in periods if period.state == PeriodState.OPEN],
        number=len(periods),
        next_quarter=coming,
        next_opens=opens_on(coming) if coming else None,
        has_duties=Responsibility.objects.open().filter(task__plan=plan).exists(),
    )


def _next_quarter(today: datetime.date) -> Quarter | None:
    """Return the first quarter that is still to open for some tracked plan."""
    coming = [next_quarter(plan, today) for plan in Plan.objects.tracked()]
    return min((quarter for quarter in coming if quarter), default=None)
