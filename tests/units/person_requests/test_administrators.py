"""What a security administrator does alone, and where a second one is needed."""

import datetime
import io
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.test import Client

from tests import factories as make
from tests.api.conftest import Cast, Door
from tests.units.conftest import enter
from tests.units.person_requests.conftest import LINK, ask, form
from units.models import Membership, PersonRequest, User
from units.services import links
from units.states import Role

pytestmark = pytest.mark.django_db


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
