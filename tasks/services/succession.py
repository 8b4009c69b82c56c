"""What lies with units that are merged, split or abolished: shown before, moved on the day.

A responsibility goes over with its reports, dates and findings: they hang on it. Where the heir
has a part in the task already, the two become one, and what the smaller one held goes along.
"""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from tasks.models import (
    Assignment,
    Contribution,
    Evidence,
    Notice,
    Observation,
    Period,
    ProgressReport,
    Responsibility,
    Target,
)
from tasks.models.assignments import text_of
from tasks.services import editing, notices
from tasks.services.assignments import MAKE_NOTICES, default_sign_by
from tasks.services.duties import DutyText
from tasks.states import ENDED_STATES, REPORTED_STATES, ObservationState, PeriodState, Role
from tracker.lib.doorbell import ring
from units.above import Change, Foreseen, Going
from units.models import Unit, User
from units.services import audit


@dataclass
class Step:
    """A duty, who takes it, and the heir's own part in the task, if there is one."""

    duty: Responsibility
    heir: Unit
    other: Responsibility | None = None

    @property
    def stays(self) -> bool:
        """The unit goes on and keeps the duty."""
        return self.heir.pk == self.duty.unit_id

    @property
    def is_refused(self) -> bool:
        """One unit would lead for two sides of a task."""
        return self.other is not None and self.duty.role == self.other.role == Role.LEAD

    @property
    def gives_way(self) -> bool:
        """The duty goes into the heir's part; a lead takes the heir's part in instead."""
        return self.other is not None and self.duty.role == Role.COOPERATING


def open_duties(units: Sequence[Unit]) -> list[Responsibility]:
    """Duties that have not ended; a cooperating one ends with the sides of its task."""
    leads = Responsibility.objects.leads().filter(task=OuterRef("task"))
    going_on = leads.exclude(state__in=ENDED_STATES)
    rows = Responsibility.objects.filter(unit__in=units).filter(
        Q(role=Role.LEAD) & ~Q(state__in=ENDED_STATES)
        | Q(role=Role.COOPERATING) & (Exists(going_on) | ~Exists(leads))
    )
    found = rows.select_related("task__plan", "unit", "side").order_by("task", "order")
    return sorted(found, key=lambda duty: (duty.role != Role.LEAD, duty.task_id, duty.order))


def _steps(change: Change) -> list[Step]:
    """Leads first: what cooperates goes into them."""
    duties = open_duties(change.old)
    first, heirs = change.first_heir, {unit.pk: unit for unit in change.heirs}
    if first is None:
        return []
    held: dict[tuple[int, int], Responsibility] = {}
    beside = Responsibility.objects.filter(task__in={duty.task_id for duty in duties})
    for row in beside.select_related("task__plan", "unit", "side").order_by("role", "pk"):
        held.setdefault((row.task_id, row.unit_id), row)
        if row.role == Role.LEAD:
            held[row.task_id, row.unit_id] = row
    steps: list[Step] = []
    for duty in duties:
        heir = heirs.get(change.duties.get(duty.pk, 0), first)
        if heir.pk == duty.unit_id:
            steps.append(Step(duty, heir))
            continue
        step = Step(duty, heir, held.get((duty.task_id, heir.pk)))
        steps.append(step)
        if not step.gives_way:
            held[duty.task_id, heir.pk] = duty
    return steps


def foresee(change: Change) -> Foreseen:
    """What will move, and what stands against it."""
    duties = open_duties(change.old)
    steps = _steps(change)
    return Foreseen(
        going=[_told(step) for step in steps],
        open=len(duties),
        reports=_not_handed_in([step.duty for step in steps if not step.stays]),
        problems=[_why_refused(step) for step in steps if step.is_refused],
    )


def _not_handed_in(duties: Sequence[Responsibility]) -> int:
    """Reports of open quarters that the units still owe, whether they have begun them or not."""
    plans: Counter[int] = Counter(duty.task.plan_id for duty in duties if duty.role == Role.LEAD)
    owed = Period.objects.filter(plan__in=plans, state=PeriodState.OPEN)
    handed_in = ProgressReport.objects.filter(
        responsibility__in=[duty.pk for duty in duties],
        period__in=owed.values("pk"),
        state__in=REPORTED_STATES,
    )
    return sum(plans[plan] for plan in owed.values_list("plan", flat=True)) - handed_in.count()


def _told(step: Step) -> Going:
    words = _("%(plan)s %(task)s（%(role)s）") % {
        "plan": step.duty.task.plan.name,
        "task": step.duty.task,
        "role": step.duty.get_role_display(),
    }
    told = ""
    if step.other is not None and not step.is_refused:
        told = _("“%(unit)s”在本任务中已是%(role)s单位，两项责任合为一项。") % {
            "unit": step.heir,
            "role": step.other.get_role_display(),
        }
    return Going(step.duty.pk, words, step.duty.unit, step.heir, told)


