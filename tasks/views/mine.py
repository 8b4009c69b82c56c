"""What the person's units report in the quarters now open: on the workbench and whole."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tasks.reminders.rules import sentence
from tasks.services import desk, signing
from tasks.services.desk import Duty
from tasks.services.desk.missed import missed
from tasks.services.desk.officer_desk import officer_desk
from tasks.states import ReportState
from tasks.views.contributions import desk_part
from tracker.lib import workdays
from tracker.lib.pages import page_of
from units.models import User
from units.policy import standing
from units.web import person

DUTIES_SHOWN = 30
NOTICES_SHOWN = 5
MISSED_SHOWN = 100
# What a report may be, in the order in which an officer asks; the key is that of `?state=`.
STANDS: dict[str, str | Promise] = {
    "returned": _("已退回"),
    "none": _("未报"),
    "draft": _("草稿"),
    "signed": _("已审签"),
    "submitted": _("待审核"),
    "approved": _("已审核"),
}


@dataclass(frozen=True)
class Stand:
    """How many reports stand at one point of their way."""

    key: str
    label: str | Promise
    number: int


def stand_of(duty: Duty) -> str:
    """The key in `STANDS`; what was sent back stays 已退回 while it is being mended."""
    if duty.is_sent_back:
        return "returned"
    return duty.state.value if duty.state else "none"


def stands(duties: Iterable[Duty]) -> list[Stand]:
    """The counts; 已审签 only where there is any."""
    counts = Counter(map(stand_of, duties))
    return [
        Stand(key, label, counts[key])
        for key, label in STANDS.items()
        if counts[key] or key != ReportState.SIGNED
    ]


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Own lead tasks of the open periods, what is still to be filed first."""
    user, today = person(request), workdays.today()
    every = sorted(desk.duties(user, today), key=lambda duty: (not duty.is_open, duty.urgency))
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in STANDS else ""
    page = page_of([d for d in every if not chosen or stand_of(d) == chosen], request)
    closed = missed(user, today)
    context = {
        "missed": closed[:MISSED_SHOWN],
        "missed_number": len(closed),
        "today": today,
        "page": page,
        "duties": desk.told(page.object_list),
        "stands": stands(every),
        "chosen": chosen,
        "total": len(every),
        "todo": sum(duty.is_open for duty in every),
        "next": None if every else desk.next_opening(user, today),
        "letters": letters_of(every),
    }
    return render(request, "tasks/mine.html", context)


def letters_of(every: Iterable[Duty]) -> list[Duty]:
    """One duty for each unit and quarter, of which there is a letter to take."""
    return list({(duty.side.unit_id, duty.period.pk): duty for duty in every}.values())


def officer_part(user: User, today: datetime.date) -> dict[str, Any]:
    """The workbench of a unit's people: what is to be done by urgency, and what they were told."""
    whole = officer_desk(user, today)
    told = desk.told(whole.todo[:DUTIES_SHOWN])
    notices = whole.unread[:NOTICES_SHOWN]
    units = standing(user).units
    return {
        "reports": bool(standing(user).reporting_units),
        "groups": desk.by_urgency(told, today),
        "more": len(whole.todo) - len(told),
        "total": whole.total,
        "stands": stands(whole.every),
        "next": whole.next,
        "unsigned": whole.unsigned,
        "notices": [(notice, sentence(notice)) for notice in notices],
        "lights": whole.lights,
        "to_sign": signing.waiting_for(user).count(),
        "parts": desk_part(user, today),
        # One unit stands in the address of the list.
        "unit": next(iter(units)) if len(units) == 1 else None,
    }
