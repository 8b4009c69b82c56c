"""Notices: one thing told to one person once; and the messages that carry a day's."""

import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tasks.models.channels import Robot
from tasks.models.tasks import Task
from tasks.states import ChannelKind, DigestState, NoticeState
from units.models import Unit


class DigestQuerySet(models.QuerySet["Digest"]):
    def claimable(self, now: datetime.datetime) -> Self:
        """Waiting and due, or left by a worker that died."""
        return self.filter(
            Q(state=DigestState.QUEUED, run_after__lte=now)
            | Q(state=DigestState.SENDING, lease_until__lt=now)
        )


class Digest(models.Model):
    """One message on one day and one channel, to a person or through an office's robot.

    `fence` counts claims: an old claim cannot finish. `died_at` stands while it is dead; `error`
    is what it failed with last, at `failed_at`.
    """

    channel = models.CharField(
        _("渠道"), max_length=8, choices=ChannelKind, default=ChannelKind.EMAIL
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("收件人"),
        null=True,
        blank=True,
        related_name="digests",
    )
    robot = models.ForeignKey(
        Robot,
        models.PROTECT,
        verbose_name=_("群机器人"),
        null=True,
        blank=True,
        related_name="digests",
    )
    day = models.DateField(_("日期"))
    made_at = models.DateTimeField(_("生成时间"), default=timezone.now)
    state = models.CharField(
        _("状态"), max_length=8, choices=DigestState, default=DigestState.QUEUED
    )
    run_after = models.DateTimeField(_("最早发送时间"))
    lease_until = models.DateTimeField(_("占用至"), null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    error = models.TextField(_("错误"), blank=True)
    failed_at = models.DateTimeField(_("上次失败"), null=True, blank=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)
    died_at = models.DateTimeField(_("停止时间"), null=True, blank=True)

    objects = DigestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("提醒消息")
        ordering = ["-day", "recipient", "channel"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "day", "channel"], name="digest_one_a_day"
            ),
            models.UniqueConstraint(fields=["robot", "day"], name="digest_one_a_day_and_robot"),
            models.CheckConstraint(
                condition=Q(robot=None, recipient__isnull=False)
                | Q(robot__isnull=False, recipient=None),
                name="digest_to_one",
            ),
        ]
        indexes = [
            models.Index(
                fields=["run_after"],
                condition=Q(state__in=["queued", "sending"]),
                name="digest_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.recipient or self.robot}"


class Carried(models.Model):
    """A notice in a message: once on each channel, whatever becomes of it on the others."""

    digest = models.ForeignKey(
        Digest, models.CASCADE, verbose_name=_("消息"), related_name="carried"
    )
    notice = models.ForeignKey(
        "tasks.Notice", models.CASCADE, verbose_name=_("提醒"), related_name="carried"
    )
    channel = models.CharField(_("渠道"), max_length=8, choices=ChannelKind)

    class Meta:
        verbose_name = verbose_name_plural = _("消息中的提醒")
        ordering = ["digest", "notice"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="carried_once_a_channel"),
        ]

    def __str__(self) -> str:
        return f"{self.digest_id} {self.notice_id}"


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
        indexes = [
            models.Index(fields=["recipient", "state"]),
            models.Index(fields=["made_on"], name="notice_of_day"),  # a day is asked about
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.subject} {self.recipient}"
