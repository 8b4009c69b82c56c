"""提醒效果 of a quarter: page, charts and workbook."""

import tempfile
from pathlib import Path

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tasks import policy
from tasks.documents import effect as workbook
from tasks.models import Period
from tasks.services import effect
from tasks.services.effect import Effect, Line, SideEffect
from tracker.lib import workdays
from tracker.lib.charts import Chart, Series, Tone
from tracker.lib.excel import XLSX
from units.models import User
from units.services import audit
from units.web import person

TONES: tuple[Tone, ...] = ("accent", "grey", "ink", "line-2")


def effect_of(user: User, pk: int) -> Effect:
    """The quarter's effect as far as the person reads it; 404 for who reads none of it."""
    periods = policy.scope(user, "period.view").select_related("plan")
    period: Period = get_object_or_404(periods, pk=pk)
    sides = effect.sides_of(user, period)
    if not sides:
        raise Http404
    return effect.build(period, sides)


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """When the reports came in, and after which reminder."""
    made = effect_of(person(request), pk)
    first = made.period.plan.first_quarter
    context = {
        "period": made.period,
        "plan": made.period.plan,
        "page_of_period": True,
        "effect": made,
        "early": first is not None and made.period.as_quarter < first,
        "steps": [workbook.step_label(step) for step in made.steps],
        "by_step": _by_step(made),
        "sides": [
            {
                "effect": side,
                "rows": [(unit.id, unit.name, unit.line) for unit in side.units],
                "chart": _by_unit(side),
                "steps": [(unit.name, _numbers(unit.line, made)) for unit in side.units],
                "all_steps": _numbers(side.line, made),
            }
            for side in made.sides
        ],
    }
    return render(request, "tasks/effect.html", context)


def _numbers(line: Line, made: Effect) -> list[int]:
    return [line.steps.get(step, 0) for step in made.steps]


def _by_step(made: Effect) -> Chart:
    """After which reminder last, a colour a side."""
    return Chart(
        kind="bar",
        title=_("末次提醒后报送的份数"),
        categories=tuple(workbook.step_label(step) for step in made.steps),
        series=tuple(
            Series(side.side.jurisdiction.name, tuple(_numbers(side.line, made)), tone)
            for side, tone in zip(made.sides, TONES, strict=False)
        ),
        unit=_("份"),
        head=_("末次提醒"),
        note=_("“前”“后”为距截止日的工作日数；“未提醒”指报送前没有提醒。"),
    )


def _by_unit(side: SideEffect) -> Chart:
    """When each unit's reports came in."""
    lines = [unit.line for unit in side.units]
    kinds: tuple[tuple[str, str, Tone, bool], ...] = (
        (_("截止前报送"), "early", "line-2", False),
        (_("截止当日报送"), "on_day", "accent", False),
        (_("逾期后报送"), "after", "grey", False),
        (_("关闭后补报"), "later", "grey", True),
        (_("未报"), "never", "ink", False),
    )
    return Chart(
        kind="stacked",
        title=_("%(side)s各单位报送时间") % {"side": side.side.jurisdiction.name},
        categories=tuple(unit.name for unit in side.units),
        series=tuple(
            Series(name, tuple(getattr(line, kind) for line in lines), tone, hollow=hollow)
            for name, kind, tone, hollow in kinds
            if kind != "later" or any(line.later for line in lines)
        ),
        unit=_("份"),
        lying=True,
        head=_("单位"),
    )


@require_safe
def excel(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a workbook; each taking is on record."""
    user, now = person(request), workdays.now()
    made = effect_of(user, pk)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "effect.xlsx"
        workbook.write(path, made, now=now, by=user)
        content = path.read_bytes()
    if request.method == "GET":
        codes = [side.side.jurisdiction.code for side in made.sides]
        audit.record("effect.export", made.period, by=user, after={"sides": codes})
    words = {"plan": made.period.plan.name, "period": made.period.code}
    answer = HttpResponse(content, content_type=XLSX)
    answer.headers["Content-Disposition"] = (
        content_disposition_header(True, _("%(plan)s%(period)s提醒效果.xlsx") % words) or ""
    )
    return answer
