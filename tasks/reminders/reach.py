"""Which notices a coordinator may look at: those about the sides for which they act."""

from functools import cached_property
from typing import Any

from django.db.models import BigIntegerField, Exists, OuterRef, Q, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, Concat

from tasks import policy
from tasks.models import Notice, PlanSide, Responsibility
from tasks.policy.sides import on_sides
from tasks.reminders.by_hand import URGE
from tasks.reminders.engine import Untold
from tasks.services.notices import LETTER
from units.models import Membership, User
from units.standing import standing

TOLD_TO_OFFICE = "report.review"
INSIDE = ("signature_waiting",)  # of a draft, which is the unit's own until it is handed in


class Reach:
    """What `reminder.preview` comes to, for notices that are stored and for those that are not.

    A notice is of a side by its responsibility. One without any, of a unit or a target, is of
    the sides of its plan on which its unit has duties; what is told to another office is not.
    A letter is its sender's: what another office sent to a unit of the own side stays theirs.
    """

    def __init__(self, user: User) -> None:
        self.user, self.whole = user, standing(user).superuser
        sides = policy.scope(user, "reminder.preview").select_related("plan")
        self.sides: list[PlanSide] = list(sides)

    @property
    def _on_sides(self) -> Q:
        pairs = [(side.plan_id, side.jurisdiction_id) for side in self.sides]
        return on_sides(pairs, "task__plan", "side")

    @cached_property
    def duties(self) -> set[int]:
        rows = Responsibility.objects.filter(self._on_sides)
        return set(rows.order_by().values_list("pk", flat=True))

    @cached_property
    def units(self) -> dict[int, str]:
        rows = Responsibility.objects.filter(self._on_sides).order_by()
        return dict(rows.values_list("unit", "unit__name").distinct())

    @cached_property
    def plans(self) -> set[str]:
        return {side.plan.name for side in self.sides}

    @cached_property
    def colleagues(self) -> set[int]:
        offices = {side.office_id for side in self.sides}
        rows = Membership.objects.filter(office__in=offices)
        return set(rows.values_list("user", flat=True))

    @property
    def _letters(self) -> Any:
        """Of a notice's letter: whether the own office sent it."""
        sent: Any = policy.scope(self.user, "urge.follow")
        number = Cast("pk", TextField())
        key = Concat(Value(LETTER), number, output_field=TextField())
        return sent.order_by().alias(key=key).filter(key=OuterRef("subject"))

    def narrow(self, made: Any) -> Any:
        """Of notices that are stored."""
        if self.whole:
            return made
        duty = Coalesce(Cast(KT("params__side"), BigIntegerField()), 0)
        own = Responsibility.objects.filter(self._on_sides, pk=OuterRef("of_duty"))
        without = Q(of_duty=0, unit__in=self.units, params__plan__in=sorted(self.plans))
        told = ~Q(params__verb=TOLD_TO_OFFICE) | Q(recipient__in=self.colleagues)
        rows = made.exclude(rule__in=INSIDE).exclude(~Exists(self._letters), rule=URGE)
        rows = rows.alias(of_duty=duty)
        return rows.filter(Q(Exists(own)) | (without & told))

    def covers(self, notice: Notice) -> bool:
        """Of one that is not stored."""
        if self.whole:
            return True
        if notice.rule in INSIDE:
            return False
        params: dict[str, Any] = notice.params
        if params.get("side"):
            return params["side"] in self.duties
        if params["verb"] == TOLD_TO_OFFICE and notice.recipient_id not in self.colleagues:
            return False
        return notice.unit_id in self.units and params["plan"] in self.plans

    def covers_untold(self, row: Untold) -> bool:
        """What nobody is told names its plan and unit in words alone."""
        if self.whole or not (row.subject or row.unit):
            return True
        if row.rule in INSIDE:
            return False
        of_plan = any(f"{row.subject} ".startswith(f"{name} ") for name in self.plans)
        return of_plan and (not row.unit or row.unit in self.units.values())
