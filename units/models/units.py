"""Units, their names over time, and the offices that coordinate."""

import datetime
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from units.models.documents import Sourced
from units.models.places import Jurisdiction
from units.states import NameKind, UnitKind


class UnitQuerySet(models.QuerySet["Unit"]):
    def in_being(self, today: datetime.date) -> Self:
        """Not abolished by the day."""
        return self.exclude(abolished_on__lte=today)


class Unit(Sourced):
    """A body that can be responsible.

    `name` is the working name: place in full and body as written (重庆市经济信息委). `order` is
    its place in the document that named it first (机构序列).
    """

    name = models.CharField(_("单位名称"), max_length=100, unique=True)
    jurisdiction = models.ForeignKey(
        Jurisdiction,
        models.PROTECT,
        verbose_name=_("所在辖区"),
        null=True,
        blank=True,
        related_name="units",
        help_text=_("中央单位可不填。"),
    )
    kind = models.CharField(_("性质"), max_length=12, choices=UnitKind, default=UnitKind.GOVERNMENT)
    order = models.PositiveIntegerField(_("机构序列"), default=0)
    members: "models.ManyToManyField[Unit, models.Model]" = models.ManyToManyField(
        "self", symmetrical=False, related_name="collectives", blank=True, verbose_name=_("成员")
    )
    signs_reports = models.BooleanField(
        _("须审签"), default=False, help_text=_("报送前须经本单位审签人审签。")
    )
    abolished_on = models.DateField(_("撤销日期"), null=True, blank=True)
    successor = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("承接单位"),
        null=True,
        blank=True,
        related_name="predecessors",
    )
    succeeded_on = models.DateField(_("承接日期"), null=True, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("单位")
        ordering = ["jurisdiction__code", "order", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(successor=None, succeeded_on=None)
                | Q(successor__isnull=False, succeeded_on__isnull=False),
                name="unit_successor_has_date",
                violation_error_message=_("承接单位与承接日期须同时填写。"),
            ),
            models.CheckConstraint(
                condition=~Q(successor=F("id")), name="unit_successor_is_another"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_central(self) -> bool:
        """Central bodies and enterprises are asked (商请), never urged (催办)."""
        return UnitKind(self.kind).is_central


class UnitName(Sourced):
    """A name of a unit and the dates for which it holds; open ends are null."""

    unit = models.ForeignKey(Unit, models.CASCADE, verbose_name=_("单位"), related_name="names")
    name = models.CharField(_("名称"), max_length=100, db_index=True)
    kind = models.CharField(_("类型"), max_length=10, choices=NameKind)
    valid_from = models.DateField(_("起用日期"), null=True, blank=True)
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)
    basis = models.CharField(_("依据说明"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("单位名称")
        ordering = ["unit", "kind", "name"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "name", "kind"], name="unit_name_once"),
            models.CheckConstraint(
                condition=Q(valid_from=None)
                | Q(valid_until=None)
                | Q(valid_until__gte=F("valid_from")),
                name="unit_name_dates_in_order",
                violation_error_message=_("停用日期不能早于起用日期。"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Office(Sourced):
    """协调办公室: coordinates a side of a plan, with the name it has there."""

    name = models.CharField(_("名称"), max_length=100, unique=True)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, verbose_name=_("辖区"), related_name="offices"
    )
    host_unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("设在单位"), null=True, blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = _("协调办公室")
        ordering = ["jurisdiction__code", "name"]

    def __str__(self) -> str:
        return self.name
