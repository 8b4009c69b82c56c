"""A person comes in: asked for, confirmed, with a link, a password of their own, a desk."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.e2e.conftest import Visit
from tests.e2e.test_axe import problems
from tests.factories import (
    PASSWORD,
    PeriodFactory,
    PersonRequestFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    joint_plan,
    officer,
    site_person,
)
from units.models import User
from units.states import Role

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
NEW = "Niu-bi-Plan-2026"
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture
def unit(transactional_db: None):
    plan = joint_plan(short_title="联合行动方案")
    side = ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory(name="重庆市能源局"))
    PeriodFactory(plan=plan)
    officer(side.unit, username="lead")
    office = plan.sides.select_related("office").order_by("order")[0].office
    coordinator(office, username="coordinator", email="")
    site_person(Role.SECURITY_ADMIN, username="secadmin")
    site_person(Role.AUDIT_ADMIN, username="auditadmin")
    return side.unit


@pytest.fixture
def plain(browser: Browser, live_server) -> Iterator[Page]:
    """A phone without JavaScript."""
    context = browser.new_context(
        base_url=live_server.url, viewport=PHONE, java_script_enabled=False
    )
    opened = context.new_page()
    opened.set_default_timeout(15_000)
    yield opened
    context.close()


def log_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.context.clear_cookies()
    page.goto("/login/")
    page.fill("#id_username", username)
    page.fill("#id_password", password)
    page.press("#id_password", "Enter")
    expect(page.locator("#id_username")).to_have_count(0)


def test_from_the_request_to_the_first_day(page: Page, unit, complaints: list[str]) -> None:
    log_in(page, "coordinator")
    page.goto("/people/invite/")
    page.fill("#id_name", "张三")
    page.fill("#id_username", "zhangsan")
    page.select_option("#id_role", "officer")
    page.select_option("#id_unit", str(unit.pk))
    page.get_by_role("button", name="提交至安全管理员").click()
    expect(page.get_by_role("status").first).to_contain_text("安全管理员确认后生效")

    log_in(page, "secadmin")
    expect(page).to_have_url(re.compile(r"/desk/$"))
    page.get_by_role("link", name="办理申请").click()
    page.get_by_role("checkbox", name=re.compile("张三")).check()
    page.get_by_role("button", name="确认所选申请").click()
    link = page.locator("code").inner_text()

    page.context.clear_cookies()
    page.goto(urlsplit(link).path)
    page.fill("#id_new_password1", NEW)
    page.fill("#id_new_password2", NEW)
    page.press("#id_new_password2", "Enter")
    expect(page.locator("#id_new_password1")).to_have_count(0)
    log_in(page, "zhangsan", NEW)
    page.goto("/fill/")
    expect(page.locator("main")).to_contain_text("项任务")

    log_in(page, "auditadmin")
    page.goto("/audit/")
    expect(page.locator("tbody")).to_contain_text("确认人员申请")
    assert complaints == []


def test_contacts_are_written_on_a_phone_without_javascript(plain: Page, unit) -> None:
    log_in(plain, "lead")
    plain.goto(f"/contacts/units/{unit.pk}/")
    plain.fill("#all-liaison", "张三")
    plain.fill("#all-phone", "023-67501234")
    plain.get_by_role("button", name="保存").click()
    expect(plain.get_by_role("status").first).to_contain_text("已更新")
    plain.goto("/contacts/")
    expect(plain.get_by_role("link", name="023-67501234")).to_be_visible()


def test_people_are_handed_over_by_keyboard_alone(page: Page, unit) -> None:
    successor = officer(unit, username="next", name="李四")
    log_in(page, "lead")
    post = User.objects.get(username="lead").memberships.get()
    page.goto(f"/hand-over/{post.pk}/")
    page.locator("#id_successor").focus()
    page.keyboard.press("ArrowDown")
    assert page.locator("#id_successor").input_value() == str(successor.pk)
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.type") == "submit":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("李四")


@pytest.mark.parametrize("width", [390, 1024])
def test_no_page_is_wider_than_the_window(page: Page, unit, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for username, addresses in {
        "coordinator": ["/people/", "/people/invite/", "/people/requests/", "/contacts/",
                        "/contacts/import/", "/units/", f"/units/{unit.pk}/",
                        f"/contacts/units/{unit.pk}/"],
        "secadmin": ["/desk/", f"/people/{User.objects.get(username='lead').pk}/"],
        "auditadmin": ["/desk/", "/audit/"],
    }.items():  # fmt: skip
        log_in(page, username)
        for address in addresses:
            page.goto(address)
            over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert over <= 0, (username, address, over)


def test_axe_finds_nothing_serious_on_the_administrators_desks(page: Page, unit) -> None:
    axe = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
    row = PersonRequestFactory(unit=unit, requested_by=User.objects.get(username="coordinator"))
    for username, addresses in {
        "secadmin": ["/desk/", "/people/", "/people/requests/", "/people/invite/",
                     f"/people/{row.requested_by_id}/", f"/people/{row.requested_by_id}/edit/"],
        "auditadmin": ["/desk/", "/audit/"],
    }.items():  # fmt: skip
        log_in(page, username)
        for address in addresses:
            assert problems(page, Visit(address, address), axe) == []
