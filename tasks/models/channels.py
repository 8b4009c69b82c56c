"""How people want to be told, an office's group robots, and when each schedule last ran."""

from typing import Self
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tasks.states import OWN_KINDS, ROBOT_KINDS
from units.models import Office

LAST_SHOWN = 4


class ChannelChoice(models.Model):
    """That a person is told on a channel or not; what was made before `since` is not told on it.

    Without a row the channel is as by default: e-mail yes, all others no. `address` is what the
    site's gateway is to use: a number or an account.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        verbose_name=_("人员"),
        related_name="channel_choices",
    )
    channel = models.CharField(
        _("渠道"), max_length=8, choices=[(kind.value, kind.label) for kind in OWN_KINDS]
    )
    is_on = models.BooleanField(_("接收"))
    address = models.CharField(_("号码或账号"), max_length=64, blank=True)
    since = models.DateField(_("起"))

    class Meta:
        verbose_name = verbose_name_plural = _("提醒方式")
        ordering = ["person", "channel"]
        constraints = [
            models.UniqueConstraint(fields=["person", "channel"], name="channel_choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_channel_display()}"


class RobotQuerySet(models.QuerySet["Robot"]):
    def in_use(self) -> Self:
        return self.filter(removed_at=None)


class Robot(models.Model):
    """A group robot of an office. Address and secret are shown to nobody once they are entered."""

    office = models.ForeignKey(
        Office, models.PROTECT, verbose_name=_("协调办公室"), related_name="robots"
    )
    kind = models.CharField(
        _("类型"), max_length=8, choices=[(kind.value, kind.label) for kind in ROBOT_KINDS]
    )
    name = models.CharField(_("群名"), max_length=50)
    url = models.CharField(_("地址"), max_length=1000, blank=True)
    secret = models.CharField(_("密钥"), max_length=200, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("登记人"), related_name="+"
    )
    added_at = models.DateTimeField(_("登记时间"))
    removed_at = models.DateTimeField(_("移除时间"), null=True, blank=True)

    objects = RobotQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("群机器人")
        ordering = ["office", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["office", "name"], condition=Q(removed_at=None), name="robot_name_once"
            ),
            # What was removed keeps no secret.
            models.CheckConstraint(
                condition=Q(removed_at=None) | Q(url="", secret=""), name="robot_removed_is_bare"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.name}"

    @property
    def place(self) -> str:
        """Where it stands and how its address ends: enough to tell one from another."""
        if not self.url:
            return ""
        return f"{urlsplit(self.url).hostname}…{self.url[-LAST_SHOWN:]}"


class ScheduleRun(models.Model):
    """When a job of beat's table last ran, and last came to a good end."""

    name = models.CharField(_("任务"), max_length=100, unique=True)
    first_at = models.DateTimeField(_("首次运行"))
    ran_at = models.DateTimeField(_("最近运行"))
    done_at = models.DateTimeField(_("最近成功"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("定时任务")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def failed(self) -> bool:
        """Whether it has not come to a good end since it last ran."""
        return self.done_at is None or self.done_at < self.ran_at
