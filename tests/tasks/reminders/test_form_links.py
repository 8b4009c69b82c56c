"""The reminder's mail leads straight to the form to be filled in."""

import io
import re
from typing import Any

import openpyxl
import pytest
from django.test import Client

from tasks.models import Digest
from tasks.reminders import mail as mails
from tasks.reminders import make_notices
from tasks.reminders.delivery import deliver
from tests.tasks.reminders.conftest import DUE, Post, Scene, at

pytestmark = pytest.mark.django_db
SITE = "https://tracker.example.org"


def texts(post: Post) -> list[str]:
    (mail,) = post.mails
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return [part.get_content() for part in parts if part is not None]


def test_the_link_gives_the_file(digest: Digest, scene: Scene, post: Post) -> None:
    deliver(digest.pk, now=at(DUE, 10))
    address = f"/reports/forms/2026Q3/{scene.side.unit_id}/"
    found = texts(post)
    assert len(found) == 2
    for text in found:
        assert SITE + address in text
        assert f"下载{scene.side.unit.name}2026年第3季度回填表" in text
    client = Client()
    assert client.get(address).status_code == 302  # who one is, is asked first
    client.force_login(scene.officer)
    answer = client.get(address)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert "牵头任务" in openpyxl.load_workbook(io.BytesIO(answer.content)).sheetnames


def test_one_link_for_many_tasks_of_a_unit(scene: Scene, rung: list[Any], post: Post) -> None:
    scene.another()
    make_notices(today=DUE, now=at(DUE))
    deliver(Digest.objects.get(recipient=scene.officer).pk, now=at(DUE))
    for text in texts(post):
        assert text.count(f"{SITE}/reports/forms/") == 1


def test_of_more_than_a_mail_should_list_it_names_the_page(
    digest: Digest, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mails, "MOST_FORMS", 0)
    deliver(digest.pk, now=at(DUE, 10))
    for text in texts(post):
        assert re.search(r"/reports/forms/(?!\d)", text), text


def test_a_site_that_offers_none_says_nothing_of_it(
    digest: Digest, post: Post, settings: Any
) -> None:
    settings.REMINDERS_OFFER_FORM = False
    deliver(digest.pk, now=at(DUE, 10))
    for text in texts(post):
        assert "回填表" not in text
