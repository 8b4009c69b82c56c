"""A plan's head, its sides, its life from draft to issued."""

import datetime
from dataclasses import dataclass, replace
from typing import Any, Self

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tasks import policy
from tasks.models import Plan, PlanSide, Responsibility, Task
from tasks.services import editing, notices, tracking
from tasks.services.editing import check_reason, check_seen, cleaned, locked_plan
from tasks.services.periods import open_due_of
from tasks.states import PlanStatus
from tracker.lib import document_number
from tracker.lib.text import listed
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Office, Region, User
from units.services import audit

CODE_PATTERN = r"[a-z0-9]+(-[a-z0-9]+)*"


@dataclass(frozen=True)
class PlanHead:
    """What an office enters of a plan. `status` and `sides` change by services of their own."""

    title: str = ""
    short_title: str = ""
    number: str = ""
    issuers: tuple[str, ...] = ()
    signed_on: datetime.date | None = None
    printed_on: datetime.date | None = None
    published_on: datetime.date | None = None
    starts_on: datetime.date | None = None
    ends_on: datetime.date | None = None
    dates_note: str = ""
    jurisdiction: Jurisdiction | None = None
    region: Region | None = None
    implements: Plan | None = None
    coordinating_body: str = ""
    tracked_from: str = ""
    reminders_from: datetime.date | None = None

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """The head as it stands."""
        values = {name: getattr(plan, name) for name in cls.__dataclass_fields__}
        return cls(**values | {"issuers": tuple(plan.issuers)})

    @property
    def values(self) -> dict[str, Any]:
        """As the model holds them."""
        return editing.values_of(self) | {"issuers": list(self.issuers)}


def _checked(head: PlanHead) -> PlanHead:
    head = cleaned(head)
    errors: dict[str, Any] = {}
    number = head.number
    try:
        number = document_number.normalise(number)
    except ValidationError as error:
        errors["number"] = error.messages
    quarter = head.tracked_from
    if quarter:
        try:
            quarter = str(Quarter.parse(quarter))
        except ValueError as error:
            errors["tracked_from"] = [str(error)]
    issuers = tuple(name for text in head.issuers if (name := " ".join(text.split())))
    if head.starts_on and head.ends_on and head.ends_on < head.starts_on:
        errors["ends_on"] = [_("实施止日不能早于起日。")]
    if errors:
        raise ValidationError(errors)
    return replace(head, number=number, tracked_from=quarter, issuers=issuers)


@transaction.atomic
def create_plan(code: str, head: PlanHead, office: Office, *, by: User) -> Plan:
    """A new draft, one side of which the office coordinates."""
    if not policy.can(by, "plan.add", office):
        raise PermissionDenied
    head = _checked(head)
    if head.tracked_from:
        raise ValidationError({"tracked_from": _draft_not_tracked()})
    plan = Plan(code=code, status=PlanStatus.DRAFT, **head.values)
    shown = {"code": code, "title": head.title, "office": office.name}
    editing.create(plan, verb="plan.create", by=by, after=shown)
    _join(plan, office, by=by)
    return plan


def _draft_not_tracked() -> str:
    return _("征求意见稿仅供参考，不能启用填报：请先印发。")


@transaction.atomic
def edit_plan(
    plan: Plan,
    head: PlanHead,
    *,
    seen: str,
    by: User,
    today: datetime.date,
    reason: str = "",
    opens: int | None = None,
) -> Plan:
    """Change the head; a new 启用季度 opens what is due, after `opens` has said how much that is.

    Raises PermissionDenied, Stale, ValidationError by field, Unconfirmed.
    """
    plan = locked_plan(plan, by=by)
    now = PlanHead.of(plan)
    check_seen(now, seen)
    head = _checked(head)
    _check_plan(plan, now, head)
    begins = bool(head.tracked_from) and head.tracked_from != now.tracked_from
    if head.tracked_from and head.reminders_from is None:
        head = replace(head, reminders_from=today)
    dates = (head.starts_on, head.ends_on) != (now.starts_on, now.ends_on)
    reason = check_reason(plan, dates, reason)
    if begins:
        tracking.check_opens(plan, Quarter.parse(head.tracked_from), opens, today)
    audit.save_changes(plan, head.values, verb="plan.edit", by=by, reason=reason)
    if head.ends_on != now.ends_on:
        notices.settle_dates(Responsibility.objects.filter(task__plan=plan))
    if begins:
        open_due_of(plan, today=today, by=by)
    return plan


