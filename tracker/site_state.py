"""What a system administrator watches: servers, background work, space. No business data."""

import shutil

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.db.models import Count
from django.utils.translation import gettext as _

from reports.models import ReportRun
from reports.states import RunState
from tasks.models import Digest
from tasks.states import DigestState
from tracker import health, schedules
from tracker.lib import workdays
from tracker.lib.text import listed
from units.above import Figure

FREE_SPACE = 0.1  # below this part of the disk something must be done


def figures() -> list[Figure]:
    """All of it, in a constant number of queries."""
    return [*_servers(), *_schedules(), *_calendar(), *_mails(), *_runs(), *_room()]


def _schedules() -> list[Figure]:
    """Whether beat's jobs run when they should."""
    overdue = schedules.late(now=workdays.now())
    word = listed([one.label for one in overdue]) if overdue else _("都按时运行")
    note = _("请查看 beat 和后台任务进程。") if overdue else ""
    return [Figure(_("服务"), _("定时任务"), word, not overdue, note)]


def _calendar() -> list[Figure]:
    """Whether the working days of this year, from December the next, are known."""
    missing = workdays.missing_years(workdays.today())
    if not missing:
        return [Figure(_("工作日"), _("节假日安排"), _("齐全"), True)]
    word = _("缺%(years)s年") % {"years": listed(missing)}
    note = _("暂按周一至周五计算，请在“节假日安排”页上传。")
    return [Figure(_("工作日"), _("节假日安排"), word, False, note)]


def _servers() -> list[Figure]:
    group = _("服务")
    broker = health.redis_answers()
    parts = [
        (_("数据库"), health.database_answers()),
        (_("消息中间件"), broker),
        (_("后台任务进程"), broker and health.worker_answers()),
    ]
    rows = [Figure(group, name, _("正常") if good else _("没有应答"), good) for name, good in parts]
    apart = health.audit_stands_apart()
    note = "" if apart else _("请另设 DATABASE_OWNER_URL 并收回运行角色的权限。")
    word = _("独立数据库角色") if apart else _("仅触发器")
    return [*rows, Figure(group, _("历史记录的保护"), word, apart, note)]


def _mails() -> list[Figure]:
    counts = dict(Digest.objects.order_by().values_list("state").annotate(Count("pk")))
    return [
        Figure(
            _("提醒消息"),
            str(state.label),
            f"{counts.get(state, 0):,}",
            None if state != DigestState.DEAD else not counts.get(state, 0),
        )
        for state in DigestState
    ]


def _runs() -> list[Figure]:
    counts = dict(ReportRun.objects.order_by().values_list("state").annotate(Count("pk")))
    return [
        Figure(
            _("报表生成"),
            str(state.label),
            f"{counts.get(state, 0):,}",
            None if state != RunState.FAILED else not counts.get(state, 0),
        )
        for state in RunState
    ]


def _room() -> list[Figure]:
    group = _("空间与会话")
    disk = shutil.disk_usage(settings.DATA_DIR if settings.DATA_DIR.exists() else "/")
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    sessions = Session.objects.filter(expire_date__gt=workdays.now()).count()
    return [
        Figure(group, _("数据库大小"), _size(size)),
        Figure(
            group,
            _("磁盘可用"),
            _("%(free)s，共%(total)s") % {"free": _size(disk.free), "total": _size(disk.total)},
            disk.free / disk.total > FREE_SPACE,
        ),
        Figure(group, _("有效会话"), f"{sessions:,}"),
    ]


def _size(number: int) -> str:
    size = float(number)
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"
