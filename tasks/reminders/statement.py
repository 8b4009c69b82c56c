"""A rule's notices as one statement, so that a run costs the same however many it makes.

The database joins a word's subjects with the steps that their dates have reached and with the
people who are told, and leaves out what was told before. The same rows are either stored or read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection, transaction

from tasks.reminders.day import Rows
from tasks.states import NoticeState


class StepRow(NamedTuple):
    """The step that subjects of a plan with these dates have reached."""

    plan: int
    due_on: Any
    since: Any
    step: int
    reached_on: Any
    days: int
    told: int  # the holders of how many verbs
    is_early: bool  # before the plan's reminders begin


class HolderRow(NamedTuple):
    """That a person holds, in a body, the verb at this place of the rule's."""

    rank: int
    is_office: bool
    body: int
    part: int
    person: int
    place: int


@dataclass(frozen=True)
class Tables:
    """What joins a rule's subjects, as rows."""

    steps: Sequence[StepRow]
    holders: Sequence[HolderRow]
    rungs: Sequence[tuple[int, str, str]]  # rank, verb, address
    units: Sequence[tuple[int, str, bool]]
    plans: Sequence[tuple[int, str]]
    first_is_office: bool


STEP = ("bigint", "date", "date", "int", "date", "int", "int", "boolean")
HOLDER = ("int", "boolean", "bigint", "bigint", "bigint", "int")
RUNG = ("int", "text", "text")
UNIT = ("bigint", "text", "boolean")
PLAN = ("bigint", "text")

CASES = """
subject AS MATERIALIZED ({subjects}),
step AS (SELECT * FROM {step} AS t(plan, due_on, since, step, reached_on, days, told, is_early)),
holder AS (SELECT * FROM {holder} AS t(rank, is_office, body, part, person, place)),
rung AS (SELECT * FROM {rung} AS t(rank, verb, path)),
unit AS (SELECT * FROM {unit} AS t(id, name, is_central)),
plan AS (SELECT * FROM {plan} AS t(id, name)),
reached AS MATERIALIZED (
    SELECT subject.*, step.step, step.reached_on, step.days, step.told, step.is_early
    FROM subject JOIN step
    ON step.plan = of_plan AND step.due_on = of_due AND step.since = of_since
),
held AS (
    SELECT reached.*, person, rank, place FROM reached
    JOIN holder ON NOT is_office AND body = of_unit AND rank < told
    WHERE NOT is_early
    UNION ALL
    SELECT reached.*, person, rank, place FROM reached
    JOIN holder ON is_office AND body = of_plan AND part = of_side AND (rank < told OR of_unit = 0)
    WHERE NOT is_early
),
known AS (
    SELECT subject, due_on, recipient_id, step FROM tasks_notice
    WHERE rule = %s AND due_on IN (SELECT due_on FROM step)
),
fresh AS (
    SELECT DISTINCT ON (of_key, of_due, person) * FROM held
    WHERE NOT EXISTS (
        SELECT FROM known WHERE known.subject = of_key AND known.due_on = of_due
            AND known.recipient_id = held.person AND known.step >= held.step
    )
    ORDER BY of_key, of_due, person, rank
),
notice AS (
    SELECT
        %s::text AS rule, of_key AS subject, of_due AS due_on, fresh.step, fresh.person,
        nullif(of_task, 0) AS task, nullif(of_unit, 0) AS unit, fresh.reached_on,
        jsonb_build_object(
            'side', of_duty, 'unit', coalesce(unit.name, ''),
            'central', coalesce(unit.is_central, false), 'plan', plan.name,
            'task', coalesce(task.title, ''), 'number', coalesce(task.number, 0),
            'quarter', of_quarter, 'days', fresh.days, 'verb', rung.verb, 'plans', of_plans,
            'what', of_what
        ) AS params,
        replace(replace(replace(replace(replace(rung.path, '{{number}}', of_number::text),
            '{{duty}}', of_duty::text), '{{task}}', of_task::text),
            '{{unit}}', of_unit::text), '{{quarter}}', of_quarter) AS path,
        row_number() OVER (
            ORDER BY of_plan, task.number NULLS FIRST, of_number, fresh.rank, fresh.place
        ) AS place
    FROM fresh
    JOIN rung ON rung.rank = fresh.rank
    JOIN plan ON plan.id = of_plan
    LEFT JOIN unit ON unit.id = of_unit
    LEFT JOIN tasks_task task ON task.id = of_task
)
"""
STORE = """
WITH {cases},
made AS (
    INSERT INTO tasks_notice (
        rule, subject, due_on, step, recipient_id, task_id, unit_id, params, path, state, made_on,
        created_at, settled
    )
    SELECT rule, subject, due_on, step, person, task, unit, params, path, %s, %s, %s, false
    FROM notice ORDER BY place
    ON CONFLICT DO NOTHING
    RETURNING recipient_id
)
SELECT recipient_id, count(*) FROM made GROUP BY recipient_id
"""
READ = """
WITH {cases}
SELECT rule, subject, due_on, step, person, task, unit, params, path, reached_on
FROM notice ORDER BY place
"""
COUNT = """
WITH {cases}
SELECT count(DISTINCT (of_key, of_due, person)) FROM held
"""
UNTOLD = """
WITH {cases}
SELECT coalesce(unit.name, ''), plan.name, reached.of_task, of_what, of_quarter, of_due,
    reached.step, is_early, coalesce(reached.of_unit, 0), of_plan, of_side
FROM reached
JOIN plan ON plan.id = of_plan
LEFT JOIN unit ON unit.id = of_unit
WHERE is_early
    OR (of_unit > 0 AND NOT EXISTS (SELECT FROM holder WHERE rank = 0 AND {first}))
ORDER BY of_plan, of_task, of_key
"""


