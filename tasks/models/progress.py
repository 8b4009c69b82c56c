"""Periods (quarters of a plan) and what a lead reports in them."""

import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from tasks.models.fields import moment, person
from tasks.models.filed import Filed
from tasks.models.plans import Plan
from tasks.states import (
    EDITABLE_STATES,
    MENDING_STATES,
    REPORTED_STATES,
    PeriodState,
    ReportKind,
    ReportState,
)
from tracker.lib.workdays import Quarter, end_of


class PeriodQuerySet(models.QuerySet["Period"]):
    def of(self, quarter: Quarter) -> Self:
        return self.filter(year=quarter.year, quarter=quarter.number)

    def is_open(self, today: datetime.date) -> Self:
        """Reports may be filed."""
        return self.filter(state=PeriodState.OPEN, opens_on__lte=today)

    def past_due(self, today: datetime.date) -> Self:
        return self.filter(due_on__lt=today)

    def newest_first(self) -> Self:
        return self.order_by("-year", "-quarter", "plan")


class Period(models.Model):
    """填报期: a quarter of a plan. Opens, falls due, gets grace, is closed by the office."""

    plan = models.ForeignKey(Plan, models.CASCADE, verbose_name=_("方案"), related_name="periods")
    year = models.PositiveSmallIntegerField(_("年"))
    quarter = models.PositiveSmallIntegerField(_("季度"))
    opens_on = models.DateField(_("开放日"))
    contributions_due_on = models.DateField(_("配合单位反馈截止日"), null=True, blank=True)
    due_on = models.DateField(_("报送截止日"))
    grace_until = models.DateField(_("宽限至"))
    state = models.CharField(_("状态"), max_length=6, choices=PeriodState, default=PeriodState.OPEN)
    closed_on = models.DateField(_("关闭日"), null=True, blank=True)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("填报期")
        ordering = ["plan", "year", "quarter"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "year", "quarter"], name="period_once"),
            models.CheckConstraint(
                condition=Q(quarter__gte=1, quarter__lte=4), name="period_quarter_1_to_4"
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on"), grace_until__gte=F("due_on")),
                name="period_dates_in_order",
                violation_error_message=_("开放日、截止日、宽限日须先后有序。"),
            ),
            models.CheckConstraint(
                condition=Q(state=PeriodState.OPEN, closed_on=None)
                | Q(state=PeriodState.CLOSED, closed_on__isnull=False),
                name="period_closed_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["plan"], condition=Q(state="open"), name="period_open"),
            models.Index(fields=["year", "quarter"], name="period_quarter"),
        ]

    def __str__(self) -> str:
        return self.as_quarter.label

    @property
    def as_quarter(self) -> Quarter:
        return Quarter(self.year, self.quarter)

    @property
    def code(self) -> str:
        return str(self.as_quarter)

    def is_open(self, today: datetime.date) -> bool:
        """Reports may be filed."""
        return self.state == PeriodState.OPEN and self.opens_on <= today

    def past_due(self, today: datetime.date) -> bool:
        return self.due_on < today

    def as_of(self, today: datetime.date) -> datetime.date:
        """The day whose figures a book of this period shows: of closing, or today."""
        return self.closed_on or today


def _reviewed_by(day: datetime.date) -> Q:
    return Q(reviewed_at__isnull=False, reviewed_at__lt=end_of(day))


class ProgressReportQuerySet(models.QuerySet["ProgressReport"]):
    def reported(self) -> Self:
        """Handed in by the unit."""
        return self.filter(state__in=REPORTED_STATES)

    def sent_back(self) -> Self:
        """Returned and not handed in again, also while it is being mended."""
        mended = Q(state__in=MENDING_STATES, redo_by__isnull=False)
        return self.filter(Q(state=ReportState.RETURNED) | mended)

    def approved(self) -> Self:
        return self.filter(state=ReportState.APPROVED)

    def handed_in_on(self, day: datetime.date) -> Self:
        """In the office's hands or approved when the day was over, as far as rows tell."""
        undated = Q(submitted_at=None, state__in=REPORTED_STATES)
        not_back = Q(state__in=REPORTED_STATES) | ~_reviewed_by(day)
        return self.filter(undated | Q(submitted_at__lt=end_of(day)) & not_back)

    def sent_back_on(self, day: datetime.date) -> Self:
        """Returned by the end of the day, and not handed in again on it."""
        handed_in = ProgressReport.objects.handed_in_on(day).filter(pk=OuterRef("pk"))
        return self.filter(_reviewed_by(day), ~Exists(handed_in), redo_by__isnull=False)

    def to_sign_on(self, day: datetime.date) -> Self:
        """Waiting for the unit's signer when the day was over."""
        asked = self.filter(state=ReportState.DRAFT, sign_asked_at__lt=end_of(day))
        return asked.filter(responsibility__unit__signs_reports=True)

    def to_review_on(self, day: datetime.date) -> Self:
        """Handed in, and not judged by the office when the day was over."""
        waiting = Q(state=ReportState.SUBMITTED) | Q(reviewed_at__gte=end_of(day))
        return self.filter(waiting, submitted_at__lt=end_of(day))

    def before(self, period: Period) -> Self:
        """Of earlier quarters."""
        return self.filter(quarter_index__lt=period.as_quarter.index)

    def upto(self, quarter: Quarter) -> Self:
        """Of this quarter and earlier ones."""
        return self.filter(quarter_index__lte=quarter.index)

    def newest_first(self) -> Self:
        return self.order_by("-quarter_index")


