"""Observations: measured values, loaded with a document or entered and reviewed."""

import datetime
import re
from typing import Any, Self

from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Value, When
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks.models.filed import Filed
from tasks.models.phrases import Phrase, phrase
from tasks.states import OBSERVATION_EDITABLE, Basis, ObservationState
from tracker.lib.workdays import end_of
from units.models import Jurisdiction, Office, Sourced, Unit

# The year of a period that has words alone: 2024年度, 截至2024年6月（发布会时点）.
YEAR_IN_WORDS = r"([1-9][0-9]{3})年"


class Place(models.Model):
    """Where a figure holds: a jurisdiction, or a place named in words (长江干流重庆段)."""

    place = models.ForeignKey(
        Jurisdiction, models.PROTECT, verbose_name=_("辖区"), null=True, blank=True
    )
    place_name = models.CharField(_("地域"), max_length=100, blank=True)

    class Meta:
        abstract = True


class ObservationQuerySet(models.QuerySet["Observation"]):
    def approved(self) -> Self:
        return self.filter(state=ObservationState.APPROVED)

    def to_review_on(self, day: datetime.date) -> Self:
        """Handed in, and not judged by the office when the day was over."""
        waiting = Q(state=ObservationState.SUBMITTED) | Q(reviewed_at__gte=end_of(day))
        return self.filter(waiting, submitted_at__lt=end_of(day))

    def standing(self, today: datetime.date) -> Self:
        """Approved by the day, and by that day not corrected by another."""
        accepted = Q(state=ObservationState.APPROVED) & (
            Q(reviewed_at=None) | Q(reviewed_at__date__lte=today)
        )
        later = Observation.objects.filter(accepted, supersedes=OuterRef("pk"))
        return self.filter(accepted).exclude(Exists(later))

    def with_until(self) -> Self:
        """`until`, as the row's property."""
        year = Cast(
            Func(
                F("period_text"),
                Value(YEAR_IN_WORDS),
                function="substring",
                output_field=models.CharField(),
            ),
            models.IntegerField(),
        )
        annual = Q(basis=Basis.ANNUAL)
        last = Func(
            year,
            Case(When(annual, then=Value(12)), default=Value(1)),
            Case(When(annual, then=Value(31)), default=Value(1)),
            function="make_date",
            output_field=models.DateField(),
        )
        return self.annotate(until=Coalesce(F("ends_on"), last))


class Observation(Sourced, Place, Filed):
    """A measured value, or a class such as Ⅱ, with the span it speaks of.

    Loaded ones have neither `unit` nor `office`; they are approved and are corrected only by
    another that supersedes them.
    """

    indicator = models.ForeignKey(
        "tasks.Indicator", models.PROTECT, verbose_name=_("指标"), related_name="observations"
    )
    order = models.PositiveSmallIntegerField(_("序号"), default=0)
    value = models.DecimalField(_("监测值"), max_digits=18, decimal_places=4, null=True, blank=True)
    category = models.CharField(_("类别"), max_length=20, blank=True)
    comparator = models.CharField(_("文中表述"), max_length=20, blank=True)
    basis = models.CharField(_("口径"), max_length=4, choices=Basis)
    period_text = models.CharField(_("时段"), max_length=50)
    starts_on = models.DateField(_("起"), null=True, blank=True)
    ends_on = models.DateField(_("止"), null=True, blank=True)
    note = models.TextField(_("备注"), blank=True)
    # What was entered here, beyond what documents say.
    target = models.ForeignKey(
        "tasks.Target",
        models.PROTECT,
        verbose_name=_("目标"),
        null=True,
        blank=True,
        related_name="entered",
    )
    side = models.ForeignKey(
        Jurisdiction,
        models.PROTECT,
        verbose_name=_("所属方"),
        null=True,
        blank=True,
        related_name="+",
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("填报单位"), null=True, blank=True, related_name="+"
    )
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        verbose_name=_("协调办公室"),
        null=True,
        blank=True,
        related_name="+",
    )
    source_words = models.CharField(_("数据来源"), max_length=200, blank=True)
    supersedes = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("所更正的监测值"),
        null=True,
        blank=True,
        related_name="corrections",
    )
    state = models.CharField(
        _("报送状态"),
        max_length=10,
        choices=ObservationState,
        default=ObservationState.APPROVED,
    )
    updated_at = models.DateTimeField(_("修改时间"), null=True, blank=True)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("监测值")
        ordering = ["document", "order"]
        constraints = [
            models.UniqueConstraint(fields=["document", "order"], name="observation_order_once"),
            models.CheckConstraint(
                condition=Q(value__isnull=False)
                | ~Q(category="")
                | Q(state__in=OBSERVATION_EDITABLE),
                name="observation_has_value",
                violation_error_message=_("监测值或类别须填写一项。"),
            ),
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="observation_dates_in_order",
                violation_error_message=_("止日不能早于起日。"),
            ),
            models.CheckConstraint(
                condition=Q(unit=None, office=None, state=ObservationState.APPROVED)
                | Q(target__isnull=False, unit__isnull=False, office=None)
                | Q(target__isnull=False, unit=None, office__isnull=False),
                name="observation_has_one_filer",
            ),
            models.UniqueConstraint(
                fields=["supersedes"],
                condition=Q(state=ObservationState.APPROVED),
                name="observation_corrected_once",
                violation_error_message=_("该监测值已更正过。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.period_text}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:observation", args=[self.pk])

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

    @property
    def until(self) -> datetime.date | None:
        """The last day it speaks of; of words alone their year: its end if 年度, else its start."""
        known: datetime.date | None = self.__dict__.get("until") or self.ends_on
        if known is not None:
            return known
        found = re.search(YEAR_IN_WORDS, self.period_text)
        if found is None:
            return None
        whole = self.basis == Basis.ANNUAL
        return datetime.date(int(found[1]), *((12, 31) if whole else (1, 1)))

    @until.setter
    def until(self, day: datetime.date | None) -> None:
        self.__dict__["until"] = day

    @property
    def is_whole_year(self) -> bool:
        """From the first to the last day of one year."""
        first, last = self.starts_on, self.ends_on
        return (
            first is not None
            and last is not None
            and first == datetime.date(first.year, 1, 1)
            and last == datetime.date(first.year, 12, 31)
        )

    @property
    def is_editable(self) -> bool:
        """Still in the hands of who entered it."""
        return self.state in OBSERVATION_EDITABLE

    @property
    def is_entered(self) -> bool:
        """Entered here, not loaded with a document."""
        return self.unit_id is not None or self.office_id is not None

    @property
    def filer(self) -> Any:
        """The unit or office that entered it."""
        return self.unit or self.office

    @property
    def where(self) -> str:
        """The place in words."""
        return self.place_name or (self.place.name if self.place else "")

    @property
    def origin(self) -> str:
        """Where the figure comes from, in words."""
        if self.document is not None:
            return f"{self.document} {self.clause}".strip()
        return self.source_words
