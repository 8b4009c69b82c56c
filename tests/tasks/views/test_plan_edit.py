"""Entering plans, through the browser's door."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import Action, Plan, Responsibility, Task
from tasks.services import editing
from tasks.services.duties import DutyText
from tasks.services.plan_edit import PlanHead
from tasks.services.plan_texts import ActionText, TaskText
from tasks.states import PlanStatus
from tests.factories import (
    ActionFactory,
    AssignmentFactory,
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UnitNameFactory,
)
from tests.tasks.views.conftest import World
from units.models import AuditEntry, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
MAX = 40  # queries of any of these pages


def form_of(page: Client, address: str) -> dict[str, object]:
    """What the browser would send back unchanged."""
    form = page.get(address).context["form"]
    values = {bound.name: bound.value() for bound in form}
    sent: dict[str, object] = {}
    for name, value in values.items():
        shown = form.fields[name].prepare_value(value)
        if shown not in (None, ""):
            sent[name] = shown.isoformat() if isinstance(shown, datetime.date) else shown
    return sent


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
    for answer in (page.get(address(world, door)), page.post(address(world, door), {"place": 1})):
        assert answer.status_code in {404, 405}
    assert not AuditEntry.objects.exists()


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


# --- actions and tasks --------------------------------------------------------------------------


def test_actions_are_edited_and_deleted(world: World, as_: Browser) -> None:
    page = as_(world.office)
    action: Action = world.task.action
    edit = reverse("tasks:action_edit", args=[action.pk])
    page.post(edit, {**form_of(page, edit), "title": "改了的行动"})
    action.refresh_from_db()
    assert action.title == "改了的行动"
    delete = reverse("tasks:action_delete", args=[action.pk])
    assert "还有1项任务" in page.get(delete).text
    empty = ActionFactory(plan=world.plan)
    delete = reverse("tasks:action_delete", args=[empty.pk])
    page.post(delete, {"seen": editing.stamp(ActionText.of(empty))})
    assert not Action.objects.filter(pk=empty.pk).exists()


def test_a_task_is_edited_with_links(world: World, as_: Browser) -> None:
    above = TaskFactory(plan=PlanFactory())
    world.plan.implements = above.plan
    world.plan.save(update_fields=["implements"])
    page = as_(world.office)
    edit = reverse("tasks:task_edit", args=[world.task.pk])
    assert above.title in page.get(edit).text
    sent = form_of(page, edit) | {"implements": [above.pk], "due_on": "2027-03-31", "clause": "三"}
    done = page.post(edit, sent)
    assert done.status_code == 422  # tracking has begun: a corrected date needs a reason
    assert "须写明理由" in done.text
    assert page.post(edit, {**sent, "reason": "勘误"}).status_code == 302
    world.task.refresh_from_db()
    assert list(world.task.implements.all()) == [above]
    assert (world.task.clause, str(world.task.due_on)) == ("三", "2027-03-31")


def test_several_tasks_are_entered_in_a_row(world: World, as_: Browser) -> None:
    page = as_(world.office)
    new = reverse("tasks:task_new", args=[world.plan.code])
    first = form_of(page, f"{new}?action={world.task.action_id}")
    assert first["number"] == 2
    sent = {**first, "action": world.task.action_id, "title": "第二"}
    done = page.post(new, {**sent, "more": "1"})
    assert done["Location"] == f"{new}?action={world.task.action_id}"
    assert page.get(f"{new}?action=x").status_code == 200
    assert "序号2已用于“第二”" in page.post(new, {**sent, "title": "第三"}).text


def test_rows_are_moved_by_buttons(world: World, as_: Browser) -> None:
    second = TaskFactory(plan=world.plan, action=world.task.action)
    page = as_(world.office)
    move = reverse("tasks:task_move", args=[second.pk])
    assert page.post(move, {"place": "1"})["Location"].endswith(f"#task-{second.pk}")
    for odd in ("", "x", "-1", "9" * 50, "１"):
        assert page.post(move, {"place": odd}).status_code == 302
    numbers = dict(world.plan.tasks.values_list("pk", "number"))
    assert numbers == {second.pk: 1, world.task.pk: 2}
    page.post(reverse("tasks:action_move", args=[world.task.action_id]), {"place": "1"})


def test_a_task_with_reports_says_why_it_stays(world: World, as_: Browser) -> None:
    ProgressReportFactory(responsibility=world.side, period=world.period)
    page = as_(world.office)
    delete = reverse("tasks:task_delete", args=[world.task.pk])
    assert "任务已有填报，不能删除" in page.get(delete).text
    seen = editing.stamp(TaskText.of(world.task))
    assert page.post(delete, {"seen": seen}).status_code == 422
    assert Task.objects.filter(pk=world.task.pk).exists()


# --- duties -------------------------------------------------------------------------------------


def test_a_pasted_list_is_shown_before_it_is_taken(world: World, as_: Browser) -> None:
    unit = UnitFactory(name="重庆市经济信息委")
    UnitNameFactory(unit=unit, name="市经济信息委")
    UnitFactory(name="重庆市水利局")
    page = as_(world.office)
    duties = reverse("tasks:duties", args=[world.task.pk])
    sent = {"names": "市经济信息委、水利局", "role": "cooperating", "side": world.side.side_id}
    preview = page.post(duties, sent)
    assert "请核对下面的对应关系" in preview.text
    assert "重庆市水利局" in preview.text
    assert world.task.responsibilities.count() == 3
    done = page.post(duties, {**sent, "take": "1"}, follow=True)
    assert "已加入2个单位。" in done.text
    added = world.task.responsibilities.order_by("order").values_list("unit__name", "written")
    assert list(added)[3:] == [("重庆市经济信息委", "市经济信息委"), ("重庆市水利局", "水利局")]


def test_an_unknown_name_stops_the_whole_list(world: World, as_: Browser) -> None:
    UnitFactory(name="重庆市水利局")
    page = as_(world.office)
    sent = {
        "names": "重庆市水利局、重庆市水力局",
        "role": "cooperating",
        "side": world.side.side_id,
    }
    answer = page.post(reverse("tasks:duties", args=[world.task.pk]), {**sent, "take": "1"})
    assert answer.status_code == 422
    assert "是否指重庆市水利局" in answer.text
    assert "重庆市水利局、重庆市水力局" in answer.text  # what was typed stays
    assert world.task.responsibilities.count() == 3


def test_one_unit_with_all_its_words(world: World, as_: Browser) -> None:
    page = as_(world.office)
    new = reverse("tasks:duty_new", args=[world.task.pk])
    assert '<option value="重庆市能源局">' in page.get(new).text
    UnitFactory(name="重庆市水利局")
    sent = {"unit": "水利局", "role": "cooperating", "side": world.side.side_id, "note": "参与"}
    assert page.post(new, sent).status_code == 302
    assert Responsibility.objects.get(unit__name="重庆市水利局").note == "参与"
    wrong = page.post(new, {**sent, "unit": "没有的局"})
    assert wrong.status_code == 422
    assert "没有名为“没有的局”的单位" in wrong.text
    other = page.post(new, {**sent, "side": world.other_side.side_id})
    assert other.status_code == 422


def test_a_duty_is_changed_removed_and_its_hand_out_withdrawn(world: World, as_: Browser) -> None:
    page = as_(world.office)
    helper = world.task.responsibilities.get(role="cooperating")
    AssignmentFactory(responsibility=helper, signed=True)
    edit = reverse("tasks:duty_edit", args=[helper.pk])
    UnitFactory(name="重庆市水利局")
    page.post(edit, {**form_of(page, edit), "unit": "水利局"})
    helper.refresh_from_db()
    assert helper.unit.name == "重庆市水利局"
    assert not hasattr(Responsibility.objects.get(pk=helper.pk), "assignment")
    delete = reverse("tasks:duty_delete", args=[helper.pk])
    page.post(delete, {"seen": editing.stamp(DutyText.of(helper))})
    assert not Responsibility.objects.filter(pk=helper.pk).exists()


def test_own_rows_are_moved_the_others_stay(world: World, as_: Browser) -> None:
    page = as_(world.office)
    helper = world.task.responsibilities.get(role="cooperating")
    page.post(reverse("tasks:duty_move", args=[helper.pk]), {"place": "1"})
    orders = dict(world.task.responsibilities.values_list("pk", "order"))
    assert orders == {helper.pk: 1, world.other_side.pk: 2, world.side.pk: 3}


# --- the page of work ---------------------------------------------------------------------------


def test_queries_do_not_grow_with_tasks(
    world: World, as_: Browser, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    page = as_(world.office)
    pages = [address(world, name) for name in ("plan_manage", "duties", "task_edit")]

    def counts() -> list[int]:
        found = []
        for one in pages:
            with django_assert_max_num_queries(MAX) as context:  # type: ignore[attr-defined]
                assert page.get(one).status_code == 200
            found.append(len(context))
        return found

    counts()  # what is read once
    before = counts()
    for _ in range(5):
        task = TaskFactory(plan=world.plan)
        ResponsibilityFactory(task=task)
        ResponsibilityFactory(task=task, cooperating=True)
        ResponsibilityFactory(task=world.task, cooperating=True)
    assert counts() == before
