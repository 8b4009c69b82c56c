"""The rows of the list of tasks: undated last, each side's light beside its percent."""

import re

import pytest

from tasks.models import Responsibility
from tasks.states import DONE_STATES, TaskState
from tests.factories import PlanFactory, ProgressReportFactory, ResponsibilityFactory, TaskFactory
from tests.tasks.views.conftest import words

LIST = "/tasks/"


@pytest.mark.parametrize("ordering", ["due_on", "-due_on"])
def test_what_has_no_date_stands_last_either_way(as_, world, clock, ordering: str):
    undated = TaskFactory(plan=PlanFactory(draft=True), title="文中未载时限")
    rows = as_(world.lead).get(LIST, {"ordering": ordering}).context["rows"]
    assert [row.task for row in rows] == [world.task, undated]


def test_each_side_shows_its_light_beside_its_percent(as_, world, clock):
    for side, percent in ((world.side, 37), (world.other_side, 90)):
        ProgressReportFactory(
            responsibility=side, period=world.period, approved=True, percent=percent
        )

    def cells(person) -> list[str]:
        text = " ".join(as_(person).get(LIST).text.split())
        rows = re.findall(r'<td data-head="[^"]*牵头".*?</td>', text)
        return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in rows]

    assert cells(world.office) == ["重庆市能源局 ▲ 滞后 37%", "四川省能源局 ● 正常 90%"]
    # A sign for the eye, a word for the ear, wherever a percent may not be seen.
    assert cells(world.stranger) == [
        "重庆市能源局 ▲ 滞后 — 无权查看",
        "四川省能源局 ● 正常 — 无权查看",
    ]


def due_cell(text: str) -> str:
    """What the first row says of the date."""
    cell = re.findall(r'<td class="nowrap" data-head="完成时限">.*?</td>', text, re.DOTALL)[0]
    return " ".join(re.sub(r"<[^>]+>", " ", cell).split())


@pytest.mark.parametrize("state", sorted(DONE_STATES))
def test_a_date_that_counts_no_more_says_why(as_, world, clock, state: TaskState):
    Responsibility.objects.leads().filter(task=world.task).update(state=state)
    date = world.plan.ends_on.isoformat()
    for person in (world.lead, world.stranger):
        text = as_(person).get(LIST).text
        assert due_cell(text) == f"{date} {state.label} 方案期限"


def test_the_side_that_is_least_far_says_why(as_, world, clock):
    for side, state in ((world.side, TaskState.CLOSED), (world.other_side, TaskState.COMPLETED)):
        side.state = state
        side.save()
    assert "已办结" in due_cell(as_(world.stranger).get(LIST).text)


def test_green_of_a_done_side_has_its_reason(as_, world, clock):
    Responsibility.objects.leads().filter(task=world.task).update(state=TaskState.COMPLETED)
    detail = world.task.get_absolute_url()
    for address in (LIST, detail):
        assert 'title="已办结，待销号"' in as_(world.lead).get(address).text
        text = as_(world.stranger).get(address).text
        assert 'title="已办结"' in text
        assert "待销号" not in text


def test_chips_that_count_nothing_have_no_colour(as_, world, clock):
    for address in (LIST, f"/plans/{world.plan.code}/", "/plans/"):
        text = " ".join(as_(world.stranger).get(address).text.split())
        assert (
            '<span class="shape-grey" aria-hidden="true">■</span> 逾期 <strong>0</strong>' in text
        )
        assert "shape-red" not in text


def test_a_bad_filter_is_told_above_all(as_, world, clock):
    for address in (f"{LIST}?light=bad", "/overdue/?kind=bad"):
        text = as_(world.stranger).get(address).text
        assert text.index('id="error-summary"') < text.index('class="filters')


def test_the_only_side_does_not_repeat_the_light_of_the_task(as_, world, clock):
    late = TaskFactory(plan=world.plan, title="加强储备能力建设", overdue=True)
    ResponsibilityFactory(task=late, unit=world.side.unit)
    text = as_(world.lead).get(LIST, {"light": "overdue"}).text
    table = re.findall(r"<tbody>.*</tbody>", text, flags=re.DOTALL)[0]
    assert words(table).count("■ 逾期") == 1
