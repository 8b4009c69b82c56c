"""The chart of a unit's page counts a quarter as the office's desk does."""

import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from tasks.models import ProgressReport
from tasks.services import progress
from tests import factories as make
from tests.tasks.closed import close
from tests.tasks.views.conftest import World
from tracker.lib.workdays import SHANGHAI
from units.models import User
from units.services import audit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
DAY = datetime.timedelta(days=1)


def page(user: User, path: str) -> Any:
    browser = Client()
    browser.force_login(user)
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer


@pytest.fixture
def due(world: World) -> World:
    """The quarter fell due ten days ago."""
    world.period.due_on = make.TODAY - 10 * DAY
    world.period.grace_until = make.TODAY - 3 * DAY
    world.period.save(update_fields=["due_on", "grace_until"])
    return world


def noon(day: datetime.date) -> datetime.datetime:
    return datetime.datetime.combine(day, datetime.time(12), SHANGHAI)


def counts(world: World) -> dict[str, float | None]:
    chart = page(world.office, f"/units/{world.side.unit_id}/").context["over_time"].chart
    return {str(series.name): series.values[0] for series in chart.series if series.values[0]}


def desk(world: World) -> dict[str, int]:
    context = page(world.office, f"/?quarter={world.period.code}").context
    row = next(u for u in context["overviews"][0].units if u.unit.pk == world.side.unit_id)
    named = {
        "按时报送": row.on_time,
        "迟报": row.late,
        "已退回": row.returned,
        "未报": row.missing,
    }
    return {name: number for name, number in named.items() if number}


def test_what_was_returned_and_came_again_keeps_its_first_day(world: World) -> None:
    """The history, which the database dates itself, knows the first time."""
    world.period.due_on = world.period.grace_until = datetime.date(2999, 1, 1)
    world.period.save(update_fields=["due_on", "grace_until"])
    report = make.ProgressReportFactory(
        responsibility=world.side, period=world.period, submitted=True
    )
    ProgressReport.objects.update(submitted_at=noon(datetime.date(2999, 2, 1)))
    with time_machine.travel(noon(datetime.date(2999, 3, 1)), tick=False):
        User.objects.update(password_set_at=noon(datetime.date(2999, 2, 1)))
        assert counts(world) == desk(world) == {"迟报": 1}
        audit.record("report.submit", report, by=world.lead)
        assert counts(world) == desk(world) == {"按时报送": 1}


def test_what_came_after_the_day_is_late(due: World) -> None:
    report = make.ProgressReportFactory(responsibility=due.side, period=due.period, submitted=True)
    ProgressReport.objects.filter(pk=report.pk).update(submitted_at=noon(make.TODAY))
    assert counts(due) == desk(due) == {"迟报": 1}


def test_what_is_returned_is_counted_apart_also_while_it_is_mended(due: World) -> None:
    report = make.ProgressReportFactory(responsibility=due.side, period=due.period, submitted=True)
    progress.return_report(report, reason="数据口径不一致，请核对。", by=due.office, now=make.NOW)
    assert counts(due) == desk(due) == {"已退回": 1}
    ProgressReport.objects.filter(pk=report.pk).update(state="draft")
    assert counts(due) == desk(due) == {"已退回": 1}


def test_nothing_came(due: World) -> None:
    assert counts(due) == desk(due) == {"未报": 1}
    due.side.state, due.side.state_since = "suspended", make.TODAY
    due.side.save(update_fields=["state", "state_since"])
    chart = page(due.office, f"/units/{due.side.unit_id}/").context["over_time"].chart
    assert (chart, desk(due)) == (None, {})


def test_a_closed_quarter_stays_as_it_was_closed(due: World) -> None:
    close(due.period)
    due.period.refresh_from_db()
    make.ProgressReportFactory(
        responsibility=due.side, period=due.period, approved=True, kind="late"
    )
    assert counts(due) == desk(due) == {"未报": 1}
    assert "补报不计" in page(due.office, f"/units/{due.side.unit_id}/").text


def test_a_quarter_that_another_unit_led_is_not_this_ones(due: World) -> None:
    close(due.period)
    due.side.unit = make.UnitFactory(name="重庆市新能源局")
    due.side.save(update_fields=["unit"])
    chart = page(due.office, f"/units/{due.side.unit_id}/").context["over_time"].chart
    assert chart is None
