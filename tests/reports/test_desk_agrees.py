"""The office's desk and the cover of its book count the same lights, and say which reports."""

import io
from typing import Any

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from tasks.models import Plan
from tasks.states import LightWord
from tests.factories import NOW, coordinator
from tests.reports.conftest import made
from tests.reports.test_every_cell import rows_of
from tracker.lib.workdays import Quarter
from units.models import Office

OFFICES = {
    "重庆市": "重庆市双碳办",
    "四川省": "四川省碳达峰碳中和工作委员会办公室",
}
LABELS = {str(word.label) for word in LightWord}


def _covers(book: Any) -> dict[str, dict[str, list[int]]]:
    """By side and light the numbers of the tasks."""
    found: dict[str, dict[str, list[int]]] = {}
    side = ""
    for row in rows_of(book["总体情况"]):
        side = row[0] or side
        label = str(row[1] or "").split(" ")[-1]
        if side in OFFICES and label in LABELS:
            numbers = str(row[4]).removeprefix("任务").replace("\n", "")
            found.setdefault(side, {})[label] = [int(one) for one in numbers.split("、")]
    return found


@pytest.mark.parametrize("quarter", [Quarter(2026, 3), Quarter(2026, 2)], ids=str)
@pytest.mark.parametrize("place", OFFICES)
def test_the_desk_lists_under_a_light_what_the_cover_does(
    joint: Plan, place: str, quarter: Quarter
) -> None:
    with time_machine.travel(NOW, tick=True):
        office = coordinator(Office.objects.get(name=OFFICES[place]))
        run = made(quarter=quarter, plan=joint, book="quarterly", by=office)
        book = load_workbook(io.BytesIO(run.files.get().full_path.read_bytes()))
        browser = Client()
        browser.force_login(office)
        desk = browser.get("/", {"quarter": str(quarter)})
    overview = next(one for one in desk.context["overviews"] if one.side.plan == joint)
    told = {str(word.label): number for word, number in overview.lights if number}
    cover = _covers(book)[place]
    assert told == {label: len(numbers) for label, numbers in cover.items()}
    assert "已审核的进展计，待审核的不计" in desk.text
    text = str([row for row in rows_of(book["总体情况"]) if row[1] == "数据截至"])
    assert "状态按已审核的进展计，待审核的不计" in text
