"""Entering and changing plans: what the services do and refuse."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tasks.models import Plan
from tasks.services import plan_edit
from tasks.services.plan_edit import PlanHead
from tasks.states import PlanStatus
from tests.factories import (
    TODAY,
    JurisdictionFactory,
    OfficeFactory,
    PeriodFactory,
    PlanFactory,
    ResponsibilityFactory,
    TargetFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    inspector,
    officer,
)
from tests.tasks.plan_edit.conftest import head_of, seen
from tracker.lib import document_number
from tracker.lib.stale import Stale
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db


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
        plan_edit.edit_plan(
            plan, head_of(plan, title=f"新题{n}"), seen=seen(plan), by=by, today=TODAY
        )
    entry = AuditEntry.objects.filter(verb="plan.edit").latest("pk")
    assert (entry.before, entry.after) == ({"title": "新题0"}, {"title": "新题1"})
    with pytest.raises(PermissionDenied):
        plan_edit.edit_plan(
            plan, head_of(plan), seen=seen(plan), by=officer(UnitFactory()), today=TODAY
        )


def test_what_another_saved_meanwhile_is_not_overwritten(
    plan: Plan, office: User, other_office: User
) -> None:
    opened = seen(plan)
    mine = head_of(plan, title="我的")
    plan_edit.edit_plan(
        plan, head_of(plan, title="对方的"), seen=opened, by=other_office, today=TODAY
    )
    with pytest.raises(Stale, match="对方已改"):
        plan_edit.edit_plan(plan, mine, seen=opened, by=office, today=TODAY)
    plan.refresh_from_db()
    assert plan.title == "对方的"


def test_nothing_changed_leaves_no_trace(plan: Plan, office: User) -> None:
    plan_edit.edit_plan(plan, head_of(plan), seen=seen(plan), by=office, today=TODAY)
    assert not AuditEntry.objects.exists()


def test_dates_of_a_tracked_plan_need_a_reason(plan: Plan, office: User) -> None:
    later = head_of(plan, ends_on=datetime.date(2031, 12, 31))
    plan_edit.edit_plan(plan, later, seen=seen(plan), by=office, today=TODAY)
    PeriodFactory(plan=plan)
    plan.refresh_from_db()
    again = head_of(plan, ends_on=datetime.date(2032, 12, 31))
    with pytest.raises(ValidationError) as refused:
        plan_edit.edit_plan(plan, again, seen=seen(plan), by=office, today=TODAY)
    assert list(refused.value.message_dict) == ["reason"]
    plan_edit.edit_plan(plan, again, seen=seen(plan), by=office, today=TODAY, reason="文件勘误")
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
        plan_edit.edit_plan(
            plan, head_of(plan, **values), seen=seen(plan), by=office, today=TODAY, reason="误"
        )
    assert field in refused.value.message_dict
    plan.refresh_from_db()
    assert plan.tracked_from == "2026Q1"


def test_plans_implement_no_circle(plan: Plan, office: User) -> None:
    below = PlanFactory(implements=plan)
    for above in (plan, below):
        with pytest.raises(ValidationError, match="不能落实自身"):
            plan_edit.edit_plan(
                plan, head_of(plan, implements=above), seen=seen(plan), by=office, today=TODAY
            )


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
    plan_edit.edit_plan(plan, whole, seen=seen(plan), by=by, today=TODAY)
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
