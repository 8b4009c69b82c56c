"""Many generated tasks with varied Chinese titles, made by the database itself."""

from typing import Any

from django.db import connection

from tests.factories import ActionFactory, PlanFactory

AT_ONCE = 10  # plans in one statement, which has a time limit
# Words of plans; every title has two common ones and two characters that make it its own.
FILL = """
INSERT INTO tasks_task (plan_id, action_id, number, title, summary, clause, loaded)
SELECT plan, action, n,
    (ARRAY['推进','加强','开展','完善','加快','建立','协同','共同'])[1 + seed %% 8]
    || (ARRAY['绿色','低碳','清洁','节能','循环','生态'])[1 + seed / 8 %% 6]
    || (ARRAY['建筑','交通','能源','工业','农业','林业','金融','科技','人才'])[1 + seed / 48 %% 9]
    || chr(20000 + seed %% 3000) || chr(20000 + seed * 7 %% 5000)
    || (ARRAY['发展','改造','示范','监测','合作'])[1 + seed / 432 %% 5] || '建设',
    '到规划期末基本建成体系完备的制度，推动' || chr(20000 + seed * 13 %% 6000)
    || chr(20000 + seed * 17 %% 4000) || '高质量发展，提高' || chr(20000 + seed * 19 %% 5000)
    || '保供水平，完善' || chr(20000 + seed * 23 %% 5000) || chr(20000 + seed * 29 %% 5000)
    || '机制，形成可复制、可推广的经验。',
    '二、（一）' || n, '{}'
FROM (SELECT p.plan, p.action, n, ((%(first)s + p.row) * %(each)s + n)::int AS seed
      FROM unnest(%(plans)s::bigint[], %(actions)s::bigint[]) WITH ORDINALITY
           AS p(plan, action, row), generate_series(1, %(each)s) AS n) AS made
"""


def make_tasks(total: int, each: int = 500) -> None:
    """`total` tasks in plans of `each`; the database knows how they are spread."""
    made = [ActionFactory(plan=PlanFactory()) for _ in range(total // each)]
    with connection.cursor() as cursor:
        for start in range(0, len(made), AT_ONCE):
            some = made[start : start + AT_ONCE]
            values: dict[str, Any] = {
                "plans": [action.plan_id for action in some],
                "actions": [action.pk for action in some],
                "first": start,
                "each": each,
            }
            cursor.execute(FILL, values)
        cursor.execute("ANALYZE tasks_task, tasks_plan, tasks_action")
