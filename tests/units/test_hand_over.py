"""工作交接: posts move on the day, open notices go along, names stay."""

import datetime

import pytest
import time_machine
from django.core import mail

from tasks.models import Notice, ProgressReport
from tasks.states import NoticeState
from tests import factories as make
from tests.api.conftest import Cast
from tests.units.conftest import enter
from tracker.lib.workdays import ONE_DAY
from units.models import AuditEntry, Membership, PersonRequest, User
from units.services import handover
from units.states import RequestState, Role

pytestmark = pytest.mark.django_db
TODAY = make.TODAY


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel(make.NOW, tick=True):
        yield


def ask(by: User, post: Membership, **data: object) -> PersonRequest:
    values = {"starts_on": TODAY.isoformat(), **data}
    response = enter(by).post(f"/hand-over/{post.pk}/", values)
    assert response.status_code == 302, response.text
    return PersonRequest.objects.latest("pk")


def confirm(keeper: User, row: PersonRequest) -> None:
    page = enter(keeper).post("/people/requests/confirm/", {"requests": [row.pk]})
    row.refresh_from_db()
    assert row.state == RequestState.CONFIRMED, page.text


def test_posts_and_open_notices_go_to_the_successor(
    cast: Cast,
    keeper: User,
) -> None:
    unit, post = cast.chongqing.unit, cast.lead.memberships.get()
    successor = make.officer(make.UnitFactory())
    make.MembershipFactory(user=successor, unit=unit, role=Role.LIAISON)
    unread = make.NoticeFactory(recipient=cast.lead, task=cast.task, unit=unit)
    read = make.NoticeFactory(recipient=cast.lead, task=cast.task, unit=unit, read_at=make.NOW)
    elsewhere = make.NoticeFactory(recipient=cast.lead, unit=cast.helper)
    row = ask(cast.lead, post, successor=successor.pk)
    confirm(keeper, row)
    post.refresh_from_db()
    assert post.until == TODAY - ONE_DAY
    new = Membership.objects.get(user=successor, unit=unit, role=Role.OFFICER)
    assert (new.since, new.until) == (TODAY, None)
    theirs = Notice.objects.get(recipient=successor)
    assert (theirs.rule, theirs.subject) == (unread.rule, unread.subject)
    states = {one.pk: one.state for one in Notice.objects.filter(recipient=cast.lead)}
    assert states[unread.pk] == NoticeState.DROPPED
    assert states[read.pk] == read.state
    assert states[elsewhere.pk] == elsewhere.state
    assert ProgressReport.objects.get(pk=cast.submitted.pk).filled_by == cast.lead
    assert AuditEntry.objects.filter(verb="notice.hand_over").exists()
    assert enter(cast.lead).get(f"/fill/{cast.chongqing.pk}/2026Q3/").status_code == 404


def test_a_newcomer_gets_account_and_post_at_once(cast: Cast, keeper: User) -> None:
    post = cast.lead.memberships.get()
    row = ask(cast.coordinator, post, name="赵六", username="zhaoliu")
    confirm(keeper, row)
    user = User.objects.get(username="zhaoliu")
    assert [m.unit for m in user.memberships.all()] == [cast.chongqing.unit]
    row.refresh_from_db()
    assert (row.successor, row.carried_at is not None) == (user, True)


def test_a_day_to_come_is_waited_for(cast: Cast, keeper: User) -> None:
    post = cast.lead.memberships.get()
    successor = make.officer(cast.helper)
    make.MembershipFactory(user=successor, unit=cast.chongqing.unit, role=Role.LIAISON)
    make.NoticeFactory(recipient=cast.lead, task=cast.task, unit=cast.chongqing.unit)
    day = TODAY + datetime.timedelta(days=3)
    row = ask(cast.lead, post, successor=successor.pk, starts_on=day.isoformat())
    confirm(keeper, row)
    assert enter(cast.lead).get("/").status_code == 200
    assert not Notice.objects.filter(recipient=successor).exists()
    assert handover.carry_due(now=make.NOW) == 0
    later = make.NOW + datetime.timedelta(days=3)
    assert handover.carry_due(now=later) == 1
    assert handover.carry_due(now=later) == 0
    assert Notice.objects.filter(recipient=successor).count() == 1


def test_the_page_shows_what_lies_open(cast: Cast) -> None:
    draft = make.ProgressReportFactory(
        responsibility=make.ResponsibilityFactory(
            task=make.TaskFactory(plan=cast.plan, title="草稿任务"), unit=cast.chongqing.unit
        ),
        period=cast.period,
    )
    make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan, title="未填任务"), unit=cast.chongqing.unit
    )
    page = enter(cast.lead).get(f"/hand-over/{cast.lead.memberships.get().pk}/")
    assert draft.responsibility.task.title in page.text
    assert "未填任务" in page.text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"successor": "", "name": "", "username": ""}, "请填写本项"),
        ({"starts_on": ""}, "请填写交接日期"),
        ({"starts_on": "2020-01-01", "name": "赵六", "username": "zhao"}, "不能早于"),
        ({"name": "赵六", "username": "TAKEN"}, "已有人使用"),
    ],
)
def test_what_is_wrong_is_said(
    cast: Cast,
    data: dict[str, str],
    sentence: str,
) -> None:
    make.UserFactory(username="taken")
    values = {"starts_on": TODAY.isoformat(), **data}
    post = cast.lead.memberships.get()
    page = enter(cast.lead).post(f"/hand-over/{post.pk}/", values)
    assert page.status_code == 422
    assert sentence in page.text
    assert not PersonRequest.objects.exists()


@pytest.mark.parametrize("who", ["lead_sichuan", "coordinator_sichuan", "stranger", "auditor"])
def test_strangers_hand_nothing_over(cast: Cast, who: str) -> None:
    post = cast.lead.memberships.get()
    browser = enter(getattr(cast, who))
    assert browser.get(f"/hand-over/{post.pk}/").status_code == 404
    assert browser.post(f"/hand-over/{post.pk}/", {"name": "x"}).status_code == 404


def test_both_are_told_where_a_mail_reaches_them(cast: Cast, keeper: User) -> None:
    successor = make.officer(cast.helper)
    make.MembershipFactory(user=successor, unit=cast.chongqing.unit, role=Role.LIAISON)
    confirm(keeper, ask(cast.coordinator, cast.lead.memberships.get(), successor=successor.pk))
    told = [one.to[0] for one in mail.outbox]
    assert sorted(told) == sorted([cast.coordinator.email, cast.lead.email, successor.email])
