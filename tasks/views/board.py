"""The board for a wall screen, and the button that makes a session the wall's."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tasks.filters.matrix import own_plan
from tasks.models import Plan
from tasks.services import board as service
from tracker.lib import wall, workdays
from tracker.lib.htmx import render_page_or_part
from tracker.lib.text import clean_text, whole_number
from units.models import User
from units.web import person

SECONDS = 20  # until the next page of what is late


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """`?plan=`; `?page=` of what is late, from 1 again after the last; `?hold=1` stands still."""
    user, now = person(request), workdays.now()
    plan = _plan(request, user)
    is_wall = wall.is_on(request.session)
    context: dict[str, Any] = {"now": now, "is_wall": is_wall, "seconds": SECONDS}
    if plan is not None:
        made = service.build(user, plan, now.date())
        number = _page(request, made.pages)
        context |= {
            "board": made,
            "plans": _plans(),
            "late": made.page(number),
            "number": number,
            "next": _address(plan, number % made.pages + 1),
            "hold": "hold" in request.GET,
            "held": f"{_address(plan, number)}&hold=1",
            "moving": _address(plan, number),
            "hours": settings.SESSION_COOKIE_AGE // 3600,
        }
    if plan is None:
        return render(request, "tasks/board_none.html", context)
    return render_page_or_part(request, "tasks/board.html", "tasks/_board.html", context)


@require_POST
def begin_wall(request: HttpRequest) -> HttpResponse:
    """From here on this session opens the board alone, and does not idle out."""
    user = person(request)
    plan = _plan(request, user)
    if plan is None:
        raise Http404
    wall.begin(request.session)
    service.record_wall(plan, by=user)
    return redirect(_address(plan, 1))


def _plans() -> list[Plan]:
    return list(Plan.objects.tracked())


def _plan(request: HttpRequest, user: User) -> Plan | None:
    """The plan asked for, else the reader's own; None where no plan is tracked."""
    code = clean_text(request.GET.get("plan", ""))
    if not code:
        return own_plan(user)
    plan = Plan.objects.tracked().filter(code=code).first()
    if plan is None:
        raise Http404(_("没有这个方案，或该方案仅供参考，请从列表中选择。"))
    return plan


def _page(request: HttpRequest, pages: int) -> int:
    number = whole_number(request.GET.get("page", ""))
    return number if number is not None and 1 <= number <= pages else 1


def _address(plan: Plan, number: int) -> str:
    return f"{reverse('tasks:board')}?{urlencode({'plan': plan.code, 'page': str(number)})}"
