"""年度节点: dated steps of one side of a task; confirmed ones make its schedule."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.models.fields import moment, person
from tasks.states import (
    MILESTONE_ASKED,
    MILESTONE_BEFORE,
    MILESTONE_OPEN,
    SCHEDULE_STATES,
    MilestoneState,
)
from tracker.lib.workdays import end_of


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def scheduled(self) -> Self:
        """Confirmed by the office: these make the schedule."""
        return self.filter(state__in=SCHEDULE_STATES)

    def late(self, today: datetime.date) -> Self:
        """Confirmed, past its day, not met."""
        return self.filter(state__in=MILESTONE_OPEN, due_on__lt=today)

    def unmet_on(self, day: datetime.date) -> Self:
        """Confirmed, and not said to be met when the day was over."""
        known = Q(decided_at=None) | Q(decided_at__lt=end_of(day)) | Q(claimed_at__isnull=False)
        unclaimed = Q(state=MilestoneState.CONFIRMED) | Q(claimed_at__gte=end_of(day))
        return self.scheduled().filter(known, unclaimed)

    def to_decide(self) -> Self:
        """Before the office: proposed, or said to be met."""
        return self.filter(state__in=MILESTONE_ASKED)


class Milestone(models.Model):
    """By `due_on` the side shall have reached `percent`, 0–100, and done what the title says.

    A confirmed one is changed by another that `replaces` it: the office confirms that, and with
    it drops the former.
    """

    responsibility = models.ForeignKey(
        "tasks.Responsibility", models.CASCADE, verbose_name=_("责任"), related_name="milestones"
    )
    due_on = models.DateField(_("节点日期"))
    title = models.CharField(_("节点内容"), max_length=200)
    percent = models.PositiveSmallIntegerField(_("应达进度"))
    state = models.CharField(
        _("状态"), max_length=10, choices=MilestoneState, default=MilestoneState.DRAFT
    )
    version = models.PositiveIntegerField(_("版本"), default=1)
    replaces = models.ForeignKey(
        "self",
        models.SET_NULL,
        verbose_name=_("替换的节点"),
        null=True,
        blank=True,
        related_name="replaced_by",
    )
    change_reason = models.TextField(_("调整理由"), blank=True)
    proposed_by = person(_("提出人"))
    proposed_at = moment(_("提出时间"))
    decided_by = person(_("确认人"))
    decided_at = moment(_("确认时间"))
    decision_note = models.TextField(_("确认意见"), blank=True)
    own_office_review = models.BooleanField(_("本单位审核"), default=False)
    claimed_by = person(_("完成填报人"))
    claimed_at = moment(_("完成填报时间"))
    met_on = models.DateField(_("完成日期"), null=True, blank=True)
    result = models.TextField(_("完成情况"), blank=True)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("年度节点")
        ordering = ["responsibility", "due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__lte=100),
                name="milestone_percent_0_to_100",
                violation_error_message=_("应达进度应在0至100之间。"),
            ),
            models.UniqueConstraint(
                fields=["responsibility", "due_on"],
                condition=Q(state__in=SCHEDULE_STATES),
                name="milestone_one_a_day",
                violation_error_message=_("同一任务同一天只能有一个节点。"),
            ),
            models.UniqueConstraint(
                fields=["responsibility", "due_on"],
                condition=Q(state__in=MILESTONE_BEFORE),
                name="milestone_one_proposed_a_day",
                violation_error_message=_("同一任务同一天只能有一个节点。"),
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=Q(state__in=MILESTONE_BEFORE),
                name="milestone_replaced_once",
                violation_error_message=_("该节点已有待确认的调整。"),
            ),
        ]
        indexes = [
            models.Index(
                fields=["responsibility", "-due_on"],
                include=["percent"],
                condition=Q(state__in=SCHEDULE_STATES),
                name="milestone_schedule",
            ),
            models.Index(
                fields=["due_on"], condition=Q(state__in=MILESTONE_OPEN), name="milestone_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.due_on:%Y-%m-%d} {self.title}"

    @property
    def is_due(self) -> bool:
        """Confirmed, and not said to be met."""
        return self.state == MilestoneState.CONFIRMED

    def is_late(self, today: datetime.date) -> bool:
        """Confirmed, past its day, not met."""
        return self.state in MILESTONE_OPEN and self.due_on < today
