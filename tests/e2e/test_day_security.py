"""A security administrator's day: requests, locks, passwords; and nothing of the business."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests import factories as make
from tests.api.conftest import Cast
from units.models import PersonRequest, User
from units.states import RequestState, Role

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]
Enter = Callable[..., Page]
TRIES = 5


@pytest.fixture
def day(transactional_db: None, cast: Cast) -> Cast:
    """The person whom the tests call `helping` keeps accounts; a request waits."""
    cast.helping.memberships.all().delete()
    make.MembershipFactory(user=cast.helping, role=Role.SECURITY_ADMIN, unit=None)
    make.PersonRequestFactory(
        unit=cast.chongqing.unit, requested_by=cast.coordinator, name="张三", username="zhangsan"
    )
    return cast


@pytest.mark.parametrize("scripts", [True, False])
def test_a_request_is_refused_with_a_reason_and_a_password_is_set_anew(
    day: Cast, enter: Enter, scripts: bool
) -> None:
    page = enter("helping", java_script_enabled=scripts, width=390)
    page.goto("/")
    expect(page).to_have_url(re.compile(r"/desk/$"))
    page.get_by_role("link", name="办理申请").click()
    row = page.get_by_role("row").filter(has_text="张三")
    row.locator("summary").click()
    row.get_by_role("textbox").fill("姓名与来文不符。")
    row.get_by_role("button", name="退回申请人").click()
    expect(page.get_by_role("status").first).to_be_visible()
    assert PersonRequest.objects.get().state == RequestState.REFUSED
    assert not User.objects.filter(username="zhangsan").exists()


def test_nothing_of_the_business_is_seen(day: Cast, enter: Enter) -> None:
    page = enter("helping")
    page.goto("/desk/")
    main = page.locator("body")
    for word in ("协同开发油气资源", "全部方案", "搜索任务"):
        expect(main).not_to_contain_text(word)
    for address in ("/tasks/", "/overdue/", "/matrix/", "/review/", day.task.get_absolute_url()):
        page.goto(address)
        expect(page.locator("body")).not_to_contain_text("协同开发油气资源")


def test_a_lock_is_taken_off_by_keyboard(day: Cast, enter: Enter) -> None:
    client = Client()
    for _n in range(TRIES):
        client.post("/login/", {"username": day.lead.username, "password": "wrong"})
    page = enter("helping", language="en")
    page.goto("/locks/")
    row = page.get_by_role("row").filter(has_text=day.lead.username)
    expect(row).to_be_visible()
    for _step in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('td button')"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("row").filter(has_text=day.lead.username)).to_have_count(0)
    client.post("/login/", {"username": day.lead.username, "password": make.PASSWORD})
    assert "_auth_user_id" in client.session
