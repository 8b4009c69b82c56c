"""Filled-in forms that were sent in, each a row; their files lie out of the web's reach."""

import datetime
from pathlib import Path
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from reports.states import BUSY_STATES, UploadState
from tracker.lib.told import ToldField
from tracker.lib.workdays import Quarter
from units.models import Office, Unit

NOTHING_NEW = _("无变化")
# Read, and nothing of it was to be written, chosen or mended: there is nothing to confirm.
NO_CHANGE = Q(state=UploadState.READY, error="", counts__writes=False, counts__clashes=0) & Q(
    counts__wrong__isnull=True
)


class UploadQuerySet(models.QuerySet["Upload"]):
    def claimable(self) -> Self:
        """Waiting, or left by a worker that died. By the database's clock, which all share."""
        return self.filter(
            Q(state=UploadState.WAITING) & (Q(lease_until=None) | Q(lease_until__lt=Now()))
            | Q(state=UploadState.READING, lease_until__lt=Now())
        )

    def to_apply(self) -> Self:
        """To be written by a worker: not begun, or left by one that died."""
        return self.filter(
            Q(lease_until=None) | Q(lease_until__lt=Now()), state=UploadState.APPLYING
        )

    def outlived(self, before: datetime.datetime) -> Self:
        """Sent before then, and not with a worker."""
        return self.filter(uploaded_at__lt=before).exclude(state__in=BUSY_STATES)


class Upload(models.Model):
    """上传: a 回填表 that was sent in, or an archive of them.

    `batch` is one sending of one or many files, and what came out of an archive. `unit` is known
    once it is read, and `quarter` too, where it was not chosen in sending; `office` is the office
    that sent it for the unit (代填).
    `content` is what the form says, as it was read; what that would change is worked out against
    the database whenever it is looked at. `wish` is how a form that a worker writes is to be
    written, by whom `ended_by` says. `fence` counts claims, as a run's.
    """

    batch = models.UUIDField(_("批次"), db_index=True)
    name = models.CharField(_("文件名"), max_length=200)
    size = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField("SHA-256", max_length=64, db_index=True)
    path = models.CharField(_("存放位置"), max_length=400, unique=True)
    is_archive = models.BooleanField(_("压缩包"), default=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("上传人"), related_name="+"
    )
    uploaded_at = models.DateTimeField(_("上传时间"))
    unit = models.ForeignKey(
        Unit, models.PROTECT, verbose_name=_("单位"), null=True, blank=True, related_name="+"
    )
    office = models.ForeignKey(
        Office, models.PROTECT, verbose_name=_("代填"), null=True, blank=True, related_name="+"
    )
    quarter = models.CharField(_("季度"), max_length=6, blank=True)
    state = models.CharField(
        _("状态"), max_length=8, choices=UploadState, default=UploadState.WAITING
    )
    done = models.PositiveIntegerField(_("已完成"), default=0)
    total = models.PositiveIntegerField(_("共计"), default=0)
    step = ToldField(_("步骤"), default=str, blank=True)
    error = ToldField(_("错误"), default=str, blank=True)
    counts = models.JSONField(_("计数"), default=dict, blank=True)
    content = models.JSONField(_("内容"), null=True, blank=True)
    wish = models.JSONField(_("写入方式"), null=True, blank=True)
    by_number = models.BooleanField(_("按序号对应"), default=False)
    reason = models.CharField(_("代填原因"), max_length=500, blank=True)
    submitted = models.BooleanField(_("一并提交"), default=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        verbose_name=_("处理人"),
        null=True,
        blank=True,
        related_name="+",
    )
    ended_at = models.DateTimeField(_("处理时间"), null=True, blank=True)
    lease_until = models.DateTimeField(_("占用至"), null=True, blank=True)
    fence = models.PositiveIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(_("次数"), default=0)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("回填表上传")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter="") | Q(quarter__regex=r"^\d{4}Q[1-4]$"),
                name="upload_quarter_is_quarter",
            ),
            models.CheckConstraint(
                condition=Q(total=0) | Q(done__lte=F("total")), name="upload_done_up_to_total"
            ),
            models.CheckConstraint(
                condition=~Q(
                    state__in=[UploadState.READY, UploadState.APPLYING, UploadState.APPLIED]
                )
                | Q(unit__isnull=False, content__isnull=False),
                name="upload_read_has_content",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state__in=BUSY_STATES), name="upload_busy"),
            models.Index(fields=["unit", "-id"], name="upload_of_unit"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def full_path(self) -> Path:
        """Where the file lies now."""
        return Path(settings.FILES_DIR) / self.path

    @property
    def as_quarter(self) -> Quarter | None:
        """Of which quarter the form is or was said to be; None where neither is known."""
        return Quarter.parse(self.quarter) if self.quarter else None

    @property
    def is_busy(self) -> bool:
        """Waits for a worker, or is with one."""
        return self.state in BUSY_STATES

    @property
    def changes_nothing(self) -> bool:
        """Read, and there was nothing to write, choose or mend: nobody has to confirm it."""
        told = self.counts
        open_points = told.get("writes", True) or told.get("clashes") or told.get("wrong")
        return self.state == UploadState.READY and not open_points and not self.error

    @property
    def state_word(self) -> str:
        """Where it stands, for people."""
        return str(NOTHING_NEW if self.changes_nothing else self.get_state_display())

    @property
    def percent_done(self) -> int:
        """How far the reading or writing is, 0–100."""
        return self.done * 100 // self.total if self.total else 0

    @property
    def found(self) -> list[tuple[str, int]]:
        """How many rows of the form are wrong, or would change something, when it was read."""
        kinds = ("wrong", "meanwhile", "changed", "new")
        return [(kind, self.counts[kind]) for kind in kinds if self.counts.get(kind)]
