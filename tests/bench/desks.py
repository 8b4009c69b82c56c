"""The desks that are measured, each beside one plain statement for the same facts."""

# ruff: noqa: S608 - fixed words of this file, nobody's input

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client

from tests.bench.many_reports import MARK
from tests.factories import inspector
from units.models import Jurisdiction, Office, Unit, User

# A side with its task, dates, the open quarter's report and the latest approved percent.
ROWS = """
SELECT t.id, t.number, t.title, p.short_title, u.name, j.name, r.state AS side_state, r.state_since,
    coalesce(r.due_on, t.due_on, p.ends_on) AS due, q.due_on, f.state AS report_state, f.percent,
    (SELECT a.percent FROM tasks_progressreport a WHERE a.responsibility_id = r.id
        AND a.state = 'approved' AND a.percent IS NOT NULL
        ORDER BY a.quarter_index DESC LIMIT 1)
FROM tasks_responsibility r JOIN tasks_task t ON t.id = r.task_id
JOIN tasks_plan p ON p.id = t.plan_id JOIN units_unit u ON u.id = r.unit_id
LEFT JOIN units_jurisdiction j ON j.id = r.side_id
LEFT JOIN tasks_period q ON q.plan_id = p.id AND q.state = 'open'
LEFT JOIN tasks_progressreport f ON f.responsibility_id = r.id AND f.period_id = q.id
WHERE r.role = 'lead' AND """
OF_UNIT = ROWS + "r.unit_id IN (SELECT unit_id FROM units_membership WHERE user_id = %(user)s)"
OF_OFFICE = (
    ROWS + "(t.plan_id, r.side_id) IN (SELECT s.plan_id, s.jurisdiction_id FROM tasks_planside s"
    " JOIN units_membership m ON m.office_id = s.office_id WHERE m.user_id = %(user)s)"
)
PLACE = "j.code LIKE (SELECT left(i.code, 2) || '%%' FROM units_membership m JOIN"
PLACE += " units_jurisdiction i ON i.id = m.jurisdiction_id WHERE m.user_id = %(user)s)"
UNDER_WAY = "r.state IN ('not_started', 'in_progress') AND p.status = 'issued'"
LATE = f"{UNDER_WAY} AND coalesce(r.due_on, t.due_on, p.ends_on) < %(today)s"
LATE_COUNTS = f"""
SELECT r.unit_id, r.side_id,
    count(*) FILTER (WHERE {LATE} AND coalesce(r.due_on, t.due_on) IS NOT NULL),
    count(*) FILTER (WHERE {LATE} AND coalesce(r.due_on, t.due_on) IS NULL),
    count(*) FILTER (WHERE {UNDER_WAY} AND q.id IS NOT NULL AND f.id IS NULL)
FROM tasks_responsibility r JOIN tasks_task t ON t.id = r.task_id
JOIN tasks_plan p ON p.id = t.plan_id JOIN units_jurisdiction j ON j.id = r.side_id
LEFT JOIN tasks_period q ON q.plan_id = p.id AND q.state = 'open'
LEFT JOIN tasks_progressreport f ON f.responsibility_id = r.id AND f.period_id = q.id
WHERE r.role = 'lead' AND {PLACE} GROUP BY 1, 2
"""
BY_QUARTER = """
SELECT r.id, t.title, q.year, q.quarter, f.state, f.percent
FROM tasks_responsibility r JOIN tasks_task t ON t.id = r.task_id
JOIN tasks_plan p ON p.id = t.plan_id JOIN tasks_period q ON q.plan_id = p.id
LEFT JOIN tasks_progressreport f ON f.responsibility_id = r.id AND f.period_id = q.id
WHERE r.role = 'lead' AND p.code = 'joint-2022'
"""
# The same with the count above each light, which the list shows too.
LIST = f"""
WITH lit AS ({ROWS} TRUE), counted AS (
    SELECT side_state, due < %(today)s AS late, count(*) AS n FROM lit GROUP BY 1, 2)
SELECT (SELECT json_agg(counted) FROM counted), page.* FROM (SELECT * FROM lit LIMIT 50) AS page
"""
TARGETS = """
SELECT g.*, i.name, i.measure, p.short_title, o.value, o.category, o.period_text
FROM tasks_target g JOIN tasks_indicator i ON i.id = g.indicator_id
JOIN tasks_plan p ON p.id = g.plan_id
LEFT JOIN tasks_observation o ON o.indicator_id = g.indicator_id AND o.state = 'approved'
"""
UNITS = f"""
SELECT w.name, w.cooperates, l.side_state, l.due, l.number
FROM (SELECT u.id, u.name, j.code, u."order", count(*) FILTER (WHERE r.role = 'cooperating')
        AS cooperates FROM units_unit u JOIN tasks_responsibility r ON r.unit_id = u.id
    LEFT JOIN units_jurisdiction j ON j.id = u.jurisdiction_id
    GROUP BY 1, 2, 3, 4 ORDER BY j.code, u."order", u.id LIMIT 50) AS w
LEFT JOIN LATERAL ({ROWS} r.unit_id = w.id) AS l ON TRUE
"""
WORDS = "SELECT id, number, title FROM tasks_task WHERE title LIKE '%%绿色%%'"


