"""A net under every request of the tests: what is written to a tracked table is on record."""

import re
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

TRACKED = (
    "tasks_plan",
    "tasks_planside",
    "tasks_action",
    "tasks_task",
    "tasks_responsibility",
    "tasks_assignment",
    "tasks_period",
    "tasks_progressreport",
    "tasks_target",
    "tasks_observation",
    "units_unit",
    "units_unitname",
    "units_office",
    "units_membership",
    "units_personrequest",
    "units_user",
    "reports_reportrun",
    "reports_reportschedule",
)
SAVEPOINT = re.compile(r'^(?P<back>ROLLBACK TO )?SAVEPOINT "(?P<name>\w+)"')
WRITE = re.compile(r'^(?:INSERT INTO|UPDATE|DELETE FROM) "(?P<table>\w+)"')


class UnrecordedWrite(AssertionError):
    """A request changed a tracked table and left no audit entry."""


class AuditNetMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        written: set[str] = set()
        before: dict[str, set[str]] = {}
        kept: set[str] = set()  # by transactions that are over
        commit, rollback = connection.commit, connection.rollback

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if match := WRITE.match(sql.lstrip()):
                written.add(match["table"])
                if not connection.in_atomic_block:
                    kept.add(match["table"])
            elif match := SAVEPOINT.match(sql):
                if match["back"]:  # what was undone needs no record
                    written.intersection_update(before[match["name"]])
                else:
                    before[match["name"]] = set(written)
            return execute(sql, params, many, context)

        def keep() -> None:
            kept.update(written)
            commit()

        def undo() -> None:
            """A whole transaction undone, as where requests run in no test's transaction."""
            written.intersection_update(kept)
            rollback()

        # For this request alone.
        connection.commit, connection.rollback = keep, undo  # type: ignore[method-assign]
        try:
            with connection.execute_wrapper(watch):
                response = self.get_response(request)
        finally:
            connection.commit, connection.rollback = commit, rollback  # type: ignore[method-assign]
        unrecorded = written.intersection(TRACKED)
        if unrecorded and "units_auditentry" not in written:
            raise UnrecordedWrite(f"{request.method} {request.path}: {sorted(unrecorded)}")
        return response
