"""Notices: one thing told to one person once; and the mail that carries a day's."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.models.tasks import Task
from tasks.states import DigestState, NoticeState
from units.models import Unit


class DigestQuerySet(models.QuerySet["Digest"]):
    def claimable(self, now: datetime.datetime) -> Self:
        """Waiting and due, or left by a worker that died."""
        return self.filter(
            Q(state=DigestState.QUEUED, run_after__lte=now)
            | Q(state=DigestState.SENDING, lease_until__lt=now)
        )


class Digest(models.Model):
    """One mail to one person on one day. `fence` counts claims: an old claim cannot finish."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("收件人"), related_name="digests"
    )
    day = models.DateField(_("日期"))
    state = models.CharField(
        _("状态"), max_length=8, choices=DigestState, default=DigestState.QUEUED
    )
    run_after = models.DateTimeField(_("最早发送时间"))
    lease_until = models.DateTimeField(_("占用至"), null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    error = models.TextField(_("错误"), blank=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("提醒邮件")
        ordering = ["-day", "recipient"]
        constraints = [
            models.UniqueConstraint(fields=["recipient", "day"], name="digest_one_a_day"),
        ]
        indexes = [
            models.Index(
                fields=["run_after"],
                condition=Q(state__in=["queued", "sending"]),
                name="digest_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.recipient}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def queued(self) -> Self:
        return self.filter(state=NoticeState.QUEUED)

    def unread(self) -> Self:
        """What the bell counts: what is settled is nothing to read any more."""
        return self.filter(read_at=None, settled=False).exclude(state=NoticeState.DROPPED)


class Notice(models.Model):
    """提醒. Unique per rule, subject (with its due date), person and step.

    `subject` is a stable key such as `report/12/2026Q3`; `params` are what the rule's sentence
    needs, so that it can be read in either language. `settled` says that what it told of is done.
    """

    rule = models.CharField(_("规则"), max_length=40)
    subject = models.CharField(_("事项"), max_length=80)
    due_on = models.DateField(_("到期日"))
    step = models.SmallIntegerField(_("步骤（工作日）"))
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("接收人"), related_name="notices"
    )
    task = models.ForeignKey(
        Task, models.CASCADE, verbose_name=_("任务"), null=True, blank=True, related_name="notices"
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("单位"), null=True, blank=True, related_name="+"
    )
    params = models.JSONField(_("参数"), default=dict)
    path = models.CharField(_("链接"), max_length=200, blank=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=NoticeState, default=NoticeState.QUEUED
    )
    digest = models.ForeignKey(
        Digest,
        models.PROTECT,
        verbose_name=_("邮件"),
        null=True,
        blank=True,
        related_name="notices",
    )
    made_on = models.DateField(_("生成日期"))
    created_at = models.DateTimeField(_("生成时间"), auto_now_add=True)
    read_at = models.DateTimeField(_("阅读时间"), null=True, blank=True)
    settled = models.BooleanField(_("已办理"), default=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("提醒")
        ordering = ["-made_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "subject", "due_on", "recipient", "step"], name="notice_once"
            ),
        ]
        indexes = [models.Index(fields=["recipient", "state"])]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject} {self.recipient}"
