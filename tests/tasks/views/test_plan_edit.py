"""Entering plans, through the browser's door."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import Plan
from tasks.services import editing
from tasks.services.plan_edit import PlanHead
from tasks.states import PlanStatus
from tests.tasks.views.conftest import World, form_of
from units.models import AuditEntry, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]


@pytest.fixture
def plan_page(world: World) -> str:
    return reverse("tasks:plan_edit", args=[world.plan.code])


# --- who may ------------------------------------------------------------------------------------

DOORS = [
    "plan_manage", "plan_edit", "plan_publish", "plan_delete", "plan_side_add", "plan_side_remove",
    "action_new", "action_edit", "action_delete", "action_move",
    "task_new", "task_edit", "task_delete", "task_move",
    "duties", "duty_new", "duty_edit", "duty_delete", "duty_move",
]  # fmt: skip


def address(world: World, name: str) -> str:
    of_plan = {"plan_manage", "plan_edit", "plan_publish", "plan_delete", "plan_side_add"}
    of_plan |= {"action_new", "task_new"}
    if name in of_plan:
        args: list[object] = [world.plan.code]
    elif name == "plan_side_remove":
        args = [world.plan.code, world.plan.sides.get(order=0).pk]
    elif name.startswith("action"):
        args = [world.task.action_id]
    elif name.startswith("duty_") and name != "duty_new":
        args = [world.side.pk]
    else:
        args = [world.task.pk]
    return reverse(f"tasks:{name}", args=args)


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("who", ["lead", "cooperating", "stranger", "auditor"])
def test_nobody_but_the_offices_gets_in_by_any_method(
    world: World, as_: Browser, door: str, who: str
) -> None:
    page = as_(getattr(world, who))
    only_post = door.endswith("_move") or door.startswith("plan_side")
    only_get = door == "plan_manage"
    assert page.get(address(world, door)).status_code == (405 if only_post else 404)
    sent = page.post(address(world, door), {"place": 1})
    assert sent.status_code == (405 if only_get else 404)
    assert not AuditEntry.objects.exclude(verb="access.denied").exists()


@pytest.mark.parametrize("door", ["duty_edit", "duty_delete", "duty_move"])
def test_a_sides_duties_are_out_of_the_other_offices_reach(
    world: World, as_: Browser, door: str
) -> None:
    page = as_(world.other_office)
    assert page.post(address(world, door), {"place": 1}).status_code == 404
    assert page.get(reverse("tasks:duty_edit", args=[world.other_side.pk])).status_code == 200


def test_buttons_show_where_something_may_be_done(world: World, as_: Browser) -> None:
    plan = reverse("tasks:plan", args=[world.plan.code])
    manage = reverse("tasks:plan_manage", args=[world.plan.code])
    for who, shown in ((world.office, True), (world.other_office, True), (world.lead, False)):
        page = as_(who)
        assert (manage in page.get(plan).text) is shown
        assert (reverse("tasks:plan_new") in page.get("/plans/").text) is shown


# --- plans --------------------------------------------------------------------------------------


def test_a_plan_is_begun_filled_and_issued(world: World, as_: Browser) -> None:
    page = as_(world.office)
    office = world.plan.sides.get(order=0).office
    new = reverse("tasks:plan_new")
    wrong = page.post(new, {"code": "New Plan", "title": "", "office": office.pk})
    assert wrong.status_code == 422
    assert "代码应为小写字母、数字和连字符" in wrong.text
    assert 'href="#id_title"' in wrong.text
    sent = {
        "code": "next-2027", "office": office.pk, "title": "下一个方案",
        "number": "渝府发[2027]01号",
        "issuers": "重庆市人民政府、重庆市政府办公厅", "signed_on": "2027年1月5日",
        "starts_on": "2027-01-01", "ends_on": "2030-12-31",
    }  # fmt: skip
    done = page.post(new, sent, follow=True)
    assert "方案已建立，现为征求意见稿" in done.text
    plan = Plan.objects.get(code="next-2027")
    assert plan.number == "渝府发〔2027〕1号"
    assert plan.issuers == ["重庆市人民政府", "重庆市政府办公厅"]
    assert "还没有行动" in done.text
    page.post(
        reverse("tasks:action_new", args=[plan.code]),
        {"number": 1, "title": "行动", "numeral": "一"},
    )
    action = plan.actions.get()
    page.post(
        reverse("tasks:task_new", args=[plan.code]),
        {"number": 1, "action": action.pk, "title": "任务甲", "summary": "概要"},
    )
    task = plan.tasks.get()
    publish = reverse("tasks:plan_publish", args=[plan.code])
    assert "任务1. 任务甲没有牵头单位。" in page.get(publish).text
    refused = page.post(publish)
    assert refused.status_code == 422
    names = {"names": "重庆市能源局牵头", "role": "cooperating", "side": world.side.side_id}
    page.post(reverse("tasks:duties", args=[task.pk]), {**names, "take": "1"})
    assert page.post(publish, follow=True).text.count("方案已印发。") == 1
    plan.refresh_from_db()
    assert plan.status == PlanStatus.ISSUED


def test_a_person_who_is_no_office_begins_none(world: World, as_: Browser) -> None:
    assert as_(world.lead).get(reverse("tasks:plan_new")).status_code == 403
    copy = reverse("tasks:plan_copy", args=[world.plan.code])
    assert as_(world.auditor).post(copy, {"code": "x", "title": "x"}).status_code == 403
    other = world.plan.sides.get(order=1).office
    sent = {"code": "theirs", "title": "方案", "office": other.pk}
    assert as_(world.office).post(reverse("tasks:plan_new"), sent).status_code == 422
    assert not Plan.objects.filter(code="theirs").exists()


def test_a_code_in_use_and_a_word_of_addresses_are_refused(world: World, as_: Browser) -> None:
    office = world.plan.sides.get(order=0).office
    for code in (world.plan.code, "new"):
        sent = {"code": code, "title": "方案", "office": office.pk}
        answer = as_(world.office).post(reverse("tasks:plan_new"), sent)
        assert f"代码“{code}”已被使用" in answer.text


def test_what_a_form_does_not_hold_cannot_be_posted(
    world: World, as_: Browser, plan_page: str
) -> None:
    """No field of a row is set by posting it, but those of the form."""
    page = as_(world.office)
    before = Plan.objects.filter(pk=world.plan.pk).values().get()
    sent = form_of(page, plan_page)
    page.post(plan_page, {**sent, "code": "hacked", "status": "draft", "loaded": "{}", "id": 99})
    assert Plan.objects.filter(pk=world.plan.pk).values().get() == before
    edit = reverse("tasks:duty_edit", args=[world.side.pk])
    sent = form_of(page, edit)
    strange = {
        "state": "closed",
        "task": 1,
        "order": 9,
        "leader": "某人",
        "phone": "1",
        "note": "新",
    }
    assert page.post(edit, {**sent, **strange}).status_code == 302
    world.side.refresh_from_db()
    assert world.side.note == "新"
    assert (world.side.state, world.side.leader, world.side.order) == ("in_progress", "", 1)


def test_two_people_on_one_plan_lose_nothing(world: World, as_: Browser, plan_page: str) -> None:
    page = as_(world.office)
    opened = form_of(page, plan_page)
    other = as_(world.other_office)
    theirs = form_of(other, plan_page)
    other.post(plan_page, {**theirs, "title": "对方的标题"})
    page = as_(world.office)
    clash = page.post(plan_page, {**opened, "title": "我的标题"})
    assert clash.status_code == 409
    assert "对方已改" in clash.text
    assert f"{world.other_office}于" in clash.text
    assert "对方的标题" in clash.text
    assert 'value="我的标题"' in clash.text
    world.plan.refresh_from_db()
    assert world.plan.title == "对方的标题"
    again = {bound.name: bound.value() for bound in clash.context["form"] if bound.value()}
    assert page.post(plan_page, again).status_code == 302
    world.plan.refresh_from_db()
    assert world.plan.title == "我的标题"


def test_a_form_without_what_was_seen_saves_nothing(
    world: World, as_: Browser, plan_page: str
) -> None:
    page = as_(world.office)
    sent = form_of(page, plan_page)
    del sent["seen"]
    assert page.post(plan_page, {**sent, "title": "盲改"}).status_code == 409


def test_sides_are_added_and_removed_with_a_word(world: World, as_: Browser) -> None:
    page = as_(world.office)
    add = reverse("tasks:plan_side_add", args=[world.plan.code])
    office = world.plan.sides.get(order=1).office
    assert "不能重复设置" in page.post(add, {"office": office.pk}, follow=True).text
    assert "请选择协调办公室" in page.post(add, {"office": "x"}, follow=True).text
    other = world.plan.sides.get(order=1)
    remove = reverse("tasks:plan_side_remove", args=[world.plan.code, other.pk])
    assert "只能由该办公室移除" in page.post(remove, follow=True).text
    foreign = reverse("tasks:plan_side_remove", args=[world.plan.code, 10**9])
    assert page.post(foreign).status_code == 404


def test_a_draft_is_deleted_after_a_question(world: World, as_: Browser) -> None:
    page = as_(world.office)
    delete = reverse("tasks:plan_delete", args=[world.plan.code])
    assert "方案已印发，不能删除" in page.get(delete).text
    assert page.post(delete, {"seen": "x"}).status_code == 409
    copy = reverse("tasks:plan_copy", args=[world.plan.code])
    office = world.plan.sides.get(order=0).office
    page.post(copy, {"code": "copy", "title": "下一期", "office": office.pk})
    draft = Plan.objects.get(code="copy")
    delete = reverse("tasks:plan_delete", args=["copy"])
    assert "将删除本方案及其1个行动、1项任务、2项责任" in page.get(delete).text
    seen = editing.stamp(PlanHead.of(draft))
    assert "方案已删除。" in page.post(delete, {"seen": seen}, follow=True).text
    assert not Plan.objects.filter(code="copy").exists()


def test_the_first_quarter_is_chosen_from_those_of_the_plan(
    world: World, as_: Browser, plan_page: str
) -> None:
    form = as_(world.office).get(plan_page).context["form"]
    choices = dict(form.fields["tracked_from"].choices)
    assert list(choices)[:2] == ["", "2022Q1"]
    assert list(choices)[-1] == "2030Q4"
    assert choices["2026Q4"] == "2026年第4季度"
