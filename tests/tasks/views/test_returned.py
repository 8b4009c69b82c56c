"""A returned report, as the officer and the office read of it."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import ProgressReport
from tests.answers import Answer
from tests.factories import ProgressReportFactory, ResponsibilityFactory, TaskFactory, UnitFactory
from tests.tasks.views.conftest import World
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]


def words(page: Answer) -> str:
    return " ".join(page.text.split())


@pytest.fixture(params=["returned", "draft"])
def back(request: pytest.FixtureRequest, world: World) -> ProgressReport:
    """Returned with 25 November as its day; or so and being mended since."""
    return ProgressReportFactory(
        responsibility=world.side, period=world.period, returned=True, state=request.param
    )


def test_the_officer_reads_returned_and_the_day_never_not_reported(
    world: World, as_: Browser, back: ProgressReport
) -> None:
    browser = as_(world.lead)
    desk, mine = words(browser.get("/")), words(browser.get("/fill/"))
    for text in (desk, mine):
        assert "已退回，应于2026-11-25前重报" in text
        assert "修改重报" in text
        assert "已超" not in text
        assert '<span class="tag">未报</span>' not in text
    assert ">未报 <strong>0</strong></a>" in desk
    assert ">已退回 <strong>1</strong></a>" in desk
    assert ">草稿 <strong>0</strong></a>" in desk
    form = words(browser.get(reverse("tasks:report", args=[world.side.pk, "2026Q3"])))
    assert "已退回，应于2026-11-25前重报" in form
    assert "请补充数据来源。" in form


def test_the_office_counts_it_apart(world: World, as_: Browser, back: ProgressReport) -> None:
    silent = ResponsibilityFactory(
        task=TaskFactory(plan=world.plan, title="没报的任务"), unit=UnitFactory(name="没报的单位")
    )
    text = words(as_(world.office).get("/"))
    assert "应报2项，已报0项，已退回1项，未报1项；2026-10-10截止" in text
    returned, missing = text.index("1项已退回，等待重报"), text.index("1个单位未报")
    assert returned < text.index("重庆市能源局</th>") < text.index("2026-11-25") < missing
    assert missing < text.index(silent.unit.name)
    assert text.count("重庆市能源局</th>") == 1
    assert "还有5天" in text[returned:missing]
    assert "已超" not in text[returned:missing]


def test_the_other_office_reads_nothing_of_it(
    world: World, as_: Browser, back: ProgressReport
) -> None:
    text = words(as_(world.other_office).get("/"))
    assert "应报1项，已报0项，已退回0项，未报1项" in text
    assert "重庆市能源局" not in text


def test_a_draft_that_was_never_handed_in_is_not_returned(world: World, as_: Browser) -> None:
    ProgressReportFactory(responsibility=world.side, period=world.period)
    assert "已退回0项，未报1项" in words(as_(world.office).get("/"))
    desk = words(as_(world.lead).get("/"))
    assert ">草稿 <strong>1</strong></a>" in desk
    assert "继续填报" in desk
    assert "继续填报" in words(as_(world.lead).get("/fill/"))


def test_the_step_reads_submitted_once_it_is(world: World, as_: Browser) -> None:
    report = ProgressReportFactory(responsibility=world.side, period=world.period)
    view = reverse("tasks:view_report", args=[report.pk])
    assert "<strong> 提交至重庆市双碳办 </strong>" in words(as_(world.lead).get(view))
    for state in ("submitted", "approved", "returned"):
        ProgressReport.objects.update(state=state)
        assert "<strong> 已提交至重庆市双碳办 </strong>" in words(as_(world.lead).get(view))


def test_half_a_percent_is_rounded_up(world: World, as_: Browser) -> None:
    sides = [
        ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
        for _n in range(7)
    ]
    ProgressReportFactory(responsibility=sides[0], period=world.period, submitted=True)
    text = words(as_(world.office).get("/"))
    assert "应报8项，已报1项" in text
    assert "<span>13%</span>" in text
