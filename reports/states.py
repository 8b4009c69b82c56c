"""The words of the reports app."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class BookKey(models.TextChoices):
    """The books that can be made; their keys on the command line and in the API."""

    STATUS = "status", _("进展情况表")
    QUARTERLY = "quarterly", _("季度进展汇总表")
    OVERDUE = "overdue", _("逾期和未报清单")
    TARGETS = "targets", _("目标指标表")
    ASSESSMENT = "assessment", _("终期评估表")


class RunState(models.TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("生成中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")


RUN_MOVES: Mapping[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.FAILED}),
    RunState.RUNNING: frozenset(
        # To itself: taken over from a worker that died.
        {RunState.RUNNING, RunState.QUEUED, RunState.DONE, RunState.FAILED}
    ),
    RunState.DONE: frozenset(),
    RunState.FAILED: frozenset(),
}
WAITING_STATES = (RunState.QUEUED, RunState.RUNNING)


class FileKind(models.TextChoices):
    UNIT = "unit", _("单位表")
    SUMMARY = "summary", _("汇总表")
    ARCHIVE = "archive", _("压缩包")


class Paper(models.TextChoices):
    A4 = "A4", "A4"
    A3 = "A3", "A3"
