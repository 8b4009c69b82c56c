"""A closed quarter's roll-up is its snapshot's: equal to what it was when it was closed."""

from random import Random
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from reports.books.parts import PlanPart
from reports.services.content import load, sight_of
from tasks.models import Period, Plan, ProgressReport, Responsibility
from tasks.services import rollup
from tasks.services.rollup import By
from tests.factories import NOW, TODAY, UserFactory, coordinator
from tests.tasks.closed import close
from tests.tasks.test_rollup import QUARTER, flat, make_plans, people, told_by
from tracker.lib.workdays import Quarter
from units.models import Unit, User
from units.standing import standing

pytestmark = pytest.mark.django_db


def of(plan: Plan) -> Period:
    return plan.periods.get(year=2026, quarter=3)


def counted(user: User, plan: Plan | None = None) -> dict[str, Any]:
    """Everything that a roll-up tells, by what it is gathered by."""
    found: dict[str, Any] = {}
    for by in By:
        made = rollup.build(user, by, today=TODAY, quarter=QUARTER, plan=plan)
        named = [str(group.row) for group in made.groups]
        found[by] = (flat(made.groups), sorted(named), told_by(made.total))
    return found


def change_everything(plan: Plan) -> None:
    leads = Responsibility.objects.leads().filter(task__plan=plan)
    ProgressReport.objects.filter(responsibility__in=leads).update(
        percent=1, state="approved", progress="改了文字", redo_by=None
    )
    for unit in Unit.objects.filter(responsibilities__in=leads).distinct():
        Unit.objects.filter(pk=unit.pk).update(name=f"改名后的{unit.name}")
    leads.update(state="closed", due_on=None)


@pytest.mark.parametrize("seed", range(2))
def test_nothing_moves_it(seed: int) -> None:
    plans = make_plans(Random(seed), 6)  # noqa: S311 - a drawn world
    users = people(plans)
    before = [counted(user) for user in users]
    for plan in plans:
        close(of(plan))
    assert [counted(user) for user in users] == before
    for plan in plans:
        change_everything(plan)
    assert [counted(user) for user in users] == before


def test_an_open_plan_beside_it_stays_as_of_today() -> None:
    plans = make_plans(Random(3), 5)  # noqa: S311 - a drawn world
    user = UserFactory(superuser=True)
    joint, place = (counted(user, plan)["plan"][2] for plan in plans)
    seal = close(of(plans[0]))
    for plan in plans:
        change_everything(plan)
    assert counted(user, plans[0])["plan"][2] == joint
    assert counted(user, plans[1])["plan"][2] != place
    made = rollup.build(user, By.PLAN, today=TODAY, quarter=QUARTER)
    assert [(one.period.plan, one.digest) for one in made.seals] == [(plans[0], seal.digest)]
    earlier = rollup.build(user, By.PLAN, today=TODAY, quarter=Quarter(2026, 2))
    assert not earlier.seals  # its quarter is open: as of today


def test_it_equals_the_closed_quarters_book() -> None:
    plans = make_plans(Random(5), 8)  # noqa: S311 - a drawn world
    period = of(plans[0])
    close(period)
    period.refresh_from_db()
    change_everything(plans[0])
    for user in people(plans)[:4]:
        book = PlanPart(load(period, today=TODAY), sight_of(standing(user), [period])).units()
        found = rollup.build(user, By.UNIT, today=TODAY, quarter=QUARTER, plan=plans[0])
        lines = {group.row: group.total for group in found.groups if group.row}
        assert book
        for row in book:
            line = lines[row.unit]
            assert {word: row.of_word(word) for word in line.words} == line.words
            assert (row.tasks, row.expected, row.approved) == (
                *(line.sides, line.expected, line.approved),
            )


def test_who_led_then_stands_under_the_name_and_the_page_of_then(client: Client) -> None:
    plans = make_plans(Random(2), 4)  # noqa: S311 - a drawn world
    lead = Responsibility.objects.leads().filter(task__plan=plans[0]).first()
    assert lead is not None
    old, heir = lead.unit, Unit.objects.exclude(pk=lead.unit_id).first()
    assert heir is not None
    seal = close(of(plans[0]))
    Responsibility.objects.filter(unit=old).update(unit=heir)
    name = old.name
    Unit.objects.filter(pk=old.pk).update(name="撤并后的名称")
    user = coordinator(plans[0].sides.order_by("order")[0].office)
    door = APIClient()
    door.force_authenticate(user)
    asked = {"by": "unit", "plan": plans[0].code, "quarter": "2026Q3"}
    with time_machine.travel(NOW, tick=False):
        client.force_login(user)
        page = client.get("/rollup/", asked)
        told = door.get("/api/v1/rollup/", asked).json()
    assert f'<a href="/units/{old.pk}/">{name}</a>' in page.text
    assert f"摘要 {seal.digest[:8]}" in page.text
    assert "已封存 2026-11-20" in page.text
    assert not any(f.url for g in page.context["groups"] for r in g.rows for f in r.words)
    assert (old.pk, name) in [(one["id"], one["name"]) for one in told["groups"]]
    assert told["snapshots"] == [
        {
            "plan": plans[0].code,
            "period": "2026Q3",
            "day": "2026-11-20",
            "digest": seal.digest,
        }
    ]


@pytest.mark.parametrize("by", By)
def test_the_queries_do_not_grow(by: By) -> None:
    def queries(tasks: int) -> int:
        plans = make_plans(Random(tasks), tasks)  # noqa: S311 - a drawn world
        close(of(plans[0]))
        user = people(plans)[1]
        with CaptureQueriesContext(connection) as captured:
            rollup.build(user, by, today=TODAY, quarter=QUARTER)
        return len(captured)

    assert queries(2) == queries(8) <= 8
