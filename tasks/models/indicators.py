"""Indicators, targets and observations."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tasks.models.phrases import Phrase, phrase
from tasks.models.plans import Plan
from tasks.models.tasks import Task
from tasks.states import Basis, Operator, TargetKind
from units.models import Jurisdiction, Loaded, Sourced, Unit


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


class Place(models.Model):
    """Where a figure holds: a jurisdiction, or a place named in words (长江干流重庆段)."""

    place = models.ForeignKey(
        Jurisdiction, models.PROTECT, verbose_name=_("辖区"), null=True, blank=True
    )
    place_name = models.CharField(_("地域"), max_length=100, blank=True)

    class Meta:
        abstract = True


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
        if not numbers and self.words:
            return Phrase(self.words)
        return phrase(numbers, "", self.indicator.measure, self.comparator)

    @property
    def promise(self) -> str:
        """What is promised, as the document says it: 2–3个, 18%以上, 2030年前, or the words."""
        return self.phrase.text

    @property
    def remark(self) -> str:
        """What the editor noted beside the document's words."""
        return self.phrase.remark


class Observation(Sourced, Place):
    """A measured value, or a class such as Ⅱ, with the span it speaks of."""

    indicator = models.ForeignKey(
        Indicator, models.PROTECT, verbose_name=_("指标"), related_name="observations"
    )
    order = models.PositiveSmallIntegerField(_("序号"))
    value = models.DecimalField(_("监测值"), max_digits=18, decimal_places=4, null=True, blank=True)
    category = models.CharField(_("类别"), max_length=20, blank=True)
    comparator = models.CharField(_("文中表述"), max_length=20, blank=True)
    basis = models.CharField(_("口径"), max_length=4, choices=Basis)
    period_text = models.CharField(_("时段"), max_length=50)
    starts_on = models.DateField(_("起"), null=True, blank=True)
    ends_on = models.DateField(_("止"), null=True, blank=True)
    note = models.TextField(_("备注"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("监测值")
        ordering = ["document", "order"]
        constraints = [
            models.UniqueConstraint(fields=["document", "order"], name="observation_order_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=False) | ~Q(category=""),
                name="observation_has_value",
                violation_error_message=_("监测值或类别须填写一项。"),
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="observation_dates_in_order",
                violation_error_message=_("止日不能早于起日。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period_text}"

    @property
    def phrase(self) -> Phrase:
        numbers = [] if self.value is None else [self.value]
        return phrase(numbers, self.category, self.indicator.measure, self.comparator)

    @property
    def figure(self) -> str:
        """The value as the document says it: 超130亿元, 保持为Ⅱ类."""
        return self.phrase.text

    @property
    def remark(self) -> str:
        """What the editor noted beside the document's words."""
        return self.phrase.remark
