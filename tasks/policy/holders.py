"""Who is told about a responsibility: a part of `tasks.policy`, by which it is called."""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from tasks.models import PlanSide, Responsibility
from tracker.lib.workdays import today
from units.models import Membership, User
from units.states import Role

HOLDING_ROLES = {
    "report.edit": Role.OFFICER,
    "report.sign": Role.SIGNER,
    "report.review": Role.COORDINATOR,
}


def holders(verb: str, obj: Responsibility) -> list[User]:
    """The people who are told about this responsibility for `verb`, by name."""
    return holders_of(verb, [obj])[obj.pk]


def holders_of(
    verb: str, rows: Iterable[Responsibility], *, on: datetime.date | None = None
) -> dict[int, list[User]]:
    """`holders` for many lead rows (task loaded) in a constant number of queries, `on` a day.

    `report.edit` and `report.sign` are held in the unit, `report.review` in the side's office.
    """
    rows = list(rows)
    role = HOLDING_ROLES[verb]
    members = (
        Membership.objects.current(on or today())
        .filter(role=role)
        .select_related("user")
        .order_by("user__username")
    )
    people: dict[Any, list[User]] = defaultdict(list)
    if role == Role.COORDINATOR:
        offices: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for side in PlanSide.objects.all():
            offices[side.office_id].append((side.plan_id, side.jurisdiction_id))
        for member in members:
            for key in offices[member.office_id or 0]:
                people[key].append(member.user)
        return {row.pk: people[(row.task.plan_id, row.side_id)] for row in rows}
    for member in members.filter(unit__in={row.unit_id for row in rows}):
        people[member.unit_id].append(member.user)
    return {row.pk: people[row.unit_id] for row in rows}


def reviewers_of(plan: int, side: int | None, *, on: datetime.date | None = None) -> list[User]:
    """The people who review what is handed in on a side of a plan, by name."""
    offices = PlanSide.objects.filter(plan=plan, jurisdiction=side).values("office")
    members = Membership.objects.current(on or today()).filter(
        role=Role.COORDINATOR, office__in=offices
    )
    people = {member.user_id: member.user for member in members.select_related("user")}
    return sorted(people.values(), key=lambda person: person.username)