@dataclass(frozen=True)
class Desk:
    """A page for a person, and the statement; its parameters are the user and today."""

    name: str
    who: str
    path: str
    plain: str


@dataclass
class Times:
    """Milliseconds of the page, of its queries, of the plain statement."""

    page: list[float] = field(default_factory=list)
    queries: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)

    def line(self, name: str) -> str:
        page, queries, plain = median(self.page), median(self.queries), median(self.plain)
        return (
            f"{name:34}{page:8.0f}{max(self.page):8.0f}{queries:9.0f}{plain:8.1f}"
            f"{page / plain:9.1f}{queries / plain:9.1f}"
        )


HEAD = f"{'desk':34}{'p50 ms':>8}{'most':>8}{'queries':>9}{'plain':>8}{'x plain':>9}{'q/plain':>9}"


def desks(task: int, district: bool) -> Iterator[Desk]:
    """`task` is a joint task; with `district` also the desks of a district that was made."""
    yield Desk("officer's home", "lead", "/", OF_UNIT)
    yield Desk("coordinator's home", "coordinator", "/", OF_OFFICE)
    yield Desk("inspector's home, 重庆市", "auditor", "/", LATE_COUNTS)
    yield Desk("brief", "leader", "/brief/", OF_OFFICE)
    yield Desk("board", "leader", "/board/", OF_OFFICE)
    yield Desk("matrix, all quarters", "coordinator", "/matrix/?first=2022Q2", BY_QUARTER)
    yield Desk("list of tasks", "coordinator", "/tasks/", LIST)
    yield Desk("list of tasks, red", "coordinator", "/tasks/?light=red", LIST)
    late = f"{ROWS} {LATE} AND {PLACE} ORDER BY due LIMIT 50"
    yield Desk("overdue", "auditor", "/overdue/", late)
    yield Desk("targets", "coordinator", "/targets/", TARGETS)
    yield Desk("units", "coordinator", "/units/", UNITS)
    yield Desk("task", "coordinator", f"/tasks/{task}/", f"{ROWS} t.id = {int(task)}")
    yield Desk("review", "coordinator", "/review/", f"{OF_OFFICE} AND f.state = 'submitted'")
    yield Desk("search", "coordinator", "/search/?q=绿色", f"{WORDS} LIMIT 50")
    if district:
        yield Desk("officer's home, district", "bench-officer", "/", OF_UNIT)
        yield Desk("coordinator's home, district", "bench-office", "/", OF_OFFICE)
        yield Desk("inspector's home, 四川省", "bench-inspector", "/", LATE_COUNTS)
        yield Desk("overdue, 四川省", "bench-inspector", "/overdue/", late)
        yield Desk("missing, 四川省", "bench-inspector", "/overdue/?kind=missing", LATE_COUNTS)
        yield Desk("list of tasks, last page", "coordinator", "/tasks/?page=999999", LIST)


def person(who: str) -> User:
    """A demo account, or one of the district's."""
    match who:
        case "bench-inspector":
            known = User.objects.filter(username=who).first()
            return known or inspector(Jurisdiction.objects.get(code="510000"), username=who)
        case "bench-officer":
            units = Unit.objects.filter(clause=MARK).order_by("pk")
            return User.objects.get(memberships__unit=units[0])
        case "bench-office":
            offices = Office.objects.filter(clause=MARK).order_by("pk")
            return User.objects.get(memberships__office=offices[0])
    return User.objects.get(username=who)


class Clock:
    """Adds up what queries take."""

    def __init__(self) -> None:
        self.spent = 0.0

    def __call__(self, execute: Any, *words: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(*words)
        finally:
            self.spent += (time.perf_counter() - start) * 1000


def measure(desk: Desk, rounds: int, today: Any) -> Times:
    """In turns, so that page and statement share what disturbs; the first round is not counted."""
    user, times, client = person(desk.who), Times(), Client()
    client.force_login(user)
    for number in range(rounds + 1):
        clock, start = Clock(), time.perf_counter()
        with connection.execute_wrapper(clock):
            answer = client.get(desk.path)
        page = (time.perf_counter() - start) * 1000
        assert answer.status_code == 200, f"{desk.name}: {answer.status_code}"
        start = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(desk.plain, {"user": user.pk, "today": today})
            cursor.fetchall()
        if number:
            times.page.append(page)
            times.queries.append(clock.spent)
            times.plain.append((time.perf_counter() - start) * 1000)
    return times
