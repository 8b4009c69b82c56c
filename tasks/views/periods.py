"""A plan's quarters: settings, how they stand, closing, opening again, 补录."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tasks import policy
from tasks.forms.periods import CloseForm, ReopenForm, SettingsForm
from tasks.models import Period, Plan, PlanSide, Snapshot
from tasks.services import backfill, closing, plan_settings, snapshots, tracking
from tasks.services.closing import SideStanding, Unsettled
from tasks.views.plan_edit_pages import FormPage, add_errors, plan_of
from tracker.lib import workdays
from tracker.lib.workdays import Quarter
from units import policy as people
from units.models import User
from units.web import person

form_methods = require_http_methods(["GET", "HEAD", "POST"])


@form_methods
def settings(request: HttpRequest, code: str) -> HttpResponse:
    """What an office sets for its plan."""
    user = person(request)
    plan = plan_of(user, code)

    def save(form: SettingsForm) -> Plan:
        seen = form.cleaned_data["seen"]
        return plan_settings.change(plan, form.entry, seen=seen, by=user)

    return FormPage(
        title=_("填报期和亮灯设置"),
        button=_("保存"),
        plan=plan,
        make=lambda data: SettingsForm.of(Plan.objects.get(pk=plan.pk), data),
        save=save,
        saved=_("设置已保存：时限自此后开放的填报期起适用，亮灯和核对标准即时生效。"),
        done=lambda _plan: reverse("tasks:quarters", args=[plan.code]),
        back=reverse("tasks:quarters", args=[plan.code]),
        row=plan,
        extra={
            "note": _(
                "截止、宽限和配合提前的天数自此后开放的填报期起适用，已开放的填报期不变；"
                "退回重报和亮灯、核对的标准即时生效。各方协调办公室均可修改，修改记入历史。"
            )
        },
    ).answer(request)


@require_safe
def listing(request: HttpRequest, code: str) -> HttpResponse:
    """Every quarter of a plan, newest first, with what is wanting on one's own sides."""
    user = person(request)
    plan: Plan = get_object_or_404(policy.scope(user, "plan.view"), code=code)
    periods = list(plan.periods.newest_first())
    for period in periods:
        period.plan = plan
    told = _told(user, plan)
    standings = closing.standings_of(plan, periods)
    in_force = Snapshot.objects.in_force().filter(period__in=periods)
    kept = {one.period_id: one for one in in_force.defer("data").select_related("taken_by")}
    may_edit = policy.can(user, "plan.edit", plan)
    context = {
        "plan": plan,
        "rows": [
            {
                "period": period,
                "standings": [(one, one.side.pk in told) for one in standings[period.pk]],
                "snapshot": kept.get(period.pk),
                "early": plan.first_quarter and period.as_quarter < plan.first_quarter,
            }
            for period in periods
        ],
        "may_edit": may_edit,
        "keeps_calendar": may_edit and people.edits_calendar(user),
        "offered": backfill.offered(plan) if may_edit else [],
        "tracking": tracking.standing_of(plan, workdays.today()),
    }
    return render(request, "tasks/quarters.html", context)


def _told(user: User, plan: Plan) -> set[int]:
    """The sides of whose closing the person reads what is wanting."""
    sides = policy.scope(user, "snapshot.lacks").filter(plan=plan)
    return set(sides.values_list("pk", flat=True))


def _period(user: User, pk: int) -> Period:
    periods = policy.scope(user, "period.view").select_related("plan")
    period: Period = get_object_or_404(periods, pk=pk)
    return period


