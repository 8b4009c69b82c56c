"""Which forms a person may take for the quarters that are open."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q

from reports import policy
from reports.models import ReportRun
from reports.services import form_packs
from tasks.models import Period, PeriodSide, Responsibility
from tasks.policy.sides import coordinated_sides, on_sides
from tasks.services.desk.missed import missed
from tasks.services.periods import closed_sides
from tasks.states import PeriodState, Role
from tracker.lib.workdays import Quarter
from units.models import Unit, User
from units.services import audit
from units.standing import standing

MOST_CLOSED = 12


@dataclass
class Offer:
    """A quarter: until when it is due, the person's own units, those of the person's sides.

    `pack` is the last zip of all forms that the person had made.
    """

    quarter: Quarter
    due_on: datetime.date
    own: list[Unit] = field(default_factory=list)
    others: list[Unit] = field(default_factory=list)
    pack: ReportRun | None = None


def offers(user: User, today: datetime.date) -> list[Offer]:
    """The open quarters, the latest first; a constant number of queries."""
    plans: dict[int, list[Period]] = defaultdict(list)
    for period in Period.objects.is_open(today):
        plans[period.plan_id].append(period)
    units = {unit.pk: unit for unit in policy.scope(user, "form.take")} if plans else {}
    duties = _duties_of(user, list(plans), list(units)) if units else []
    closed = closed_sides(one for some in plans.values() for one in some) if duties else set()
    # What a unit leads is open until its own office closes; where it helps, until all have.
    filled = [
        (unit, period)
        for plan, unit, side, role in duties
        for period in plans[plan]
        if role != Role.LEAD or (period.pk, side) not in closed
    ]
    found: dict[Quarter, Offer] = {}
    own = standing(user).reporting_units
    for unit, period in filled:
        offer = found.setdefault(period.as_quarter, Offer(period.as_quarter, period.due_on))
        offer.due_on = min(offer.due_on, period.due_on)
        some = offer.own if unit in own else offer.others
        if units[unit] not in some[-1:]:  # a unit's duties follow one another
            some.append(units[unit])
    offered = list(found.values())
    packs = form_packs.of_person(user, [offer.quarter for offer in offered if offer.others])
    for offer in offered:
        offer.pack = packs.get(str(offer.quarter))
    return sorted(offered, key=lambda offer: offer.quarter, reverse=True)


def closed_forms(user: User, today: datetime.date) -> list[tuple[Quarter, Unit]]:
    """Of the person's own units the closed quarters in which something may still be told: 补报.

    The same that the page of what is to be filled in names; the latest first.
    """
    found = {(one.period.as_quarter, one.side.unit) for one in missed(user, today)}
    return sorted(found, key=lambda pair: (-pair[0].index, pair[1].order, pair[1].pk))


def closed_quarters(user: User, own: Iterable[tuple[Quarter, Unit]]) -> list[Quarter]:
    """The quarters that may be chosen in sending a 补报, the latest first.

    Those of the person's `own` closed forms, and what is closed for the units of their sides.
    """
    found = {quarter for quarter, _unit in own} | _closed_for_others(user)
    return sorted(found, reverse=True)[:MOST_CLOSED]


def _closed_for_others(user: User) -> set[Quarter]:
    who = standing(user)
    if not (who.superuser or who.coordinates):
        return set()
    units = policy.scope(user, "form.take").exclude(pk__in=who.reporting_units).values("pk")
    duties = Responsibility.objects.filter(unit__in=units)
    by_all = Q(state=PeriodState.CLOSED, plan__in=duties.values("task__plan"))
    led = duties.leads().filter(task__plan=OuterRef("period__plan"), side=OuterRef("side"))
    by_own = PeriodSide.objects.exclude(closed_at=None).filter(Exists(led))
    rows = Period.objects.filter(by_all | Q(pk__in=by_own.values("period")))
    return {Quarter(*pair) for pair in rows.values_list("year", "quarter").distinct()}


def _duties_of(
    user: User, plans: list[int], units: list[int]
) -> list[tuple[int, int, int | None, str]]:
    """What the person's units have there, and the units of the person's sides.

    By plan, unit, side and role.
    """
    who = standing(user)
    rows = Responsibility.objects.filter(task__plan__in=plans, unit__in=units)
    if not who.superuser:
        sided = on_sides(coordinated_sides(who), "task__plan", "side")
        own = rows.filter(unit__in=who.reporting_units)
        rows = own | rows.filter(sided, role=Role.LEAD)
    found = rows.order_by("unit__order", "unit")
    return list(dict.fromkeys(found.values_list("task__plan", "unit", "side", "role")))


def record_download(unit: Unit, quarter: Quarter, *, by: User, name: str) -> None:
    """Each taking of a form is on record."""
    audit.record("form.take", unit, by=by, after={"quarter": str(quarter), "name": name})
