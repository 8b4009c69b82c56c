"""Indicators and targets."""

import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks.models.attainment import (
    CLASS_OPERATORS,
    Attainment,
    attainments,
)
from tasks.models.attainment_sql import with_attainment, without_value
from tasks.models.observations import Observation, Place
from tasks.models.phrases import Phrase, phrase
from tasks.models.plans import Plan
from tasks.models.tasks import Task
from tasks.states import Basis, Operator, TargetKind
from units.models import Loaded, Sourced, Unit

__all__ = ["Indicator", "Observation", "Target"]


class Indicator(Loaded):
    """What is measured, and in what unit of measure."""

    name = models.CharField(_("指标"), max_length=100)
    measure = models.CharField(_("计量单位"), max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("指标")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["name", "measure"], name="indicator_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TargetQuerySet(models.QuerySet["Target"]):
    def with_attainment(self, today: datetime.date) -> Self:
        """`attained` (a value of `Attained`) and `observed` (the observation's number or null)."""
        rows: Self = with_attainment(self, today)
        return rows

    def without_value(self, today: datetime.date) -> Self:
        """Promised for a year, to be judged by figures, and nothing can be held against it."""
        rows: Self = without_value(self.filter(year__isnull=False), today)
        return rows


class Target(Sourced, Place):
    """The value promised for a year; a number, a range, or words only."""

    plan = models.ForeignKey(Plan, models.CASCADE, verbose_name=_("方案"), related_name="targets")
    order = models.PositiveSmallIntegerField(_("序号"))
    indicator = models.ForeignKey(
        Indicator, models.PROTECT, verbose_name=_("指标"), related_name="targets"
    )
    task = models.ForeignKey(
        Task,
        models.PROTECT,
        verbose_name=_("任务"),
        null=True,
        blank=True,
        related_name="targets",
    )
    kind = models.CharField(_("类型"), max_length=12, choices=TargetKind)
    year = models.PositiveSmallIntegerField(_("目标年"), null=True, blank=True)
    operator = models.CharField(_("比较方式"), max_length=10, choices=Operator)
    comparator = models.CharField(_("文中表述"), max_length=50, blank=True)
    value = models.DecimalField(_("目标值"), max_digits=18, decimal_places=4, null=True, blank=True)
    value_max = models.DecimalField(
        _("目标值上限"), max_digits=18, decimal_places=4, null=True, blank=True
    )
    category = models.CharField(
        _("目标类别"), max_length=20, blank=True, help_text=_("如水质类别Ⅱ。")
    )
    basis = models.CharField(
        _("目标口径"),
        max_length=4,
        choices=Basis,
        blank=True,
        help_text=_("只与这一口径的监测值比较；空为累计、时点、年度均可。"),
    )
    words = models.CharField(_("文字目标"), max_length=200, blank=True)
    baseline_year = models.PositiveSmallIntegerField(_("基准年"), null=True, blank=True)
    unit = models.ForeignKey(
        Unit,
        models.PROTECT,
        verbose_name=_("测算填报单位"),
        null=True,
        blank=True,
        related_name="targets",
    )
    note = models.TextField(_("备注"), blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("目标")
        ordering = ["plan", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "order"], name="target_order_once"),
            models.CheckConstraint(
                condition=Q(value_max=None) | Q(value__isnull=False, value_max__gte=F("value")),
                name="target_range_in_order",
                violation_error_message=_("目标值上限不能小于目标值。"),
            ),
            models.CheckConstraint(
                condition=~Q(kind=TargetKind.QUANTIFIED) | Q(value__isnull=False),
                name="target_quantified_has_value",
                violation_error_message=_("定量目标须填写目标值。"),
            ),
            models.CheckConstraint(
                condition=Q(baseline_year=None) | Q(year=None) | Q(year__gt=F("baseline_year")),
                name="target_baseline_before_year",
                violation_error_message=_("基准年须早于目标年。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.year or ''}".strip()

    @property
    def phrase(self) -> Phrase:
        numbers = [number for number in (self.value, self.value_max) if number is not None]
        if not numbers and not self.category and self.words:
            return Phrase(self.words)
        return phrase(numbers, self.category, self.indicator.measure, self.comparator)

    @property
    def promise(self) -> str:
        """What is promised, as the document says it: 2–3个, 18%以上, 2030年前, or the words."""
        return self.phrase.text

    @property
    def remark(self) -> str:
        """What the editor noted beside the document's words."""
        return self.phrase.remark

    def get_absolute_url(self) -> str:
        return reverse("tasks:target", args=[self.pk])

    @property
    def where(self) -> str:
        """The place in words; the plan's where the target names none."""
        if self.place_name:
            return self.place_name
        place = self.place or self.plan.jurisdiction or self.plan.region
        return place.name if place else ""

    @property
    def effective_place_id(self) -> int | None:
        """The jurisdiction, if it is one; the plan's where the target names no place."""
        if self.place_id is None and not self.place_name:
            return self.plan.jurisdiction_id
        return self.place_id

    @property
    def is_judged(self) -> bool:
        """A value or a class that an observation can be held against; not words alone."""
        if self.operator == Operator.WORDS:
            return False
        if self.value is not None:
            return self.operator != Operator.BETWEEN or self.value_max is not None
        return self.category != "" and self.operator in CLASS_OPERATORS

    def attainment(self, today: datetime.date) -> Attainment:
        """Whether it is reached, and from which observation."""
        return attainments([self], today)[self.pk]
