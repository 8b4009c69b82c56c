"""People by request: who may ask, who confirms, what comes of it."""

import datetime
import io
import re
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client

from tests import factories as make
from tests.api.conftest import Cast, Door
from units.models import AuditEntry, Membership, PersonRequest, User
from units.services import links
from units.states import RequestKind, RequestState, Role

pytestmark = pytest.mark.django_db
LINK = re.compile(r"http[^\s<]+/password/[^\s<]+")


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel(make.NOW, tick=True):
        yield


@pytest.fixture
def keeper(db: None) -> User:
    return make.site_person(Role.SECURITY_ADMIN)


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def form(cast: Cast, **more: object) -> dict[str, object]:
    values = {
        "name": "张三",
        "username": "zhangsan",
        "post": "科长",
        "phone": "023-67500000",
        "role": "officer",
        "unit": cast.chongqing.unit.pk,
        "note": "新到岗",
    }
    return {**values, **more}


def ask(cast: Cast, **more: object) -> PersonRequest:
    response = enter(cast.coordinator).post("/people/invite/", form(cast, **more))
    assert response.status_code == 302, response.text
    return PersonRequest.objects.latest("pk")


def test_from_asking_to_the_first_log_in(cast: Cast, keeper: User) -> None:
    row = ask(cast)
    assert (row.state, row.requested_by) == (RequestState.WAITING, cast.coordinator)
    assert not User.objects.filter(username="zhangsan").exists()
    page = enter(keeper).post("/people/requests/confirm/", {"requests": [row.pk]})
    found = LINK.search(page.text)
    assert found is not None
    user = User.objects.get(username="zhangsan")
    assert not user.has_usable_password()
    assert [m.unit for m in user.memberships.all()] == [cast.chongqing.unit]
    browser = Client()
    first = browser.get(found[0].partition("8000")[2] or found[0], follow=True)
    assert first.status_code == 200
    new = "Niu-bi-Plan-2026"
    browser.post(first.request["PATH_INFO"], {"new_password1": new, "new_password2": new})
    assert Client().login(username="zhangsan", password=new)
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    wanted = ["person_request.ask", "user.add", "membership.add", "user.password_link"]
    assert [verb for verb in verbs if verb in wanted] == wanted
    assert found[0] not in str(list(AuditEntry.objects.values()))
    # Once used, the link is void.
    assert "new_password1" in first.text
    again = Client().get(found[0].partition("8000")[2] or found[0], follow=True)
    assert "new_password1" not in again.text


def test_a_link_goes_by_mail_where_there_is_an_address(
    cast: Cast,
    keeper: User,
) -> None:
    row = ask(cast, email="zhangsan@example.org")
    page = enter(keeper).post("/people/requests/confirm/", {"requests": [row.pk]})
    assert LINK.search(page.text) is None
    assert "zhangsan@example.org" in page.text
    sent = [one for one in mail.outbox if one.to == ["zhangsan@example.org"]]
    assert len(sent) == 1
    assert LINK.search(str(sent[0].body)) is not None
    told = [one for one in mail.outbox if one.to == [cast.coordinator.email]]
    assert len(told) == 1


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


@pytest.mark.parametrize("who", ["coordinator", "lead", "auditor", "admin"])
def test_nobody_but_the_security_administrator_decides(
    cast: Cast,
    who: str,
) -> None:
    row = ask(cast)
    browser = enter(getattr(cast, who))
    assert browser.post("/people/requests/confirm/", {"requests": [row.pk]}).status_code == 404
    assert browser.post(f"/people/requests/{row.pk}/refuse/", {"reason": "x"}).status_code == 404
    for what in ("reset", "disable", "enable", "unlock", "second-factor"):
        assert browser.post(f"/people/{cast.lead.pk}/{what}/").status_code == 404
    data = {"role": "security_admin"}
    assert browser.post(f"/people/{cast.lead.pk}/posts/", data).status_code in {404, 422}
    assert not Membership.objects.filter(role=Role.SECURITY_ADMIN).exists()
    post = cast.lead.memberships.get()
    assert browser.post(f"/people/posts/{post.pk}/end/").status_code == 404
    row.refresh_from_db()
    assert row.is_waiting


