"""Entering actions, tasks and duties, through the browser's door."""

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tasks.models import Action, ProgressReport, Responsibility, Task
from tasks.services import editing
from tasks.services.duties import DutyText
from tasks.services.plan_texts import ActionText, TaskText
from tests.factories import (
    TODAY,
    ActionFactory,
    AssignmentFactory,
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UnitNameFactory,
)
from tests.tasks.views.conftest import World, form_of
from units.models import AuditEntry, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
MAX = 40  # queries of any of these pages


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


def test_actions_of_the_same_name_are_moved(world: World, as_: Browser) -> None:
    first = world.task.action
    Action.objects.filter(pk=first.pk).update(numeral="", title="综合保障")
    rows = [
        Action.objects.create(plan=world.plan, number=first.number + n, title="综合保障")
        for n in (1, 2)
    ]
    page = as_(world.office)
    move = reverse("tasks:action_move", args=[rows[1].pk])
    assert page.post(move, {"place": "1"}).status_code == 302
    order = world.plan.actions.order_by("number").values_list("pk", flat=True)
    assert list(order) == [rows[1].pk, first.pk, rows[0].pk]
    entry = AuditEntry.objects.get(verb="plan.renumber")
    assert len(entry.before) == len(entry.after) == 3


def test_a_task_with_reports_says_why_it_stays(world: World, as_: Browser) -> None:
    ProgressReportFactory(responsibility=world.side, period=world.period, submitted=True)
    page = as_(world.office)
    delete = reverse("tasks:task_delete", args=[world.task.pk])
    assert "任务已有填报，不能删除" in page.get(delete).text
    seen = editing.stamp(TaskText.of(world.task))
    assert page.post(delete, {"seen": seen}).status_code == 422
    assert Task.objects.filter(pk=world.task.pk).exists()


@pytest.mark.parametrize("signed", [False, True])
def test_pages_are_the_same_with_and_without_a_draft(
    world: World, as_: Browser, signed: bool
) -> None:
    """An office knows nothing of what a unit writes; so nothing here tells it."""
    world.other_side.delete()
    page = as_(world.office)
    task_delete = reverse("tasks:task_delete", args=[world.task.pk])
    duty_delete = reverse("tasks:duty_delete", args=[world.side.pk])
    duty_edit = reverse("tasks:duty_edit", args=[world.side.pk])
    other = UnitFactory()
    changed = {**form_of(page, duty_edit), "unit": other.name}
    changed["seen"] = editing.stamp(DutyText.of(world.side))

    def told() -> list[str]:
        answers = [page.get(task_delete), page.get(duty_delete), page.post(duty_edit, changed)]
        mains = [answer.text.partition("<main")[2] for answer in answers]
        return [re.sub(r'value="\w{64}"', "", main) for main in mains]

    without = told()
    report = ProgressReportFactory(
        responsibility=world.side, period=world.period, **({"state": "signed"} if signed else {})
    )
    assert told() == without
    assert all("2026年第3季度填报期内，牵头单位可能正在填报" in text for text in without)
    # After the quarter a draft holds nothing, and goes with the unit's part.
    world.period.state, world.period.closed_on = "closed", TODAY
    world.period.save()
    assert page.post(duty_edit, changed).status_code == 302
    world.side.refresh_from_db()
    assert world.side.unit == other
    assert not ProgressReport.objects.filter(pk=report.pk).exists()
    seen = editing.stamp(TaskText.of(world.task))
    assert page.post(task_delete, {"seen": seen}).status_code == 302


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
    world: World, as_: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    page = as_(world.office)
    pages = [
        reverse("tasks:plan_manage", args=[world.plan.code]),
        reverse("tasks:duties", args=[world.task.pk]),
        reverse("tasks:task_edit", args=[world.task.pk]),
    ]

    def counts() -> list[int]:
        found = []
        for one in pages:
            with django_assert_max_num_queries(MAX) as context:
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
