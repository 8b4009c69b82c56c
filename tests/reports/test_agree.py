"""The same figures at every door: the office's book, the roll-up, the leader's page, the 通报."""

import io
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from docx import Document
from openpyxl import load_workbook
from rest_framework.test import APIClient

from tasks.models import Plan, Responsibility
from tasks.states import LATE_WORDS, LightWord
from tests.factories import NOW, TODAY, coordinator
from tests.reports.conftest import made
from tests.reports.summary_oracle import COUNTED
from tests.reports.test_every_cell import rows_of
from tracker.lib.workdays import Quarter
from units.models import Office, Unit, User
from units.states import UnitKind

QUARTER = Quarter(2026, 3)
OFFICES = {
    "重庆市": "重庆市双碳办",
    "四川省": "四川省碳达峰碳中和工作委员会办公室",
}


@pytest.fixture(params=sorted(OFFICES))
def place(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def office(joint: Plan, place: str) -> Iterator[User]:
    with time_machine.travel(NOW, tick=True):
        yield coordinator(Office.objects.get(name=OFFICES[place]))


def _book(joint: Plan, by: User) -> Any:
    run = made(quarter=QUARTER, plan=joint, book="quarterly", by=by)
    return load_workbook(run.files.get().full_path)


def _api(user: User, path: str, **query: str) -> Any:
    client = APIClient()
    client.force_authenticate(user)
    answer = client.get(f"/api/v1/{path}/", {"plan": "joint-2022", **query})
    assert answer.status_code == 200, answer.content
    return answer.json()


def _cover(book: Any, place: str) -> dict[str, int]:
    """The lines of a side on the cover: what, and how many."""
    rows = rows_of(book["总体情况"])
    start = next(n for n, row in enumerate(rows) if row[0] == place)
    end = next(n for n, row in enumerate([*rows, ["end"]]) if n > start and row[0])
    return {row[1].split(" ")[-1]: row[2] for row in rows[start:end]}


def test_each_units_line_is_the_rollups(joint: Plan, office: User, place: str) -> None:
    told = {
        (group["name"], line["side"]): line
        for group in _api(office, "rollup", by="unit", quarter=str(QUARTER))["groups"]
        for line in group["lines"]
    }
    rows = rows_of(_book(joint, office)["牵头单位"])
    assert len(rows) == 21
    labels = {str(word.label): word.value for word in LightWord}
    codes = {"重庆市": "500000", "四川省": "510000"}
    for row in rows:
        line = told[row[2], codes[row[1]]]
        lights = dict(zip(COUNTED, row[4:12], strict=True))
        assert row[3] == line["sides"], row
        assert {labels[label]: n for label, n in lights.items() if n}.items() <= line[
            "lights"
        ].items(), row
        assert row[3] - sum(lights.values()) == row[12]
        assert (row[13], row[15]) == (line["expected"], line["approved"]), row
        if row[1] == place:
            assert (row[14], row[16]) == (line["reported"], line["returned"]), row


def test_the_cover_says_what_the_leaders_page_says(joint: Plan, office: User, place: str) -> None:
    cover = _cover(_book(joint, office), place)
    own = next(one for one in _api(office, "brief", period=str(QUARTER))["sides"] if one["own"])
    assert cover["牵头任务"] == own["total"]
    for word in LightWord:
        assert cover.get(str(word.label), 0) == own["lights"].get(word.value, 0), word
    filed = ("reported", "approved", "returned", "missing")
    heads = ("已报送", "已审核", "已退回", "未报")
    assert [cover.get(head, 0) for head in heads] == [own[name] for name in filed]


def test_the_circular_says_what_the_cover_says(joint: Plan, office: User, place: str) -> None:
    cover = _cover(_book(joint, office), place)
    browser = Client()
    browser.force_login(office)
    answer = browser.get("/brief/circular/", {"plan": "joint-2022", "quarter": str(QUARTER)})
    assert answer.status_code == 200
    document = Document(io.BytesIO(answer.content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)

    def number(words: str) -> int:
        found = re.search(rf"{words}(\d+)项", text)
        assert found, (words, text)
        return int(found[1])

    assert number("牵头任务共") == cover["牵头任务"]
    late = [cover.get(word, 0) for word in ("逾期", "期满未办结")]
    assert number("逾期（含期满未办结）") == sum(late)
    assert number("已报") == cover["已报送"]
    assert number("其中已审核") == cover["已审核"]
    left = re.search(r"已退回未重报(\d+)项，未报(\d+)项", text)
    assert left
    assert [int(n) for n in left.groups()] == [cover.get(head, 0) for head in ("已退回", "未报")]
    named = re.findall(r"建议点名(\d+)个单位：(.*)。", text)
    assert named
    for count, units in named:
        assert len(units.split("；")) == int(count)
    others = Office.objects.exclude(name=OFFICES[place]).filter(name__in=OFFICES.values())
    assert not any(office.name in text for office in others)
    (table,) = document.tables
    listed = [row.cells[5].text for row in table.rows[1:]]
    sides = Responsibility.objects.leads().filter(task__plan=joint, side__name=place)
    named_late = [
        f"{word.light.shape}{word.label}"
        for side in sides.with_light(TODAY, QUARTER).select_related("task__plan", "unit")
        if (word := side.light_word(TODAY)) in LATE_WORDS
        and not UnitKind(side.unit.kind).is_central
    ]
    assert Counter(one for one in listed if one.startswith("■")) == Counter(named_late)


def test_the_quarters_of_a_renamed_unit_stay_with_it(joint: Plan) -> None:
    """In the matrix the earlier lights stand beside the name of today; nothing else changes."""

    def trend() -> list[list[Any]]:
        run = made(quarter=QUARTER, plan=joint, book="quarterly")
        return rows_of(load_workbook(run.files.get().full_path)["季度走势"])

    before = trend()
    assert Unit.objects.filter(name="重庆市能源局").update(name="重庆市能源委") == 1
    renamed = [["重庆市能源委" if cell == "重庆市能源局" else cell for cell in r] for r in before]
    assert trend() == renamed != before
