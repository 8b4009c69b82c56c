"""Log-in, log-out, the own password, the language."""

import pytest
from django.conf import settings as project
from django.test import Client
from pytest_django import Settings

from tests.answers import Answer
from tests.factories import PASSWORD, OfficeFactory, UserFactory, coordinator
from units.models import AuditEntry

pytestmark = pytest.mark.django_db
REFUSED = "用户名或密码不正确。请核对后重试，密码区分大小写。"


def log_in(client: Client, username: str, password: str, address: str = "/login/") -> Answer:
    return client.post(address, {"username": username, "password": password})


def test_the_page_warns_against_secrets_and_names_no_account(client: Client) -> None:
    UserFactory(username="lead")
    text = client.get("/login/").text
    assert "非涉密系统，严禁录入、上传涉密信息" in text
    assert "演示账号" not in text
    assert "demo-pass-2025" not in text


def test_the_demo_lists_its_accounts_and_what_they_are(client: Client, settings: Settings) -> None:
    settings.DEMO = True
    coordinator(OfficeFactory(), username="coordinator")
    UserFactory(username="admin", superuser=True)
    UserFactory(username="somebody-else")
    text = client.get("/login/").text
    assert "重庆市双碳办 协调办公室人员" in text
    assert "超级用户（仅供演示和应急）" in text
    assert "demo-pass-2025" in text
    assert "somebody-else" not in text


def test_logging_in_leads_to_the_page_asked_for(client: Client) -> None:
    user = UserFactory()
    assert client.get("/notices/").headers["Location"] == "/login/?next=/notices/"
    response = client.post(
        "/login/", {"username": user.username, "password": PASSWORD, "next": "/notices/"}
    )
    assert response.headers["Location"] == "/notices/"
    assert client.get("/login/").headers["Location"] == "/"
    assert AuditEntry.objects.get(verb="user.login").actor == user


def test_logging_in_never_leads_to_another_host(client: Client) -> None:
    user = UserFactory()
    data = {"username": user.username, "password": PASSWORD, "next": "https://evil.example"}
    assert client.post("/login/", data).headers["Location"] == "/"


def test_the_refusal_is_the_same_whatever_was_wrong(client: Client) -> None:
    user = UserFactory()
    off = UserFactory(is_active=False)
    for name, password in ((user.username, "x"), ("nobody", "x"), (off.username, PASSWORD)):
        response = log_in(client, name, password)
        assert response.status_code == 422
        assert REFUSED in response.text
    failed = AuditEntry.objects.filter(verb="user.login_failed")
    assert {entry.after["username"] for entry in failed} == {user.username, "nobody", off.username}
    assert not any("x" in str(entry.after.get("password", "")) for entry in failed)


def test_empty_fields_are_named(client: Client) -> None:
    response = log_in(client, "", "")
    assert "请填写用户名。" in response.text
    assert "请填写密码。" in response.text
    assert not AuditEntry.objects.exists()


def test_a_name_with_control_characters_is_refused_like_any_other(client: Client) -> None:
    response = log_in(client, "a\x00b", "x")
    assert response.status_code == 422


def test_logging_out_is_by_post_alone(client: Client) -> None:
    user = UserFactory()
    client.force_login(user)
    assert client.get("/logout/").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/").status_code == 302
    assert AuditEntry.objects.get(verb="user.logout").actor == user


def test_forms_from_elsewhere_are_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(UserFactory())
    for address in ("/logout/", "/login/", "/password/", "/language/", "/notices/", "/reports/"):
        assert strict.post(address, {}).status_code == 403


def test_the_own_password_is_changed_and_other_sessions_end(client: Client) -> None:
    user = UserFactory()
    other = Client()
    other.force_login(user)
    client.force_login(user)
    new = "Niu-bi-Plan-2026"
    data = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    response = client.post("/password/", data, follow=True)
    assert "密码已修改" in response.text
    assert other.get("/").status_code == 302
    assert client.get("/").status_code == 200
    user.refresh_from_db()
    assert user.check_password(new)
    entry = AuditEntry.objects.get(verb="user.password")
    assert new not in str(entry.before) + str(entry.after)


@pytest.mark.parametrize(
    ("old", "new", "again", "sentence"),
    [
        ("x", "Niu-bi-Plan-2026", "Niu-bi-Plan-2026", "原密码不正确，请重新填写。"),
        (PASSWORD, "Niu-bi-Plan-2026", "Niu-bi-Plan-2027", "两次填写的新密码不一致，请重新填写。"),
        (PASSWORD, "a1b2", "a1b2", "密码太短：至少8个字符。"),
        (PASSWORD, "20261120", "20261120", "密码"),
        (PASSWORD, "", "", "请填写本项。"),
    ],
)
def test_a_bad_new_password_gets_a_sentence(
    client: Client, old: str, new: str, again: str, sentence: str
) -> None:
    user = UserFactory()
    client.force_login(user)
    data = {"old_password": old, "new_password1": new, "new_password2": again}
    response = client.post("/password/", data)
    assert response.status_code == 422
    assert sentence in response.text
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


def test_the_language_is_switched_by_a_cookie_and_stays_on_the_site(client: Client) -> None:
    response = client.post("/language/", {"language": "en", "next": "/login/"})
    assert response.headers["Location"] == "/login/"
    assert client.cookies[project.LANGUAGE_COOKIE_NAME].value == "en"
    assert '<html lang="en"' in client.get("/login/").text
    away = client.post("/language/", {"language": "en", "next": "https://evil.example"})
    assert "evil" not in away.headers["Location"]
    client.post("/language/", {"language": "xx", "next": "/login/"})
    assert client.get("/login/").status_code == 200
    assert client.get("/language/").status_code == 405


def test_chinese_is_shown_to_a_browser_that_prefers_english(client: Client) -> None:
    text = client.get("/login/", headers={"Accept-Language": "en"}).text
    assert '<html lang="zh-hans"' in text
