"""Duties: whose they are, what they need, how a document's list of units is read."""

import datetime
from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from tasks.models import Assignment, Plan, Responsibility, Task
from tasks.services import duties, duty_lists
from tasks.services.duties import DutyText
from tasks.states import Role
from tests.factories import (
    AssignmentFactory,
    JurisdictionFactory,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UnitNameFactory,
    coordinator,
    officer,
)
from tests.tasks.lake import load
from tests.tasks.plan_edit.conftest import seen
from tracker.lib.stale import Stale
from units.models import AuditEntry, Jurisdiction, Office, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(plan: Plan) -> Task:
    return TaskFactory(plan=plan)


@pytest.fixture
def here() -> Jurisdiction:
    return JurisdictionFactory()


def test_a_lead_begins_not_started_and_a_cooperating_unit_without_state(
    task: Task, office: User, here: Jurisdiction
) -> None:
    unit = UnitFactory()
    lead = duties.create_duty(task, DutyText(unit, Role.LEAD, here), by=office)
    helper = duties.create_duty(task, DutyText(UnitFactory(), Role.COOPERATING, here), by=office)
    assert (lead.state, lead.order, lead.written) == ("not_started", 1, unit.name)
    assert (helper.state, helper.order) == ("", 2)
    assert AuditEntry.objects.filter(verb="duty.create").count() == 2


def test_each_side_has_its_own_lead(task: Task, office: User, here: Jurisdiction) -> None:
    duties.create_duty(task, DutyText(UnitFactory(name="重庆市甲局"), Role.LEAD, here), by=office)
    ResponsibilityFactory(task=task, unit=UnitFactory(sichuan=True))
    with pytest.raises(ValidationError, match="重庆市一方已由“重庆市甲局”牵头"):
        duties.create_duty(task, DutyText(UnitFactory(), Role.LEAD, here), by=office)


def test_one_office_never_sets_the_others_side(
    task: Task, office: User, other_office: User
) -> None:
    there = JurisdictionFactory(sichuan=True)
    unit = UnitFactory(sichuan=True)
    with pytest.raises(ValidationError, match="由其协调办公室设定"):
        duties.create_duty(task, DutyText(unit, Role.LEAD, there), by=office)
    theirs = duties.create_duty(task, DutyText(unit, Role.LEAD, there), by=other_office)
    for change in (
        lambda: duties.edit_duty(theirs, DutyText.of(theirs), seen=seen(theirs), by=office),
        lambda: duties.delete_duty(theirs, seen=seen(theirs), by=office),
        lambda: duties.move_duty(theirs, 1, by=office),
    ):
        with pytest.raises(PermissionDenied):
            change()
    with pytest.raises(PermissionDenied):
        duties.create_duty(task, DutyText(unit, Role.LEAD, there), by=officer(unit))


def test_a_row_cannot_be_moved_to_the_other_side(
    task: Task, office: User, here: Jurisdiction
) -> None:
    duty = duties.create_duty(task, DutyText(UnitFactory(), Role.COOPERATING, here), by=office)
    there = replace(DutyText.of(duty), side=JurisdictionFactory(sichuan=True))
    with pytest.raises(ValidationError, match="由其协调办公室设定"):
        duties.edit_duty(duty, there, seen=seen(duty), by=office)


def test_no_side_is_for_central_bodies_that_cooperate(
    task: Task, office: User, other_office: User
) -> None:
    central = UnitFactory(central=True)
    duty = duties.create_duty(task, DutyText(central, Role.COOPERATING), by=office)
    assert duty.side is None
    again = replace(DutyText.of(duty), note="由另一方补注")
    duties.edit_duty(duty, again, seen=seen(duty), by=other_office)
    with pytest.raises(ValidationError, match="须注明所属方"):
        duties.create_duty(task, DutyText(UnitFactory(central=True), Role.LEAD), by=office)
    with pytest.raises(ValidationError, match="只有中央单位"):
        duties.create_duty(task, DutyText(UnitFactory(), Role.COOPERATING), by=office)


