"""The rows of the list of tasks: undated last, each side's light beside its percent."""

import re

import pytest

from tests.factories import PlanFactory, ProgressReportFactory, ResponsibilityFactory, TaskFactory

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
    assert cells(world.stranger) == ["重庆市能源局 ▲ 滞后", "四川省能源局 ● 正常"]


def test_the_only_side_does_not_repeat_the_light_of_the_task(as_, world, clock):
    late = TaskFactory(plan=world.plan, title="加强储备能力建设", overdue=True)
    ResponsibilityFactory(task=late, unit=world.side.unit)
    text = as_(world.lead).get(LIST, {"light": "overdue"}).text
    table = re.findall(r"<tbody>.*</tbody>", text, flags=re.DOTALL)[0]
    assert table.count("■ 逾期") == 1
