"""A deputy director's day: one page to read, to print and to take along; a board for the wall."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.api.conftest import Cast
from units.models import AuditEntry
from units.states import Role

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Page]
PAGES = re.compile(rb"/Type\s*/Page[^s]")


@pytest.fixture
def day(transactional_db: None, cast: Cast) -> Cast:
    """The person whom the tests call `helping` is the deputy director; a task is late."""
    cast.helping.memberships.all().delete()
    office = cast.plan.sides.get(jurisdiction__code="500000").office
    make.MembershipFactory(user=cast.helping, role=Role.LEADER, unit=None, office=office)
    overdue = make.TaskFactory(plan=cast.plan, title="拖了很久的任务", overdue=True)
    make.ResponsibilityFactory(task=overdue, unit=cast.chongqing.unit)
    return cast


def test_the_page_is_read_printed_and_taken_along(day: Cast, enter: Enter) -> None:
    page = enter("helping")
    page.goto("/")
    page.get_by_role("link", name="进展一页").first.click()
    for heading in ("一、总体", "二、滞后", "三、需协调", "四、建议"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    expect(page.get_by_text("拖了很久的任务").first).to_be_visible()
    paper = page.pdf(format="A4", prefer_css_page_size=True)
    assert len(PAGES.findall(paper)) == 1
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载Word").click()
    assert taken.value.suggested_filename.endswith(".docx")
    assert taken.value.path().read_bytes()[:2] == b"PK"


def test_everything_is_read_and_nothing_changed(day: Cast, enter: Enter) -> None:
    before = AuditEntry.objects.count()
    page = enter("helping")
    late = day.plan.tasks.get(title="拖了很久的任务")
    for address in ("/", "/brief/", "/matrix/", "/overdue/", late.get_absolute_url()):
        answer = page.goto(address)
        assert answer
        assert answer.ok, address
        # A person's own names for filters, and choice of columns, change nothing that others see.
        kinds = ("/saved-views/", "/columns/")
        but = "".join(f":not([action^='{kind}'])" for kind in kinds)
        posts = page.locator(f"main form[method=post]{but}").count()
        assert posts == 0, f"{address} offers to change something"
    expect(page.get_by_text("拖了很久的任务").first).to_be_visible()
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_on_a_phone_without_scripts(day: Cast, enter: Enter, language: str) -> None:
    page = enter("helping", language=language, width=390, java_script_enabled=False)
    for address in ("/brief/", "/board/"):
        page.goto(address)
        expect(page.get_by_text("拖了很久的任务").first).to_be_visible()
    page.goto("/brief/")
    lang = {"zh-hans": "zh-hans", "en": "en"}[language]
    expect(page.locator("html")).to_have_attribute("lang", re.compile(lang, re.IGNORECASE))


def test_the_board_by_keyboard(day: Cast, enter: Enter) -> None:
    page = enter("helping")
    page.goto("/brief/")
    for _step in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("(document.activeElement.getAttribute('href') || '').match('^/board')"):
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/board/\?plan=joint-2022"))
    expect(page.get_by_text("拖了很久的任务").first).to_be_visible()
