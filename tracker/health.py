"""`/healthz`: whether the parts on which everything rests answer; for load balancers and people."""

import logging
import threading
import time
from collections.abc import Callable

import redis
from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import KombuError

from tracker import schedules
from tracker.lib import workdays
from tracker.lib.text import listed

logger = logging.getLogger(__name__)

WAIT_SECONDS = 1.0
KEEP_SECONDS = 5.0
NO_SECONDS = 1.0
AUDIT_TABLE = "units_auditentry"


class Kept:
    """The answer of a slow question, kept so that many callers ask it once; a no not as long."""

    def __init__(self, ask: Callable[[], bool], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._lock = threading.Lock()
        self._answer = False
        self._until = float("-inf")

    def __call__(self) -> bool:
        with self._lock:
            if time.monotonic() >= self._until:
                self._answer = self._ask()
                kept = self._seconds if self._answer else NO_SECONDS
                self._until = time.monotonic() + kept
            return self._answer

    def forget(self) -> None:
        """Ask anew next time."""
        self._until = float("-inf")


def database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        logger.warning("The database does not answer: %s", error)
        return False
    return True


def redis_answers() -> bool:
    try:
        with redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=WAIT_SECONDS, socket_connect_timeout=WAIT_SECONDS
        ) as client:
            return bool(client.ping())
    except (redis.RedisError, OSError) as error:
        logger.warning("Redis does not answer: %s", error)
        return False


def _ask_workers() -> bool:
    try:
        return bool(current_app.control.ping(timeout=WAIT_SECONDS, limit=1))
    except (KombuError, redis.RedisError, OSError) as error:
        logger.warning("No worker could be asked: %s", error)
        return False


worker_answers = Kept(_ask_workers, KEEP_SECONDS)


def audit_stands_apart(role: str | None = None) -> bool:
    """Whether the role (the running one) neither owns the audit table nor may change it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT NOT pg_has_role(who, relowner, 'USAGE')
               AND NOT has_table_privilege(who, pg_class.oid, 'UPDATE, DELETE, TRUNCATE')
              FROM pg_class, coalesce(%s::name, current_user) AS who
             WHERE pg_class.oid = to_regclass(%s)
            """,
            [role, AUDIT_TABLE],
        )
        row = cursor.fetchone()
    return bool(row and row[0])


@require_safe
@login_not_required
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when database, Redis and a worker answer; else 503, naming what is missing.

    A schedule that has not run is named, and takes no page away from anybody.
    """
    database, broker = database_answers(), redis_answers()
    parts = {"database": database, "redis": broker, "worker": broker and worker_answers()}
    missing = [name for name, answers in parts.items() if not answers]
    body: dict[str, object] = {"status": "unavailable" if missing else "ok", **parts}
    if missing:
        body["missing"] = missing
        body["detail"] = _("没有应答：%(parts)s。") % {"parts": listed(missing)}
    if database:
        apart = audit_stands_apart()
        years = workdays.missing_years(workdays.today())
        if years:
            body["calendar"] = {
                "missing": years,
                "detail": _("没有%(years)s年的节假日安排：工作日暂按周一至周五计算。")
                % {"years": listed(years)},
            }
        if overdue := schedules.late(now=workdays.now()):
            body["schedules"] = {
                "late": [one.name for one in overdue],
                "detail": _("定时任务没有按时运行：%(jobs)s。请查看 beat 和后台任务进程。")
                % {"jobs": listed([one.label for one in overdue])},
            }
        body["audit"] = {
            "separate_role": apart,
            "detail": _("历史记录由独立的数据库角色保护。")
            if apart
            else _("历史记录仅由触发器保护：请另设 DATABASE_OWNER_URL 并收回运行角色的权限。"),
        }
    status = 503 if missing else 200
    return JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})


urlpatterns = [path("healthz", healthz, name="healthz")]
