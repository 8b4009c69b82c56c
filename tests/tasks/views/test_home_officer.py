"""The workbench of a unit's people, and the page of all that they report."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from tasks.models import Assignment, Notice, ProgressReport
from tasks.services import desk
from tasks.services.desk import Urgency
from tasks.states import ReportState, TaskState
from tests.factories import (
    MembershipFactory,
    PeriodFactory,
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
)
from tests.tasks.views.conftest import World
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
TODAY = datetime.date(2026, 11, 20)


def test_an_officer_sees_what_is_due_most_urgent_first(world: World, as_: Browser) -> None:
    back = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    done = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    ended = ResponsibilityFactory(
        task=TaskFactory(plan=world.plan), unit=world.side.unit, state=TaskState.SUSPENDED
    )
    ProgressReportFactory(responsibility=back, period=world.period, returned=True)
    handed_in = ProgressReportFactory(responsibility=done, period=world.period, submitted=True)
    text = as_(world.lead).get("/").text
    again = reverse("tasks:report", args=[back.pk, "2026Q3"])
    first = reverse("tasks:report", args=[world.side.pk, "2026Q3"])
    assert text.index(again) < text.index(first)  # returned before overdue
    assert "退回理由：请补充数据来源。" in text
    assert "已超41天" in text
    assert "还有5天" in text
    assert "修改重报" in text
    assert reverse("tasks:report", args=[ended.pk, "2026Q3"]) not in text
    assert reverse("tasks:view_report", args=[handed_in.pk]) not in text


@pytest.mark.parametrize(
    ("days", "urgency"),
    [(-1, Urgency.OVERDUE), (0, Urgency.SOON), (6, Urgency.SOON), (7, Urgency.OPEN)],
)
def test_reports_stand_in_groups_by_the_day(world: World, days: int, urgency: Urgency) -> None:
    world.period.due_on = TODAY + datetime.timedelta(days)
    duty = desk.Duty(world.side, world.period, None)
    assert desk.by_urgency([duty], TODAY) == [(urgency, [duty])]


def test_what_was_returned_stays_so_while_it_is_mended(world: World) -> None:
    report = ProgressReportFactory(
        responsibility=world.side, period=world.period, redo_by=TODAY, return_reason="请补充。"
    )
    assert report.state == ReportState.DRAFT
    duty = desk.Duty(world.side, world.period, report)
    assert duty.pressing(TODAY) == Urgency.RETURNED


def test_an_officer_with_everything_reported_reads_so(world: World, as_: Browser) -> None:
    ProgressReportFactory(responsibility=world.side, period=world.period, submitted=True)
    assert "本期应报的任务都已报送。" in as_(world.lead).get("/").text


def test_an_officer_reads_when_the_next_quarter_opens(world: World, as_: Browser) -> None:
    world.period.delete()
    text = as_(world.lead).get("/").text
    assert "没有开放的填报期。2026年第4季度的填报2026-12-01开放。" in text


def test_an_officer_whose_unit_leads_nothing_reads_so(world: World, as_: Browser) -> None:
    assert "本单位没有需要填报的牵头任务。" in as_(world.cooperating).get("/").text


def last_quarter(world: World, **values: object) -> ProgressReport:
    """What the lead handed in a quarter ago."""
    earlier = PeriodFactory(plan=world.plan, quarter_text="2026Q2", closed=True)
    values = {"percent": 44, "progress": "上季度完成勘察。", "approved": True} | values
    return ProgressReportFactory(responsibility=world.side, period=earlier, **values)


def test_what_was_said_last_stands_beside(world: World, as_: Browser) -> None:
    long_ago = PeriodFactory(plan=world.plan, quarter_text="2025Q4", closed=True)
    ProgressReportFactory(
        responsibility=world.side, period=long_ago, progress="去年的。", approved=True
    )
    last_quarter(world)
    for address in ("/", reverse("tasks:fill")):
        text = as_(world.lead).get(address).text
        assert "44%" in text
        assert "2026年第2季度" in text
    text = as_(world.lead).get("/").text
    assert "上季度完成勘察。" in text
    assert "去年的。" not in text


def quick(world: World, **changes: str) -> dict[str, str]:
    """What the form on the workbench sends."""
    sent = {"version": "0", "percent": "", "no_news": "on", "from": "desk", "action": "submit"}
    return sent | {"progress": "汛期停工。"} | changes


def test_no_news_is_said_in_one_step_from_the_workbench(world: World, as_: Browser) -> None:
    last_quarter(world)
    browser = as_(world.lead)
    address = reverse("tasks:report", args=[world.side.pk, "2026Q3"])
    page = browser.get("/").text
    assert f'action="{address}"' in page
    assert "完成进度沿用2026年第2季度的44%。" in page
    assert "提交至重庆市双碳办" in page
    response = browser.post(address, quick(world), follow=True)
    assert response.redirect_chain == [("/", 302)]
    assert "“协同开发油气资源”已提交至重庆市双碳办。" in response.text
    report = ProgressReport.objects.get(period=world.period)
    assert (report.percent, report.progress, report.no_news) == (44, "汛期停工。", True)
    assert report.state == ReportState.SUBMITTED


def test_no_news_without_a_reason_comes_back_in_the_form(world: World, as_: Browser) -> None:
    last_quarter(world)
    address = reverse("tasks:report", args=[world.side.pk, "2026Q3"])
    response = as_(world.lead).post(address, quick(world, progress=" "))
    assert response.status_code == 422
    assert "请说明本季度无新进展的理由。" in response.text
    assert not ProgressReport.objects.filter(period=world.period).exists()


@pytest.mark.parametrize("begun", [False, True])
def test_no_news_is_offered_only_where_nothing_is_lost(
    world: World, as_: Browser, *, begun: bool
) -> None:
    """Not for a first report, which must give a percent, nor over a draft."""
    if begun:
        last_quarter(world)
        ProgressReportFactory(responsibility=world.side, period=world.period)
    assert "data-quick=" not in as_(world.lead).get("/").text


def test_unsigned_assignments_are_told_with_the_first_day(world: World, as_: Browser) -> None:
    for day in (25, 23):
        side = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
        Assignment.objects.create(
            responsibility=side,
            assigned_by=world.office,
            assigned_at=timezone.now(),
            sign_by=datetime.date(2026, 11, day),
        )
    text = " ".join(as_(world.lead).get("/").text.split())
    assert "有<strong>2</strong>项交办等待本单位签收，最早的应于2026-11-23前签收。" in text
    assert "等待本单位签收" not in as_(world.other_lead).get("/").text


def test_a_liaison_reads_what_is_to_be_signed_for_and_files_nothing(
    world: World, as_: Browser
) -> None:
    liaison = MembershipFactory(liaison=True, unit=world.side.unit, role="liaison").user
    Assignment.objects.create(
        responsibility=world.side,
        assigned_by=world.office,
        assigned_at=timezone.now(),
        sign_by=TODAY,
    )
    text = as_(liaison).get("/").text
    assert "等待本单位签收" in text
    assert "您还没有任职" not in text
    assert reverse("tasks:report", args=[world.side.pk, "2026Q3"]) not in text
    assert "进展由本单位填报人填报。" in text


def test_own_unread_notices_stand_there(world: World, as_: Browser) -> None:
    for recipient, read_at in ((world.lead, None), (world.other_lead, None)):
        Notice.objects.create(
            rule="gone",
            subject=f"x/{recipient.pk}",
            due_on=TODAY,
            step=0,
            recipient=recipient,
            params={"task": f"告诉{recipient.name}的"},
            made_on=TODAY,
            read_at=read_at,
        )
    text = as_(world.lead).get("/").text
    assert f"告诉{world.lead.name}的" in text
    assert f"告诉{world.other_lead.name}的" not in text
    Notice.objects.update(read_at=timezone.now())
    assert "没有未读提醒。" in as_(world.lead).get("/").text


def test_lights_of_own_lead_tasks_are_those_of_the_list(world: World, as_: Browser) -> None:
    late = TaskFactory(plan=world.plan, overdue=True)
    ResponsibilityFactory(task=late, unit=world.side.unit)
    ResponsibilityFactory(task=TaskFactory(plan=PlanFactory(draft=True)), unit=world.side.unit)
    browser = as_(world.lead)
    lights = browser.get("/").context["officer"]["lights"]
    assert sum(number for _word, number in lights) == 2
    for word, number in lights:
        query = f"?lead_unit={world.side.unit_id}&light={word.value}"
        assert query.replace("&", "&amp;") in browser.get("/").text
        page = browser.get(reverse("tasks:list") + query).context["page"]
        assert page.paginator.count == number


@pytest.mark.parametrize("state", ["", "none", "returned", "submitted", "nonsense"])
def test_the_whole_list_narrows_by_state(world: World, as_: Browser, state: str) -> None:
    for trait in ("returned", "submitted"):
        side = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
        ProgressReportFactory(responsibility=side, period=world.period, **{trait: True})
    context = as_(world.lead).get(f"{reverse('tasks:fill')}?state={state}").context
    counted = {stand.key: stand.number for stand in context["stands"]}
    assert context["page"].paginator.count == counted.get(state, 3)


def test_the_desk_shows_the_most_urgent_and_counts_the_rest(
    world: World, as_: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tasks.views.mine.DUTIES_SHOWN", 2)
    for _ in range(3):
        ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    text = as_(world.lead).get("/").text
    assert text.count('class="duty"') == 2
    assert "还有2项，见全部填报" in text


QUERIES = {"/": 20, "/fill/": 17}


@pytest.mark.parametrize("address", QUERIES)
def test_queries_do_not_grow_with_duties(
    world: World,
    as_: Browser,
    address: str,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    browser = as_(world.lead)

    def more(n: int) -> None:
        for _ in range(n):
            side = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
            for quarter in ("2026Q1", "2026Q2"):
                period = PeriodFactory(plan=world.plan, quarter_text=quarter)
                ProgressReportFactory(responsibility=side, period=period, approved=True)
            Notice.objects.create(
                rule="gone",
                subject=f"x/{side.pk}",
                due_on=TODAY,
                step=0,
                recipient=world.lead,
                task=side.task,
                unit=side.unit,
                made_on=TODAY,
            )

    more(2)
    browser.get(address)
    with django_assert_num_queries(QUERIES[address]):
        browser.get(address)
    more(4)
    with django_assert_num_queries(QUERIES[address]):
        browser.get(address)
