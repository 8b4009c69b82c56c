"""催办 by hand, from the late list to the unit's signature, and what each of them sees."""

import datetime
import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import Page, expect

from tasks.models import Notice, PhoneCall, Urge
from tests import factories as make
from tests.api.conftest import Cast
from tests.e2e.test_axe import AXE, GRAVE
from tests.e2e.test_coordinator import overflow
from tracker.lib.workdays import today

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Page]
TASK = "推进六十天前的任务"
LINE = "请主要负责同志过问。"


@pytest.fixture
def late(transactional_db: None, cast: Cast) -> Cast:
    """Both leads of a task are late."""
    due = today() - datetime.timedelta(days=60)
    task = make.TaskFactory(plan=cast.plan, title=TASK, due_on=due)
    for side in (cast.chongqing, cast.sichuan):
        make.ResponsibilityFactory(task=task, unit=side.unit)
    return cast


def grave(page: Page) -> list[str]:
    """What axe-core has against the page, where it is here."""
    if not AXE.exists():
        return []
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document)")["violations"]
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found if one["impact"] in GRAVE]


def tick(page: Page) -> None:
    """Both sides' rows in the late list."""
    page.goto("/overdue/?of=all&kind=overdue")
    boxes = page.get_by_label(re.compile(f"选择：.*{TASK}"))
    expect(boxes).to_have_count(2)
    for box in boxes.all():
        box.check()


def test_from_the_late_list_to_the_signature(late: Cast, enter: Enter) -> None:
    office = enter("coordinator")
    tick(office)
    office.get_by_role("button", name="催办所选").click()
    expect(office.get_by_role("heading", name="催办：逐单位核对后发出")).to_be_visible()
    own = office.locator(".urge-part", has_text=late.chongqing.unit.name)
    other = office.locator(".urge-part", has_text=late.sichuan.unit.name)
    expect(own).to_contain_text("催办函")
    expect(own).to_contain_text("已逾期")
    expect(other).to_contain_text("商请函")
    expect(other).not_to_contain_text("工作日")
    assert grave(office) == []
    office.get_by_label("附言").fill(LINE)
    office.get_by_role("button", name="发出并通知各单位").dblclick()
    expect(office.get_by_text("2个单位，2个未签收，0个已回复。")).to_be_visible()
    assert Urge.objects.count() == 1
    assert Notice.objects.filter(rule="urge").count() == 2
    assert grave(office) == []
    with office.expect_download() as taken:
        office.get_by_role("link", name="下载全部函件").click()
    archive = zipfile.ZipFile(Path(taken.value.path()))
    for name in archive.namelist():
        said = "\n".join(p.text for p in Document(io.BytesIO(archive.read(name))).paragraphs)
        assert TASK in said
        assert LINE in said

    unit = enter("lead")
    unit.goto("/")
    unit.get_by_role("link", name="去签收").click()
    unit.get_by_role("link", name=late.chongqing.unit.name).click()
    expect(unit.get_by_text(LINE)).to_be_visible()
    assert grave(unit) == []
    unit.get_by_role("button", name="签收").click()
    expect(unit.get_by_text("已签收。")).to_be_visible()
    unit.get_by_role("textbox", name="回复").fill("本周内办结。")
    unit.get_by_role("button", name="提交回复").click()
    expect(unit.get_by_text("本周内办结。")).to_be_visible()

    office.reload()
    expect(office.get_by_text("2个单位，1个未签收，1个已回复。")).to_be_visible()
    expect(office.locator("tr", has_text=late.chongqing.unit.name)).to_contain_text("本周内办结。")
    row = office.locator("tr", has_text=late.sichuan.unit.name)
    expect(row).to_contain_text("待签收")
    office.goto("/overdue/?of=all&kind=overdue")
    expect(office.locator("tr", has_text=TASK).first).to_contain_text("发函1次")


def test_all_of_the_page_are_ticked_at_once(late: Cast, enter: Enter) -> None:
    page = enter("coordinator")
    page.goto("/overdue/?of=all&kind=overdue")
    boxes = page.get_by_label(re.compile(f"选择：.*{TASK}"))
    every = page.get_by_role("button", name="全选本页")
    every.click()
    for box in boxes.all():
        expect(box).to_be_checked()
    boxes.first.uncheck()
    expect(page.get_by_role("button", name="催办所选")).to_have_text(re.compile(r"催办所选\s*1"))
    every.click()
    expect(boxes.first).to_be_checked()
    every.click()
    expect(boxes.first).not_to_be_checked()
    assert grave(page) == []


def test_a_call_without_script_on_a_phone(late: Cast, enter: Enter) -> None:
    page = enter("coordinator", java_script_enabled=False, width=390)
    tick(page)
    page.get_by_role("button", name="已电话催办").click()
    page.get_by_label("通话记要").fill(" ")  # the browser itself refuses nothing at all
    page.get_by_role("button", name="记为已电话催办").click()
    expect(page.get_by_text("请填写通话记要").first).to_be_visible()
    expect(page.locator(".urge-part")).to_have_count(2)
    page.get_by_label("通话记要").fill("王处长接听。")
    page.get_by_role("button", name="记为已电话催办").click()
    expect(page.get_by_text("王处长接听。").first).to_be_visible()
    assert PhoneCall.objects.count() == 2


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_fit_and_can_be_read(late: Cast, enter: Enter, width: int, theme: str) -> None:
    page = enter("coordinator", theme, "en", width=width)
    ticked = f"/urges/new/?unit={late.chongqing.unit_id}"
    for address in ("/urges/", "/calls/", "/urges/new/", ticked):
        page.goto(address)
        assert overflow(page) == 0, address
        assert grave(page) == [], address
