"""Entering and changing plans: what the services do and refuse."""

import datetime
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tasks.models import Action, Plan, Responsibility, Task
from tasks.services import plan_copy, plan_edit, plan_texts
from tasks.services.editing import ChangedMeanwhile, stamp
from tasks.services.plan_edit import PlanHead
from tasks.services.plan_texts import ActionText, TaskText
from tasks.states import PlanStatus
from tests.factories import (
    ActionFactory,
    JurisdictionFactory,
    OfficeFactory,
    PeriodFactory,
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TargetFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from tests.tasks.lake import load
from tracker.lib import document_number
from units.models import AuditEntry, Office, User

pytestmark = pytest.mark.django_db


def head_of(plan: Plan, **values: object) -> PlanHead:
    return replace(PlanHead.of(plan), **values)  # type: ignore[arg-type]


def seen(row: Plan | Action | Task) -> str:
    if isinstance(row, Plan):
        return stamp(PlanHead.of(row))
    return stamp(ActionText.of(row) if isinstance(row, Action) else TaskText.of(row))


@pytest.fixture
def plan() -> Plan:
    return joint_plan()


@pytest.fixture
def office(plan: Plan) -> User:
    return coordinator(plan.sides.get(order=0).office)


@pytest.fixture
def other_office(plan: Plan) -> User:
    return coordinator(plan.sides.get(order=1).office)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("渝府办发[2022]022号", "渝府办发〔2022〕22号"),
        ("渝府办发（２０２２）２２号", "渝府办发〔2022〕22号"),
        ("渝府办发【2022】22", "渝府办发〔2022〕22号"),
        ("渝府办发 〔2022〕 22 号", "渝府办发〔2022〕22号"),
        ("渝府办发［2022］第5号", "渝府办发〔2022〕5号"),
        ("2022年第5号公告", "2022年第5号公告"),
        ("", ""),
    ],
)
def test_a_number_of_a_document_is_stored_in_one_form(typed: str, kept: str) -> None:
    assert document_number.normalise(typed) == kept


@pytest.mark.parametrize("typed", ["渝府办发〔22〕22号", "渝府办发[2022号", "〔2022〕22号"])
def test_a_number_with_odd_brackets_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="发文字号应写作"):
        document_number.normalise(typed)


# --- plans --------------------------------------------------------------------------------------


def test_an_office_begins_a_plan_and_its_office_is_its_side() -> None:
    office = OfficeFactory()
    by = coordinator(office)
    head = PlanHead(title=" 新的\n方案 ", number="渝府办发[2026]08号", issuers=("重庆市 ", ""))
    plan = plan_edit.create_plan("next-2026", head, office, by=by)
    plan.refresh_from_db()
    assert (plan.title, plan.number) == ("新的 方案", "渝府办发〔2026〕8号")
    assert plan.issuers == ["重庆市"]
    assert plan.status == PlanStatus.DRAFT
    assert [(side.jurisdiction, side.office) for side in plan.sides.all()] == [
        (office.jurisdiction, office)
    ]
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["plan.create", "plan.side_add"]


def test_only_an_office_begins_a_plan_and_only_for_itself(plan: Plan) -> None:
    offices = [side.office for side in plan.sides.all()]
    for person in (
        officer(UnitFactory()),
        inspector(JurisdictionFactory()),
        coordinator(offices[1]),
    ):
        with pytest.raises(PermissionDenied):
            plan_edit.create_plan("mine", PlanHead(title="方案"), offices[0], by=person)


def test_either_office_changes_the_shared_head_with_history(
    plan: Plan, office: User, other_office: User
) -> None:
    for n, by in enumerate((office, other_office)):
        plan.refresh_from_db()
        plan_edit.edit_plan(plan, head_of(plan, title=f"新题{n}"), seen=seen(plan), by=by)
    entry = AuditEntry.objects.filter(verb="plan.edit").latest("pk")
    assert (entry.before, entry.after) == ({"title": "新题0"}, {"title": "新题1"})
    with pytest.raises(PermissionDenied):
        plan_edit.edit_plan(plan, head_of(plan), seen=seen(plan), by=officer(UnitFactory()))


def test_what_another_saved_meanwhile_is_not_overwritten(
    plan: Plan, office: User, other_office: User
) -> None:
    opened = seen(plan)
    mine = head_of(plan, title="我的")
    plan_edit.edit_plan(plan, head_of(plan, title="对方的"), seen=opened, by=other_office)
    with pytest.raises(ChangedMeanwhile, match="对方已改"):
        plan_edit.edit_plan(plan, mine, seen=opened, by=office)
    plan.refresh_from_db()
    assert plan.title == "对方的"


def test_nothing_changed_leaves_no_trace(plan: Plan, office: User) -> None:
    plan_edit.edit_plan(plan, head_of(plan), seen=seen(plan), by=office)
    assert not AuditEntry.objects.exists()


