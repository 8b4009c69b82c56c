"""What a claim says, and what is asked of it before it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from tasks.models import PlanSide, Responsibility, Task
from tasks.policy import fills_in
from tasks.services.search import tasks_saying
from tasks.states import STATE_OF_ENDING, TASK_MOVES, EndingKind, PlanStatus, TaskState
from tracker.lib.states import check_move
from tracker.lib.text import clean_text
from units.models import User
from units.policy import standing

MAX_TEXT = 4000
WHOLE = 100
FOUND_AT_MOST = 20
# What a lack of words is called, by the kind.
REASON_MISSING = {
    EndingKind.COMPLETED: lambda: _("请写明完成情况：做成了什么，成果在哪里。"),
    EndingKind.STANDING: lambda: _("请写明为什么列为长期坚持。"),
    EndingKind.CARRIED: lambda: _("请写明结转理由。"),
    EndingKind.SUSPENDED: lambda: _("请写明中止理由。"),
}


@dataclass(frozen=True)
class Claim:
    """How a side ends, in the words of who says so. `shortfall`: why 办结 below 100 percent."""

    kind: EndingKind
    reason: str = ""
    shortfall: str = ""
    carried_to: Task | None = None


def kinds_for(user: User, side: Responsibility) -> list[EndingKind]:
    """How the person may say that the side ends, as it stands now; none where it has ended."""
    kinds = [kind for kind in EndingKind if _target(kind) in TASK_MOVES[TaskState(side.state)]]
    return [kind for kind in kinds if kind != EndingKind.COMPLETED or claims_done(user, side)]


def claims_done(user: User, side: Responsibility) -> bool:
    """办结 is for the lead to say; the office enters the other ends, too."""
    return fills_in(user) and (side.unit_id in standing(user).reporting_units or user.is_superuser)


def _target(kind: EndingKind) -> TaskState:
    """Where a claim wants the side to go next."""
    return TaskState.COMPLETED if kind == EndingKind.COMPLETED else STATE_OF_ENDING[kind]


def approved_percent(side: Responsibility) -> int | None:
    """Percent of the latest approved report."""
    return Responsibility.objects.with_percent().get(pk=side.pk).latest_percent


def checked(side: Responsibility, entry: Claim, by: User) -> tuple[Claim, int | None]:
    """The claim with clean texts, and the percent approved so far; raise what is wrong by field."""
    kind = EndingKind(entry.kind)
    if kind == EndingKind.COMPLETED:
        _check_done(side, by)
    check_move(TASK_MOVES, TaskState(side.state), _target(kind))
    entry = replace(
        entry, kind=kind, reason=clean_text(entry.reason), shortfall=clean_text(entry.shortfall)
    )
    percent = approved_percent(side)
    errors = _lacks(side, entry, percent, by)
    if errors:
        raise ValidationError(errors)
    if kind != EndingKind.COMPLETED or percent == WHOLE:
        entry = replace(entry, shortfall="")
    if kind != EndingKind.CARRIED:
        entry = replace(entry, carried_to=None)
    return entry, percent


def _check_done(side: Responsibility, by: User) -> None:
    if not claims_done(by, side):
        raise PermissionDenied(_("办结由牵头单位申请，协调办公室核定。"))
    if side.state == TaskState.NOT_STARTED:
        raise ValidationError({"kind": _("该任务尚未启动，不能申请办结；请先报送进展。")})


def _lacks(side: Responsibility, entry: Claim, percent: int | None, by: User) -> dict[str, str]:
    errors: dict[str, str] = {}
    if not entry.reason:
        errors["reason"] = REASON_MISSING[entry.kind]()
    for name in ("reason", "shortfall"):
        length = len(getattr(entry, name))
        if length > MAX_TEXT:
            errors[name] = _("文字共%(length)d字，最多%(limit)d字，请精简。") % {
                "length": length,
                "limit": MAX_TEXT,
            }
    if entry.kind == EndingKind.COMPLETED and percent != WHOLE and not entry.shortfall:
        errors["shortfall"] = _short(percent)
    if entry.kind == EndingKind.CARRIED:
        if entry.carried_to is None:
            errors["carried_to"] = _("请查找并选择结转到的任务。")
        elif not later_tasks(side).filter(pk=entry.carried_to.pk).exists():
            errors["carried_to"] = _("只能结转到后续方案（已印发，起始或结束晚于本方案）的任务。")
    return errors


def _short(percent: int | None) -> str:
    if percent is None:
        return _("尚无已审核的完成进度，请说明为什么可以办结。")
    return _("最近一次已审核的完成进度为%(percent)d%%，未达100%%，请说明为什么可以办结。") % {
        "percent": percent
    }


def later_tasks(side: Responsibility) -> QuerySet[Task]:
    """Tasks into which the side can be carried: of issued plans that follow its plan.

    A plan follows another where it begins after it, or ends after it and did not begin before it,
    and has the same side: a district's plan carries this one out, it does not follow it.
    """
    plan = side.task.plan
    follows = Q(plan__starts_on__gt=plan.starts_on) if plan.starts_on else Q(pk__in=[])
    if plan.ends_on:
        not_before = Q(plan__starts_on__gte=plan.starts_on) if plan.starts_on else Q()
        follows |= Q(plan__ends_on__gt=plan.ends_on) & not_before
    issued = Task.objects.filter(plan__status=PlanStatus.ISSUED).exclude(plan=plan)
    sides = PlanSide.objects.filter(plan=OuterRef("plan"))
    same = Exists(sides.filter(jurisdiction=side.side_id)) | ~Exists(sides)
    return issued.filter(follows, same).select_related("plan")


def found_tasks(side: Responsibility, words: Sequence[str]) -> list[Task]:
    """Those of them that hold all the words, nearest plan first; without words the first ones."""
    rows = later_tasks(side).filter(*(tasks_saying(word) for word in words))
    return list(rows.order_by("plan__starts_on", "plan", "number")[:FOUND_AT_MOST])