def test_a_date_is_free_before_tracking_and_a_correction_after(
    plan: Plan, task: Task, office: User, here: Jurisdiction
) -> None:
    duty = duties.create_duty(task, DutyText(UnitFactory(), Role.LEAD, here), by=office)
    dated = replace(DutyText.of(duty), due_on=datetime.date(2027, 3, 31))
    duties.edit_duty(duty, dated, seen=seen(duty), by=office, reason="按分工方案")
    assert AuditEntry.objects.latest("pk").reason == "按分工方案"
    PeriodFactory(plan=plan)
    duty.refresh_from_db()
    later = replace(dated, due_on=datetime.date(2027, 6, 30))
    with pytest.raises(ValidationError) as refused:
        duties.edit_duty(duty, later, seen=seen(duty), by=office)
    assert list(refused.value.message_dict) == ["reason"]
    with pytest.raises(ValidationError, match="配合单位不单设时限"):
        duties.create_duty(
            task, replace(later, unit=UnitFactory(), role=Role.COOPERATING), by=office
        )


def test_reports_hold_a_unit_in_its_role(task: Task, office: User) -> None:
    duty = ResponsibilityFactory(task=task)
    ProgressReportFactory(responsibility=duty, submitted=True)
    for values in ({"unit": UnitFactory()}, {"role": Role.COOPERATING}):
        with pytest.raises(ValidationError, match="已有填报，单位和角色不能再改"):
            duties.edit_duty(duty, replace(DutyText.of(duty), **values), seen=seen(duty), by=office)
    with pytest.raises(ValidationError, match="已有填报，不能移除"):
        duties.delete_duty(duty, seen=seen(duty), by=office)


def test_lead_and_cooperating_unit_change_roles(task: Task, office: User) -> None:
    duty = ResponsibilityFactory(task=task)
    helper = replace(DutyText.of(duty), role=Role.COOPERATING)
    changed = duties.edit_duty(duty, helper, seen=seen(duty), by=office)
    assert changed.state == ""
    back = replace(DutyText.of(changed), role=Role.LEAD)
    assert duties.edit_duty(changed, back, seen=seen(changed), by=office).state == "not_started"


def test_another_unit_withdraws_what_was_handed_out(task: Task, office: User) -> None:
    duty: Responsibility = ResponsibilityFactory(task=task)
    AssignmentFactory(responsibility=duty, signed=True)
    with pytest.raises(ValidationError, match="已交办：请先撤回"):
        duties.delete_duty(duty, seen=seen(duty), by=office)
    noted = replace(DutyText.of(duty), note="备注")
    duty = duties.edit_duty(duty, noted, seen=seen(duty), by=office)
    assert Assignment.objects.get().signed_at is not None
    duties.edit_duty(duty, replace(noted, unit=UnitFactory()), seen=seen(duty), by=office)
    assert not Assignment.objects.exists()
    assert AuditEntry.objects.latest("pk").after["assignment"] == "已撤回"


def test_what_another_saved_is_not_overwritten(task: Task, office: User) -> None:
    duty = ResponsibilityFactory(task=task)
    opened = seen(duty)
    duties.edit_duty(duty, replace(DutyText.of(duty), note="先"), seen=opened, by=office)
    for change in (
        lambda: duties.edit_duty(duty, DutyText.of(duty), seen=opened, by=office),
        lambda: duties.delete_duty(duty, seen=opened, by=office),
    ):
        with pytest.raises(Stale):
            change()


