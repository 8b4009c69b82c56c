"""Responsibilities: a unit's part in a task, and on a lead's how far its side is."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.models import lights
from tasks.models.contacts import Contact
from tasks.states import DONE_STATES, ENDED_STATES, LightWord, Role, TaskState
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Sourced, Unit


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    def leads(self) -> Self:
        return self.filter(role=Role.LEAD)

    def open(self) -> Self:
        """Something is still to be done and reported."""
        return self.leads().exclude(state__in=ENDED_STATES)

    def going_on(self, day: datetime.date) -> Self:
        """Lead rows that had not ended on the day, as far as they tell."""
        return self.leads().filter(~Q(state__in=ENDED_STATES) | Q(state_since__gt=day))

    def unmet(self, day: datetime.date) -> Self:
        """Lead rows that were neither done nor ended on the day."""
        return self.leads().filter(~Q(state__in=DONE_STATES) | Q(state_since__gt=day))

    def with_due(self) -> Self:
        """Annotate `due`: the date in force."""
        return lights.side_due(self)

    def with_percent(self, upto: Quarter | None = None) -> Self:
        """Annotate `percent`: that of the latest approved report, up to a quarter if given."""
        return lights.side_percent(self, upto)

    def with_light(self, today: datetime.date, upto: Quarter | None = None) -> Self:
        """Annotate `light_rank` (null on cooperating rows), `percent`, `due`."""
        return lights.side_light(self, today, upto)

    def overdue(self, today: datetime.date) -> Self:
        """逾期: past a date of its own."""
        return self.late(today).filter(Q(due_on__isnull=False) | Q(task__due_on__isnull=False))

    def expired(self, today: datetime.date) -> Self:
        """期满未办结: past the plan's end, with no date of its own."""
        return self.late(today).filter(due_on=None, task__due_on=None)

    def late(self, today: datetime.date) -> Self:
        return lights.side_late(self, today)


class Responsibility(Sourced, Contact):
    """A unit's part in a task. The lead's row carries how far its side of the task is.

    `written` are the words of the document; `order` is the place in its list. `due_on` is a
    date granted to this side; null means the task's, or else the plan's end.
    """

    task = models.ForeignKey(
        "tasks.Task", models.CASCADE, verbose_name=_("任务"), related_name="responsibilities"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("单位"), related_name="responsibilities"
    )
    role = models.CharField(_("角色"), max_length=12, choices=Role)
    side = models.ForeignKey(
        Jurisdiction,
        models.PROTECT,
        verbose_name=_("所属方"),
        null=True,
        blank=True,
        help_text=_("中央单位不属任何一方，可不填。"),
    )
    order = models.PositiveSmallIntegerField(_("次序"))
    written = models.CharField(_("文中写法"), max_length=100, blank=True)
    note = models.CharField(_("备注"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=12, choices=TaskState, blank=True)
    state_since = models.DateField(_("状态起始日"), null=True, blank=True)
    due_on = models.DateField(_("核定时限"), null=True, blank=True)

    objects = ResponsibilityQuerySet.as_manager()
    # On a row read from a snapshot: what its light said then, and why.
    kept_light: tuple[LightWord, str] | None = None

    class Meta:
        verbose_name = verbose_name_plural = _("责任")
        ordering = ["task", "order"]
        constraints = [
            models.UniqueConstraint(
                fields=["task", "unit", "role"],
                name="responsibility_once",
                violation_error_message=_("同一单位在同一任务中不能重复承担同一角色。"),
            ),
            models.UniqueConstraint(fields=["task", "order"], name="responsibility_order_once"),
            models.UniqueConstraint(
                fields=["task", "side"],
                condition=Q(role=Role.LEAD),
                nulls_distinct=False,
                name="responsibility_one_lead_a_side",
                violation_error_message=_("每一方只能有一个牵头单位。"),
            ),
            models.CheckConstraint(
                condition=Q(role=Role.LEAD, state__in=TaskState.values)
                | Q(role=Role.COOPERATING, state="", due_on=None),
                name="responsibility_lead_has_state",
            ),
        ]
        indexes = [models.Index(fields=["unit", "role"])]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_role_display()} {self.task}"

    @property
    def due_on_in_force(self) -> datetime.date | None:
        return self.due_on or self.task.due_on or self.task.plan.ends_on

    @property
    def due_is_plans(self) -> bool:
        return self.due_on is None and self.task.due_on is None

    @property
    def latest_percent(self) -> int | None:
        """Percent of the latest approved report; None is 未报. Wants `with_percent`."""
        percent: int | None = self.percent  # type: ignore[attr-defined]  # annotated
        return percent

    def is_late(self, today: datetime.date) -> bool:
        due = self.due_on_in_force
        return (
            self.role == Role.LEAD
            and not self.task.plan.is_reference
            and self.state not in DONE_STATES
            and due is not None
            and due < today
        )

    def is_overdue(self, today: datetime.date) -> bool:
        return self.is_late(today) and not self.due_is_plans

    def is_expired(self, today: datetime.date) -> bool:
        return self.is_late(today) and self.due_is_plans

    def light_word(self, today: datetime.date) -> LightWord:
        """What this side's light says. Wants `with_percent` or `with_light`."""
        if self.kept_light is not None:
            return self.kept_light[0]
        return lights.word_of(self, self.latest_percent, today)

    def light_reason(self, today: datetime.date) -> str:
        """Why, in words. Wants `with_percent` or `with_light`."""
        if self.kept_light is not None:
            return self.kept_light[1]
        return lights.reason_of(self, self.latest_percent, today)
