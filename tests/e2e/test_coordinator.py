"""A coordinator's day: who is missing, the queue by keys, the matrix by arrows, on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tasks.models import ProgressReport
from tasks.states import ReportState
from tests import factories as make
from tests.api.conftest import Cast

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Page]


@pytest.fixture
def day(transactional_db: None, cast: Cast) -> Cast:
    """Two reports wait; one unit has reported nothing."""
    second = make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan, title="加快电网建设"),
        unit=make.UnitFactory(name="重庆市交通局"),
    )
    make.ProgressReportFactory(responsibility=second, period=cast.period, submitted=True)
    make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan, title="没有填报的任务"),
        unit=make.UnitFactory(name="重庆市林业局"),
    )
    make.PeriodFactory(plan=cast.plan, quarter_text="2026Q2", closed=True)
    return cast


def overflow(page: Page) -> int:
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def test_from_the_desk_through_the_queue_by_keyboard(day: Cast, enter: Enter) -> None:
    page = enter("coordinator")
    page.goto("/")
    expect(page.get_by_text("应报3项，已报2项")).to_be_visible()
    missing = page.locator("tr", has_text="没有填报的任务")
    expect(missing).to_contain_text("重庆市林业局")
    expect(missing).to_contain_text("单位无填报人")
    page.get_by_role("link", name="去审核").click()
    page.wait_for_load_state()
    first = page.locator("#under-review").inner_text()
    page.keyboard.press("j")
    expect(page.locator("#under-review")).not_to_have_text(first)
    page.wait_for_load_state()
    page.keyboard.press("k")
    expect(page.locator("#under-review")).to_have_text(first)
    page.wait_for_load_state()
    page.keyboard.press("a")
    page.keyboard.press("Enter")
    expect(page.get_by_text("已审核通过")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("r")
    page.keyboard.type("请补充数据来源。")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("请其")).to_be_visible()
    states = set(ProgressReport.objects.values_list("state", flat=True))
    assert states == {ReportState.APPROVED, ReportState.RETURNED}
    page.goto("/")
    expect(page.locator("#changes")).to_contain_text("审核通过")
    expect(page.locator("#changes")).to_contain_text("请补充数据来源。")


def test_the_matrix_by_arrows(day: Cast, enter: Enter) -> None:
    page = enter("coordinator")
    page.goto("/matrix/")
    page.wait_for_load_state()
    cells = page.locator(".matrix-cell > a")
    assert cells.count() == 8  # four sides in two quarters
    assert page.locator('.matrix-cell > a[tabindex="0"]').count() == 1
    cells.first.focus()
    for key, at in [
        ("ArrowRight", 1),
        ("ArrowDown", 3),
        ("ArrowLeft", 2),
        ("ArrowLeft", 2),
        ("End", 3),
        ("ArrowUp", 1),
        ("Home", 0),
    ]:
        page.keyboard.press(key)
        expect(cells.nth(at)).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/(progress|tasks)/\d+/"))


def test_head_and_first_column_stay_while_the_rest_moves(day: Cast, enter: Enter) -> None:
    for n in range(20):
        make.ResponsibilityFactory(task=make.TaskFactory(plan=day.plan, title=f"第{n}项"))
    page = enter("coordinator", width=390)
    page.goto("/matrix/")
    assert overflow(page) == 0
    box = page.locator(".matrix-box")
    before = box.bounding_box()
    box.evaluate("box => box.scrollTo(200, 300)")
    assert box.evaluate("box => [box.scrollLeft > 0, box.scrollTop > 0]") == [True, True]
    head = page.locator(".matrix > thead .matrix-task").bounding_box()
    assert before
    assert head
    assert abs(head["x"] - before["x"]) <= 2
    assert abs(head["y"] - before["y"]) <= 2


@pytest.mark.parametrize("address", ["/", "/matrix/", "/review/", "/overdue/?of=all"])
def test_nothing_runs_over_on_a_phone_and_reading_needs_no_script(
    day: Cast, enter: Enter, address: str
) -> None:
    page = enter("coordinator", width=390)
    page.goto(address)
    assert overflow(page) == 0
    plain = enter("coordinator", java_script_enabled=False)
    answer = plain.goto(address)
    assert answer
    assert answer.ok
    assert plain.locator("main h1").inner_text()


@pytest.mark.parametrize("width", [390, 800, 1440])
def test_the_queue_does_not_lie_over_the_report(day: Cast, enter: Enter, width: int) -> None:
    page = enter("coordinator", width=width)
    page.goto("/review/")
    queue, title = page.locator(".review-list"), page.locator("#under-review")
    beside, above = queue.bounding_box(), title.bounding_box()
    assert beside
    assert above
    top = page.locator(".review").bounding_box()
    assert top
    assert beside["y"] - top["y"] <= 1  # no hole above
    assert (
        beside["x"] + beside["width"] <= above["x"] or beside["y"] + beside["height"] <= above["y"]
    )


def test_in_english(day: Cast, enter: Enter) -> None:
    page = enter("coordinator", language="en")
    page.goto("/")
    expect(page.locator("#changes")).to_contain_text("Changes since")
    page.goto("/matrix/")
    expect(page.get_by_text("Approved/expected")).to_be_visible()