# --- lists of units -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("甲局、乙局，丙局", [("甲局", "c"), ("乙局", "c"), ("丙局", "c")]),
        ("甲局牵头，乙局、丙局配合", [("甲局", "l"), ("乙局", "c"), ("丙局", "c")]),
        ("（甲局牵头，乙局等按职责分工负责）", [("甲局", "l"), ("乙局", "c")]),
        ("牵头单位：甲局；配合单位：乙局、丙局。", [("甲局", "l"), ("乙局", "c"), ("丙局", "c")]),
        ("责任单位:甲局\n乙局", [("甲局", "c"), ("乙局", "c")]),
        ("甲局、乙局等", [("甲局", "c"), ("乙局", "c")]),
        (" 、，； ", []),
        ("", []),
    ],
)
def test_a_list_is_read_as_documents_write_it(text: str, read: list[tuple[str, str]]) -> None:
    lines = duty_lists.read(text, role=Role.COOPERATING, within=None)
    short = {Role.LEAD: "l", Role.COOPERATING: "c"}
    assert [(line.written, short[line.role]) for line in lines] == read


def test_names_are_found_by_any_of_their_names(here: Jurisdiction, task: Task) -> None:
    unit = UnitFactory(name="重庆市经济信息委")
    UnitNameFactory(unit=unit, name="市经济信息委")
    central = UnitFactory(name="中国铁路成都局集团公司", central=True)
    lines = duty_lists.read(
        "市经济信息委、中国铁路成都局集团公司、市经济信息委、没有的局",
        role=Role.COOPERATING,
        within=here,
    )
    assert [line.unit for line in lines] == [unit, central, None, None]
    assert "不能重复" in lines[2].problem
    assert "没有名为“没有的局”的单位" in lines[3].problem
    texts = duty_lists.texts_of(lines, here)
    assert [(text.unit, text.side) for text in texts] == [(unit, here), (central, None)]


def test_a_list_has_an_end(here: Jurisdiction) -> None:
    lines = duty_lists.read("、".join(f"第{n}局" for n in range(500)), role=Role.LEAD, within=here)
    assert len(lines) == duty_lists.MOST + 1
    assert lines[-1].problem == "一次最多100个单位。"


def test_the_plans_own_lists_are_read_back_as_they_were_loaded() -> None:
    """Every list of units of the joint plan, pasted as its document writes it."""
    load()
    rows = Responsibility.objects.filter(task__plan__code="joint-2022", role=Role.COOPERATING)
    places = {place.pk: place for place in Jurisdiction.objects.all()}
    lists: dict[tuple[int, int], list[Responsibility]] = {}
    for row in rows.exclude(side=None).select_related("unit").order_by("task", "order"):
        lists.setdefault((row.task_id, row.side_id or 0), []).append(row)
    assert len(lists) > 40
    for (_task, side), wanted in lists.items():
        text = "、".join(row.written for row in wanted)
        lines = duty_lists.read(text, role=Role.COOPERATING, within=places[side])
        assert [line.unit for line in lines] == [row.unit for row in wanted], text


def test_a_later_loading_keeps_the_duties_that_an_office_set() -> None:
    load()
    by = coordinator(Office.objects.get(name="江津区双碳办"))
    tasks = Task.objects.filter(plan__code="jiangjin-2022").order_by("number")
    task = next(one for one in tasks if len(one.cooperating) > 1)
    gone, changed = task.responsibilities.filter(role=Role.COOPERATING).order_by("order")[:2]
    duties.delete_duty(gone, seen=seen(gone), by=by)
    duties.edit_duty(
        changed, replace(DutyText.of(changed), note="由人写"), seen=seen(changed), by=by
    )
    guest = UnitFactory(name="江津区某中心", jurisdiction=task.plan.jurisdiction)
    side = task.plan.sides.get().jurisdiction
    duties.create_duty(task, DutyText(guest, Role.COOPERATING, side), by=by)
    before = list(task.responsibilities.order_by("order").values_list("pk", "order", "note"))
    out = load()
    rows = task.responsibilities.order_by("order")
    assert list(rows.values_list("pk", "order", "note")) == before
    assert f"单位“{gone.unit}”已移除" in out
    assert "没有变化" in out
