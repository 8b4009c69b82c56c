"""A scheduled book on its way to one person by mail."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from reports.models.runs import ReportRun
from reports.states import MailState
from tasks.states import ChannelKind
from tracker.lib.told import ToldField


class ReportMailQuerySet(models.QuerySet["ReportMail"]):
    def claimable(self) -> Self:
        """Waiting and due, or left by a worker that died. By the database's clock."""
        return self.filter(
            Q(state=MailState.QUEUED, run_after__lte=Now())
            | Q(state=MailState.SENDING, lease_until__lt=Now())
        )

    def dead(self) -> Self:
        """Given up: somebody may have them sent again."""
        return self.filter(state=MailState.DEAD)


class ReportMail(models.Model):
    """One mail to one person about one run; `fence` counts claims, an old one cannot finish.

    `died_at` stands while it is given up; `error` says why, or what of it was left out.
    """

    channel = ChannelKind.EMAIL  # as the pace of messages asks of a digest
    robot_id = None

    run = models.ForeignKey(
        ReportRun, models.CASCADE, verbose_name=_("报表生成"), related_name="mails"
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("收件人"), related_name="+"
    )
    state = models.CharField(_("状态"), max_length=8, choices=MailState, default=MailState.QUEUED)
    made_at = models.DateTimeField(_("生成时间"))
    run_after = models.DateTimeField(_("最早发送时间"))
    lease_until = models.DateTimeField(_("占用至"), null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    error = ToldField(_("说明"), default=str, blank=True)
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)
    died_at = models.DateTimeField(_("停止时间"), null=True, blank=True)

    objects = ReportMailQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报表邮件")
        ordering = ["run", "recipient"]
        constraints = [
            models.UniqueConstraint(fields=["run", "recipient"], name="report_mail_once"),
        ]
        indexes = [
            models.Index(
                fields=["run_after"],
                condition=Q(state__in=["queued", "sending"]),
                name="report_mail_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.run} {self.recipient}"
