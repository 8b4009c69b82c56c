"""催办: what an office sends to units by hand about what is late, and its calls by telephone."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tasks.models.duties import Responsibility
from tasks.models.fields import moment, person
from tasks.states import UrgeKind, UrgeState
from units.models import Office, Unit

# What stands before a number: a document's sign, the same in every language and in the log.
# Who is asked and not urged is not told of any 催办.
SIGNS = {UrgeKind.URGE: "催", UrgeKind.REQUEST: "商"}


class Urge(models.Model):
    """One sending, to one unit or many. `number` is counted by office and year: 催2026-001.

    `again` is the first of a row of sendings about the same.
    """

    office = models.ForeignKey(
        Office, models.PROTECT, verbose_name=_("协调办公室"), related_name="urges"
    )
    year = models.PositiveSmallIntegerField(_("年"))
    number = models.PositiveIntegerField(_("编号"))
    made_by = person(_("催办人"))
    made_at = models.DateTimeField(_("发出时间"))
    line = models.CharField(_("附言"), max_length=500, blank=True)
    answer_by = models.DateField(_("回复期限"))
    again = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("首次催办"),
        null=True,
        blank=True,
        related_name="repeats",
    )

    class Meta:
        verbose_name = verbose_name_plural = _("催办")
        ordering = ["-made_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["office", "year", "number"], name="urge_number_once"),
        ]

    def __str__(self) -> str:
        return self.code_as(UrgeKind.URGE)

    def get_absolute_url(self) -> str:
        return reverse("tasks:urge", args=[self.pk])

    def code_as(self, kind: UrgeKind) -> str:
        """催2026-001, or 商2026-001 to who is asked."""
        return f"{SIGNS[kind]}{self.year}-{self.number:03d}"


class UrgeUnitQuerySet(models.QuerySet["UrgeUnit"]):
    def unsigned(self) -> Self:
        return self.filter(state=UrgeState.SENT)

    def unanswered_late(self, today: datetime.date) -> Self:
        """Not answered by the day that was asked for."""
        return self.exclude(state=UrgeState.ANSWERED).filter(urge__answer_by__lt=today)


class UrgeUnit(models.Model):
    """What one unit was sent, in which form, and who signed for it and answered."""

    urge = models.ForeignKey(Urge, models.CASCADE, verbose_name=_("催办"), related_name="parts")
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("单位"), related_name="urged_by")
    kind = models.CharField(_("形式"), max_length=8, choices=UrgeKind)
    state = models.CharField(_("状态"), max_length=8, choices=UrgeState, default=UrgeState.SENT)
    signed_by = person(_("签收人"))
    signed_at = moment(_("签收时间"))
    answer = models.CharField(_("回复"), max_length=500, blank=True)
    answered_by = person(_("回复人"))
    answered_at = moment(_("回复时间"))

    objects = UrgeUnitQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("催办函件")
        ordering = ["-urge__made_at", "unit__order", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["urge", "unit"], name="urge_unit_once"),
            models.CheckConstraint(
                condition=Q(state=UrgeState.SENT, signed_at=None)
                | ~Q(state=UrgeState.SENT) & Q(signed_at__isnull=False),
                name="urge_unit_signed_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state=UrgeState.ANSWERED, answered_at__isnull=False)
                | ~Q(state=UrgeState.ANSWERED) & Q(answered_at=None, answer=""),
                name="urge_unit_answered_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit"], condition=Q(state=UrgeState.SENT), name="urge_unit_unsigned"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.unit}"

    def get_absolute_url(self) -> str:
        return reverse("tasks:urge_unit", args=[self.pk])

    @property
    def code(self) -> str:
        return self.urge.code_as(UrgeKind(self.kind))

    @property
    def is_urged(self) -> bool:
        """A unit of the own side; others are asked."""
        return self.kind == UrgeKind.URGE

    @property
    def is_signed(self) -> bool:
        return self.state != UrgeState.SENT

    @property
    def is_answered(self) -> bool:
        return self.state == UrgeState.ANSWERED

    def is_unanswered_late(self, today: datetime.date) -> bool:
        return not self.is_answered and self.urge.answer_by < today


class Said(models.Model):
    """A thing of which was spoken: `subject` is the key that its notices have.

    `params` are what its sentence needs, so that it can be read in either language, and as it
    was said then.
    """

    kind = models.CharField(_("类别"), max_length=10)
    subject = models.CharField(_("事项"), max_length=80, db_index=True)
    due_on = models.DateField(_("到期日"))
    responsibility = models.ForeignKey(
        Responsibility,
        models.SET_NULL,
        verbose_name=_("责任"),
        null=True,
        blank=True,
        related_name="+",
    )
    params: Any = models.JSONField(_("参数"), default=dict)

    class Meta:
        abstract = True


class UrgeItem(Said):
    """One of the things that a unit was sent."""

    part = models.ForeignKey(
        UrgeUnit, models.CASCADE, verbose_name=_("催办函件"), related_name="items"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("催办事项")
        ordering = ["part", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["part", "subject"], name="urge_item_once"),
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.subject}"


class PhoneCall(Said):
    """已电话催办: that a unit was called about a thing, with a line."""

    office = models.ForeignKey(
        Office, models.PROTECT, verbose_name=_("协调办公室"), related_name="phone_calls"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("单位"), related_name="phone_calls"
    )
    line = models.CharField(_("通话记要"), max_length=200)
    made_by = person(_("记录人"))
    made_at = models.DateTimeField(_("通话时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("电话催办")
        ordering = ["-made_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.unit} {self.subject}"
