"""Runs of books, and the files they made."""

import datetime
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from reports.models.schedules import ReportSchedule
from reports.states import RUN_KINDS, WAITING_STATES, FileKind, Language, Paper, RunState
from tasks.models import Plan
from tracker.lib.text import listed
from tracker.lib.told import ToldField
from tracker.lib.workdays import Quarter
from units.models import Office, Unit

OFFICE = "application/vnd.openxmlformats-officedocument."
MIMES = {
    ".xlsx": OFFICE + "spreadsheetml.sheet",
    ".docx": OFFICE + "wordprocessingml.document",
    ".zip": "application/zip",
}


class ReportRunQuerySet(models.QuerySet["ReportRun"]):
    def claimable(self) -> Self:
        """Waiting, or left by a worker that died. By the database's clock, which all share."""
        return self.filter(
            Q(state=RunState.QUEUED) & (Q(lease_until=None) | Q(lease_until__lt=Now()))
            | Q(state=RunState.RUNNING, lease_until__lt=Now())
        )

    def waiting(self) -> Self:
        """Not yet ended, one way or another."""
        return self.filter(state__in=WAITING_STATES)

    def past_keeping(self, before: datetime.datetime) -> Self:
        """Done before then, with files that are neither removed yet nor a closed quarter's."""
        kept = ReportFile.objects.filter(run=OuterRef("pk"), removed_at=None)
        done = self.filter(state=RunState.DONE, finished_at__lt=before, is_record=False)
        return done.filter(Exists(kept))


class ReportRun(models.Model):
    """生成: one making of a book, for one plan or all, for one lead unit or all.

    `office` is whose eyes the books are made for; without one they are made for the person who
    asked, and without a person for each unit itself. `plan` is the one that was named, `plans` are
    those that the books contain. `key` makes beat's runs happen once. `is_record` are a closed
    quarter's, whose files stay. `fence` counts claims: a worker whose claim was taken over, or
    whose run was cancelled, can no longer finish.
    """

    book = models.CharField(_("报表"), max_length=20, choices=RUN_KINDS)
    plan = models.ForeignKey(
        Plan, models.PROTECT, verbose_name=_("方案"), null=True, blank=True, related_name="+"
    )
    plans: "models.ManyToManyField[Plan, models.Model]" = models.ManyToManyField(
        Plan, verbose_name=_("所含方案"), related_name="+"
    )
    quarter = models.CharField(_("季度"), max_length=6)
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
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("申请人"),
        null=True,
        blank=True,
        related_name="+",
    )
    paper = models.CharField(_("纸张"), max_length=2, choices=Paper, default=Paper.A4)
    language = models.CharField(_("语言"), max_length=7, choices=Language, default=Language.CHINESE)
    schedule = models.ForeignKey(
        ReportSchedule,
        models.PROTECT,
        verbose_name=_("定时报表"),
        null=True,
        blank=True,
        related_name="runs",
    )
    is_record = models.BooleanField(_("季度存档"), default=False)
    key = models.CharField(max_length=100, null=True, blank=True, unique=True)
    state = models.CharField(_("状态"), max_length=9, choices=RunState, default=RunState.QUEUED)
    done = models.PositiveIntegerField(_("已完成"), default=0)
    total = models.PositiveIntegerField(_("共计"), default=0)
    step = ToldField(_("步骤"), default=str, blank=True)
    error = ToldField(_("错误"), default=str, blank=True)
    lease_until = models.DateTimeField(_("占用至"), null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)
    created_at = models.DateTimeField(_("申请时间"), auto_now_add=True)
    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("取消人"),
        null=True,
        blank=True,
        related_name="+",
    )

    objects = ReportRunQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报表生成")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter__regex=r"^\d{4}Q[1-4]$"), name="run_quarter_is_quarter"
            ),
            models.CheckConstraint(
                condition=Q(total=0) | Q(done__lte=F("total")), name="run_done_up_to_total"
            ),
            models.CheckConstraint(
                condition=Q(state__in=WAITING_STATES, finished_at=None)
                | ~Q(state__in=WAITING_STATES) & Q(finished_at__isnull=False),
                name="run_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state__in=["queued", "running"]), name="run_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_book_display()} {self.quarter}"

    @property
    def as_quarter(self) -> Quarter:
        return Quarter.parse(self.quarter)

    @property
    def title(self) -> str:
        """Which book of which quarter."""
        words = {"quarter": self.as_quarter.label, "book": self.get_book_display()}
        return _("%(quarter)s %(book)s") % words

    @property
    def plan_names(self) -> str:
        """The plans that the books contain. Wants `plans` prefetched."""
        return listed(plan.name for plan in self.plans.all())

    @property
    def is_waiting(self) -> bool:
        """Not yet ended, one way or another."""
        return self.state in WAITING_STATES

    @property
    def percent_done(self) -> int:
        """How far the making is, 0–100."""
        if self.state == RunState.DONE:
            return 100
        return self.done * 100 // self.total if self.total else 0

    @property
    def took(self) -> datetime.timedelta | None:
        """How long the making took; None until it has ended."""
        if self.started_at is None or self.finished_at is None:
            return None
        return self.finished_at - self.started_at


class ReportFile(models.Model):
    """A file that a run made, under DATA_DIR/files; never changed after.

    `removed_at` says that it was kept as long as files are; the row stays.
    """

    run = models.ForeignKey(
        ReportRun, models.CASCADE, verbose_name=_("报表生成"), related_name="files"
    )
    order = models.PositiveSmallIntegerField(_("次序"))
    kind = models.CharField(_("类型"), max_length=8, choices=FileKind)
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("单位"), null=True, blank=True, related_name="+"
    )
    name = models.CharField(_("文件名"), max_length=200)
    path = models.CharField(_("存放位置"), max_length=400, unique=True)
    size = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField("SHA-256", max_length=64)
    removed_at = models.DateTimeField(_("清理时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("报表文件")
        ordering = ["run", "order"]
        constraints = [
            models.UniqueConstraint(fields=["run", "name"], name="report_file_name_once"),
            models.CheckConstraint(
                condition=Q(kind=FileKind.UNIT, unit__isnull=False)
                | ~Q(kind=FileKind.UNIT) & Q(unit=None),
                name="report_file_unit_fits_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def mime(self) -> str:
        """What kind of file it is, for who takes it."""
        return MIMES.get(Path(self.name).suffix, "application/octet-stream")

    @property
    def full_path(self) -> Path:
        """Where the file lies now."""
        return Path(settings.FILES_DIR) / self.path

    @cached_property
    def is_there(self) -> bool:
        """Whether it can be taken: neither removed nor lost from the disk."""
        return self.removed_at is None and self.full_path.is_file()