def test_dates_of_a_tracked_plan_need_a_reason(plan: Plan, office: User) -> None:
    later = head_of(plan, ends_on=datetime.date(2031, 12, 31))
    plan_edit.edit_plan(plan, later, seen=seen(plan), by=office)
    PeriodFactory(plan=plan)
    plan.refresh_from_db()
    again = head_of(plan, ends_on=datetime.date(2032, 12, 31))
    with pytest.raises(ValidationError) as refused:
        plan_edit.edit_plan(plan, again, seen=seen(plan), by=office)
    assert list(refused.value.message_dict) == ["reason"]
    plan_edit.edit_plan(plan, again, seen=seen(plan), by=office, reason="文件勘误")
    assert AuditEntry.objects.latest("pk").reason == "文件勘误"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts_on": datetime.date(2031, 1, 1)}, "ends_on"),
        ({"ends_on": None}, "ends_on"),
        ({"tracked_from": "2026Q5"}, "tracked_from"),
        ({"tracked_from": "2026Q4"}, "tracked_from"),
        ({"title": ""}, "title"),
        ({"title": "长" * 201}, "title"),
        ({"number": "渝府[2022"}, "number"),
    ],
)
def test_a_wrong_head_is_refused_by_field(
    plan: Plan, office: User, values: dict[str, object], field: str
) -> None:
    PeriodFactory(plan=plan)
    with pytest.raises(ValidationError) as refused:
        plan_edit.edit_plan(plan, head_of(plan, **values), seen=seen(plan), by=office, reason="误")
    assert field in refused.value.message_dict
    plan.refresh_from_db()
    assert plan.tracked_from == "2026Q1"


def test_plans_implement_no_circle(plan: Plan, office: User) -> None:
    below = PlanFactory(implements=plan)
    for above in (plan, below):
        with pytest.raises(ValidationError, match="不能落实自身"):
            plan_edit.edit_plan(plan, head_of(plan, implements=above), seen=seen(plan), by=office)


def test_a_side_is_added_by_either_and_removed_by_its_own(
    plan: Plan, office: User, other_office: User
) -> None:
    third = OfficeFactory(jurisdiction=JurisdictionFactory(jiangjin=True))
    side = plan_edit.add_side(plan, third, by=office)
    with pytest.raises(ValidationError, match="已由江津区双碳办协调"):
        plan_edit.add_side(plan, third, by=other_office)
    with pytest.raises(ValidationError, match="只能由该办公室移除"):
        plan_edit.remove_side(side, by=office)
    duty = ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory(jiangjin=True))
    person = coordinator(third)
    with pytest.raises(ValidationError, match="还有1项责任"):
        plan_edit.remove_side(side, by=person)
    duty.delete()
    plan_edit.remove_side(side, by=person)
    assert plan.sides.count() == 2


def test_the_last_side_stays() -> None:
    office = OfficeFactory()
    by = coordinator(office)
    plan = plan_edit.create_plan("one", PlanHead(title="方案"), office, by=by)
    with pytest.raises(ValidationError, match="至少须有一方"):
        plan_edit.remove_side(plan.sides.get(), by=by)


def test_publishing_names_all_that_is_missing_and_then_issues() -> None:
    office = OfficeFactory()
    by = coordinator(office)
    plan = plan_edit.create_plan("one", PlanHead(title="方案"), office, by=by)
    task = TaskFactory(plan=plan)
    with pytest.raises(ValidationError) as refused:
        plan_edit.publish(plan, by=by)
    assert refused.value.messages == [
        "发文字号未填。",
        "发文机关未填。",
        "成文、印发、公布日期均未填。",
        "实施起日未填。",
        "实施止日未填。",
        "任务1. 第1项任务没有牵头单位。",
    ]
    cooperating = ResponsibilityFactory(task=task, cooperating=True)
    ResponsibilityFactory(task=task, unit=UnitFactory(sichuan=True))
    plan.refresh_from_db()
    assert plan_edit.missing(plan)[-1] == ("任务1. 第1项任务的重庆市一方有配合单位而没有牵头单位。")
    cooperating.delete()
    whole = head_of(
        plan,
        number="渝府发〔2026〕1号",
        issuers=("重庆市人民政府",),
        signed_on=datetime.date(2026, 1, 1),
        starts_on=datetime.date(2026, 1, 1),
        ends_on=datetime.date(2030, 12, 31),
    )
    plan_edit.edit_plan(plan, whole, seen=seen(plan), by=by)
    assert plan_edit.publish(plan, by=by).status == PlanStatus.ISSUED
    with pytest.raises(ValidationError, match="方案已印发"):
        plan_edit.publish(plan, by=by)


def test_a_draft_is_deleted_with_its_text_an_issued_plan_is_not(plan: Plan, office: User) -> None:
    with pytest.raises(ValidationError, match="方案已印发，不能删除"):
        plan_edit.delete_plan(plan, seen=seen(plan), by=office)
    draft = plan_edit.create_plan(
        "draft", PlanHead(title="草稿"), plan.sides.get(order=0).office, by=office
    )
    ResponsibilityFactory(task=TaskFactory(plan=draft))
    plan_edit.delete_plan(draft, seen=seen(draft), by=office)
    assert not Plan.objects.filter(code="draft").exists()
    assert AuditEntry.objects.latest("pk").before == {"code": "draft", "title": "草稿", "tasks": 1}


def test_what_hangs_on_a_draft_is_named(plan: Plan, office: User) -> None:
    draft = plan_edit.create_plan(
        "draft", PlanHead(title="草稿"), plan.sides.get(order=0).office, by=office
    )
    task = TaskFactory(plan=draft)
    ResponsibilityFactory(task=task, unit=UnitFactory(sichuan=True))
    TargetFactory(plan=draft)
    TaskFactory(plan=PlanFactory(title="区县方案", implements=draft)).implements.add(task)
    with pytest.raises(ValidationError) as refused:
        plan_edit.delete_plan(draft, seen=seen(draft), by=office)
    assert refused.value.messages == [
        "《区县方案》落实本方案：请先改其“落实的方案”。",
        "方案列有目标，不能删除。",
        "其他方案的任务落实本方案的任务：请先取消对应。",
        "四川省一方已列责任单位：请其协调办公室移除后再删除方案。",
    ]


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
        plan, head_of(plan, short_title="江津方案"), seen=seen(plan), by=by, reason="简称"
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
