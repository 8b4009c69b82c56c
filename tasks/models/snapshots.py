"""What a quarter was when it was closed. A closed quarter shows this, whatever happens later."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.models.fields import moment, person
from tasks.models.progress import Period
from tasks.states import LightWord
from units.models import Jurisdiction, Unit


class PeriodSide(models.Model):
    """One office's closing of its own side; the period closes once all sides of its plan have.

    `missing` and `unreviewed` name what was wanting then. A reopened side has no `closed_at`.
    """

    period = models.ForeignKey(
        Period, models.CASCADE, verbose_name=_("填报期"), related_name="sides"
    )
    side = models.ForeignKey(Jurisdiction, models.PROTECT, verbose_name=_("所属方"))
    closed_at = moment(_("关闭时间"))
    closed_by = person(_("关闭人"))
    missing = models.JSONField(_("未报"), default=list, blank=True)
    unreviewed = models.JSONField(_("未审核"), default=list, blank=True)
    note = models.CharField(_("关闭说明"), max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("填报期各方")
        ordering = ["period", "side"]
        constraints = [
            models.UniqueConstraint(fields=["period", "side"], name="period_side_once"),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.side}"


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    def in_force(self) -> Self:
        """The last of each closed period; those before a reopening are kept and not shown."""
        return self.filter(replaced_at=None)


class Snapshot(models.Model):
    """One closing of a period: never changed but for `replaced_*`, which a reopening sets.

    `digest` is the SHA-256 over the head and the rows in their order; `data` is what belongs to
    the plan as a whole; `missing` and `unreviewed` name what was wanting when it was closed.
    """

    period = models.ForeignKey(
        Period, models.PROTECT, verbose_name=_("填报期"), related_name="snapshots"
    )
    day = models.DateField(_("数据日期"))
    taken_by = person(_("关闭人"))
    taken_at = models.DateTimeField(_("关闭时间"))
    missing = models.JSONField(_("未报"), default=list, blank=True)
    unreviewed = models.JSONField(_("未审核"), default=list, blank=True)
    note = models.TextField(_("关闭说明"), blank=True)
    data = models.JSONField(_("内容"), default=dict)
    digest = models.CharField("SHA-256", max_length=64)
    replaced_at = moment(_("重新开放时间"))
    replaced_by = person(_("重新开放人"))
    reason = models.TextField(_("重新开放理由"), blank=True)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("季度快照")
        ordering = ["period", "taken_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["period"], condition=Q(replaced_at=None), name="snapshot_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(replaced_at=None) | ~Q(reason=""), name="snapshot_replaced_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.day:%Y-%m-%d}"


class SnapshotRow(models.Model):
    """One side of one task on the day: with the names and words of the day.

    `data` holds what books and pages show beside the columns: see `tasks.services.snapshots`.
    """

    snapshot = models.ForeignKey(
        Snapshot, models.CASCADE, verbose_name=_("季度快照"), related_name="rows"
    )
    order = models.PositiveIntegerField(_("次序"))
    responsibility = models.ForeignKey(
        "tasks.Responsibility", models.PROTECT, verbose_name=_("责任"), related_name="+"
    )
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name=_("单位"), related_name="+")
    unit_name = models.CharField(_("单位名称"), max_length=100)
    side = models.ForeignKey(
        Jurisdiction, models.PROTECT, verbose_name=_("所属方"), null=True, related_name="+"
    )
    task_number = models.PositiveSmallIntegerField(_("序号"))
    state = models.CharField(_("状态"), max_length=12)
    light_word = models.CharField(_("灯"), max_length=12, choices=LightWord, blank=True)
    reason = models.CharField(_("亮灯理由"), max_length=200, blank=True)
    percent = models.PositiveSmallIntegerField(_("完成进度"), null=True)
    due_on = models.DateField(_("时限"), null=True)
    report_state = models.CharField(_("报送状态"), max_length=10, blank=True)
    data = models.JSONField(_("内容"), default=dict)

    class Meta:
        verbose_name = verbose_name_plural = _("快照明细")
        ordering = ["snapshot", "order"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "order"], name="snapshot_row_order_once"),
            models.UniqueConstraint(
                fields=["snapshot", "responsibility"], name="snapshot_row_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.task_number} {self.unit_name}"
