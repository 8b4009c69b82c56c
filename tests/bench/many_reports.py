"""Districts with plans, tasks and reports of many quarters, made by the database itself.

Everything follows from numbers, so that two makings are alike.
"""

import datetime
import json
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import Model

from tasks.models import Period, Plan, ProgressReport, Task
from tasks.services import periods
from tracker.lib.workdays import Quarter
from units.models import Jurisdiction, Unit

MARK = "bench"
TABLES = (
    "units_jurisdiction, units_unit, units_office, units_user, units_membership, tasks_plan,"
    " tasks_planside, tasks_action, tasks_task, tasks_task_implements, tasks_responsibility,"
    " tasks_period, tasks_progressreport, units_auditentry"
)


@dataclass(frozen=True)
class Size:
    """How many districts, plans a district, tasks a plan, quarters a plan."""

    districts: int = 280
    plans: int = 12
    tasks: int = 25
    quarters: int = 20
    units: int = 20  # a district

    @property
    def all_tasks(self) -> int:
        return self.districts * self.plans * self.tasks


LARGE = Size()
SMALL = Size(districts=4, plans=2, tasks=5, quarters=3, units=3)

# A quarter of the districts is 重庆市's, the others are 四川省's. Their codes are nobody's.
PLACES = """
INSERT INTO units_jurisdiction (code, name, level, parent_id, clause, loaded)
SELECT CASE WHEN d %% 4 = 0 THEN 503000 + d ELSE 518000 + d END,
    '例县' || d, 'county', CASE WHEN d %% 4 = 0 THEN %(chongqing)s ELSE %(sichuan)s END,
    %(mark)s, '{}'
FROM generate_series(0, %(districts)s - 1) AS d
"""
UNITS = """
INSERT INTO units_unit (name, jurisdiction_id, kind, "order", clause, loaded)
SELECT name || '第' || u || '局', id, 'government', 100000 + u, %(mark)s, '{}'
FROM units_jurisdiction, generate_series(1, %(units)s) AS u WHERE clause = %(mark)s;
INSERT INTO units_office (name, jurisdiction_id, clause, loaded)
SELECT name || '双碳办', id, %(mark)s, '{}' FROM units_jurisdiction WHERE clause = %(mark)s
"""
PEOPLE = """
INSERT INTO units_user (username, password, name, email, post, phone, is_superuser, is_staff,
    is_active, must_change_password, date_joined)
SELECT 'unit-' || id, '!', '填报' || id, '', '', '', false, false, true, false, now()
FROM units_unit WHERE clause = %(mark)s
UNION ALL
SELECT 'office-' || id, '!', '审核' || id, '', '', '', false, false, true, false, now()
FROM units_office WHERE clause = %(mark)s;
INSERT INTO units_membership (user_id, role, unit_id)
SELECT p.id, 'officer', u.id FROM units_unit u JOIN units_user p ON p.username = 'unit-' || u.id
WHERE u.clause = %(mark)s;
INSERT INTO units_membership (user_id, role, office_id)
SELECT p.id, 'coordinator', o.id
FROM units_office o JOIN units_user p ON p.username = 'office-' || o.id WHERE o.clause = %(mark)s
"""
PLANS = """
INSERT INTO tasks_plan (code, title, short_title, status, number, issuers, starts_on, ends_on,
    dates_note, coordinating_body, tracked_from, jurisdiction_id, implements_id, clause, loaded)
SELECT 'd' || j.code || '-' || p, j.name || '第' || p || '项行动方案', j.name || '方案' || p,
    'issued', '', '{}', '2021-01-01',
    CASE WHEN p %% 6 = 0 THEN date '2025-12-31' ELSE date '2030-12-31' END,
    '', '', %(first)s, j.id, %(joint)s, %(mark)s, '{}'
FROM units_jurisdiction j, generate_series(1, %(plans)s) AS p WHERE j.clause = %(mark)s;
INSERT INTO tasks_planside (plan_id, jurisdiction_id, office_id, "order")
SELECT p.id, p.jurisdiction_id, o.id, 1
FROM tasks_plan p JOIN units_office o USING (jurisdiction_id)
WHERE p.clause = %(mark)s AND o.clause = %(mark)s;
INSERT INTO tasks_action (plan_id, number, numeral, title, clause, loaded)
SELECT id, a, '', '第' || a || '项行动', %(mark)s, '{}'
FROM tasks_plan, generate_series(1, 5) AS a WHERE clause = %(mark)s
"""
TASKS = """
INSERT INTO tasks_task (plan_id, action_id, number, title, summary, due_on, clause, loaded)
SELECT p.id, a.id, n,
    (ARRAY['推进','加强','开展','完善','加快','建立','协同','共同'])[1 + seed %% 8]
    || (ARRAY['绿色','低碳','清洁','节能','循环','生态'])[1 + seed / 8 %% 6]
    || (ARRAY['建筑','交通','能源','工业','农业','林业','金融','科技','人才'])[1 + seed / 48 %% 9]
    || chr(20000 + seed %% 3000) || chr(20000 + seed * 7 %% 5000) || '建设',
    '到规划期末基本建成体系完备的制度，推动' || chr(20000 + seed * 13 %% 6000)
    || chr(20000 + seed * 17 %% 4000) || '高质量发展，提高保供水平，完善机制。',
    CASE seed %% 10 WHEN 0 THEN date '2026-06-30' WHEN 1 THEN date '2026-11-30'
        WHEN 2 THEN date '2027-12-31' END,
    %(mark)s, '{}'
FROM (SELECT *, (row_number() OVER (ORDER BY id) * 37)::int AS first FROM tasks_plan
      WHERE clause = %(mark)s) AS p
CROSS JOIN generate_series(1, %(tasks)s) AS n
CROSS JOIN LATERAL (SELECT p.first + n * 101 AS seed) AS s
JOIN tasks_action a ON a.plan_id = p.id AND a.number = 1 + n %% 5;
INSERT INTO tasks_task_implements (from_task_id, to_task_id)
SELECT t.id, (%(above)s::bigint[])[1 + t.id %% array_length(%(above)s::bigint[], 1)]
FROM tasks_task t WHERE t.clause = %(mark)s
"""
# A lead and two that cooperate, of the district's own units.
DUTIES = """
INSERT INTO tasks_responsibility (task_id, unit_id, role, side_id, "order", written, note, state,
    state_since, due_on, leader, division, liaison, phone, clause, loaded)
SELECT t.id, u.id, CASE WHEN k = 0 THEN 'lead' ELSE 'cooperating' END, p.jurisdiction_id, k + 1,
    u.name, '', CASE WHEN k > 0 THEN '' ELSE (ARRAY['in_progress','in_progress','in_progress',
        'in_progress','in_progress','in_progress','not_started','completed','closed','standing'])
        [1 + t.id %% 10] END,
    CASE WHEN k = 0 AND t.id %% 10 <> 6 THEN date '2025-03-31' END, NULL, '', '', '', '',
    %(mark)s, '{}'
FROM tasks_task t JOIN tasks_plan p ON p.id = t.plan_id
CROSS JOIN generate_series(0, 2) AS k
JOIN units_unit u ON u.jurisdiction_id = p.jurisdiction_id
    AND u."order" = 100001 + (t.id + k) %% %(units)s AND u.clause = %(mark)s
WHERE t.clause = %(mark)s
"""
PERIOD = """
INSERT INTO tasks_period (plan_id, year, quarter, opens_on, due_on, grace_until, state, closed_on)
SELECT id, %(year)s, %(quarter)s, %(opens)s, %(due)s, %(grace)s, %(state)s, %(closed)s
FROM tasks_plan WHERE clause = %(mark)s
"""
# Of a quarter that is closed one in twenty is missing; of the open one more is under way.
REPORTS = """
INSERT INTO tasks_progressreport (responsibility_id, period_id, kind, state, percent, progress,
    problems, next_steps, coordination, no_news, version, filled_by_id, submitted_at, reviewed_at,
    return_reason, redo_by, created_at, updated_at)
SELECT r.id, q.id, 'regular', s.state, least(100, %(turn)s * 4 + r.id %% 20),
    '本季度完成' || chr(20000 + (r.id %% 5000)::int)
    || '项目前期工作，印发实施方案，开展现场调研三次，推动重点工程按期开工建设，完成投资约两亿元。',
    CASE WHEN r.id %% 3 = 0 THEN '资金和用地指标尚未完全落实，部分项目进度偏慢。' ELSE '' END,
    '继续推进重点项目建设，按月调度进展，协调解决要素保障问题。', '', false, 2, m.user_id,
    CASE WHEN s.state <> 'draft' THEN q.due_on - interval '2 days' END,
    CASE WHEN s.state IN ('approved', 'returned') THEN q.due_on + interval '1 day' END,
    CASE WHEN s.state = 'returned' THEN '请补充。' ELSE '' END,
    CASE WHEN s.state = 'returned' THEN q.due_on + 4 END, q.opens_on, q.opens_on
FROM tasks_responsibility r
JOIN tasks_task t ON t.id = r.task_id
JOIN tasks_period q ON q.plan_id = t.plan_id AND q.year = %(year)s AND q.quarter = %(quarter)s
JOIN units_membership m ON m.unit_id = r.unit_id AND m.role = 'officer'
CROSS JOIN LATERAL (SELECT CASE WHEN q.state = 'closed' THEN 'approved' ELSE
    (ARRAY['approved','approved','approved','approved','approved','approved','submitted',
        'submitted','draft','returned'])[1 + r.id %% 10] END::text AS state) AS s
WHERE r.clause = %(mark)s AND r.role = 'lead' AND (r.id * 31 + %(turn)s * 7) %% 20 <> 0
ORDER BY t.plan_id, t.number
"""
FILED = """
INSERT INTO units_auditentry (at, actor_id, actor_name, unit_name, source, request_id, verb,
    object_type, object_id, object_name, before, after, reason)
SELECT now(), filled_by_id, '填报', '', 'web', '', 'report.submit', 'tasks.progressreport',
    id::text, '', '{"state": "draft"}', '{"state": "submitted"}', ''
FROM tasks_progressreport WHERE submitted_at IS NOT NULL AND period_id = ANY (%(open)s)
"""


