"""A day's notices as one statement, so that a run costs the same however many it makes.

The subjects of all rules are read once, into a table that is gone with the transaction. The
database joins them with the steps that their dates have reached and with the people who are told,
and leaves out what was told before. The same rows are either stored or read.
"""

import datetime
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from tasks.reminders.day import COLUMNS
from tasks.reminders.given import DatesRow, HolderRow, PlanRow, RungRow, StepRow, as_table
from tasks.states import NoticeState
from units.states import UnitKind

Query = tuple[str, tuple[Any, ...]]  # with its values

CENTRAL = [kind.value for kind in UnitKind if kind.is_central]
# Made from its query, for the database to read with several processes at once.
CREATE = """
CREATE TEMPORARY TABLE reminder_subject ON COMMIT DROP AS
SELECT NULL::int AS of_word, NULL::bigint AS of_number, NULL::text AS of_key, NULL::date AS of_due,
    NULL::date AS of_since, NULL::bigint AS of_plan, NULL::bigint AS of_side,
    NULL::bigint AS of_unit, NULL::bigint AS of_duty, NULL::bigint AS of_task,
    NULL::text AS of_quarter, NULL::boolean AS of_plans, NULL::text AS of_what WHERE false
"""
WORD = "UNION ALL SELECT {place}, {columns} FROM ({rows}) AS word"
DATES = "SELECT DISTINCT of_word, of_plan, of_due, of_since, of_plans FROM reminder_subject"
# Of lists that are handed in, and of a new table, the planner knows nothing: it joins by hashing.
PREPARE = "SET LOCAL enable_nestloop = off; SET LOCAL enable_mergejoin = off"
CLEAR = """
SET LOCAL enable_nestloop TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT;
DROP TABLE reminder_subject
"""

# Narrow until it is known who is told of what: most of it was told before.
CASES = """
step AS ({step}), holder AS ({holder}), rung AS ({rung}), plan AS ({plan}),
reached AS (
    SELECT subject.ctid AS row, of_key, of_due, of_plan, of_side, of_unit, urgency, step,
        reached_on, days, told, is_early
    FROM reminder_subject AS subject JOIN step ON word = of_word AND step.plan = of_plan
    AND due_on = of_due AND since = of_since AND plans = of_plans
),
asked AS (
    SELECT reached.*, rule, rank, role, CASE WHEN is_office THEN of_plan ELSE of_unit END AS body,
        CASE WHEN is_office THEN of_side ELSE 0 END AS part
    FROM reached JOIN rung USING (urgency)
    WHERE NOT is_early AND (rank < told OR is_office AND of_unit = 0)
),
held AS (SELECT asked.*, person, holder.place FROM asked JOIN holder USING (role, body, part))
"""
FRESH = """,
known AS (
    SELECT rule, subject, due_on, recipient_id, step FROM tasks_notice
    WHERE (rule, due_on) IN (SELECT rule, due_on FROM step JOIN rung USING (urgency))
),
fresh AS (
    SELECT DISTINCT ON (urgency, of_key, of_due, person) row, urgency, step, reached_on, days, rank,
        person, place
    FROM held
    WHERE NOT EXISTS (
        SELECT FROM known WHERE known.rule = held.rule AND known.subject = of_key
            AND known.due_on = of_due AND known.recipient_id = held.person
            AND known.step >= held.step
    )
    ORDER BY urgency, of_key, of_due, person, rank
),
notice AS (
    SELECT
        rung.rule, of_key AS subject, of_due AS due_on, fresh.step, fresh.person,
        nullif(of_task, 0) AS task, nullif(of_unit, 0) AS unit, fresh.reached_on,
        jsonb_build_object(
            'side', of_duty, 'unit', coalesce(unit.name, ''),
            'central', coalesce(unit.kind = ANY(%s), false), 'plan', plan.name,
            'task', coalesce(task.title, ''), 'number', coalesce(task.number, 0),
            'quarter', of_quarter, 'days', fresh.days, 'verb', rung.verb, 'plans', of_plans,
            'what', of_what
        ) AS params,
        replace(replace(replace(replace(replace(rung.path, '{number}', of_number::text),
            '{duty}', of_duty::text), '{task}', of_task::text),
            '{unit}', of_unit::text), '{quarter}', of_quarter) AS path,
        row_number() OVER (
            ORDER BY urgency, of_plan, task.number NULLS FIRST, of_number, rank, fresh.place
        ) AS place
    FROM fresh
    JOIN reminder_subject ON reminder_subject.ctid = fresh.row
    JOIN rung USING (urgency, rank)
    JOIN plan ON plan.id = of_plan
    LEFT JOIN units_unit unit ON unit.id = of_unit
    LEFT JOIN tasks_task task ON task.id = of_task
)"""
STORE = """
WITH {cases}{fresh},
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
WITH {cases}{fresh}
SELECT rule, subject, due_on, step, person, task, unit, params, path, reached_on
FROM notice ORDER BY place
"""
COUNT = """
WITH {cases}
SELECT count(DISTINCT (urgency, of_key, of_due, person)) FROM held
"""
# Its step came too early, or nobody is there who would be told first.
UNTOLD = """
WITH {cases}
SELECT rung.rule, coalesce(unit.name, ''), plan.name, of_task, of_what, of_quarter,
    subject.of_due, step, is_early, subject.of_unit, subject.of_plan, subject.of_side
FROM reached
JOIN reminder_subject subject ON subject.ctid = reached.row
JOIN rung ON rung.urgency = reached.urgency AND rung.rank = 0
JOIN plan ON plan.id = subject.of_plan
LEFT JOIN units_unit unit ON unit.id = subject.of_unit
WHERE is_early OR (subject.of_unit > 0 AND NOT EXISTS (
    SELECT FROM held
    WHERE held.rank = 0 AND held.urgency = reached.urgency AND held.row = reached.row
))
ORDER BY rung.urgency, subject.of_plan, of_task, subject.of_key
"""


