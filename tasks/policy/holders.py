"""Who is told about a responsibility: a part of `tasks.policy`, by which it is called."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from tasks.models import PlanSide, Responsibility
from tracker.lib.workdays import today
from units.models import Deputy, Membership, User
from units.states import Role

HOLDING_ROLES = {
    "report.edit": Role.OFFICER,
    "report.sign": Role.SIGNER,
    "report.review": Role.COORDINATOR,
    "contribution.edit": Role.OFFICER,
    "observation.enter": Role.OFFICER,
}
Body = tuple[int, int]  # a unit and 0; or a plan and its side, 0 for all of them


@dataclass(frozen=True)
class Holders:
    """Who is told for a verb, by the body in which they hold it: people's ids, by user name."""

    of_offices: bool
    by_body: dict[Body, list[int]]

    def of(self, unit: int, plan: int, side: int) -> list[int]:
        """Of a unit, or of the office of a side of a plan."""
        body = (plan, side) if self.of_offices else (unit, 0)
        return self.by_body.get(body, [])


def holders(verb: str, obj: Responsibility) -> list[User]:
    """The people who are told about this responsibility for `verb`, by name."""
    return holders_of(verb, [obj])[obj.pk]


def holders_of(
    verb: str, rows: Iterable[Responsibility], *, on: datetime.date | None = None
) -> dict[int, list[User]]:
    """`holders` for many lead rows (task loaded) in a constant number of queries, `on` a day."""
    rows = list(rows)
    found = holding(verb, on=on or today(), units={row.unit_id for row in rows})
    people = User.objects.in_bulk({pk for ids in found.by_body.values() for pk in ids})
    return {
        row.pk: [people[pk] for pk in found.of(row.unit_id, row.task.plan_id, row.side_id or 0)]
        for row in rows
    }


def holding(
    verb: str,
    *,
    on: datetime.date,
    units: Iterable[int] | None = None,
    plans: Iterable[int] | None = None,
) -> Holders:
    """Everybody who is told for the verb on a day, in at most two queries.

    `report.review` is held in the side's office, all others in the unit: there whoever is away
    gives way to the deputy of these days. `units` narrows what units hold to these, `plans` what
    offices hold.
    """
    role = HOLDING_ROLES[verb]
    members = Membership.objects.current(on).filter(role=role).order_by("user__username")
    people: dict[Body, list[int]] = defaultdict(list)
    if role == Role.COORDINATOR:
        offices: dict[int, list[Body]] = defaultdict(list)
        sides = PlanSide.objects.order_by("pk")
        for side in sides if plans is None else sides.filter(plan__in=plans):
            offices[side.office_id] += [(side.plan_id, side.jurisdiction_id), (side.plan_id, 0)]
        if plans is not None:
            members = members.filter(office__in=list(offices))
        for office, person in members.values_list("office", "user"):
            for body in offices[office or 0]:
                _add(people[body], person)
        return Holders(of_offices=True, by_body=dict(people))
    if units is not None:
        members = members.filter(unit__in=units)
    stand_ins = {away: person.pk for away, person in Deputy.objects.standing_in(on).items()}
    for unit, person in members.values_list("unit", "user"):
        _add(people[unit or 0, 0], stand_ins.get((unit or 0, person), person))
    return Holders(of_offices=False, by_body=dict(people))


def _add(people: list[int], person: int) -> None:
    if person not in people:
        people.append(person)


def reviewers_of(plan: int, side: int | None, *, on: datetime.date | None = None) -> list[User]:
    """The people who review what is handed in on a side of a plan, by name."""
    offices = PlanSide.objects.filter(plan=plan, jurisdiction=side).values("office")
    members = Membership.objects.current(on or today()).filter(
        role=Role.COORDINATOR, office__in=offices
    )
    people = {member.user_id: member.user for member in members.select_related("user")}
    return sorted(people.values(), key=lambda person: person.username)
