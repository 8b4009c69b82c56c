"""年度节点: the table of a side, and the office's decision about what is proposed."""

import datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tasks import policy
from tasks.forms.schedule import LinesForm, ReasonForm
from tasks.models import Milestone, Responsibility
from tasks.services import evidence, milestone_drafts, milestones
from tasks.states import DONE_STATES, MilestoneState, PlanStatus
from tracker.lib import workdays
from tracker.lib.stale import Stale
from tracker.lib.text import whole_number
from tracker.lib.workdays import Quarter
from units.models import User
from units.web import person

PEOPLE = ("proposed_by", "decided_by", "claimed_by")
RETURN, PROPOSE = "return", "propose"


def page_of(side: Responsibility | int) -> str:
    """The page of a side's milestones."""
    return reverse("tasks:milestones", args=[side.pk if isinstance(side, Responsibility) else side])


def side_of(user: User, pk: int) -> Responsibility:
    """A lead of an issued plan, for everyone who reads tasks; 404 otherwise."""
    tasks = policy.scope(user, "task.view").filter(plan__status=PlanStatus.ISSUED)
    rows = Responsibility.objects.leads().filter(task__in=tasks.order_by().values("pk"))
    side: Responsibility = get_object_or_404(
        rows.select_related("task__plan", "unit", "side"), pk=pk
    )
    return side


@require_http_methods(["GET", "HEAD", "POST"])
def table(request: HttpRequest, pk: int) -> HttpResponse:
    """A side's milestones; the lead's table of drafts, saved or proposed together."""
    user = person(request)
    side = side_of(user, pk)
    if request.method != "POST":
        return _page(request, user, side)
    if not policy.can(user, "milestone.edit", side):
        raise PermissionDenied
    days = empty_days(side, _year(request, side), workdays.today())
    lines = LinesForm.of(_drafts(side), days, request.POST)
    if not lines.is_valid():
        return _page(request, user, side, lines, status=422)
    try:
        saved = _store(user, side, lines, proposing=request.POST.get("action") == PROPOSE)
    except Stale as error:
        messages.error(request, error.messages[0])
        return redirect(page_of(side))
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            lines.take(error)
            return _page(request, user, side, lines, status=422)
        return _page(request, user, side, lines, status=422, problems=error.messages)
    messages.success(request, saved)
    return redirect(page_of(side))


@transaction.atomic
def _store(user: User, side: Responsibility, lines: LinesForm, *, proposing: bool) -> str:
    """Save, and propose where that is asked: both or nothing. Returns what to say."""
    milestone_drafts.save(side, [form.line for form in lines.filled], by=user)
    if not proposing:
        return _("节点草稿已保存，尚未提请确认。")
    number = len(milestones.propose(side, by=user, now=workdays.now()))
    words = ngettext("已提请确认%(n)d个节点。", "已提请确认%(n)d个节点。", number)
    return words % {"n": number}


def _drafts(side: Responsibility) -> list[Milestone]:
    return list(side.milestones.filter(state=MilestoneState.DRAFT).order_by("due_on", "pk"))


def _year(request: HttpRequest, side: Responsibility) -> int:
    """The year that was asked for; else this one, while a quarter of it is still free."""
    today = workdays.today()
    this = today.year
    asked = whole_number(request.GET.get("year", ""), 4)
    if asked in (this, this + 1):
        return asked
    return this if empty_days(side, this, today) else this + 1


def empty_days(side: Responsibility, year: int, today: datetime.date) -> list[datetime.date]:
    """The year's quarter ends that have no milestone and are not past the side's date."""
    due = side.due_on_in_force
    taken = set(
        side.milestones.exclude(state=MilestoneState.DROPPED).values_list("due_on", flat=True)
    )
    ends = [Quarter(year, number).last_day for number in (1, 2, 3, 4)]
    return [day for day in ends if day not in taken and day >= today and (not due or day <= due)]


def seen_by(user: User, side: Responsibility) -> list[Milestone]:
    """The milestones of the side that the person reads, with whether their way is told."""
    rows: QuerySet[Milestone] = policy.scope(user, "milestone.view").filter(responsibility=side)
    told = set(
        policy.scope(user, "milestone.way").filter(responsibility=side).values_list("pk", flat=True)
    )
    found = list(rows.select_related(*PEOPLE, "replaces").order_by("due_on", "pk"))
    for row in found:
        row.responsibility = side
        row.is_told = row.pk in told  # type: ignore[attr-defined]  # for the page
    evidence.show_with(found, user)
    return found


def _page(
    request: HttpRequest,
    user: User,
    side: Responsibility,
    lines: LinesForm | None = None,
    *,
    status: int = 200,
    problems: list[str] | None = None,
    reason_form: ReasonForm | None = None,
) -> HttpResponse:
    today, year = workdays.today(), _year(request, side)
    rows = seen_by(user, side)
    decided = set(
        policy.scope(user, "milestone.decide")
        .filter(responsibility=side)
        .values_list("pk", flat=True)
    )
    may_edit = side.state not in DONE_STATES and policy.can(user, "milestone.edit", side)
    if may_edit and lines is None:
        lines = LinesForm.of(_drafts(side), empty_days(side, year, today))
    context = {
        "side": side,
        "task": side.task,
        "rows": [r for r in rows if r.state not in (MilestoneState.DRAFT, MilestoneState.DROPPED)],
        "dropped": [r for r in rows if r.state == MilestoneState.DROPPED],
        "proposed": [r for r in rows if r.pk in decided and r.state == MilestoneState.PROPOSED],
        "claimed": [r for r in rows if r.pk in decided and r.state == MilestoneState.CLAIMED],
        "may_edit": may_edit,
        "lines": lines,
        "problems": problems or [],
        "year": year,
        "years": [today.year, today.year + 1],
        "today": today,
        "reason_form": reason_form or ReasonForm(auto_id="return_%s"),
    }
    return render(request, "tasks/milestones.html", context, status=status)


@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The office confirms or sends back those of the proposed that it chose."""
    user = person(request)
    side = side_of(user, pk)
    seen = policy.scope(user, "milestone.view").filter(responsibility=side)
    versions = dict(_versions(request.POST.getlist("milestone")))
    rows = list(seen.filter(pk__in=versions))
    for row in rows:
        row.version = versions[row.pk]
    if not rows:
        messages.error(request, _("请先勾选节点。"))
        return redirect(page_of(side))
    now, reason = workdays.now(), request.POST.get("reason", "")
    try:
        if request.POST.get("action") == RETURN:
            milestones.send_back(rows, reason=reason, by=user, now=now)
            said = ngettext("已退回%(n)d个节点。", "已退回%(n)d个节点。", len(rows))
        else:
            milestones.confirm(rows, by=user, now=now)
            said = ngettext("已确认%(n)d个节点。", "已确认%(n)d个节点。", len(rows))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(page_of(side))
    messages.success(request, said % {"n": len(rows)})
    return redirect(page_of(side))


def _versions(texts: list[str]) -> list[tuple[int, int]]:
    """12:3 is milestone 12 in its version 3; what is neither is left out."""
    pairs = [text.partition(":") for text in texts]
    found = [(whole_number(row), whole_number(version)) for row, _colon, version in pairs]
    return [(row, version) for row, version in found if row is not None and version is not None]