# What was told on an earlier day and is neither due by its date nor waiting any more is done.
SETTLE = """
UPDATE tasks_notice AS notice SET settled = true
WHERE NOT settled AND state <> %s AND made_on < %s AND rule = ANY(%s)
AND NOT EXISTS (
    SELECT FROM reminder_subject WHERE of_key = notice.subject AND of_due = notice.due_on
)
"""
# What is due by that very date again, as of a setting that was moved and moved back, holds again.
REVIVE = """
UPDATE tasks_notice AS notice SET settled = false FROM reminder_subject
WHERE settled AND state <> %s AND made_on < %s AND rule = ANY(%s)
AND of_key = notice.subject AND of_due = notice.due_on
"""


@contextmanager
def reading(words: Sequence[Query]) -> Iterator[list[DatesRow]]:
    """The words' subjects, in their table while this lasts, and the dates that they have."""
    parts: list[str] = [CREATE]
    values: list[Any] = []
    for place, (sql, given) in enumerate(words):
        parts.append(WORD.format(place=place, columns=", ".join(COLUMNS), rows=sql))
        values += given
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" ".join(parts), values)
        cursor.execute(PREPARE)
        cursor.execute(DATES)
        yield [DatesRow(*row) for row in cursor.fetchall()]
        cursor.execute(CLEAR)


@dataclass(frozen=True)
class Statement:
    """What joins the subjects that are being read, as rows."""

    steps: Sequence[StepRow]
    holders: Sequence[HolderRow]
    rungs: Sequence[RungRow]
    plans: Sequence[PlanRow]

    def store(self, *, today: datetime.date, now: datetime.datetime) -> dict[int, int]:
        """Store what is new; how many notices each person got."""
        return dict(self._run(STORE, CENTRAL, NoticeState.QUEUED.value, today, now))

    def settle(self, *, today: datetime.date) -> int:
        """Mark what was told before and is not among any word's subjects as done; how many.

        Services mark what they do themselves; this is what nobody does, as a unit that gets
        people. What is among them again is taken back. The subjects are to be read whole for it.
        """
        rules = sorted({rung.rule for rung in self.rungs})
        values: tuple[Any, ...] = (NoticeState.DROPPED.value, today, rules)
        with connection.cursor() as cursor:
            cursor.execute(REVIVE, values)
            cursor.execute(SETTLE, values)
            return int(cursor.rowcount)

    def read(self) -> list[tuple[Any, ...]]:
        """What is to be told on the day and was not told before."""
        return self._run(READ, CENTRAL)

    def number(self) -> int:
        """How much is to be told on the day, with what was told before."""
        return int(self._run(COUNT)[0][0])

    def untold(self) -> list[tuple[Any, ...]]:
        """What nobody is told: its step came too early, or nobody is there who would be first."""
        return self._run(UNTOLD)

    def _run(self, sql: str, *further: Any) -> list[tuple[Any, ...]]:
        parts: dict[str, str] = {}
        values: list[Any] = []
        for name, shape, rows in (
            ("step", StepRow, self.steps),
            ("holder", HolderRow, self.holders),
            ("rung", RungRow, self.rungs),
            ("plan", PlanRow, self.plans),
        ):
            parts[name], given = as_table(shape, rows)
            values += given
        cases = CASES.format(**parts)
        with connection.cursor() as cursor:
            cursor.execute(sql.format(cases=cases, fresh=FRESH), [*values, *further])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
