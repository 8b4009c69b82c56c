"""Contacts: who reads them, whose phone is whole, who writes them."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tasks.services.contacts import masked
from tests import factories as make
from tests.tasks.views.conftest import World
from units.models import AuditEntry, User
from units.services import tokens

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
PHONE = "023-67501234"


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def written(world: World) -> World:
    row = world.side
    row.leader, row.liaison, row.phone = "王局长", "张三", PHONE
    row.save(update_fields=["leader", "liaison", "phone"])
    return world


@pytest.mark.parametrize(
    ("phone", "shown"),
    [
        ("023-67501234", "023-****1234"),
        ("0830-3101234", "0830-***1234"),
        ("67501234", "****1234"),
        ("13812345678", "138****5678"),
        ("1234", "****"),
        ("", ""),
        ("内线 5678", "内线 ****"),
        ("023-67501234转8001", "023-********转8001"),
    ],
)
def test_a_phone_is_masked_but_for_area_and_end(phone: str, shown: str) -> None:
    assert masked(phone) == shown


@pytest.mark.parametrize(
    ("who", "name", "whole"),
    [
        ("lead", True, True),
        ("office", True, True),
        ("auditor", True, True),
        ("other_lead", True, True),
        ("cooperating", True, True),
        ("other_office", True, False),
        ("stranger", False, False),
    ],
)
def test_names_and_phones_follow_the_table(
    written: World, who: str, name: bool, whole: bool
) -> None:
    user = getattr(written, who)
    page = enter(user).get("/contacts/").text
    assert ("王局长" in page, PHONE in page) == (name, whole)
    assert ("****1234" in page) == (name and not whole)
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(user)[0]}")
    answer = api.get(f"/api/v1/contacts/{written.side.pk}/")
    assert answer.status_code == (200 if name else 404)
    if name:
        assert (answer.json()["phone"] == PHONE) == whole


def form(world: World, **values: str) -> dict[str, str]:
    pk = world.side.pk
    return {f"{pk}-{name}" if "-" not in name else name: text for name, text in values.items()}


def test_the_unit_writes_its_own_all_at_once_and_single_ones(world: World) -> None:
    second = make.ResponsibilityFactory(
        task=make.TaskFactory(plan=world.plan), unit=world.side.unit
    )
    data = {
        "all-leader": "王局长",
        f"{world.side.pk}-liaison": "张三",
        f"{second.pk}-liaison": "李四",
        f"{second.pk}-phone": PHONE,
    }
    response = enter(world.lead).post(f"/contacts/units/{world.side.unit_id}/", data)
    assert response.status_code == 302
    world.side.refresh_from_db()
    second.refresh_from_db()
    assert (world.side.leader, world.side.liaison, world.side.phone) == ("王局长", "张三", "")
    assert (second.leader, second.liaison, second.phone) == ("王局长", "李四", PHONE)
    assert AuditEntry.objects.filter(verb="contact.change").count() == 2


def test_what_is_wrong_stands_by_its_field_and_nothing_is_half_done(world: World) -> None:
    second = make.ResponsibilityFactory(
        task=make.TaskFactory(plan=world.plan), unit=world.side.unit
    )
    data = {f"{world.side.pk}-liaison": "张三", f"{second.pk}-phone": "没有号码"}
    response = enter(world.lead).post(f"/contacts/units/{world.side.unit_id}/", data)
    assert response.status_code == 422
    assert "不是电话号码" in response.text
    assert 'value="没有号码"' in response.text
    world.side.refresh_from_db()
    assert world.side.liaison == ""


@pytest.mark.parametrize(
    "who", ["other_lead", "cooperating", "other_office", "auditor", "stranger"]
)
def test_others_write_nothing(world: World, who: str) -> None:
    browser = enter(getattr(world, who))
    address = f"/contacts/units/{world.side.unit_id}/"
    data = {f"{world.side.pk}-leader": "假"}
    assert browser.get(address).status_code == 404
    assert browser.post(address, data).status_code == 404
    # Nor by the page of the own unit, with another's row in the body.
    own = getattr(world, who).memberships.first()
    if own.unit_id:
        browser.post(f"/contacts/units/{own.unit_id}/", data)
    world.side.refresh_from_db()
    assert world.side.leader == ""


def test_the_api_writes_what_is_given(written: World) -> None:
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(written.office)[0]}")
    address = f"/api/v1/contacts/{written.side.pk}/"
    answer = api.patch(address, {"liaison": "李四"}, format="json")
    assert answer.status_code == 200, answer.content
    assert (answer.json()["liaison"], answer.json()["leader"]) == ("李四", "王局长")
    assert api.patch(address, {"phone": "无"}, format="json").json().keys() == {"phone"}
    assert api.patch(address, {"task": 1}, format="json").status_code == 400
    api.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(written.other_lead)[0]}")
    assert api.patch(address, {"liaison": "假"}, format="json").status_code == 403


def test_what_is_wrong_for_all_is_said_once_where_it_was_typed(world: World) -> None:
    for _n in range(3):
        make.ResponsibilityFactory(task=make.TaskFactory(plan=world.plan), unit=world.side.unit)
    page = enter(world.lead)
    answer = page.post(
        f"/contacts/units/{world.side.unit.pk}/", {"all-phone": "未装", "all-leader": "王局长"}
    )
    assert answer.status_code == 422
    assert [cell["id"] for cell in answer.context["wrong"]] == ["all-phone"]
    assert answer.text.count("不是电话号码") == 2  # in the summary and at the field
    assert 'value="王局长"' in answer.text
    assert not AuditEntry.objects.filter(verb="contact.change").exists()
