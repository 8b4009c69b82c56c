"""Schedules: which book is made by itself, when, and to whom it goes."""

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports.states import BookKey, Cadence, Language, Paper
from tasks.models import Plan
from tracker.lib.told import ToldField
from units.models import Office, Unit

MAX_WORKDAYS = 60
MAX_DAY = 31

_QUARTERLY = Q(every=Cadence.QUARTER, workdays__lte=MAX_WORKDAYS)
_MONTHLY = Q(every=Cadence.MONTH, day__range=(1, MAX_DAY))


class ReportScheduleQuerySet(models.QuerySet["ReportSchedule"]):
    def in_use(self) -> Self:
        """Those that beat looks at."""
        return self.filter(is_on=True)


class ReportSchedule(models.Model):
    """定时报表: a book of a plan, made each quarter, each month or once, and sent to people.

    `office` is whose eyes the books are made for, as in a run; without one they are made for
    `made_by`, who saved it last. What fell due before `since` is not made up for. `trouble` says
    why the last one could not be made.
    """

    book = models.CharField(_("报表"), max_length=20, choices=BookKey)
    plan = models.ForeignKey(Plan, models.PROTECT, verbose_name=_("方案"), related_name="+")
    lead_unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("牵头单位"), null=True, blank=True, related_name="+"
    )
    office = models.ForeignKey(
        Office,
        models.PROTECT,
        verbose_name=_("协调办公室"),
        null=True,
        blank=True,
        related_name="+",
    )
    paper = models.CharField(_("纸张"), max_length=2, choices=Paper, default=Paper.A4)
    language = models.CharField(_("语言"), max_length=7, choices=Language, default=Language.CHINESE)
    every = models.CharField(_("频次"), max_length=7, choices=Cadence)
    workdays = models.PositiveSmallIntegerField(_("季度关闭后第几个工作日"), null=True, blank=True)
    day = models.PositiveSmallIntegerField(_("每月几日"), null=True, blank=True)
    on = models.DateField(_("日期"), null=True, blank=True)
    recipients: "models.ManyToManyField[models.Model, models.Model]" = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("收件人"), related_name="+"
    )
    attach = models.BooleanField(_("作为附件发送"), default=False)
    is_on = models.BooleanField(_("启用"), default=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("制定人"), related_name="+"
    )
    since = models.DateField(_("起算日"))
    trouble = ToldField(_("未能生成的原因"), default=str, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    created_at = models.DateTimeField(_("制定时间"), auto_now_add=True)
    saved_at = models.DateTimeField(_("保存时间"), auto_now=True)

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("定时报表")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(_QUARTERLY, workdays__isnull=False, day=None, on=None)
                | Q(_MONTHLY, day__isnull=False, workdays=None, on=None)
                | Q(every=Cadence.ONCE, on__isnull=False, workdays=None, day=None),
                name="schedule_when_fits_cadence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_book_display()} {self.when}"

    @property
    def when(self) -> str:
        """When it is made, in words."""
        if self.every == Cadence.QUARTER and self.workdays == 0:
            return str(_("每季度关闭当天"))
        if self.every == Cadence.QUARTER:
            return _("每季度关闭后第%(n)s个工作日") % {"n": self.workdays}
        if self.every == Cadence.MONTH:
            return _("每月%(day)s日") % {"day": self.day}
        return _("%(day)s一次") % {"day": self.on}
