"""Tasks and responsibilities, with their lights."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks.models import lights
from tasks.models.contacts import Contact
from tasks.models.plans import Action, Plan
from tasks.states import DONE_STATES, ENDED_STATES, LightWord, Role, TaskState
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Sourced, Unit


def _leads_of_task() -> "ResponsibilityQuerySet":
    """The leads of the task in the outer query."""
    return Responsibility.objects.leads().filter(task=OuterRef("pk"))


class TaskQuerySet(models.QuerySet["Task"]):
    def with_due(self) -> Self:
        """Annotate `due` and `due_plans`, which read as `due_on_in_force` and `due_is_plans`."""
        nearest = lights.nearest_first(_leads_of_task())
        return self.annotate(
            due=Coalesce(
                Subquery(nearest.annotate(date=F("due")).values("date")[:1]),
                F("due_on"),
                F("plan__ends_on"),
            ),
            due_plans=Coalesce(
                Subquery(nearest.annotate(is_plans=F("due_plans")).values("is_plans")[:1]),
                Q(due_on=None),
            ),
        )

    def with_light(self, today: datetime.date, upto: Quarter | None = None) -> Self:
        """Annotate `light_rank` (of the worse side; null where nobody leads) and `due`."""
        lit = _leads_of_task().with_light(today, upto)
        return self.with_due().annotate(light_rank=lights.least(lit, "light_rank"))

    def with_state(self) -> Self:
        """Annotate `state_rank`: of the side that is least far (`lights.STATE_ORDER`)."""
        ranked = _leads_of_task().annotate(state_rank=lights.state_rank())
        return self.annotate(state_rank=lights.least(ranked, "state_rank"))

    def overdue(self, today: datetime.date) -> Self:
        """逾期: a side is past a date of its own."""
        return self._with_side(Responsibility.objects.leads().overdue(today))

    def expired(self, today: datetime.date) -> Self:
        """期满未办结: a side is past the plan's end only."""
        return self._with_side(Responsibility.objects.leads().expired(today))

    def late(self, today: datetime.date) -> Self:
        """逾期 or 期满未办结."""
        return self._with_side(Responsibility.objects.leads().late(today))

    def _with_side(self, sides: "ResponsibilityQuerySet") -> Self:
        return self.filter(Exists(sides.filter(task=OuterRef("pk"))))

    def led_by(self, unit: Unit) -> Self:
        return self._with_side(Responsibility.objects.filter(unit=unit, role=Role.LEAD))

    def cooperated_by(self, unit: Unit) -> Self:
        return self._with_side(Responsibility.objects.filter(unit=unit, role=Role.COOPERATING))

    def for_list(self, today: datetime.date, upto: Quarter | None = None) -> Self:
        """All that a list shows, in a constant number of queries."""
        return (
            self.with_light(today, upto)
            .with_state()
            .select_related("plan", "action", "document")
            .prefetch_related(
                models.Prefetch(
                    "responsibilities",
                    Responsibility.objects.with_light(today, upto).select_related("unit", "side"),
                ),
                models.Prefetch("implements", Task.objects.select_related("plan")),
            )
        )


class Task(Sourced):
    """The smallest thing for which a unit answers.

    `due_on` is the date that the document gives; null where it gives none, and then the plan's
    end is shown as the plan's.
    """

    plan = models.ForeignKey(Plan, models.CASCADE, verbose_name=_("方案"), related_name="tasks")
    action = models.ForeignKey(Action, models.PROTECT, verbose_name=_("行动"), related_name="tasks")
    number = models.PositiveSmallIntegerField(_("序号"))
    title = models.CharField(_("任务"), max_length=200)
    summary = models.TextField(_("概要"), blank=True)
    due_on = models.DateField(_("完成时限"), null=True, blank=True)
    implements: "models.ManyToManyField[Task, models.Model]" = models.ManyToManyField(
        "self",
        symmetrical=False,
        related_name="implemented_by",
        blank=True,
        verbose_name=_("落实的任务"),
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("任务")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "number"],
                name="task_number_once",
                violation_error_message=_("同一方案中任务序号不能重复。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:detail", args=[self.pk])

    # The following read `responsibilities` as prefetched by `for_list`.

    @property
    def leads(self) -> list["Responsibility"]:
        return [r for r in self.responsibilities.all() if r.role == Role.LEAD]

    @property
    def cooperating(self) -> list["Responsibility"]:
        return [r for r in self.responsibilities.all() if r.role == Role.COOPERATING]

    @property
    def nearest_side(self) -> "Responsibility | None":
        """The lead whose date is the task's: the nearest that still counts."""
        return min(self.leads, key=lights.nearness, default=None)

    @property
    def due_on_in_force(self) -> datetime.date | None:
        """The nearest date of the sides that are not done yet (of all, when all are done)."""
        side = self.nearest_side
        return side.due_on_in_force if side else self.due_on or self.plan.ends_on

    @property
    def due_is_plans(self) -> bool:
        """The date is the plan's end: neither task nor side has one of its own."""
        side = self.nearest_side
        return side.due_is_plans if side else self.due_on is None

    @property
    def state(self) -> TaskState | None:
        """The state of the side that is least far; None where nobody leads."""
        states = [TaskState(r.state) for r in self.leads]
        return min(states, key=lights.STATE_ORDER.index, default=None)

    def light_word(self, today: datetime.date) -> LightWord | None:
        """The worse of its sides; None for a reference plan's task, which has no light."""
        if self.plan.is_reference:
            return None
        words = [r.light_word(today) for r in self.leads]
        return min(words, key=lambda word: word.rank, default=None)


class ResponsibilityQuerySet(models.QuerySet["Responsibility"]):
    def leads(self) -> Self:
        return self.filter(role=Role.LEAD)

    def open(self) -> Self:
        """Something is still to be done and reported."""
        return self.leads().exclude(state__in=ENDED_STATES)

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
        Task, models.CASCADE, verbose_name=_("任务"), related_name="responsibilities"
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
    kept_light: "tuple[LightWord, str] | None" = None

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