def test_refusing_wants_a_reason_that_whoever_asked_reads(
    cast: Cast,
    keeper: User,
) -> None:
    row = ask(cast)
    address = f"/people/requests/{row.pk}/refuse/"
    assert enter(keeper).post(address, {"reason": " "}).status_code == 422
    assert enter(keeper).post(address, {"reason": "请补充职务。"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.decided_by) == (RequestState.REFUSED, keeper)
    assert "请补充职务。" in enter(cast.coordinator).get("/people/requests/").text
    # A second decision is refused, and nothing changes.
    enter(keeper).post(address, {"reason": "又一次"})
    row.refresh_from_db()
    assert row.reason == "请补充职务。"


def test_whoever_asked_takes_it_back(cast: Cast, keeper: User) -> None:
    row = ask(cast)
    enter(cast.coordinator).post(f"/people/requests/{row.pk}/withdraw/")
    row.refresh_from_db()
    assert row.state == RequestState.WITHDRAWN
    page = enter(keeper).post("/people/requests/confirm/", {"requests": [row.pk]})
    assert page.status_code == 422
    assert not User.objects.filter(username="zhangsan").exists()


def test_confirming_many_is_all_or_nothing(cast: Cast, keeper: User) -> None:
    first, second = ask(cast), ask(cast, username="lisi")
    make.UserFactory(username="lisi")  # taken meanwhile
    chosen = {"requests": [first.pk, second.pk]}
    page = enter(keeper).post("/people/requests/confirm/", chosen)
    assert page.status_code == 422
    assert "lisi" in page.text
    assert not User.objects.filter(username="zhangsan").exists()
    assert PersonRequest.objects.waiting().count() == 2
    page = enter(keeper).post("/people/requests/confirm/", {"requests": []})
    assert "请先勾选" in page.text


def test_what_is_asked_about_an_account_is_done_on_confirmation(
    cast: Cast,
    keeper: User,
) -> None:
    browser = enter(cast.coordinator)
    for kind in (RequestKind.RESET, RequestKind.END):
        data = {"kind": kind.value, "note": "本人忘记密码"}
        assert browser.post(f"/people/{cast.lead.pk}/ask/", data).status_code == 302
    reset, end = PersonRequest.objects.order_by("pk")
    theirs = enter(cast.lead)
    enter(keeper).post("/people/requests/confirm/", {"requests": [reset.pk]})
    assert not Client().login(username=cast.lead.username, password=make.PASSWORD)
    assert theirs.get("/").status_code == 302
    enter(keeper).post("/people/requests/confirm/", {"requests": [end.pk]})
    cast.lead.refresh_from_db()
    assert not cast.lead.is_active
    assert not Membership.objects.current(make.TODAY).filter(user=cast.lead).exists()
    cast.submitted.refresh_from_db()
    assert cast.submitted.filled_by == cast.lead


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


def test_the_security_administrator_manages_but_never_themself(
    cast: Cast,
    keeper: User,
) -> None:
    browser = enter(keeper)
    assert browser.post(f"/people/{keeper.pk}/posts/", {"role": "officer"}).status_code == 404
    assert browser.post(f"/people/{keeper.pk}/disable/").status_code == 404
    page = browser.post(f"/people/{cast.lead.pk}/posts/", {"role": "audit_admin"})
    assert page.status_code == 422
    assert "另设账号" in page.text
    unit = cast.chongqing.unit.pk
    data = {"role": "signer", "unit": unit}
    assert browser.post(f"/people/{cast.lead.pk}/posts/", data).status_code == 302
    chosen = {"requests": [PersonRequest.objects.get().pk]}
    other = enter(make.site_person(Role.SECURITY_ADMIN))
    assert other.post("/people/requests/confirm/", chosen).status_code == 302
    post = cast.lead.memberships.get(role=Role.SIGNER)
    assert browser.post(f"/people/posts/{post.pk}/end/").status_code == 302
    post.refresh_from_db()
    assert post.until == make.TODAY
    assert browser.post(f"/people/{cast.lead.pk}/disable/").status_code == 302
    assert browser.post(f"/people/{cast.lead.pk}/enable/").status_code == 302
    cast.lead.refresh_from_db()
    assert cast.lead.is_active
    page = browser.post(f"/people/{cast.lead.pk}/reset/")
    assert "已发送至" in page.text


def test_whoever_is_closed_and_opened_again_begins_anew(cast: Cast, keeper: User) -> None:
    one, browser = cast.lead, enter(keeper)
    unused = links.set_password_link(one).removeprefix(settings.SITE_URL)
    theirs = Client()
    assert theirs.login(username=one.username, password=make.PASSWORD)
    assert browser.post(f"/people/{one.pk}/disable/").status_code == 302
    page = browser.post(f"/people/{one.pk}/enable/", follow=True)
    assert "链接已发送至" in page.text
    assert theirs.get("/").status_code == 302
    assert not Client().login(username=one.username, password=make.PASSWORD)
    assert "new_password1" not in Client().get(unused, follow=True).text
    fresh = LINK.search(str(mail.outbox[-1].body))
    assert fresh is not None
    address = fresh[0].removeprefix(settings.SITE_URL)
    assert "new_password1" in Client().get(address, follow=True).text
    # What ended with the closing stays ended, also on the same day.
    assert not Membership.objects.current(make.TODAY).filter(user=one).exists()


def test_a_post_is_ended_with_the_day_or_at_once(cast: Cast, keeper: User) -> None:
    post, theirs, browser = cast.lead.memberships.get(), enter(cast.lead), enter(keeper)
    address = f"/people/posts/{post.pk}/end/"
    report = f"/progress/{cast.submitted.pk}/"
    assert browser.post(address).status_code == 302
    assert theirs.get(report).status_code == 200
    assert "立即结束" in browser.get(f"/people/{cast.lead.pk}/").text
    assert "已立即结束" in browser.post(address, {"at_once": "1"}, follow=True).text
    post.refresh_from_db()
    assert post.until == make.TODAY - datetime.timedelta(days=1)
    assert theirs.get(report).status_code == 404
    assert "已经结束" in browser.post(address, {"at_once": "1"}, follow=True).text


def test_nobody_confirms_what_they_asked_for(cast: Cast, keeper: User) -> None:
    """Otherwise one security administrator makes a second face with any role."""
    browser = enter(keeper)
    assert browser.post("/people/invite/", form(cast)).status_code == 302
    further = {"role": "signer", "unit": cast.chongqing.unit.pk}
    assert browser.post(f"/people/{cast.lead.pk}/posts/", further).status_code == 302
    rows = list(PersonRequest.objects.waiting())
    assert [row.requested_by for row in rows] == [keeper, keeper]
    for row in rows:
        chosen = {"requests": [row.pk]}
        assert browser.post("/people/requests/confirm/", chosen).status_code == 422
    assert "须由另一名安全管理员确认" in browser.get("/people/requests/").text
    assert not User.objects.filter(username="zhangsan").exists()
    assert not cast.lead.memberships.filter(role=Role.SIGNER).exists()
    second = enter(make.site_person(Role.SECURITY_ADMIN))
    chosen = {"requests": [row.pk for row in rows]}
    assert "zhangsan" in second.post("/people/requests/confirm/", chosen).text
    assert cast.lead.memberships.filter(role=Role.SIGNER).exists()


def test_nobody_confirms_their_own_through_the_api(cast: Cast, keeper: User, door: Door) -> None:
    body = {"username": "face", "name": "化身", "role": "coordinator", "body": "重庆市双碳办"}
    client = door(keeper)
    made = client.post("/api/v1/person-requests/", body, format="json")
    if made.status_code == 403:  # administrators have no tokens
        pytest.skip("administrators have no way through the API")
    answer = client.post(f"/api/v1/person-requests/{made.data['id']}/confirm/")
    assert (answer.status_code, "另一名安全管理员" in str(answer.data)) == (403, True)
    assert not User.objects.filter(username="face").exists()


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, None])
def test_nobody_alone_gets_at_an_administrators_account(
    cast: Cast, keeper: User, role: Role | None, django_capture_on_commit_callbacks: Any
) -> None:
    watcher = make.site_person(Role.AUDIT_ADMIN)
    one = make.site_person(role) if role else make.UserFactory(superuser=True)
    before, browser = one.password, enter(keeper)
    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post(f"/people/{one.pk}/reset/", follow=True)
    assert "须由另一名安全管理员确认" in answer.text
    assert LINK.search(answer.text) is None
    told = [letter for letter in mail.outbox if letter.to == [watcher.email]]
    assert len(told) == 1
    assert one.username in str(told[0].body)
    factor = browser.post(f"/people/{one.pk}/second-factor/", follow=True)
    assert "一人不能办理" in factor.text
    edited = browser.post(f"/people/{one.pk}/edit/", {"name": "改", "email": "mine@example.org"})
    assert (edited.status_code, "一人不能办理" in edited.text) == (422, True)
    row = PersonRequest.objects.get()
    assert browser.post("/people/requests/confirm/", {"requests": [row.pk]}).status_code == 422
    assert browser.post(f"/people/{one.pk}/disable/").status_code == 302
    opened = browser.post(f"/people/{one.pk}/enable/", follow=True)
    assert "一人不能办理" in opened.text
    assert LINK.search(opened.text) is None
    one.refresh_from_db()
    assert (one.is_active, one.email) == (False, f"{one.username}@example.org")
    User.objects.filter(pk=one.pk).update(is_active=True, password=before)
    second = enter(make.site_person(Role.SECURITY_ADMIN))
    with django_capture_on_commit_callbacks(execute=True):
        second.post("/people/requests/confirm/", {"requests": [row.pk]})
    one.refresh_from_db()
    assert not one.has_usable_password()
    assert len([letter for letter in mail.outbox if letter.to == [watcher.email]]) >= 2


def test_a_sole_security_administrator_works_on_what_offices_ask(
    cast: Cast, keeper: User, django_capture_on_commit_callbacks: Any
) -> None:
    row = ask(cast)
    assert (
        enter(keeper).post("/people/requests/confirm/", {"requests": [row.pk]}).status_code == 200
    )
    assert User.objects.filter(username="zhangsan").exists()
    with django_capture_on_commit_callbacks(execute=True):
        words = ["an", "--name", "安某", "--role", "security_admin", "--link"]
        call_command("add_person", *words, stdout=io.StringIO())
    told = [letter for letter in mail.outbox if letter.to == [keeper.email]]
    assert ["an" in str(letter.body) for letter in told] == [True]


def test_lists_do_not_query_by_row(
    cast: Cast,
    keeper: User,
    django_assert_max_num_queries: object,
) -> None:
    browser = enter(keeper)

    def queries(address: str) -> int:
        with django_assert_max_num_queries(60) as seen:  # type: ignore[operator]
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
