"""The workbench: what the person has before them today."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tasks.services import desk
from tasks.states import LightWord
from tasks.views.mine import officer_part
from tasks.views.office import office_part
from tracker.lib import workdays
from tracker.lib.text import listed
from units.models import Jurisdiction, User
from units.policy import standing
from units.web import person

LATE_SHOWN = 20


@require_safe
def workbench(request: HttpRequest) -> HttpResponse:
    user = person(request)
    who, today = standing(user), workdays.today()
    context: dict[str, Any] = {"today": today, "standing": who}
    if who.units:
        context["officer"] = officer_part(user, today)
    if who.offices or who.superuser:
        context |= office_part(request, user, today)
    if who.inspected:
        context["inspector"] = _inspector(user)
    return render(request, "tasks/home.html", context)


def _inspector(user: User) -> dict[str, Any]:
    """What is late in the places inspected: 逾期, then 期满未办结 under a head of its own."""
    today = workdays.today()
    late = desk.late_sides(user, today)
    codes = sorted(standing(user).inspected)
    kinds = {
        LightWord.OVERDUE: [side for side in late if side.is_overdue(today)],
        LightWord.EXPIRED: [side for side in late if side.is_expired(today)],
    }
    return {
        "places": listed(Jurisdiction.objects.filter(code__in=codes)),
        # One place stands in the address, so that it can be passed on.
        "query": f"jurisdiction={codes[0]}" if len(codes) == 1 else "of=mine",
        "late": len(late),
        "kinds": [
            {
                "word": word,
                "number": len(sides),
                "rows": [
                    {"side": side, "word": word, "reason": side.light_reason(today)}
                    for side in sides[:LATE_SHOWN]
                ],
                "more": max(0, len(sides) - LATE_SHOWN),
            }
            for word, sides in kinds.items()
        ],
    }
