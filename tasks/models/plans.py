"""Plans, their sides, actions and tasks."""

import datetime
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tasks.models.settings import Cadence, Scoring, Thresholds, settings_constraints
from tasks.states import PlanStatus
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Office, Region, Sourced

QUARTER_PATTERN = r"^\d{4}Q[1-4]$"


class PlanQuerySet(models.QuerySet["Plan"]):
    def tracked(self) -> Self:
        """Plans that have periods, lights and reminders. Drafts are for reference only."""
        return self.filter(status=PlanStatus.ISSUED).exclude(tracked_from="")

    def reminding(self, today: datetime.date) -> Self:
        """Tracked ones whose reminders have begun."""
        return self.tracked().filter(reminders_from__lte=today)


class Plan(Sourced, Cadence, Thresholds, Scoring):
    """A document that sets tasks. Its period may be unknown (a draft); no date is made up."""

    code = models.SlugField(_("代码"), max_length=50, unique=True)
    title = models.CharField(_("标题"), max_length=200)
    short_title = models.CharField(_("简称"), max_length=50, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=PlanStatus)
    number = models.CharField(_("发文字号"), max_length=100, blank=True)
    issuers = ArrayField(
        models.CharField(max_length=100), verbose_name=_("发文机关"), default=list, blank=True
    )
    signed_on = models.DateField(_("成文日期"), null=True, blank=True)
    printed_on = models.DateField(_("印发日期"), null=True, blank=True)
    published_on = models.DateField(_("公布日期"), null=True, blank=True)
    starts_on = models.DateField(_("实施起"), null=True, blank=True)
    ends_on = models.DateField(_("实施止"), null=True, blank=True)
    dates_note = models.CharField(_("日期说明"), max_length=200, blank=True)
    jurisdiction = models.ForeignKey(
        Jurisdiction, models.PROTECT, verbose_name=_("辖区"), null=True, blank=True
    )
    region = models.ForeignKey(
        Region, models.PROTECT, verbose_name=_("区域"), null=True, blank=True
    )
    implements = models.ForeignKey(
        "self",
        models.PROTECT,
        verbose_name=_("落实的方案"),
        null=True,
        blank=True,
        related_name="implemented_by",
    )
    coordinating_body = models.CharField(_("议事协调机构"), max_length=200, blank=True)
    tracked_from = models.CharField(
        _("启用季度"), max_length=6, blank=True, help_text=_("如 2026Q4；此前季度可补录。")
    )
    reminders_from = models.DateField(_("提醒起始日"), null=True, blank=True)
    # What differs from the rules' own, as services/reminder_settings.py writes it.
    reminder_settings = models.JSONField(_("提醒设置"), default=dict, blank=True)

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("方案")
        ordering = ["-status", "starts_on", "id"]  # drafts last
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_on=None) | Q(ends_on=None) | Q(ends_on__gte=F("starts_on")),
                name="plan_dates_in_order",
                violation_error_message=_("实施止日不能早于起日。"),
            ),
            models.CheckConstraint(
                condition=Q(tracked_from="") | Q(tracked_from__regex=QUARTER_PATTERN),
                name="plan_tracked_from_is_quarter",
                violation_error_message=_("启用季度应写作 2026Q4。"),
            ),
            models.CheckConstraint(
                condition=Q(status=PlanStatus.ISSUED) | Q(tracked_from=""),
                name="plan_draft_not_tracked",
                violation_error_message=_("征求意见稿仅供参考，不能启用填报。"),
            ),
            models.CheckConstraint(
                condition=Q(status=PlanStatus.DRAFT) | Q(ends_on__isnull=False),
                name="plan_issued_has_end",
                violation_error_message=_("已印发的方案须有实施止日。"),
            ),
            *settings_constraints(),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        return self.short_title or self.title

    @property
    def first_quarter(self) -> Quarter | None:
        return Quarter.parse(self.tracked_from) if self.tracked_from else None

    @property
    def is_reference(self) -> bool:
        """A draft: read, searched, linked; no periods, lights, reminders."""
        return self.status == PlanStatus.DRAFT

    def expected_percent(self, due_on: datetime.date | None, today: datetime.date) -> int | None:
        """序时进度 by dates alone, 0–100; None where a date is missing."""
        if self.starts_on is None or due_on is None or due_on <= self.starts_on:
            return None
        elapsed = (today - self.starts_on).days
        total = (due_on - self.starts_on).days
        return max(0, min(100, elapsed * 100 // total))


class PlanSide(models.Model):
    """A side of a plan and the office that coordinates it."""

    plan = models.ForeignKey(Plan, models.CASCADE, verbose_name=_("方案"), related_name="sides")
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, verbose_name=_("辖区"))
    office = models.ForeignKey(
        Office, models.PROTECT, verbose_name=_("协调办公室"), related_name="plan_sides"
    )
    order = models.PositiveSmallIntegerField(_("次序"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("方案各方")
        ordering = ["plan", "order"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "jurisdiction"], name="plan_side_once"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.jurisdiction}"


class Action(Sourced):
    """A chapter of a plan that groups tasks."""

    plan = models.ForeignKey(Plan, models.CASCADE, verbose_name=_("方案"), related_name="actions")
    number = models.PositiveSmallIntegerField(_("序号"))
    numeral = models.CharField(_("文中序号"), max_length=20, blank=True)
    title = models.CharField(_("标题"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("行动")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="action_number_once"),
        ]

    def __str__(self) -> str:
        joint = "、" if self.numeral and not self.numeral.endswith("）") else ""
        return f"{self.numeral}{joint}{self.title}"
