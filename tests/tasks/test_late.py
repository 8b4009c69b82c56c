"""Bands of lateness in SQL agree with working days counted one by one."""

import datetime
from typing import Any

import pytest

from tasks.models import Responsibility
from tasks.services import late
from tasks.services.late import Band
from tests.factories import PlanFactory, ResponsibilityFactory, TaskFactory
from tracker.lib.workdays import workdays_between

DAY = datetime.timedelta(days=1)


def plain(due: datetime.date, today: datetime.date) -> Band:
    days = workdays_between(due, today)
    if days <= 7:
        return Band.WEEK
    return Band.MONTH if days <= 30 else Band.QUARTER if days <= 90 else Band.LONG


@pytest.mark.parametrize(
    "today",
    [
        datetime.date(2026, 11, 20),  # a Friday
        datetime.date(2026, 11, 22),  # a Sunday
        datetime.date(2026, 10, 5),  # amid a holiday
        datetime.date(2026, 2, 14),  # a Saturday that is worked
    ],
)
def test_edges_follow_working_days(today: datetime.date) -> None:
    edges = late.edges(today)
    for days in range(1, 220):
        due = today - days * DAY
        found = [
            b for b, (first, last) in edges.items() if (not first or first <= due) and due <= last
        ]
        assert found == [plain(due, today)], due


@pytest.mark.django_db
def test_the_database_puts_each_date_into_its_band() -> None:
    today = datetime.date(2026, 11, 20)
    plan = PlanFactory()
    for days in (1, 9, 10, 11, 12, 40, 45, 50, 130, 140, 300):
        ResponsibilityFactory(task=TaskFactory(plan=plan, due_on=today - days * DAY))
    # Any: the annotations are no fields.
    rows: Any = Responsibility.objects.late(today).annotate(band=late.band_of("due", today))
    assert len(rows) == 11
    for row in rows:
        assert list(Band)[row.band] == plain(row.due, today)
    for band in Band:
        chosen = set(late.in_band(Responsibility.objects.late(today), band, today))
        assert chosen == {row for row in rows if list(Band)[row.band] == band}
        assert chosen
