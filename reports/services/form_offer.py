"""Which forms a person may take for the quarters that are open."""

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from reports import policy
from reports.models import ReportRun
from reports.services import form_packs
from tasks.models import Period, Responsibility
from tasks.policy.sides import coordinated_sides, on_sides
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
    found: dict[Quarter, Offer] = {}
    plans: dict[int, list[Quarter]] = defaultdict(list)
    for period in Period.objects.is_open(today).order_by("due_on"):
        found.setdefault(period.as_quarter, Offer(period.as_quarter, period.due_on))
        plans[period.plan_id].append(period.as_quarter)
    units = {unit.pk: unit for unit in policy.scope(user, "form.take")} if found else {}
    known: dict[tuple[Quarter, int], None] = {}
    duties = _duties_of(user, list(plans), list(units)) if units else []
    for plan, unit in duties:
        for quarter in plans[plan]:
            known[(quarter, unit)] = None
    own = standing(user).reporting_units
    for quarter, unit in known:
        offer = found[quarter]
        (offer.own if unit in own else offer.others).append(units[unit])
    offered = [offer for offer in found.values() if offer.own or offer.others]
    packs = form_packs.of_person(user, [offer.quarter for offer in offered if offer.others])
    for offer in offered:
        offer.pack = packs.get(str(offer.quarter))
    return sorted(offered, key=lambda offer: offer.quarter, reverse=True)


def closed_quarters(user: User) -> list[Quarter]:
    """The closed quarters of the plans of the person's units, the latest first: for 补报."""
    units = policy.scope(user, "form.take").values("pk")
    plans = Responsibility.objects.filter(unit__in=units).values("task__plan")
    rows = Period.objects.filter(plan__in=plans, state=PeriodState.CLOSED)
    found = {Quarter(*pair) for pair in rows.values_list("year", "quarter").distinct()}
    return sorted(found, reverse=True)[:MOST_CLOSED]


def _duties_of(user: User, plans: list[int], units: list[int]) -> list[tuple[int, int]]:
    """(plan, unit) of what the person's units have there, and the units of the person's sides."""
    who = standing(user)
    rows = Responsibility.objects.filter(task__plan__in=plans, unit__in=units)
    if not who.superuser:
        sided = on_sides(coordinated_sides(who), "task__plan", "side")
        own = rows.filter(unit__in=who.reporting_units)
        rows = own | rows.filter(sided, role=Role.LEAD)
    found = rows.order_by("unit__order", "unit").values_list("task__plan", "unit")
    return list(dict.fromkeys(found))


def record_download(unit: Unit, quarter: Quarter, *, by: User, name: str) -> None:
    """Each taking of a form is on record."""
    audit.record("form.take", unit, by=by, after={"quarter": str(quarter), "name": name})
