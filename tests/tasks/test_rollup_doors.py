"""The page and the API of the roll-up say what the service counts."""

from random import Random

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from tasks.services import rollup
from tasks.services.rollup import By
from tests.factories import NOW, TODAY, UserFactory
from tests.tasks.test_rollup import QUARTER, make_plans, people

pytestmark = pytest.mark.django_db


@time_machine.travel(NOW, tick=False)
@pytest.mark.parametrize("by", By)
def test_page_and_api_say_the_same(client: Client, by: By) -> None:
    plans = make_plans(Random(7), 6)  # noqa: S311 - a drawn world
    user = people(plans)[1]
    made = rollup.build(user, by, today=TODAY, quarter=QUARTER)
    door = APIClient()
    door.force_authenticate(user)
    told = door.get("/api/v1/rollup/", {"by": by.value}).json()
    assert (told["by"], told["quarter"]) == (by.value, "2026Q3")
    assert [
        (line["sides"], line["lights"], line["states"], line["reported"], line["mean"])
        for group in told["groups"]
        for line in group["lines"]
    ] == [
        (
            line.sides,
            {word.value: n for word, n in line.words.items()},
            {state.value: n for state, n in line.states.items()},
            line.reported,
            None if line.mean is None else float(line.mean),
        )
        for group in made.groups
        for line in group.lines
    ]
    client.force_login(user)
    page = client.get("/rollup/", {"by": by.value})
    assert page.context["rollup"].total == made.total
    for group in made.groups:
        for line in group.lines:
            if line.mean is not None:
                assert f"{line.mean}%" in page.text


@time_machine.travel(NOW, tick=False)
def test_a_figure_leads_to_the_list_of_what_it_counts(client: Client) -> None:
    plans = make_plans(Random(3), 9)  # noqa: S311 - a drawn world
    client.force_login(people(plans)[1])
    asked = [{"by": "plan"}, {"by": "action"}, {"by": "unit", "plan": plans[0].code}]
    for query in asked:
        page = client.get("/rollup/", query)
        figures = [
            figure
            for group in page.context["groups"]
            for row in group.rows
            for figure in (*row.words, *row.states)
            if figure.url
        ]
        assert len(figures) > 10
        for figure in Random(3).sample(figures, 10):  # noqa: S311 - which are looked at
            found = client.get(figure.url).context["page"].paginator.count
            assert found == figure.number, figure.url


@time_machine.travel(NOW, tick=False)
def test_what_nobody_has_is_refused_in_a_sentence(client: Client) -> None:
    user = UserFactory(superuser=True)
    client.force_login(user)
    door = APIClient()
    door.force_authenticate(user)
    assert "没有已启用填报的任务可以汇总。" in client.get("/rollup/").text
    odd = {"by": "colour", "plan": "none", "side": "1", "quarter": "2026Q9"}
    for name, value in odd.items():
        page = client.get("/rollup/", {name: value})
        assert page.status_code == 200
        assert "请更正以下内容" in page.text
        answer = door.get("/api/v1/rollup/", {name: value})
        assert answer.status_code == 400
        assert list(answer.json()) == [name]
    assert door.get("/api/v1/rollup/", {"colour": "red"}).status_code == 400
