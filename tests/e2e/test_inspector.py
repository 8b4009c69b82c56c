"""An inspector's day: from figures to the rows behind them, with the filters kept."""

import datetime
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.api.conftest import Cast
from tracker.lib.workdays import today

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Page]


@pytest.fixture
def late(transactional_db: None, cast: Cast) -> Cast:
    """重庆市's sides: one late for days, one for months."""
    for days, title in ((2, "刚刚逾期的任务"), (300, "早已逾期的任务")):
        task = make.TaskFactory(
            plan=cast.plan, title=title, due_on=today() - datetime.timedelta(days=days)
        )
        make.ResponsibilityFactory(task=task, unit=cast.chongqing.unit)
        make.ResponsibilityFactory(task=task, unit=cast.sichuan.unit)
    return cast


def test_a_figure_leads_to_its_rows_and_the_filters_stay(late: Cast, enter: Enter) -> None:
    page = enter("auditor")
    page.goto("/")
    page.get_by_label("方案").select_option("joint-2022")
    page.get_by_role("button", name="筛选").click()
    expect(page).to_have_url(re.compile("plan=joint-2022"))
    row = page.locator("tr", has_text="90个工作日以上")
    row.get_by_role("link").first.click()
    expect(page.get_by_text("早已逾期的任务")).to_be_visible()
    expect(page.get_by_text("刚刚逾期的任务")).to_have_count(0)
    assert "plan=joint-2022" in page.url
    assert "band=over" in page.url
    page.get_by_role("link", name="7个工作日以内").click()
    expect(page.get_by_text("刚刚逾期的任务")).to_be_visible()
    expect(page.get_by_text("四川省能源局")).to_have_count(1)  # in the select of units alone


def test_the_trend_is_drawn_and_its_figures_stand_beneath(late: Cast, enter: Enter) -> None:
    page = enter("auditor")
    page.goto("/")
    expect(page.locator(".chart-canvas canvas")).to_be_visible()
    page.locator(".chart-figures > summary").click()
    expect(page.locator(".chart-figures table")).to_contain_text(today().isoformat())


@pytest.mark.parametrize("address", ["/", "/overdue/?of=mine&kind=overdue"])
def test_nothing_runs_over_on_a_phone_and_reading_needs_no_script(
    late: Cast, enter: Enter, address: str
) -> None:
    page = enter("auditor", width=390)
    page.goto(address)
    assert (
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        == 0
    )
    plain = enter("auditor", java_script_enabled=False)
    plain.goto(address)
    expect(plain.get_by_text("早已逾期的任务")).to_be_visible()