def _why_refused(step: Step) -> str:
    return _(
        "“%(plan)s”任务%(task)s的两方将同由“%(unit)s”牵头：一个单位只能为一方牵头，"
        "请先改列其中一方的牵头单位，或将此项责任分派给另一单位。"
    ) % {"plan": step.duty.task.plan.name, "task": step.duty.task, "unit": step.heir}


def move(change: Change, *, by: User | None, now: datetime.datetime) -> dict[str, int]:
    """Move what is foreseen. What is refused was refused before: see the rules below."""
    number: Counter[str] = Counter()
    tasks = {duty.task_id for duty in open_duties(change.old)}
    rows = Responsibility.objects.filter(task__in=tasks).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True))
    handed_out = False
    for step in _steps(change):
        if step.stays:
            continue
        number["duties"] += 1
        if step.other is not None:
            number["merged"] += 1
        if step.gives_way and step.other is not None:
            _join(step.duty, step.other, by=by)
            continue
        if step.other is not None:
            _join(step.other, step.duty, by=by)
        if _take_over(step, by=by, now=now):
            number["handed_out"] += 1
            handed_out = True
    _move_figures(change, number, by=by)
    if handed_out:
        ring(MAKE_NOTICES)
    return dict(number)


def _take_over(step: Step, *, by: User | None, now: datetime.datetime) -> bool:
    """The heir answers; what was handed out is handed out anew, and so signed for anew."""
    duty, before = step.duty, step.duty.unit
    Notice.objects.filter(task=duty.task_id, unit=before).unread().update(unit=step.heir)
    duty.unit = step.heir
    duty.save(update_fields=["unit"])
    audit.record("duty.succeed", duty, by=by, before={"unit": before}, after={"unit": step.heir})
    assignment = Assignment.objects.filter(responsibility=duty).first()
    if assignment is None:
        return False
    shown = {"sign_by": assignment.sign_by, "signed_by": assignment.signed_by}
    assignment.assigned_by = by or assignment.assigned_by
    assignment.assigned_at, assignment.sign_by = now, default_sign_by(now.date())
    assignment.handed_out = text_of(duty)
    assignment.signed_by, assignment.signed_at = None, None
    assignment.save()
    after = {"sign_by": assignment.sign_by, "signed_by": None, "unit": step.heir}
    audit.record("duty.assign", duty, by=by, before=shown, after=after)
    subject = notices.assignment_subject(duty.pk)
    notices.settle([subject], still_due=assignment.sign_by)
    return True


def _join(part: Responsibility, into: Responsibility, *, by: User | None) -> None:
    """A cooperating part ends in another of the task; what was told in it is kept there."""
    told = [_join_told(one, into) for one in part.contributions.order_by("pk")]
    notices.settle([notices.assignment_subject(part.pk)])
    before = editing.values_of(DutyText.of(part)) | {
        name: value
        for name in ("leader", "department", "liaison", "phone")
        if (value := getattr(part, name, ""))
    }
    after = {"unit": into.unit, "contributions": [text for text in told if text]}
    audit.record("duty.join", into, by=by, before=before, after=after)
    part.delete()


def _join_told(one: Contribution, into: Responsibility) -> str:
    """Move what was told of a quarter; beside the heir's own, under the former unit's name."""
    twin = Contribution.objects.filter(responsibility=into, period=one.period_id).first()
    text = one.text
    if twin is None:
        Contribution.objects.filter(pk=one.pk).update(responsibility=into)
        return text
    if text:
        named = _("【%(unit)s】") % {"unit": one.responsibility.unit} + text
        twin.text = f"{twin.text}\n\n{named}" if twin.text else named
        twin.version += 1
        twin.save(update_fields=["text", "version", "updated_at"])
    Evidence.objects.filter(contribution=one).update(contribution=twin)
    one.delete()
    return text


def _move_figures(change: Change, number: Counter[str], *, by: User | None) -> None:
    """Targets to account for, and values that are not approved, go to the first heir."""
    heir = change.first_heir
    if heir is None or not change.leaving:
        return
    for target in Target.objects.filter(unit__in=change.leaving).select_related("unit"):
        before = target.unit
        target.unit = heir
        target.save(update_fields=["unit"])
        audit.record("target.succeed", target, by=by, before={"unit": before}, after={"unit": heir})
        number["targets"] += 1
    waiting = Observation.objects.filter(unit__in=change.leaving)
    waiting.exclude(state=ObservationState.APPROVED).update(unit=heir)
