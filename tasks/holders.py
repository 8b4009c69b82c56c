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