def tell_defaults(*models: type[Model]) -> None:
    """What the models fill in, told to the database: a new column stops no statement."""
    _run("SET CONSTRAINTS ALL IMMEDIATE", None)  # a table with rows that wait is not altered
    for model in models:
        for field in model._meta.concrete_fields:
            default = field.get_default()
            if field.primary_key or field.null or field.has_db_default() or default is None:
                continue
            value = "{}" if isinstance(field, ArrayField) else json.dumps(default)
            value = default if isinstance(default, str) else value
            table, column = model._meta.db_table, field.column
            _run(f"ALTER TABLE {table} ALTER \"{column}\" SET DEFAULT '{value}'", None)


def fill(size: Size, today: datetime.date) -> None:
    """Put the districts beneath the joint plan that is there."""
    _run("SET statement_timeout = 0", {})
    tell_defaults(Unit, Plan, Period, ProgressReport)
    joint = Plan.objects.get(code="joint-2022")
    quarters = _last(size.quarters, today)
    place = Jurisdiction.objects.in_bulk(["500000", "510000"], field_name="code")
    values: dict[str, Any] = {
        "mark": MARK,
        "joint": joint.pk,
        "above": list(Task.objects.filter(plan=joint).values_list("pk", flat=True)),
        "first": str(quarters[0]),
        "chongqing": place["500000"].pk,
        "sichuan": place["510000"].pk,
        **{name: getattr(size, name) for name in size.__dataclass_fields__},
    }
    for statements in (PLACES, UNITS, PEOPLE, PLANS, TASKS, DUTIES):
        for statement in statements.split(";\n"):
            _run(statement, values)
    _run("ANALYZE tasks_task, tasks_plan, tasks_responsibility, units_unit, units_membership", {})
    for turn, quarter in enumerate(quarters, 1):
        _quarter(values, joint, quarter, turn, is_open=turn == len(quarters))
    opened = Period.objects.filter(state="open", plan__clause=MARK)
    _run(FILED, {"open": list(opened.values_list("pk", flat=True))})
    _run("RESET statement_timeout", {})


def tidy() -> None:
    """What autovacuum does in its time; not within a transaction."""
    _run(f"VACUUM ANALYZE {TABLES}", {})


def _last(number: int, today: datetime.date) -> list[Quarter]:
    quarters = [periods.latest_open_quarter(today)]
    while len(quarters) < number:
        quarters.insert(0, quarters[0].previous)
    return quarters


def _quarter(
    values: dict[str, Any], joint: Plan, quarter: Quarter, turn: int, *, is_open: bool
) -> None:
    dates = periods.build(joint, quarter)
    values = values | {
        "turn": turn,
        "year": quarter.year,
        "quarter": quarter.number,
        "opens": dates.opens_on,
        "due": dates.due_on,
        "grace": dates.grace_until,
        "state": "open" if is_open else "closed",
        "closed": None if is_open else dates.grace_until,
    }
    _run(PERIOD, values)
    _run("ANALYZE tasks_period", {})
    _run(REPORTS, values)


def _run(statement: str, values: dict[str, Any] | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
