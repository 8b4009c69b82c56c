"""Entering actions and tasks, the next plan, and what a later loading keeps."""

import datetime
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from tasks.models import Plan, Responsibility, Task
from tasks.services import plan_copy, plan_edit, plan_texts
from tasks.services.plan_texts import ActionText, TaskText
from tests.factories import (
    TODAY,
    ActionFactory,
    JurisdictionFactory,
    OfficeFactory,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
)
from tests.tasks.lake import load
from tests.tasks.plan_edit.conftest import head_of, seen
from units.models import AuditEntry, Office, User

pytestmark = pytest.mark.django_db


# --- actions and tasks --------------------------------------------------------------------------


def test_actions_and_tasks_are_made_changed_moved_deleted(plan: Plan, office: User) -> None:
    one = plan_texts.create_action(plan, ActionText(1, "甲", "一"), by=office)
    two = plan_texts.create_action(plan, ActionText(2, "乙", "二"), by=office)
    tasks = [
        plan_texts.create_task(plan, TaskText(one, n, f"第{n}", summary="甲\n乙"), by=office)
        for n in (1, 2, 4)
    ]
    plan_texts.move_task(tasks[2], 1, by=office)
    assert list(plan.tasks.order_by("number").values_list("number", "title")) == [
        (1, "第4"),
        (2, "第1"),
        (4, "第2"),
    ]
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, len(entry.before)) == ("plan.renumber", 3)
    plan_texts.move_action(two, 1, by=office)
    two.refresh_from_db()
    assert two.number == 1
    last = Task.objects.get(number=4)
    plan_texts.edit_task(
        last, replace(TaskText.of(last), action=two, title="改"), seen=seen(last), by=office
    )
    with pytest.raises(ValidationError, match="还有1项任务"):
        plan_texts.delete_action(two, seen=seen(two), by=office)
    last.refresh_from_db()
    plan_texts.delete_task(last, seen=seen(last), by=office)
    plan_texts.delete_action(two, seen=seen(two), by=office)
    assert plan.actions.count() == 1


def test_a_number_in_use_is_refused_with_its_title(plan: Plan, office: User) -> None:
    task = TaskFactory(plan=plan, title="在先")
    with pytest.raises(ValidationError, match="序号1已用于“在先”"):
        plan_texts.create_task(plan, TaskText(task.action, 1, "在后"), by=office)
    with pytest.raises(ValidationError, match="1至9999"):
        plan_texts.create_task(plan, TaskText(task.action, 0, "在后"), by=office)


def test_a_task_stays_in_its_plan_and_links_to_the_plan_above(plan: Plan, office: User) -> None:
    task = TaskFactory(plan=plan)
    stray = ActionFactory()
    with pytest.raises(ValidationError, match="行动不属于本方案"):
        plan_texts.edit_task(
            task, replace(TaskText.of(task), action=stray), seen=seen(task), by=office
        )
    foreign = TaskFactory()
    linked = replace(TaskText.of(task), implements=(foreign,))
    with pytest.raises(ValidationError, match="应选自本方案所落实的方案"):
        plan_texts.edit_task(task, linked, seen=seen(task), by=office)
    plan.implements = foreign.plan
    plan.save(update_fields=["implements"])
    plan_texts.edit_task(task, linked, seen=seen(task), by=office)
    assert list(task.implements.all()) == [foreign]
    assert AuditEntry.objects.latest("pk").after == {"implements": [str(foreign)]}


def test_a_tasks_date_is_corrected_with_a_reason_once_tracking_has_begun(
    plan: Plan, office: User
) -> None:
    task = TaskFactory(plan=plan)
    PeriodFactory(plan=plan)
    dated = replace(TaskText.of(task), due_on=datetime.date(2027, 6, 30))
    with pytest.raises(ValidationError, match="须写明理由"):
        plan_texts.edit_task(task, dated, seen=seen(task), by=office)
    plan_texts.edit_task(task, dated, seen=seen(task), by=office, reason="原文第3页")
    assert AuditEntry.objects.latest("pk").reason == "原文第3页"


def test_a_task_with_reports_or_the_other_sides_duties_is_not_deleted(
    plan: Plan, office: User
) -> None:
    task = TaskFactory(plan=plan)
    ResponsibilityFactory(task=task, unit=UnitFactory(sichuan=True))
    report = ProgressReportFactory(responsibility__task=task, submitted=True)
    with pytest.raises(ValidationError) as refused:
        plan_texts.delete_task(task, seen=seen(task), by=office)
    assert refused.value.messages == [
        "任务已有填报，不能删除；不再执行的，请中止并写明理由。",
        "四川省一方已列责任单位：请其协调办公室移除后再删除任务。",
    ]
    assert type(report).objects.filter(pk=report.pk).exists()


# --- the next plan, and files -------------------------------------------------------------------


def test_the_next_plan_begins_as_a_copy_with_own_duties(plan: Plan, office: User) -> None:
    task = TaskFactory(plan=plan, due_on=datetime.date(2026, 6, 30))
    mine = ResponsibilityFactory(task=task, completed=True)
    ResponsibilityFactory(task=task, unit=UnitFactory(sichuan=True))
    own = plan.sides.get(order=0).office
    new = plan_copy.copy_plan(plan, "next", "下一期方案", own, by=office)
    (copied,) = new.tasks.all()
    assert (copied.title, copied.due_on, copied.action.title) == (
        task.title,
        None,
        task.action.title,
    )
    assert (new.number, new.ends_on, new.status) == ("", None, "draft")
    assert new.sides.count() == 2
    (duty,) = copied.responsibilities.all()
    assert (duty.unit, duty.state, duty.loaded) == (mine.unit, "not_started", {})
    assert plan.tasks.count() == 1


def test_another_places_office_copies_the_text_alone(plan: Plan) -> None:
    ResponsibilityFactory(task=TaskFactory(plan=plan))
    district = OfficeFactory(jurisdiction=JurisdictionFactory(jiangjin=True))
    new = plan_copy.copy_plan(plan, "own", "区方案", district, by=coordinator(district))
    assert [side.office for side in new.sides.all()] == [district]
    assert not Responsibility.objects.filter(task__plan=new).exists()


def test_a_later_loading_keeps_what_an_office_changed() -> None:
    load()
    plan = Plan.objects.get(code="jiangjin-2022")
    by = coordinator(Office.objects.get(name="江津区双碳办"))
    plan_edit.edit_plan(
        plan,
        head_of(plan, short_title="江津方案"),
        seen=seen(plan),
        by=by,
        today=TODAY,
        reason="简称",
    )
    gone, moved = plan.tasks.get(number=9), plan.tasks.get(number=3)
    plan_texts.delete_task(gone, seen=seen(gone), by=by)
    plan_texts.move_task(moved, 1, by=by)
    changed = plan.tasks.get(number=20)
    plan_texts.edit_task(
        changed, replace(TaskText.of(changed), title="改题"), seen=seen(changed), by=by
    )
    added = plan_texts.create_task(plan, TaskText(changed.action, 9, "新任务"), by=by)
    before = list(plan.tasks.order_by("number").values_list("pk", "number", "title", "summary"))
    out = load()
    after = list(plan.tasks.order_by("number").values_list("pk", "number", "title", "summary"))
    assert after == before
    plan.refresh_from_db()
    assert plan.short_title == "江津方案"
    added.refresh_from_db()
    assert added.summary == ""
    assert "方案“jiangjin-2022”：任务9已删除" in out
    assert "没有变化" in out
