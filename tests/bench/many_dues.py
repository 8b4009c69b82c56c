"""Tasks that are due, late or only go on, with reports that are owed: made by the database."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import connection

from tasks.models import Period, ProgressReport, Responsibility, Task
from tests.bench.many_reports import tell_defaults
from tests.factories import (
    ActionFactory,
    JurisdictionFactory,
    OfficeFactory,
    PlanFactory,
    coordinator,
)
from tracker.lib.workdays import add_workdays
from units.models import Unit

DAY = datetime.date(2026, 10, 9)  # a working day, the one before 2026Q3's reports are due
EACH = 500  # tasks a plan
TABLES = (
    "tasks_task, tasks_plan, tasks_planside, tasks_responsibility, tasks_period,"
    " tasks_progressreport, units_unit, units_user, units_membership"
)


@dataclass(frozen=True)
class Size:
    """How many tasks and units; of ten tasks three fall due, one is late, one has no report."""

    tasks: int
    units: int

    @property
    def notices(self) -> int:
        """Due: one each. Late by three working days: the signer is told, too. Report: one each."""
        return self.tasks * 6 // 10


PEOPLE = """
INSERT INTO units_unit (name, jurisdiction_id, kind, "order", clause, loaded)
SELECT '第' || n || '局', %(place)s, 'government', n, '', '{}'
FROM generate_series(1, %(units)s) AS n;
INSERT INTO units_user (username, password, name, email, post, phone, is_superuser, is_staff,
    is_active, must_change_password, date_joined)
SELECT role || '-' || u.id, '!', role || u.id, role || u.id || '@example.org', '', '', false,
    false, true, false, now()
FROM units_unit u, unnest(ARRAY['officer', 'signer']) AS role;
INSERT INTO units_membership (user_id, role, unit_id)
SELECT p.id, role, u.id FROM units_unit u, unnest(ARRAY['officer', 'signer']) AS role
JOIN units_user p ON p.username LIKE role || '-%%'
WHERE p.username = role || '-' || u.id
"""
# With dates from the start and few words: the indices of the search take long to change.
TASKS = """
INSERT INTO tasks_task (plan_id, action_id, number, title, summary, clause, loaded, due_on)
SELECT plan_id, id, n, '推进协同建设', '', '', '{}', CASE
    WHEN n %% 10 < 3 THEN (%(soon)s::date[])[1 + (plan_id + n / 10) %% 7]
    WHEN n %% 10 = 3 THEN (%(late)s::date[])[1 + (plan_id + n / 10) %% 4] END
FROM tasks_action, generate_series(1, %(each)s) AS n
"""
DUTIES = """
INSERT INTO tasks_planside (plan_id, jurisdiction_id, office_id, "order")
SELECT id, %(place)s, %(office)s, 1 FROM tasks_plan;
INSERT INTO tasks_responsibility (task_id, unit_id, role, side_id, "order", written, note, state,
    state_since, leader, division, liaison, phone, clause, loaded)
SELECT t.id, u.id, 'lead', %(place)s, 1, u.name, '', 'in_progress', '2026-01-05', '', '', '', '',
    '', '{}'
FROM (SELECT *, row_number() OVER (ORDER BY plan_id, number) AS row FROM tasks_task) AS t
JOIN (SELECT *, row_number() OVER (ORDER BY id) AS row FROM units_unit) AS u
    ON u.row = 1 + t.row %% %(units)s;
INSERT INTO tasks_period (plan_id, year, quarter, opens_on, contributions_due_on, due_on,
    grace_until, state)
SELECT id, 2026, 3, '2026-09-25', '2026-10-08', '2026-10-10', '2026-10-20', 'open'
FROM tasks_plan;
INSERT INTO tasks_progressreport (responsibility_id, period_id, kind, state, percent, progress,
    problems, next_steps, coordination, no_news, version, filled_by_id, submitted_at, reviewed_at,
    return_reason, created_at, updated_at)
SELECT r.id, q.id, 'regular', 'approved', 40, '按计划推进。', '', '', '', false, 2, m.user_id,
    '2026-09-28', '2026-09-29', '', '2026-09-28', '2026-09-29'
FROM tasks_responsibility r
JOIN tasks_task t ON t.id = r.task_id
JOIN tasks_period q ON q.plan_id = t.plan_id
JOIN units_membership m ON m.unit_id = r.unit_id AND m.role = 'officer'
WHERE t.number %% 10 <> 4
"""


def fill(size: Size, each: int = EACH) -> None:
    """Plans of equal length, whose reminders have begun, with units in turn."""
    tell_defaults(Unit, Task, Responsibility, Period, ProgressReport)
    office = OfficeFactory()
    coordinator(office)
    for _n in range(size.tasks // each):
        ActionFactory(plan=PlanFactory(tracked_from="2026Q3"))
    values = {
        "place": JurisdictionFactory().pk,
        "office": office.pk,
        "units": size.units,
        "each": each,
        "soon": [add_workdays(DAY, n) for n in range(1, 8)],
        "late": [add_workdays(DAY, -n) for n in range(3, 7)],
    }
    _run("SET statement_timeout = 0", {})
    for statements in (PEOPLE, TASKS, DUTIES):
        for statement in statements.split(";\n"):
            _run(statement, values)
    _run("RESET statement_timeout", {})
    tidy(TABLES)


def tidy(tables: str) -> None:
    """What autovacuum does in its time; not within a transaction."""
    _run(f"VACUUM ANALYZE {tables}", None)


def _run(statement: str, values: dict[str, Any] | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
