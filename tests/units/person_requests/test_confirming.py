"""People by request: who confirms or refuses, and what comes of it."""

import pytest
from django.core import mail
from django.test import Client

from tests import factories as make
from tests.api.conftest import Cast
from tests.units.conftest import enter
from tests.units.person_requests.conftest import LINK, ask
from units.models import AuditEntry, Membership, PersonRequest, User
from units.states import RequestKind, RequestState, Role

pytestmark = pytest.mark.django_db


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
    ("who", "status"), [("coordinator", 422), ("lead", 404), ("auditor", 404), ("admin", 404)]
)
def test_nobody_but_the_security_administrator_decides(cast: Cast, who: str, status: int) -> None:
    """A coordinator may ask for a further post, but not for this one."""
    row = ask(cast)
    browser = enter(getattr(cast, who))
    assert browser.post("/people/requests/confirm/", {"requests": [row.pk]}).status_code == 404
    assert browser.post(f"/people/requests/{row.pk}/refuse/", {"reason": "x"}).status_code == 404
    for what in ("reset", "disable", "enable", "unlock", "second-factor"):
        assert browser.post(f"/people/{cast.lead.pk}/{what}/").status_code == 404
    data = {"role": "security_admin"}
    assert browser.post(f"/people/{cast.lead.pk}/posts/", data).status_code == status
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
