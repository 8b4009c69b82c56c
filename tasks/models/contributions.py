"""配合情况: what a cooperating unit tells the lead of its part in one quarter."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.models.duties import Responsibility
from tasks.models.fields import moment, person
from tasks.models.progress import Period
from tasks.states import ContributionState

CONTRIBUTION_TOLD = (ContributionState.SUBMITTED, ContributionState.TAKEN)


class ContributionQuerySet(models.QuerySet["Contribution"]):
    def told(self) -> Self:
        """Handed to the lead."""
        return self.filter(state__in=CONTRIBUTION_TOLD)


class Contribution(models.Model):
    """One a cooperating responsibility and period; read by the lead and, with it, by the office."""

    responsibility = models.ForeignKey(
        Responsibility, models.CASCADE, verbose_name=_("责任"), related_name="contributions"
    )
    period = models.ForeignKey(
        Period, models.PROTECT, verbose_name=_("填报期"), related_name="contributions"
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=ContributionState, default=ContributionState.DRAFT
    )
    text = models.TextField(_("配合情况"), blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    filled_by = person(_("填报人"))
    submitted_by = person(_("反馈人"))
    submitted_at = moment(_("反馈时间"))
    taken_by = person(_("采纳人"))
    taken_at = moment(_("采纳时间"))
    return_reason = models.TextField(_("退回理由"), blank=True)
    updated_at = models.DateTimeField(_("修改时间"), auto_now=True)

    objects = ContributionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("配合情况")
        ordering = ["period", "responsibility"]
        constraints = [
            models.UniqueConstraint(
                fields=["responsibility", "period"],
                name="contribution_once_a_period",
                violation_error_message=_("本季度该任务已有配合情况。"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ContributionState.DRAFT, ContributionState.RETURNED])
                | ~Q(text=""),
                name="contribution_told_has_text",
                violation_error_message=_("请填写配合情况。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.responsibility}"

    @property
    def is_told(self) -> bool:
        """Handed to the lead."""
        return self.state in CONTRIBUTION_TOLD

    def is_late(self, today: datetime.date) -> bool:
        """Past the day for cooperating units and not told."""
        due = self.period.contributions_due_on
        return due is not None and due < today and not self.is_told
