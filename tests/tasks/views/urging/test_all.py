"""All that a list's filters choose, on whichever page it stands; and all that is wrong at once."""

import re
from typing import Any

import pytest

from tasks.models import Urge
from tasks.services import urge_things
from tests.factories import ResponsibilityFactory, TaskFactory, UnitFactory
from tests.tasks.views.urging.conftest import CALL, NEW, REPORT
from tracker.lib import pages

BOX = re.compile(r'name="all"\s+value="([^"]*)"')


@pytest.fixture
def many(late, monkeypatch):
    """A second unit of the own side is late, too; a page holds one row."""
    task = TaskFactory(plan=late.task.plan, due_on=late.side.due_on or late.task.due_on)
    side = ResponsibilityFactory(
        task=task, unit=UnitFactory(name="重庆市经济信息委"), due_on=late.side.due_on_in_force
    )
    monkeypatch.setattr(pages.page_of, "__defaults__", (1,))
    return side


def box_of(browser: Any, path: str) -> str | None:
    """The value of the box for all of a list, as the browser would send it."""
    found = BOX.search(browser.get(path).text)
    return found[1].replace("&amp;", "&") if found else None


@pytest.mark.parametrize(
    ("path", "query"),
    [("/overdue/", "of=all&kind=overdue"), ("/tasks/", ""), ("/units/", "")],
)
def test_the_box_brings_what_stands_on_the_other_pages(as_, late, many, clock, path, query):
    browser = as_(late.office)
    box = box_of(browser, f"{path}?{query}")
    assert box is not None
    made = browser.post(NEW, {"all": box, "look": "1"}).context["made"]
    assert {f"task/{late.side.pk}", f"task/{many.pk}"} <= set(made.keys)


def test_the_filters_hold_for_it(as_, late, many, clock):
    browser = as_(late.office)
    made = browser.post(NEW, {"all": f"units?search={many.unit.name}", "look": "1"}).context["made"]
    assert {part.unit for part in made.parts} == {many.unit}


def test_the_matrix_brings_reports_that_are_missing(as_, late, many, clock):
    browser = as_(late.office)
    box = f"matrix?plan={late.task.plan.code}"
    made = browser.post(NEW, {"all": box, "look": "1"}).context["made"]
    assert set(made.keys) == {REPORT.format(late.side.pk), REPORT.format(many.pk)}


def test_a_list_on_one_page_has_no_such_box(as_, late, clock):
    assert box_of(as_(late.office), "/overdue/?of=all&kind=overdue") is None


def test_more_than_may_be_urged_at_once_is_said(as_, late, many, clock, monkeypatch):
    monkeypatch.setattr("tasks.views.overdue.MOST_TICKED", 1)
    page = as_(late.office).get("/overdue/?of=all&kind=overdue").text
    assert not BOX.search(page)
    assert "一次最多催办1项" in page


@pytest.mark.parametrize("box", ["nothing?x=1", "", "overdue", "tasks?light=no", "units?kind=no"])
def test_a_box_that_is_none_brings_nothing_that_was_not_asked_for(as_, late, clock, box):
    page = as_(late.office).post(NEW, {"all": box, "look": "1"})
    assert page.status_code == 200
    assert not Urge.objects.exists()


def test_another_office_is_chosen_without_a_long_address(as_, late, many, clock):
    assert urge_things.Chosen.of([], ["1 2", "3"]).units == {1, 2, 3}


def test_all_that_is_wrong_is_said_at_once(as_, late, clock):
    """A date that is none and no unit; a date that has passed and no unit; no line and no unit."""
    shown = {"shown": f"task/{late.side.pk}"}
    for day in ("31.11.", "2020-01-01"):
        page = as_(late.office).post(NEW, {**shown, "line": "", "answer_by": day})
        assert page.status_code == 422
        form = page.context["form"]
        assert form.errors.keys() == {"answer_by", "__all__"}
        assert form.non_field_errors() == ["没有勾选单位，请至少勾选一个。"]
    page = as_(late.office).post(CALL, {**shown, "line": ""})
    assert page.context["form"].errors.keys() == {"line", "__all__"}
    assert not Urge.objects.exists()
