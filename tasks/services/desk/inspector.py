"""What an inspector has before them today: what is late in their places."""

import datetime

from tasks.models import Responsibility
from units.models import Jurisdiction, User, codes_below
from units.policy import standing


def late_sides(user: User, today: datetime.date) -> list[Responsibility]:
    """What is late in the places that the person inspects, longest first."""
    who = standing(user)
    late = Responsibility.objects.late(today).with_light(today)
    if not who.superuser:
        places = Jurisdiction.objects.filter(codes_below(who.inspected))
        late = late.filter(side__in=places)
    rows = late.select_related("task__plan", "unit", "side")
    return sorted(rows, key=lambda side: (side.due_on_in_force or today, side.task_id, side.order))