# What was told on an earlier day and is neither due by its date nor waiting any more is done.
SETTLE = """
WITH outstanding AS ({subjects})
UPDATE tasks_notice AS notice SET settled = true
WHERE NOT settled AND state <> %s AND made_on < %s AND rule = ANY(%s)
AND NOT EXISTS (
    SELECT FROM outstanding WHERE of_key = notice.subject AND of_due = notice.due_on
)
"""


def settle_done(words: Mapping[str, Rows], *, today: Any) -> int:
    """Mark what is not among any rule's subjects any more as done; returns how many.

    Services mark what they do themselves; this is what nobody does, as a unit that gets people.
    """
    parts, values = [], []
    for rows in words.values():
        sql, given = rows.values("of_key", "of_due").query.sql_with_params()
        parts.append(f"({sql})")
        values += given
    told = [NoticeState.DROPPED.value, today, list(words)]
    with connection.cursor() as cursor:
        cursor.execute(SETTLE.format(subjects=" UNION ALL ".join(parts)), [*values, *told])
        return int(cursor.rowcount)


# Whose holders are told first: of the subject's unit, or of the office of its side.
OF_UNIT = "NOT is_office AND body = of_unit"
OF_OFFICE = "is_office AND body = of_plan AND part = of_side"


@dataclass
class Statement:
    """A rule's rows on a day."""

    rule: str
    subjects: Rows
    tables: Tables

    def store(self, *, today: Any, now: Any) -> dict[int, int]:
        """Store what is new; how many notices each person got."""
        sql, values = self._cases()
        written = [*values, NoticeState.QUEUED.value, today, now]
        return dict(_run(STORE.format(cases=sql), written))

    def read(self) -> list[tuple[Any, ...]]:
        """What is to be told on the day and was not told before."""
        sql, values = self._cases()
        return _run(READ.format(cases=sql), values)

    def number(self) -> int:
        """How much is to be told on the day, with what was told before."""
        sql, values = self._cases()
        return int(_run(COUNT.format(cases=sql), values)[0][0])

    def untold(self) -> list[tuple[Any, ...]]:
        """What nobody is told: its step came too early, or nobody is there who would be first."""
        sql, values = self._cases()
        first = OF_OFFICE if self.tables.first_is_office else OF_UNIT
        return _run(UNTOLD.format(cases=sql, first=first), values)

    def _cases(self) -> tuple[str, list[Any]]:
        subjects, values = self.subjects.query.sql_with_params()
        tables = self.tables
        parts = {"subjects": subjects}
        given: list[Any] = [*values]
        for name, types, rows in (
            ("step", STEP, tables.steps),
            ("holder", HOLDER, tables.holders),
            ("rung", RUNG, tables.rungs),
            ("unit", UNIT, tables.units),
            ("plan", PLAN, tables.plans),
        ):
            parts[name] = f"unnest({', '.join(f'%s::{one}[]' for one in types)})"
            given += [list(column) for column in zip(*rows, strict=True)] or [[] for _t in types]
        return CASES.format(**parts), [*given, self.rule, self.rule]


def _run(sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Run it with joins by hashing: of lists that are handed in the planner knows no lengths."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return rows
