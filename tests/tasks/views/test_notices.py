"""The person's own notices."""

from collections.abc import Callable

import pytest
from django.test import Client

from tasks.models import Notice
from tasks.states import NoticeState
from tests.factories import NOW, NoticeFactory
from tests.tasks.views.conftest import World
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
LIST = "/notices/"


def made_for(user: User, world: World, **values: object) -> Notice:
    params = {
        "task": world.task.title,
        "number": world.task.number,
        "plan": world.plan.name,
        "unit": world.side.unit.name,
        "side": world.side.pk,
        "quarter": "2026Q3",
        "days": 3,
        "verb": "report.edit",
        "central": False,
        "plans": False,
    }
    return NoticeFactory(
        recipient=user, task=world.task, unit=world.side.unit, params=params, **values
    )


def test_one_sees_the_own_notices_unread_first(world: World, as_: Browser) -> None:
    read = made_for(world.lead, world, read_at=NOW)
    unread = made_for(world.lead, world)
    made_for(world.other_lead, world)
    made_for(world.lead, world, state=NoticeState.DROPPED)
    response = as_(world.lead).get(LIST)
    assert [notice.pk for notice, _ in response.context["rows"]] == [unread.pk, read.pk]
    assert "1条未读" in response.text
    assert "协同开发油气资源" in response.text


def test_one_notice_is_marked_as_read(world: World, as_: Browser) -> None:
    first, second = made_for(world.lead, world), made_for(world.lead, world)
    as_(world.lead).post(LIST, {"notice": first.pk})
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.read_at == NOW
    assert second.read_at is None


def test_all_are_marked_as_read_but_nobody_elses(world: World, as_: Browser) -> None:
    for _ in range(3):
        made_for(world.lead, world)
    others = made_for(world.other_lead, world)
    browser = as_(world.lead)
    response = browser.post(LIST, {"notice": "all"}, follow=True)
    assert "已将3条提醒标为已读。" in response.text
    assert "0条未读" in response.text
    browser.post(LIST, {"notice": others.pk})
    others.refresh_from_db()
    assert others.read_at is None


@pytest.mark.parametrize("notice", ["", "x", "-1", "9" * 30, "１"])
def test_nonsense_marks_nothing(world: World, as_: Browser, notice: str) -> None:
    made_for(world.lead, world)
    assert as_(world.lead).post(LIST, {"notice": notice}).status_code == 302
    assert Notice.objects.unread().count() == 1


def test_many_are_paged(world: World, as_: Browser) -> None:
    for _ in range(51):
        made_for(world.lead, world)
    browser = as_(world.lead)
    assert "第1–50项，共51项" in browser.get(LIST).text
    assert "第51–51项，共51项" in browser.get(LIST, {"page": "2"}).text
    assert browser.get(LIST, {"page": "x"}).status_code == 200


def test_without_notices_the_page_says_what_would_be_here(world: World, as_: Browser) -> None:
    assert "还没有提醒。" in as_(world.lead).get(LIST).text
