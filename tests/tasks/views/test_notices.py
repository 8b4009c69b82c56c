"""The person's own notices."""

from collections.abc import Callable

import pytest
from django.test import Client

from tasks.models import Notice
from tasks.services import periods, progress
from tasks.states import NoticeState, ReportState
from tests.factories import (
    NOW,
    AssignmentFactory,
    NoticeFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
)
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


def test_what_was_handed_in_is_settled_for_everybody(world: World, as_: Browser) -> None:
    subject = f"report/{world.side.pk}/2026Q3"
    own = made_for(world.lead, world, subject=subject)
    made_for(world.office, world, subject=subject)
    other = made_for(world.lead, world, subject=f"report/{world.side.pk}/2026Q4")
    page = as_(world.lead)
    assert page.get("/").context["frame"].unread == 2
    form = {"percent": "45", "progress": "已完成前期工作。", "version": "0", "action": "submit"}
    page.post(f"/fill/{world.side.pk}/2026Q3/", form)
    assert world.side.reports.get().state == ReportState.SUBMITTED
    assert page.get("/").context["frame"].unread == 1
    shown = page.get(LIST)
    assert "1条未读" in shown.text
    assert "已办理" in shown.text
    assert [notice.pk for notice, _ in shown.context["rows"]] == [other.pk, own.pk]
    assert as_(world.office).get("/").context["frame"].unread == 0


def test_what_is_returned_again_for_the_same_day_is_unread_again(world: World) -> None:
    report = ProgressReportFactory(responsibility=world.side, period=world.period, submitted=True)
    redo_by = periods.redo_by(world.period, NOW.date())
    told = made_for(
        world.lead, world, subject=f"report/{world.side.pk}/2026Q3", due_on=redo_by, settled=True
    )
    progress.return_report(report, reason="请补充", by=world.office, now=NOW)
    told.refresh_from_db()
    assert not told.settled


def test_signing_and_withdrawing_settle_what_was_told(world: World, as_: Browser) -> None:
    second = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    for duty in (world.side, second):
        AssignmentFactory(responsibility=duty)
        made_for(world.lead, world, subject=f"assignment/{duty.pk}", rule="assignment_unsigned")
    as_(world.lead).post("/assignments/sign/", {"duty": [world.side.pk]})
    assert Notice.objects.unread().count() == 1
    as_(world.office).post(f"/assignments/{second.assignment.pk}/withdraw/")
    assert Notice.objects.unread().count() == 0


def test_many_are_paged(world: World, as_: Browser) -> None:
    for _ in range(51):
        made_for(world.lead, world)
    browser = as_(world.lead)
    assert "第1–50项，共51项" in browser.get(LIST).text
    assert "第51–51项，共51项" in browser.get(LIST, {"page": "2"}).text
    assert browser.get(LIST, {"page": "x"}).status_code == 200


def test_without_notices_the_page_says_what_would_be_here(world: World, as_: Browser) -> None:
    assert "还没有提醒。" in as_(world.lead).get(LIST).text


def test_a_day_stands_as_its_mail_does(world: World, as_: Browser) -> None:
    """What the day's run made first is the most urgent; a letter goes before, when ever it came."""
    first, second = made_for(world.lead, world), made_for(world.lead, world)
    letter = made_for(world.lead, world, rule="urge")
    letter.params |= {"office": "重庆市双碳办", "things": 2, "code": "催2026-001"}
    letter.save(update_fields=["params"])
    shown = as_(world.lead).get(LIST).context["rows"]
    assert [notice.pk for notice, _ in shown] == [letter.pk, first.pk, second.pk]
