"""Which side of which plan, and which quarter, a brief is asked for."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Period, Plan, PlanSide
from tracker.lib.workdays import Quarter
from units.models import User
from units.policy import standing


@dataclass(frozen=True)
class Chosen:
    """The side and the quarter; `period` is None where the plan has none yet.

    `problem` says why a quarter that was asked for could not be taken.
    """

    side: PlanSide
    period: Period | None
    problem: str = ""


def sides_for(user: User) -> list[PlanSide]:
    """Sides of which the person reads briefs, those of the own offices first."""
    offices = standing(user).offices
    found: Any = policy.scope(user, "brief.view").select_related("plan", "jurisdiction", "office")
    rows = list(found.order_by("plan__starts_on", "plan", "order"))
    return sorted(rows, key=lambda side: side.office_id not in offices)


def choose(
    sides: list[PlanSide], today: datetime.date, *, plan: str = "", side: str = "", text: str = ""
) -> Chosen | None:
    """The first of the sides that fits; None where none does. `text` names a quarter."""
    fitting = [
        one for one in sides if plan in ("", one.plan.code) and side in ("", one.jurisdiction.code)
    ]
    if not fitting:
        return None
    opened = fitting[0].plan.periods.filter(opens_on__lte=today).newest_first()
    if text.strip():
        period, problem = _named(opened, fitting[0].plan, text)
        if period:
            return Chosen(fitting[0], period)
    else:
        problem = ""
    return Chosen(fitting[0], opened.is_open(today).first() or opened.first(), problem)


def _named(opened: Any, plan: Plan, text: str) -> tuple[Period | None, str]:
    try:
        quarter = Quarter.parse(text)
    except ValueError as error:
        return None, str(error)
    period: Period | None = opened.of(quarter).first()
    if period is None:
        words = {"plan": plan.name, "quarter": quarter.label}
        return None, _("%(plan)s没有%(quarter)s的填报期，请另选季度。") % words
    return period, ""