class ProgressReport(Filed):
    """进展: what one lead says of its side of one task in one period.

    `quarter_index` is the period's `Quarter.index`, written by the database: with it the latest
    report of each of many sides is found in an index, without a look at their periods.
    """

    responsibility = models.ForeignKey(
        "tasks.Responsibility",
        models.CASCADE,
        verbose_name=_("责任"),
        related_name="reports",
        db_index=False,  # `report_once_a_period` begins with it
    )
    period = models.ForeignKey(
        Period, models.PROTECT, verbose_name=_("填报期"), related_name="reports"
    )
    quarter_index = models.PositiveIntegerField(editable=False, db_default=0)
    kind = models.CharField(
        _("填报方式"), max_length=10, choices=ReportKind, default=ReportKind.REGULAR
    )
    state = models.CharField(
        _("报送状态"), max_length=10, choices=ReportState, default=ReportState.DRAFT
    )
    percent = models.PositiveSmallIntegerField(_("完成进度"), null=True, blank=True)
    progress = models.TextField(_("进展情况"), blank=True)
    problems = models.TextField(_("存在问题"), blank=True)
    next_steps = models.TextField(_("下一步工作"), blank=True)
    coordination = models.TextField(_("需协调事项"), blank=True)
    no_news = models.BooleanField(_("本季度无新进展"), default=False)
    coordination_owner = models.CharField(_("请谁协调"), max_length=100, blank=True)
    coordination_answer = models.TextField(_("协调答复"), blank=True)
    answered_by = person(_("答复人"))
    answered_at = moment(_("答复时间"))
    # Named at submission: cooperating units that had not told anything, and what the checks say.
    unanswered = models.JSONField(_("未反馈的配合单位"), default=list, blank=True)
    flags = models.JSONField(_("核对提示"), default=list, blank=True)
    # What waits for the signer, and what the signer said in sending it back.
    sign_asked_by = person(_("送审签人"))
    sign_asked_at = moment(_("送审签时间"))
    sign_remark = models.TextField(_("审签退回意见"), blank=True)
    signed_by = person(_("审签人"))
    signed_at = moment(_("审签时间"))
    signed_on_paper = models.BooleanField(_("授权代签"), default=False)
    entered_by_office = models.BooleanField(_("代填"), default=False)
    entered_reason = models.CharField(_("代填原因"), max_length=500, blank=True)
    own_office_review = models.BooleanField(_("本单位审核"), default=False)
    redo_by = models.DateField(_("重报截止日"), null=True, blank=True)
    created_at = models.DateTimeField(_("创建时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("修改时间"), auto_now=True)

    objects = ProgressReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("进展填报")
        ordering = ["period", "responsibility"]
        indexes = [
            models.Index(
                fields=["responsibility", "-quarter_index"],
                include=["percent"],
                condition=Q(state=ReportState.APPROVED, percent__isnull=False),
                name="report_latest_approved",
            ),
            models.Index(
                fields=["responsibility"],
                condition=Q(state=ReportState.SUBMITTED),
                name="report_waiting",
            ),
            models.Index(
                fields=["redo_by"],
                condition=Q(redo_by__isnull=False),
                name="report_to_redo",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["responsibility", "period"],
                name="report_once_a_period",
                violation_error_message=_("本季度该任务已有填报。"),
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__gte=0, percent__lte=100),
                name="report_percent_0_to_100",
                violation_error_message=_("完成进度应在0至100之间。"),
            ),
            models.CheckConstraint(
                condition=Q(state__in=EDITABLE_STATES) | Q(percent__isnull=False) & ~Q(progress=""),
                name="report_handed_in_is_complete",
                violation_error_message=_("报送前须填写完成进度和进展情况。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.period} {self.responsibility}"

    @property
    def is_reported(self) -> bool:
        """Handed in by the unit."""
        return self.state in REPORTED_STATES

    @property
    def is_sent_back(self) -> bool:
        """Returned and not handed in again, also while it is being mended."""
        return self.state == ReportState.RETURNED or (
            self.state in MENDING_STATES and self.redo_by is not None
        )

    @property
    def is_editable(self) -> bool:
        """Still in the unit's hands."""
        return self.state in EDITABLE_STATES
