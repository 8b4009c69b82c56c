"""The words of the reports app."""

from collections.abc import Mapping
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BookKey(models.TextChoices):
    """The books that can be made; their keys on the command line and in the API."""

    STATUS = "status", _("进展情况表")
    QUARTERLY = "quarterly", _("季度进展汇总表")
    OVERDUE = "overdue", _("逾期审查表")
    TARGETS = "targets", _("目标台账")
    ASSESSMENT = "assessment", _("终期评估表")
    SCORES = "scores", _("考核评分表")


# 回填表 of an office's units, in a zip: made as a run is, though it is no book.
FORMS: Final = "forms"
RUN_KINDS: Final = [*BookKey.choices, (FORMS, _("回填表"))]


class RunState(models.TextChoices):
    QUEUED = "queued", _("排队中")
    RUNNING = "running", _("生成中")
    DONE = "done", _("已完成")
    FAILED = "failed", _("失败")
    CANCELLED = "cancelled", pgettext_lazy("run", "已取消")


RUN_MOVES: Mapping[RunState, frozenset[RunState]] = {
    RunState.QUEUED: frozenset({RunState.RUNNING, RunState.FAILED, RunState.CANCELLED}),
    RunState.RUNNING: frozenset(
        # To itself: taken over from a worker that died.
        {
            RunState.RUNNING,
            RunState.QUEUED,
            RunState.DONE,
            RunState.FAILED,
            RunState.CANCELLED,
        }
    ),
    RunState.DONE: frozenset(),
    # To the queue: somebody wants it tried again.
    RunState.FAILED: frozenset({RunState.QUEUED}),
    RunState.CANCELLED: frozenset({RunState.QUEUED}),
}
WAITING_STATES = (RunState.QUEUED, RunState.RUNNING)


class Cadence(models.TextChoices):
    """When a schedule has its book made."""

    QUARTER = "quarter", _("每季度")
    MONTH = "month", _("每月")
    ONCE = "once", _("指定日期一次")


class MailState(models.TextChoices):
    """A book's way to one person by mail."""

    QUEUED = "queued", _("待发送")
    SENDING = "sending", _("发送中")
    SENT = "sent", _("已发送")
    WITHHELD = "withheld", _("未附报表")
    DEAD = "dead", _("发送失败")


MAIL_MOVES: Mapping[MailState, frozenset[MailState]] = {
    MailState.QUEUED: frozenset({MailState.SENDING}),
    MailState.SENDING: frozenset(
        # To itself: taken over from a worker that died.
        {
            MailState.SENDING,
            MailState.QUEUED,
            MailState.SENT,
            MailState.WITHHELD,
            MailState.DEAD,
        }
    ),
    MailState.SENT: frozenset(),
    MailState.WITHHELD: frozenset(),
    # To the queue: somebody has mended why, and wants it sent.
    MailState.DEAD: frozenset({MailState.QUEUED}),
}


class FileKind(models.TextChoices):
    UNIT = "unit", _("单位表")
    SUMMARY = "summary", _("汇总表")
    ARCHIVE = "archive", _("压缩包")


class Language(models.TextChoices):
    """In which the words of a book are; what was reported stays as it was written."""

    CHINESE = "zh-hans", _("中文")
    ENGLISH = "en", _("英文")


class Paper(models.TextChoices):
    A4 = "A4", "A4"
    A3 = "A3", "A3"


class UploadState(models.TextChoices):
    """A filled-in form that was sent in; an archive of forms ends as opened."""

    WAITING = "waiting", _("等待读取")
    READING = "reading", _("读取中")
    READY = "ready", pgettext_lazy("upload", "待确认")
    APPLYING = "applying", _("写入中")
    APPLIED = "applied", _("已写入")
    REFUSED = "refused", _("未能读取")
    DROPPED = "dropped", _("已作废")
    OPENED = "opened", _("已展开")


UPLOAD_MOVES: Mapping[UploadState, frozenset[UploadState]] = {
    UploadState.WAITING: frozenset({UploadState.READING, UploadState.REFUSED}),
    UploadState.READING: frozenset(
        # To itself: taken over from a worker that died.
        {
            UploadState.READING,
            UploadState.WAITING,
            UploadState.READY,
            UploadState.REFUSED,
            UploadState.OPENED,
        }
    ),
    UploadState.READY: frozenset({UploadState.APPLYING, UploadState.APPLIED, UploadState.DROPPED}),
    # To itself: taken over from a worker that died. Back: nothing was written, and why is told.
    UploadState.APPLYING: frozenset({UploadState.APPLYING, UploadState.APPLIED, UploadState.READY}),
    UploadState.APPLIED: frozenset(),
    UploadState.REFUSED: frozenset(),
    UploadState.DROPPED: frozenset(),
    UploadState.OPENED: frozenset(),
}
UNREAD_STATES = (UploadState.WAITING, UploadState.READING)
BUSY_STATES = (*UNREAD_STATES, UploadState.APPLYING)