def _check_plan(plan: Plan, now: PlanHead, head: PlanHead) -> None:
    errors: dict[str, str] = {}
    if head.tracked_from != now.tracked_from:
        if editing.is_tracking(plan):
            errors["tracked_from"] = _("已有填报期，启用季度不能再改。")
        elif plan.is_reference:
            errors["tracked_from"] = _draft_not_tracked()
        elif wrong := tracking.not_within(head.tracked_from, head.starts_on, head.ends_on):
            errors["tracked_from"] = wrong
    if plan.status == PlanStatus.ISSUED and head.ends_on is None:
        errors["ends_on"] = _("已印发的方案须有实施止日。")
    if head.implements and _leads_back(head.implements, plan):
        errors["implements"] = _("方案不能落实自身，也不能落实以它为依据的方案。")
    linked = Task.objects.filter(plan=plan, implements__isnull=False)
    if head.implements != now.implements and linked.exists():
        errors["implements"] = _("任务已对应原方案的任务：请先取消各任务的“落实的任务”，再改此项。")
    if errors:
        raise ValidationError(errors)


def _leads_back(above: Plan | None, plan: Plan) -> bool:
    """Whether `above` is the plan, or implements it in the end."""
    passed: set[int] = set()
    while above is not None and above.pk not in passed:
        if above.pk == plan.pk:
            return True
        passed.add(above.pk)
        above = above.implements
    return False


# --- sides --------------------------------------------------------------------------------------


@transaction.atomic
def add_side(plan: Plan, office: Office, *, by: User) -> PlanSide:
    """A further office coordinates the side of its place."""
    return _join(locked_plan(plan, by=by), office, by=by)


def _join(plan: Plan, office: Office, *, by: User) -> PlanSide:
    taken = plan.sides.filter(jurisdiction=office.jurisdiction).select_related("office").first()
    if taken is not None:
        raise ValidationError(
            {
                "office": _("%(side)s一方已由%(office)s协调，不能重复设置。")
                % {"side": office.jurisdiction, "office": taken.office}
            }
        )
    order = max((side.order for side in plan.sides.all()), default=0) + 1
    side = PlanSide(plan=plan, jurisdiction=office.jurisdiction, office=office, order=order)
    side.save(force_insert=True)
    policy.forget_sides(by)
    names = {"side": office.jurisdiction.name, "office": office.name}
    audit.record("plan.side_add", plan, by=by, after=names)
    return side


@transaction.atomic
def remove_side(side: PlanSide, *, by: User) -> None:
    """Take a side away: by its own office alone, while no unit has a part on it."""
    plan = locked_plan(side.plan_id, by=by)
    if not policy.can(by, "side.edit", side):
        raise ValidationError(
            _("%(side)s一方由%(office)s协调，只能由该办公室移除。")
            % {"side": side.jurisdiction, "office": side.office}
        )
    duties = Responsibility.objects.filter(task__plan=plan, side=side.jurisdiction_id).count()
    if duties:
        raise ValidationError(
            _("%(side)s一方还有%(n)d项责任，不能移除：请先移除或改列这些责任。")
            % {"side": side.jurisdiction, "n": duties}
        )
    if plan.sides.count() == 1:
        raise ValidationError(_("方案至少须有一方，不能移除；如不再需要，请删除方案。"))
    names = {"side": side.jurisdiction.name, "office": side.office.name}
    side.delete()
    policy.forget_sides(by)
    audit.record("plan.side_remove", plan, by=by, before=names)


