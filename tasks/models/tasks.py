"""Tasks, with the light of the worse side."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks.models import lights
from tasks.models.duties import Responsibility, ResponsibilityQuerySet
from tasks.models.plans import Action, Plan
from tasks.states import LightWord, Role, TaskState
from tracker.lib.workdays import Quarter
from units.models import Sourced, Unit

# What a row in a book reads of a side.
OF_SIDES = ("task", "unit", "role", "side", "order", "state", "due_on")


def _leads_of_task() -> ResponsibilityQuerySet:
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

    def _with_side(self, sides: ResponsibilityQuerySet) -> Self:
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

    def for_book(self, *, cooperating: bool, implements: bool) -> Self:
        """The rows of `for_list` for many at once: without what only sorts and filters.

        A plan, an action and a unit are made once, however many rows name them; who cooperates and
        what is implemented is read where it is asked for.
        """
        sides = Responsibility.objects.with_percent().order_by("order").only(*OF_SIDES)
        rows = self.defer("loaded").prefetch_related(
            "plan",
            "action",
            models.Prefetch("responsibilities", sides if cooperating else sides.leads()),
            "responsibilities__unit",
        )
        above = models.Prefetch("implements", Task.objects.only("plan", "number", "title"))
        return rows.prefetch_related(above, "implements__plan") if implements else rows


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
    def leads(self) -> list[Responsibility]:
        return [r for r in self.responsibilities.all() if r.role == Role.LEAD]

    @property
    def cooperating(self) -> list[Responsibility]:
        return [r for r in self.responsibilities.all() if r.role == Role.COOPERATING]

    @property
    def nearest_side(self) -> Responsibility | None:
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
