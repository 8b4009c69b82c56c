"""People by request: who may ask, for whom, and what is said of a wrong form."""

import pytest
from django.core import mail
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from tests import factories as make
from tests.api.conftest import Cast
from tests.units.conftest import enter
from tests.units.person_requests.conftest import ask, form
from units.models import PersonRequest, User
from units.services import requests
from units.services.newcomers import Newcomer
from units.services.people import Post
from units.states import RequestKind, RequestState, Role

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("username", "", "请填写用户名。"),
        ("name", "", "请填写姓名。"),
        ("role", "", "请选择角色"),
        ("role", "inspector", "选择"),
        ("role", "security_admin", "选择"),
        ("unit", "", "须选择本项"),
        ("email", "no", "邮"),
        ("username", "bad name", "用户名"),
    ],
)
def test_what_is_wrong_is_said_by_its_field(
    cast: Cast,
    field: str,
    value: str,
    sentence: str,
) -> None:
    response = enter(cast.coordinator).post("/people/invite/", form(cast, **{field: value}))
    assert response.status_code == 422
    assert "field-wrong" in response.text
    assert not PersonRequest.objects.exists()
    assert sentence in response.text


def test_a_coordinator_asks_for_the_own_side_alone(cast: Cast) -> None:
    other = form(cast, unit=cast.sichuan.unit.pk)
    assert enter(cast.coordinator).post("/people/invite/", other).status_code == 422
    stranger = make.UnitFactory()
    strange = form(cast, unit=stranger.pk)
    assert enter(cast.coordinator).post("/people/invite/", strange).status_code == 422
    office = cast.plan.sides.get(jurisdiction__code="510000").office
    wrong = form(cast, role="coordinator", unit="", office=office.pk)
    assert enter(cast.coordinator).post("/people/invite/", wrong).status_code == 422
    assert not PersonRequest.objects.exists()


def test_the_other_side_sees_neither_people_nor_requests(cast: Cast) -> None:
    row = ask(cast)
    browser = enter(cast.coordinator_sichuan)
    assert "zhangsan" not in browser.get("/people/requests/").text
    names = {one.pk for one in browser.get("/people/").context["page"]}
    assert cast.lead.pk not in names
    assert cast.lead_sichuan.pk in names
    assert browser.get(f"/people/{cast.lead.pk}/").status_code == 404
    assert browser.post(f"/people/{cast.lead.pk}/ask/", {"kind": "end"}).status_code == 404
    assert browser.post(f"/people/requests/{row.pk}/withdraw/").status_code == 404


def test_whoever_asked_takes_it_back(cast: Cast, keeper: User) -> None:
    row = ask(cast)
    enter(cast.coordinator).post(f"/people/requests/{row.pk}/withdraw/")
    row.refresh_from_db()
    assert row.state == RequestState.WITHDRAWN
    page = enter(keeper).post("/people/requests/confirm/", {"requests": [row.pk]})
    assert page.status_code == 422
    assert not User.objects.filter(username="zhangsan").exists()


def test_fields_that_are_nobodys_business_cannot_be_posted(
    cast: Cast,
    keeper: User,
) -> None:
    extra = {
        "is_superuser": "1",
        "state": "confirmed",
        "decided_by": keeper.pk,
        "requested_by": cast.admin.pk,
        "person": cast.admin.pk,
        "kind": "end",
        "batch": "x",
    }
    row = ask(cast, **extra)
    assert (row.state, row.kind, row.requested_by) == ("waiting", "invite", cast.coordinator)
    assert (row.person, row.batch) == (None, "")
    enter(keeper).post("/people/requests/confirm/", {"requests": [row.pk], **extra})
    assert not User.objects.get(username="zhangsan").is_superuser
    data = {"name": "改名", "is_superuser": "1", "is_active": "", "username": "root", "id": "1"}
    enter(cast.lead).post(f"/people/{cast.lead.pk}/edit/", data)
    cast.lead.refresh_from_db()
    assert (cast.lead.name, cast.lead.is_superuser, cast.lead.is_active) == ("改名", False, True)
    assert cast.lead.username != "root"


def test_lists_do_not_query_by_row(
    cast: Cast,
    keeper: User,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = enter(keeper)

    def queries(address: str) -> int:
        with django_assert_max_num_queries(60) as seen:
            assert browser.get(address).status_code == 200
        return len(seen)

    for address in ("/people/", "/people/requests/", "/desk/"):
        browser.get(address)
        few = queries(address)
        for _ in range(8):
            make.officer(cast.helper)
            make.PersonRequestFactory(unit=cast.helper, requested_by=cast.coordinator)
        assert queries(address) == few, address


def test_a_coordinator_asks_for_a_further_post_of_a_known_person(cast: Cast, keeper: User) -> None:
    browser = enter(cast.coordinator)
    address = f"/people/{cast.lead.pk}/posts/"
    same = {"role": "officer", "unit": cast.chongqing.unit.pk}
    assert "已有这一任职" in browser.post(address, same).text
    other = {"role": "officer", "unit": cast.sichuan.unit.pk}
    assert browser.post(address, other).status_code == 422
    wanted = {"role": "signer", "unit": cast.chongqing.unit.pk}
    assert browser.post(address, wanted).status_code == 302
    assert "不必重复提出" in browser.post(address, wanted).text
    row = PersonRequest.objects.get()
    assert (row.kind, row.person) == (RequestKind.POST, cast.lead)
    assert not cast.lead.memberships.filter(role=Role.SIGNER).exists()
    enter(keeper).post("/people/requests/confirm/", {"requests": [row.pk]})
    assert cast.lead.memberships.filter(role=Role.SIGNER).exists()
    stranger = f"/people/{cast.lead_sichuan.pk}/posts/"
    assert browser.post(stranger, wanted).status_code == 404


def test_who_may_confirm_is_told_by_mail_but_not_who_asks(
    cast: Cast, keeper: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    make.site_person(Role.SECURITY_ADMIN, is_active=False, email="gone@example.org")
    make.site_person(Role.SYSTEM_ADMIN, email="system@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        ask(cast)
    (sent,) = mail.outbox
    assert sent.to == [keeper.email]
    assert f"{cast.coordinator}提出：" in str(sent.body)
    assert "张三" in str(sent.body)
    assert "/people/requests/" in str(sent.body)
    mail.outbox.clear()
    second = make.site_person(Role.SECURITY_ADMIN, email="second@example.org")
    with django_capture_on_commit_callbacks(execute=True):
        requests.ask_about(cast.lead, RequestKind.RESET, by=cast.coordinator, now=make.NOW)
        requests.ask_about(second, RequestKind.RESET, by=keeper, now=make.NOW)
    told = [one.to[0] for one in mail.outbox if "人员申请" in str(one.subject)]
    assert sorted(told) == sorted([keeper.email, second.email])


def test_a_sheet_of_requests_is_one_mail(
    cast: Cast, keeper: User, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    post = Post(Role.OFFICER, unit=cast.chongqing.unit)
    with django_capture_on_commit_callbacks(execute=True):
        for name in ("one", "two", "three"):
            newcomer = Newcomer(name, name)
            requests.ask_for_account(
                newcomer, post, by=cast.coordinator, now=make.NOW, batch="导入"
            )
    (sent,) = mail.outbox
    assert "提出3项申请" in str(sent.body)