@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One quarter: its sides with what is wanting by name, its snapshots."""
    user = person(request)
    period, today = _period(user, pk), workdays.today()
    told = _told(user, period.plan)
    mine = policy.scope(user, "period.close").filter(plan=period.plan_id)
    own = set(mine.values_list("pk", flat=True))
    taken = policy.scope(user, "snapshot.view").filter(period=period)
    context = {
        "period": period,
        "plan": period.plan,
        "reads_effect": policy.scope(user, "effect.view").filter(plan=period.plan_id).exists(),
        "sides": [
            _side(one, period, told=one.side.pk in told, own=one.side.pk in own, today=today)
            for one in closing.standing_of(period)
        ],
        "snapshots": [
            (one, snapshots.verify(one))
            for one in taken.select_related("taken_by", "replaced_by").order_by("-taken_at")
        ],
    }
    return render(request, "tasks/quarter.html", context)


def _side(
    standing: SideStanding, period: Period, *, told: bool, own: bool, today: Any
) -> dict[str, Any]:
    return {
        "standing": standing,
        "told": told,
        "own": own,
        "refusal": closing.why_not(period, standing, today) if own else "",
        "lists": _lists(standing) if told else [],
    }


def _lists(standing: SideStanding) -> list[tuple[str, list[Any]]]:
    lists = [
        (_("未报"), standing.missing),
        (_("退回未重报"), standing.returned),
        (_("未审核"), standing.unreviewed),
    ]
    return [(name, rows) for name, rows in lists if rows]


def _own_side(user: User, period: Period, pk: int) -> SideStanding:
    sides = policy.scope(user, "period.close").filter(plan=period.plan_id)
    side: PlanSide = get_object_or_404(sides, pk=pk)
    return next(one for one in closing.standing_of(period) if one.side.pk == side.pk)


@form_methods
def close(request: HttpRequest, pk: int, side: int) -> HttpResponse:
    """Asks before a side is closed, with what is wanting by name; closes it."""
    user = person(request)
    period, now = _period(user, pk), workdays.now()
    standing = _own_side(user, period, side)
    names = ("missing", "returned", "unreviewed")
    counts = dict(zip(names, standing.counts, strict=True))
    form = CloseForm(request.POST if request.method == "POST" else None, initial=counts)
    refusal, status = closing.why_not(period, standing, now.date()), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                closed = closing.close_side(
                    period,
                    standing.side,
                    by=user,
                    now=now,
                    confirmed=form.counts,
                    note=form.cleaned_data["note"],
                )
            except Unsettled as error:
                form = CloseForm(
                    {"note": form.cleaned_data["note"]}
                    | dict(zip(names, error.counts, strict=True))
                )
                form.add_error(None, error)
            except ValidationError as error:
                refusal = error.messages[0]
            else:
                messages.success(request, _said(closed, standing))
                return redirect("tasks:quarter", period.pk)
    told = {"period": period, "plan": period.plan, "standing": standing, "refusal": refusal}
    context = {**told, "lists": _lists(standing), "form": form, "status": status}
    return render(request, "tasks/quarter_close.html", context, status=status)


def _said(period: Period, standing: SideStanding) -> str:
    words = {"period": period, "side": standing.side.jurisdiction}
    if period.closed_on is not None:
        return _("%(period)s已关闭，快照已生成。") % words
    return _("%(side)s已关闭%(period)s；各方都关闭后生成快照。") % words


@form_methods
def reopen(request: HttpRequest, pk: int, side: int) -> HttpResponse:
    """Asks why a side is opened again; opens it."""
    user = person(request)
    period = _period(user, pk)
    standing = _own_side(user, period, side)
    form = ReopenForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            reason = form.cleaned_data["reason"]
            try:
                closing.reopen_side(
                    period, standing.side, reason=reason, by=user, now=workdays.now()
                )
            except ValidationError as error:
                add_errors(form, error)
            else:
                messages.success(request, _("已重新开放%(period)s。") % {"period": period})
                return redirect("tasks:quarter", period.pk)
    context = {"period": period, "plan": period.plan, "standing": standing, "form": form}
    return render(request, "tasks/quarter_reopen.html", context, status=status)


@require_POST
def offer(request: HttpRequest, code: str) -> HttpResponse:
    """Let units fill in earlier quarters."""
    user = person(request)
    plan = plan_of(user, code)
    try:
        made = backfill.offer(plan, Quarter.parse(request.POST.get("since", "")), by=user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    except ValueError as error:
        messages.error(request, str(error))
    except PermissionDenied:
        messages.error(request, _("方案尚未启用填报，没有可补录的季度。"))
    else:
        messages.success(request, _("已开放%(n)d个季度供补录。") % {"n": len(made)})
    return redirect("tasks:quarters", plan.code)
