"""The demo's mailbox."""

from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tasks.services import mailbox
from tests.factories import NOW, UserFactory
from tests.tasks.views.conftest import World
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]


@pytest.fixture
def mail(settings: Settings, tmp_path: Path) -> str:
    """The id of a mail with a hostile HTML part, in a demo's mailbox."""
    settings.DEMO = True
    settings.MAILBOX_DIR = tmp_path
    message = EmailMessage()
    message["Subject"] = "今日提醒 <b>2</b> 项"
    message["From"] = "tanzetong@localhost"
    message["To"] = "lead@demo.example.com"
    message.set_content("请于12月10日前填报。")
    message.add_alternative(
        "<html><head></head><body><script>alert(1)</script><p>请填报</p></body></html>",
        subtype="html",
    )
    return mailbox.store(message.as_bytes(), tmp_path, now=NOW)


def test_mails_are_listed_and_read(world: World, as_: Browser, mail: str) -> None:
    browser = as_(world.lead)
    listing = browser.get("/mailbox/").text
    assert "今日提醒 &lt;b&gt;2&lt;/b&gt; 项" in listing
    assert f"/mailbox/{mail}/" in listing
    page = browser.get(f"/mailbox/{mail}/")
    assert "请于12月10日前填报。" in page.text
    assert "alert(1)" not in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]


def test_the_html_part_can_run_and_load_nothing(world: World, as_: Browser, mail: str) -> None:
    response = as_(world.lead).get(f"/mailbox/{mail}/html/")
    policy = response.headers["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert response.headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_link_to_a_password_is_its_recipients_alone(
    world: World, as_: Browser, mail: str, tmp_path: Path
) -> None:
    """Otherwise each account of a demo could take each other."""
    link = "http://localhost:8000/password/link/Mg/abc-0123456789/"
    message = EmailMessage()
    message["Subject"] = "碳责通账号：请设置密码"
    message["To"] = f"新人 <{world.lead.email.upper()}>"
    message.set_content(f"请打开下面的链接设置密码：\n{link}\n碳责通")
    message.add_alternative(f'<a href="{link}">设置密码</a>', subtype="html")
    letter = mailbox.store(message.as_bytes(), tmp_path, now=NOW)
    readers: dict[User, bool] = {
        world.lead: True,
        UserFactory(superuser=True): True,
        world.office: False,
        UserFactory(email=""): False,
    }
    for user, reads in readers.items():
        for part in ("", "html/"):
            text = as_(user).get(f"/mailbox/{letter}/{part}").text
            assert ("/password/link/" in text) == reads, (user, part)
            assert ("仅收件人可见" in text) != reads, (user, part)
    two = message.as_bytes().replace(b"\nTo: ", b"\nTo: somebody@example.org, ")
    both = mailbox.store(two, tmp_path, now=NOW)
    assert "/password/link/" not in as_(world.lead).get(f"/mailbox/{both}/").text


BAD = b"From: @@@\r\nTo: ,,,;;;<<<\r\nMessage-ID: <<>>[\r\n"


@pytest.mark.parametrize("charset", ["nope", "base64"])
def test_one_bad_mail_breaks_no_page(
    world: World, as_: Browser, mail: str, tmp_path: Path, charset: str
) -> None:
    kind = f"Content-Type: text/plain; charset={charset}\r\n\r\n".encode()
    bad = mailbox.store(BAD + kind + b"\xff\xfe", tmp_path, now=NOW)
    browser = as_(world.lead)
    listing = browser.get("/mailbox/")
    assert listing.status_code == 200
    assert f"/mailbox/{mail}/" in listing.text
    assert f"/mailbox/{bad}/" in listing.text
    page = browser.get(f"/mailbox/{bad}/")
    assert page.status_code == 200
    assert "（无法读取）" in page.text
    assert browser.get(f"/mailbox/{bad}/html/").status_code == 200


@pytest.mark.parametrize("name", ["x", "..%2F..%2Fsecrets", "20261120T100000-000000-00000000"])
def test_an_unknown_mail_is_not_found(world: World, as_: Browser, mail: str, name: str) -> None:
    browser = as_(world.lead)
    for part in ("", "html/"):
        assert browser.get(f"/mailbox/{name}/{part}").status_code == 404


def test_outside_the_demo_there_is_no_mailbox(
    world: World, as_: Browser, mail: str, settings: Settings
) -> None:
    settings.DEMO = False
    browser = as_(world.lead)
    for address in ("/mailbox/", f"/mailbox/{mail}/", f"/mailbox/{mail}/html/"):
        assert browser.get(address).status_code == 404


def test_nobody_reads_mails_without_logging_in(client: Client, mail: str) -> None:
    for address in ("/mailbox/", f"/mailbox/{mail}/", f"/mailbox/{mail}/html/"):
        assert client.get(address).headers["Location"].startswith("/login/")
