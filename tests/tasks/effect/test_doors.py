"""The page, the API and the workbook tell what the service counts."""

from io import BytesIO

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook
from rest_framework.test import APIClient

from tasks.services import effect
from tests.factories import NOW, OfficeFactory, UserFactory, coordinator
from tests.tasks.effect.conftest import quarter
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole() -> User:
    user: User = UserFactory(superuser=True)
    return user


@time_machine.travel(NOW, tick=False)
def test_page_and_api_say_what_is_counted(client: Client, whole: User) -> None:
    _plan, period = quarter(3, 15)
    made = effect.build(period, effect.sides_of(whole, period))
    client.force_login(whole)
    page = client.get(f"/quarters/{period.pk}/effect/")
    assert page.context["effect"] == made
    for side in made.sides:
        for unit in side.units:
            assert unit.name in page.text
    door = APIClient()
    door.force_authenticate(whole)
    told = door.get(f"/api/v1/periods/{period.pk}/effect/").json()
    assert told["line"]["expected"] == made.line.expected
    assert [
        (
            unit["name"],
            unit["line"]["early"],
            unit["line"]["since_last"],
            len(unit["line"]["steps"]),
        )
        for side in told["sides"]
        for unit in side["units"]
    ] == [
        (unit.name, unit.line.early, unit.line.since_last, len(unit.line.steps))
        for side in made.sides
        for unit in side.units
    ]


@time_machine.travel(NOW, tick=False)
def test_the_workbook_has_the_same_figures_and_is_on_record(client: Client, whole: User) -> None:
    _plan, period = quarter(4, 15)
    made = effect.build(period, effect.sides_of(whole, period))
    client.force_login(whole)
    answer = client.get(f"/quarters/{period.pk}/effect/excel/")
    book = load_workbook(BytesIO(answer.content))
    came, steps = book.worksheets
    rows = {row[0]: row[1:] for row in came.iter_rows(min_row=4, values_only=True) if row[0]}
    for side in made.sides:
        for unit in side.units:
            line = unit.line
            assert rows[unit.name][:6] == (
                line.expected,
                line.early,
                line.on_day,
                line.after,
                line.later,
                line.never,
            )
    (total,) = (row for row in steps.iter_rows(min_row=4, values_only=True) if row[0] == "合计")
    assert total[1] == made.line.expected
    assert sum(int(str(number)) for number in total[2:]) == made.line.came
    assert AuditEntry.objects.get(verb="effect.export").after == {"sides": ["500000", "510000"]}


@time_machine.travel(NOW, tick=False)
def test_a_coordinator_gets_their_own_side_alone_and_finds_the_way(client: Client) -> None:
    _plan, period = quarter(5, 6)
    client.force_login(coordinator(OfficeFactory()))
    page = client.get(f"/quarters/{period.pk}/effect/")
    assert [side["effect"].side.jurisdiction.code for side in page.context["sides"]] == ["500000"]
    assert "四川" not in page.text
    for way in (f"/quarters/{period.pk}/", "/"):
        assert f"/quarters/{period.pk}/effect/" in client.get(way).text
    client.force_login(UserFactory())
    assert client.get(f"/quarters/{period.pk}/effect/").status_code == 404
    assert f"/quarters/{period.pk}/effect/" not in client.get(f"/quarters/{period.pk}/").text
