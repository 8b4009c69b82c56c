"""Numbers of thousands of digits, which `int` itself refuses, are no number at any door."""

from collections.abc import Callable

import pytest
from django.test import Client

from tasks.models import BriefNote, Notice
from tests.factories import AssignmentFactory, NoticeFactory
from tests.tasks.views.conftest import World
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
LONG = ["9" * 5000, "9" * 19, "٣", "-1", "1e3", ""]


@pytest.mark.parametrize("text", LONG)
def test_a_version_of_the_brief(world: World, as_: Browser, text: str) -> None:
    data = {"text": "一、加快", "version": text}
    answer = as_(world.office).post("/brief/note/", data)
    assert answer.status_code == 422
    assert "核对现在的内容" in answer.text
    assert not BriefNote.objects.exists()


@pytest.mark.parametrize("text", LONG)
def test_a_duty_to_sign_for(world: World, as_: Browser, text: str) -> None:
    made = AssignmentFactory(responsibility=world.side)
    for path, user, status in (("sign", world.lead, 302), ("assign", world.office, 422)):
        data = {"duty": [text, str(world.side.pk)]}
        answer = as_(user).post(f"/assignments/{path}/", data)
        assert answer.status_code == status, path
    made.refresh_from_db()
    assert made.signed_at is None


@pytest.mark.parametrize("text", LONG)
def test_places_pages_and_rows(world: World, as_: Browser, text: str) -> None:
    NoticeFactory(recipient=world.office)
    browser = as_(world.office)
    assert browser.post("/notices/", {"notice": text}).status_code == 302
    assert not Notice.objects.exclude(read_at=None).exists()
    for path in (
        f"/duties/{world.side.pk}/move/",
        f"/tasks/{world.task.pk}/move/",
        f"/actions/{world.task.action_id}/move/",
    ):
        assert browser.post(path, {"place": text}).status_code == 302, path
    for path in (f"/board/?page={text}", f"/tasks/?page={text}", f"/tasks/?unit={text}"):
        assert browser.get(path).status_code == 200, path
