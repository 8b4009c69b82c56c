"""What an office has handed out and units are to sign for: the rows, narrowed and counted."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks import policy
from tasks.forms.duties import HandOutForm
from tasks.models import Assignment, Plan, Responsibility, Task
from tasks.models.assignments import with_changed
from tasks.services import assignments
from tasks.states import ENDED_STATES, PlanStatus
from tracker.lib import workdays
from tracker.lib.lists import in_a_row
from units.models import User
from units.services.search import units_called

UNSIGNED = Q(assignment__isnull=False, assignment__signed_at=None)
# 未交办 and 交办后有改动 concern the office alone.
KINDS = {
    "new": gettext_lazy("未交办"),
    "unsigned": gettext_lazy("待签收"),
    "late": gettext_lazy("其中逾期"),  # of what is not signed for
    "changed": gettext_lazy("交办后有改动"),
    "signed": gettext_lazy("已签收"),
}
ORDER = ("task__plan", "task__number", "order", "pk")
OFFICE_KINDS = ("new", "changed")


@dataclass(frozen=True)
class Row:
    """A responsibility with its 交办, and what the person may do with it."""

    duty: Responsibility
    may_hand_out: bool
    may_sign: bool
    late: bool
    days: int

    @property
    def assignment(self) -> Assignment | None:
        """What was handed out; None where nothing was."""
        return getattr(self.duty, "assignment", None)

    @property
    def changed(self) -> bool:
        """Changed since it was handed out."""
        return bool(getattr(self.duty, "changed_since", False))

    @property
    def changes(self) -> list[str]:
        """What of it."""
        return self.assignment.changes(self.duty) if self.assignment else []


class Board:
    """The rows that the person may read, narrowed by the address."""

    def __init__(self, user: User, params: Any, today: datetime.date) -> None:
        self.user, self.today = user, today
        self.handed_out_by = policy.scope(user, "duty.edit")
        self.acts = policy.scope(user, "side.edit").exists()
        rows = policy.scope(user, "assignment.view").filter(task__plan__status=PlanStatus.ISSUED)
        self.plans = list(Plan.objects.filter(pk__in=rows.values("task__plan")).order_by("pk"))
        self.plan = next((p for p in self.plans if p.code == params.get("plan")), None)
        if self.plan is not None:
            rows = rows.filter(task__plan=self.plan)
        self.search = str(params.get("unit", "")).replace("\x00", "").strip()[:50]
        if self.search:
            rows = rows.filter(unit__in=units_called(self.search))
        self.rows: QuerySet[Responsibility] = rows
        self.kinds = [k for k in KINDS if self.acts or k not in OFFICE_KINDS]
        self.counts = {kind: self.of(kind).count() for kind in self.kinds}
        asked = params.get("kind")
        self.kind = asked if asked in self.kinds else self._first()

    def _first(self) -> str:
        """Where something is to be done."""
        order = ("unsigned", "new") if not self.acts else ("new", "unsigned")
        return next((kind for kind in order if self.counts.get(kind)), "unsigned")

    def of(self, kind: str) -> Any:
        """The rows of a kind."""
        return of_kind(self.rows, kind, self.handed_out_by, self.today)

    def in_words(self) -> str:
        """签收：待签收；方案：…；单位：…"""
        words = [_("签收：%(state)s") % {"state": KINDS[self.kind]}]
        if self.plan is not None:
            words.append(_("方案：%(plan)s") % {"plan": self.plan.name})
        if self.search:
            words.append(_("单位：%(unit)s") % {"unit": self.search})
        return in_a_row(words)

    @property
    def tabs(self) -> list[tuple[str, Any, int]]:
        """Kinds with their words and counts."""
        return [(kind, KINDS[kind], self.counts[kind]) for kind in self.kinds]


def of_kind(rows: Any, kind: str, handed_out_by: Any, today: datetime.date) -> Any:
    """The responsibilities of a kind; `handed_out_by` are those that the person hands out."""
    match kind:
        case "new":
            open_ones = rows.filter(assignment=None, pk__in=handed_out_by)
            return open_ones.exclude(state__in=ENDED_STATES)
        case "late":
            return rows.filter(UNSIGNED, assignment__sign_by__lt=today)
        case "changed":
            mine = rows.filter(assignment__isnull=False, pk__in=handed_out_by)
            marked: Any = with_changed(mine)
            return marked.filter(changed_since=True)
        case "signed":
            return rows.filter(assignment__signed_at__isnull=False)
    return rows.filter(UNSIGNED)


def rows_of(user: User, duties: Any, today: datetime.date) -> list[Row]:
    """Rows for a page, in a constant number of queries."""
    found = list(
        with_changed(duties).select_related(
            "task__plan", "unit", "side", "assignment__assigned_by", "assignment__signed_by"
        )
    )
    ids = [duty.pk for duty in found]
    give = set(policy.scope(user, "duty.edit").filter(pk__in=ids).values_list("pk", flat=True))
    sign = set(policy.scope(user, "duty.sign_for").filter(pk__in=ids).values_list("pk", flat=True))
    return [_row(duty, duty.pk in give, duty.pk in sign, today) for duty in found]


def _row(duty: Responsibility, may_hand_out: bool, may_sign: bool, today: datetime.date) -> Row:
    assignment: Assignment | None = getattr(duty, "assignment", None)
    late = assignment is not None and assignment.is_unsigned_late(today)
    since = assignment.assigned_at.astimezone(workdays.SHANGHAI).date() if assignment else today
    issued = duty.task.plan.status == PlanStatus.ISSUED
    hand_out = may_hand_out and issued and duty.state not in ENDED_STATES
    return Row(duty, hand_out, may_sign, late, (today - since).days)


def shown_rows(user: User, duties: Any, today: datetime.date) -> list[Row]:
    """The rows of these duties, plan by plan."""
    ids = [duty.pk for duty in duties]
    return rows_of(user, Responsibility.objects.filter(pk__in=ids).order_by(*ORDER), today)


def block_of(user: User, task: Task, today: datetime.date) -> dict[str, Any]:
    """What `tasks/_assignment.html` shows of a task: the rows that the person may read."""
    duties = policy.scope(user, "assignment.view").filter(task=task).order_by("order")
    rows = rows_of(user, duties, today)
    return {
        "assignment_rows": [r for r in rows if r.assignment or r.may_hand_out],
        "assignment_form": HandOutForm.on(assignments.default_sign_by(today)),
        "may_hand_out": any(r.may_hand_out for r in rows),
        "may_sign": any(r.may_sign for r in rows),
    }
