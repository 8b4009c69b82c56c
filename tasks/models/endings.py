"""How a side of a task ends, and what became of it at the plan's end."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.models.duties import Responsibility
from tasks.models.fields import moment, person
from tasks.models.tasks import Task
from tasks.states import EndingKind, EndingState, Outcome
from tracker.lib.workdays import end_of


class EndingQuerySet(models.QuerySet["Ending"]):
    def waiting(self) -> Self:
        return self.filter(state=EndingState.CLAIMED)

    def waiting_on(self, day: datetime.date) -> Self:
        """Before the office when the day was over; what was withdrawn since is not among them."""
        waiting = Q(state=EndingState.CLAIMED) | Q(decided_at__gte=end_of(day))
        return self.filter(waiting, claimed_at__lt=end_of(day))


class Ending(models.Model):
    """A claim that one side is 办结, or that it shall end as 长期坚持, 结转 or 中止.

    The side's office checks it: 销号 where 办结 is accepted. `percent` is what was approved when
    it was claimed, `shortfall` why a side is 办结 all the same where that is below 100.
    `revoked_*` stands where the side was reopened afterwards.
    """

    responsibility = models.ForeignKey(
        Responsibility, models.CASCADE, verbose_name=_("责任"), related_name="endings"
    )
    kind = models.CharField(_("方式"), max_length=10, choices=EndingKind)
    state = models.CharField(
        _("状态"), max_length=10, choices=EndingState, default=EndingState.CLAIMED
    )
    reason = models.TextField(_("完成情况或理由"))
    percent = models.PositiveSmallIntegerField(_("申请时完成进度"), null=True, blank=True)
    shortfall = models.TextField(_("未达100%的说明"), blank=True)
    carried_to = models.ForeignKey(
        Task,
        models.PROTECT,
        verbose_name=_("结转至"),
        null=True,
        blank=True,
        related_name="carried_from",
    )
    version = models.PositiveIntegerField(_("版本"), default=1)
    claimed_by = person(_("申请人"))
    claimed_at = models.DateTimeField(_("申请时间"))
    decided_by = person(_("核定人"))
    decided_at = moment(_("核定时间"))
    decision_reason = models.TextField(_("核定意见"), blank=True)
    own_office_review = models.BooleanField(_("本单位审核"), default=False)
    revoked_by = person(_("撤销人"))
    revoked_at = moment(_("撤销时间"))
    revoke_reason = models.TextField(_("撤销理由"), blank=True)

    objects = EndingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("办结与销号")
        ordering = ["responsibility", "claimed_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=EndingKind.CARRIED, carried_to__isnull=False)
                | ~Q(kind=EndingKind.CARRIED) & Q(carried_to=None),
                name="ending_carried_has_task",
                violation_error_message=_("结转须选择后续方案的任务。"),
            ),
            models.UniqueConstraint(
                fields=["responsibility"],
                condition=Q(state=EndingState.CLAIMED),
                name="ending_one_waiting",
                violation_error_message=_("该任务已有待核定的申请。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.responsibility}"


class Assessment(models.Model):
    """终期评估 of one side of a task, by its office."""

    responsibility = models.OneToOneField(
        Responsibility, models.CASCADE, verbose_name=_("责任"), related_name="assessment"
    )
    outcome = models.CharField(_("评估结论"), max_length=10, choices=Outcome)
    reason = models.TextField(_("评估说明"))
    version = models.PositiveIntegerField(_("版本"), default=1)
    assessed_by = person(_("评估人"))
    assessed_at = models.DateTimeField(_("评估时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("终期评估")
        ordering = ["responsibility"]

    def __str__(self) -> str:
        return f"{self.responsibility} {self.get_outcome_display()}"
