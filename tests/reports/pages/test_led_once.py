"""The book of a unit that led in a closed quarter and leads nothing now."""

from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from reports.books.making import make
from reports.models import ReportRun
from tasks.models import Period, Responsibility
from tests.factories import (
    NOW,
    TODAY,
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
)
from tests.reports.pages.conftest import LIST, Cast, ask
from tests.tasks.closed import close
from units.models import Unit, User

pytestmark = pytest.mark.django_db
OFFERED = "重庆市能源局（牵头至2026年第3季度）"


@pytest.fixture
def moved(cast: Cast) -> Cast:
    """2026Q3 is closed, 2026Q4 open; 重庆市能源局's tasks are another's by now."""
    period = Period.objects.get()
    close(period)
    PeriodFactory(plan=period.plan, quarter_text="2026Q4", opens_on=TODAY)
    side = Responsibility.objects.get(unit=cast.unit_id)
    side.unit = UnitFactory(name="重庆市新能源局")
    side.save(update_fields=["unit"])
    return cast


def units_offered(client: Client, user: User, path: str = LIST) -> set[str]:
    client.force_login(user)
    form = client.get(path).context["form"]
    return {label for _value, label in form.fields["lead_unit"].choices}


def cells(run: ReportRun) -> set[Any]:
    made = make(run.pk, today=TODAY)
    assert made is not None
    assert (made.state, made.error) == ("done", "")
    book = load_workbook(made.files.get().full_path)
    return {value for sheet in book for row in sheet.iter_rows(values_only=True) for value in row}


@pytest.mark.parametrize("who", ["office", "auditor", "lead"])
def test_it_is_offered_and_made_for_the_quarter_in_which_it_led(
    client: Client, moved: Cast, who: str
) -> None:
    user = getattr(moved, who)
    offered = units_offered(client, user)
    assert OFFERED in offered
    assert ("重庆市新能源局" in offered) == (who != "lead")
    assert ask(client, user, lead_unit=moved.unit_id).status_code == 302
    told = cells(ReportRun.objects.get())
    assert any("重庆市能源局" in str(value) for value in told)
    assert not any("重庆市新能源局" in str(value) for value in told)


def test_another_quarter_is_refused_with_a_sentence(client: Client, moved: Cast) -> None:
    answer = ask(client, moved.office, lead_unit=moved.unit_id, quarter="2026Q4")
    assert answer.status_code == 422
    assert "重庆市能源局在2026年第4季度没有牵头任务" in answer.text
    assert not ReportRun.objects.exists()


def test_it_is_nobody_elses_to_ask_for(client: Client, moved: Cast) -> None:
    for user in (moved.other_lead, moved.stranger):
        client.force_login(user)
        assert OFFERED not in client.get(LIST).text
        ask(client, user, lead_unit=moved.unit_id)
    assert not ReportRun.objects.exists()


def test_a_schedule_offers_who_leads_now(client: Client, moved: Cast) -> None:
    offered = units_offered(client, moved.office, "/reports/schedules/new/")
    assert "重庆市新能源局" in offered
    assert not any("重庆市能源局" in name for name in offered)


def test_who_leads_still_is_offered_by_name_alone(client: Client, moved: Cast) -> None:
    task = TaskFactory(plan=Period.objects.all()[0].plan)
    ResponsibilityFactory(task=task, unit=Unit.objects.get(pk=moved.unit_id))
    offered = units_offered(client, moved.office)
    assert "重庆市能源局" in offered
    assert OFFERED not in offered


def test_a_reopened_quarter_offers_it_no_more(client: Client, moved: Cast) -> None:
    Period.objects.order_by("opens_on")[0].snapshots.update(replaced_at=NOW, reason="更正")
    assert OFFERED not in units_offered(client, moved.office)