# --- publishing and deleting ---------------------------------------------------------------------


def missing(plan: Plan) -> list[str]:
    """What a draft lacks before it can be issued; sentences."""
    lacks = [
        (plan.number, _("发文字号未填。")),
        (plan.issuers, _("发文机关未填。")),
        (plan.signed_on or plan.printed_on or plan.published_on, _("成文、印发、公布日期均未填。")),
        (plan.starts_on, _("实施起日未填。")),
        (plan.ends_on, _("实施止日未填。")),
        (plan.sides.exists(), _("未设协调办公室。")),
        (plan.tasks.exists(), _("没有任务。")),
    ]
    return [sentence for there, sentence in lacks if not there] + _without_lead(plan)


def _without_lead(plan: Plan) -> list[str]:
    """Tasks that nobody leads, and sides with cooperating units alone."""
    sentences: list[str] = []
    rows = plan.tasks.order_by("number").prefetch_related("responsibilities__side")
    for task in rows:
        leads = {row.side for row in task.leads}
        if not leads:
            sentences.append(_("任务%(task)s没有牵头单位。") % {"task": task})
            continue
        idle = {row.side for row in task.cooperating if row.side} - leads
        sentences += [
            _("任务%(task)s的%(side)s一方有配合单位而没有牵头单位。") % {"task": task, "side": side}
            for side in sorted(idle, key=lambda place: place.code)
        ]
    return sentences


@transaction.atomic
def publish(plan: Plan, *, by: User) -> Plan:
    """Issue a draft; ValidationError names all that is missing."""
    plan = locked_plan(plan, by=by)
    if plan.status == PlanStatus.ISSUED:
        raise ValidationError(_("方案已印发。"))
    lacks = missing(plan)
    if lacks:
        raise ValidationError(lacks)
    audit.save_changes(plan, {"status": PlanStatus.ISSUED}, verb="plan.publish", by=by)
    return plan


def why_not_delete(plan: Plan, *, by: User) -> list[str]:
    """What hangs on a plan, and what to do instead; empty where it can be deleted."""
    sentences: list[str] = []
    if plan.status == PlanStatus.ISSUED:
        sentences.append(_("方案已印发，不能删除；任务不再执行的，请逐项中止并写明理由。"))
    if plan.loaded:
        sentences.append(_("方案由文件载入，删除后会再次载入；请先移去载入的文件。"))
    below = list(plan.implemented_by.values_list("title", flat=True))
    if below:
        words = {"plans": listed(f"《{title}》" for title in below)}
        sentences.append(_("%(plans)s落实本方案：请先改其“落实的方案”。") % words)
    if plan.targets.exists():
        sentences.append(_("方案列有目标，不能删除。"))
    if Task.objects.filter(implements__plan=plan).exists():
        sentences.append(_("其他方案的任务落实本方案的任务：请先取消对应。"))
    mine = policy.scope(by, "side.edit").filter(plan=plan).values("jurisdiction")
    others = Responsibility.objects.filter(task__plan=plan, side__isnull=False)
    # A model's own order would stand between equal names and keep them apart.
    places = others.exclude(side__in=mine).order_by("side__name")
    names = list(places.values_list("side__name", flat=True).distinct())
    if names:
        words = {"sides": listed(names)}
        sentences.append(_("%(sides)s一方已列责任单位：请其协调办公室移除后再删除方案。") % words)
    return sentences


@transaction.atomic
def delete_plan(plan: Plan, *, seen: str, by: User) -> None:
    """Delete a draft with its text, while nothing else hangs on it."""
    plan = locked_plan(plan, by=by)
    check_seen(PlanHead.of(plan), seen)
    if reasons := why_not_delete(plan, by=by):
        raise ValidationError(reasons)
    before = {"code": plan.code, "title": plan.title, "tasks": plan.tasks.count()}
    audit.record("plan.delete", plan, by=by, before=before)
    # Duties and tasks first: an action is protected by its tasks.
    plan.tasks.all().delete()
    plan.delete()
