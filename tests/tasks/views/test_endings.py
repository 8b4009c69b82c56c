"""办结与销号, through the browser's door."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client

from tasks.models import Ending, Responsibility
from tasks.states import EndingKind, EndingState, TaskState
from tests.factories import EndingFactory, PlanFactory, ProgressReportFactory, TaskFactory
from tests.tasks.views.conftest import World
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
QUEUE = "/endings/"


def claim_page(world: World) -> str:
    return f"/duties/{world.side.pk}/end/"


def state(world: World) -> str:
    return Responsibility.objects.get(pk=world.side.pk).state


def test_from_the_tasks_page_to_closing_off(world: World, as_: Browser) -> None:
    ProgressReportFactory(responsibility=world.side, approved=True, percent=100)
    page = as_(world.lead)
    assert claim_page(world) in page.get(world.task.get_absolute_url()).text
    sent = {"kind": "completed", "reason": "项目已投产。"}
    done = page.post(claim_page(world), sent, follow=True)
    assert "已提交：办结，待核定" in done.text
    assert state(world) == TaskState.COMPLETED
    office = as_(world.office)
    assert "待核定办结" in office.get("/").text
    shown = office.get(QUEUE)
    assert "项目已投产。" in shown.text
    ending = Ending.objects.get()
    closed = office.post(f"{QUEUE}{ending.pk}/accept/", {"version": ending.version}, follow=True)
    assert "已核定：办结" in closed.text
    assert state(world) == TaskState.CLOSED
    history = office.get(f"{world.task.get_absolute_url()}?tab=history").text
    assert "变更任务状态" in history


def test_less_than_whole_is_asked_beside_its_field(world: World, as_: Browser) -> None:
    answer = as_(world.lead).post(claim_page(world), {"kind": "completed", "reason": "做完了。"})
    assert answer.status_code == 422
    assert "尚无已审核的完成进度" in answer.text
    assert not Ending.objects.exists()


def test_a_task_of_a_later_plan_is_found_and_linked_both_ways(world: World, as_: Browser) -> None:
    begins, ends = datetime.date(2031, 1, 1), datetime.date(2035, 12, 31)
    later = PlanFactory(short_title="下一期方案", starts_on=begins, ends_on=ends)
    task, other = TaskFactory(plan=later, title="继续开发"), TaskFactory(plan=later, title="别的")
    page = as_(world.lead)
    sent = {"kind": "carried", "reason": "跨期推进。", "words": "继续"}
    found = page.post(claim_page(world), {**sent, "find": "1"})
    assert "继续开发" in found.text
    assert "别的" not in found.text
    page.post(claim_page(world), {**sent, "carried_to": task.pk})
    ending = Ending.objects.get()
    as_(world.office).post(f"{QUEUE}{ending.pk}/accept/", {"version": 1})
    assert state(world) == TaskState.CARRIED
    assert task.get_absolute_url() in as_(world.stranger).get(world.task.get_absolute_url()).text
    assert world.task.get_absolute_url() in page.get(task.get_absolute_url()).text
    assert world.task.get_absolute_url() not in page.get(other.get_absolute_url()).text


def test_a_refusal_wants_a_reason(world: World, as_: Browser) -> None:
    ending = EndingFactory(responsibility=world.side)
    page = as_(world.office)
    answer = page.post(f"{QUEUE}{ending.pk}/refuse/", {"version": 1, "reason": " "})
    assert answer.status_code == 422
    assert "请填写退回理由" in answer.text
    page.post(f"{QUEUE}{ending.pk}/refuse/", {"version": 1, "reason": "缺验收报告。"})
    assert state(world) == TaskState.IN_PROGRESS
    assert "缺验收报告。" in as_(world.lead).get(f"{QUEUE}{ending.pk}/").text


def test_what_changed_meanwhile_is_not_decided(world: World, as_: Browser) -> None:
    ending = EndingFactory(responsibility=world.side, version=2)
    answer = as_(world.office).post(f"{QUEUE}{ending.pk}/accept/", {"version": 1}, follow=True)
    assert "已有变化，没有作出处理" in answer.text
    assert state(world) == TaskState.COMPLETED


def test_the_office_opens_it_again(world: World, as_: Browser) -> None:
    ending = EndingFactory(responsibility=world.side, accepted=True)
    sent = {"version": 1, "reason": "复查不合格。"}
    answer = as_(world.office).post(f"{QUEUE}{ending.pk}/revoke/", sent, follow=True)
    assert "该任务恢复为推进中" in answer.text
    ending.refresh_from_db()
    assert (state(world), ending.state) == (TaskState.IN_PROGRESS, EndingState.REVOKED)


def test_the_unit_takes_its_claim_back(world: World, as_: Browser) -> None:
    ending = EndingFactory(responsibility=world.side)
    page = as_(world.lead)
    assert "撤回申请" in page.get(f"{QUEUE}{ending.pk}/").text
    page.post(f"{QUEUE}{ending.pk}/withdraw/", {"version": 1})
    assert state(world) == TaskState.IN_PROGRESS


@pytest.mark.parametrize("who", ["other_lead", "other_office", "cooperating", "stranger"])
def test_what_waits_is_not_told_to_others(world: World, as_: Browser, who: str) -> None:
    ending = EndingFactory(responsibility=world.side, reason="尚未核定的话。")
    page = as_(getattr(world, who))
    assert page.get(f"{QUEUE}{ending.pk}/").status_code == 404
    assert "尚未核定的话。" not in page.get(world.task.get_absolute_url()).text


def test_an_ended_side_has_nothing_to_claim(world: World, as_: Browser) -> None:
    EndingFactory(responsibility=world.side, kind=EndingKind.SUSPENDED, accepted=True)
    shown = as_(world.lead).get(claim_page(world)).text
    assert "现在没有可申请的事项" in shown
    assert "提交核定" not in shown
