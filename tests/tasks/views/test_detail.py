"""The page of a task."""

import datetime

import pytest
from django.urls import reverse

from tasks.models import Assignment, Contribution
from tasks.states import ContributionState, ReportState, TaskState
from tests.factories import (
    NOW,
    PeriodFactory,
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TargetFactory,
    TaskFactory,
    UnitFactory,
)
from units.services import audit


@pytest.fixture
def page(as_, world, clock):
    """`page(person)`: the text of the task's page for the person."""

    def read(person, task=None) -> str:
        return str(as_(person).get((task or world.task).get_absolute_url()).text)

    return read


def test_tells_the_story(page, world):
    central = ResponsibilityFactory(
        task=world.task, unit=UnitFactory(central=True), cooperating=True
    )
    TargetFactory(plan=world.plan, task=world.task)
    text = page(world.stranger)
    assert world.task.title in text
    assert world.task.summary in text
    assert world.task.clause in text
    assert str(world.task.document) in text
    assert world.plan.name in text
    assert "重庆市能源局" in text
    assert "四川省能源局" in text
    assert central.unit.name in text
    assert "中央单位" in text
    assert "16%" in text
    assert "2030-12-31" in text
    assert "方案期限" in text


def test_cooperating_units_keep_the_texts_order(as_, world, clock):
    later = ResponsibilityFactory(task=world.task, unit=UnitFactory(order=0), cooperating=True)
    response = as_(world.stranger).get(world.task.get_absolute_url())
    ((side, duties),) = response.context["cooperating"]
    assert side == "重庆市"
    assert [duty.order for duty in duties] == sorted(duty.order for duty in duties)
    assert duties[-1] == later


APPROVED, SUBMITTED, DRAFT = (ReportState.APPROVED, ReportState.SUBMITTED, ReportState.DRAFT)
READERS = {
    APPROVED: {"lead", "other_lead", "cooperating", "office", "other_office", "auditor"},
    SUBMITTED: {"lead", "office", "auditor"},
    DRAFT: {"lead"},
}
CAST = ["lead", "other_lead", "cooperating", "stranger", "office", "other_office", "auditor"]


@pytest.mark.parametrize("person", CAST)
@pytest.mark.parametrize("state", [APPROVED, SUBMITTED, DRAFT])
def test_reports_are_shown_by_the_table_of_who_sees_what(page, world, person, state):
    traits = {} if state == DRAFT else {state.value: True}
    ProgressReportFactory(
        responsibility=world.side,
        period=world.period,
        progress="气田已投产。",
        percent=37,
        **traits,
    )
    text = page(getattr(world, person))
    assert ("气田已投产。" in text) == (person in READERS[state])
    assert ("37%" in text) == (person in READERS[state])


def test_a_stranger_is_told_who_reads_progress(page, world):
    text = page(world.stranger)
    assert "进展情况由责任单位、协调办公室和督查人员查看" in text
    assert "无权查看" in text
    assert "落后序时进度" not in text


def test_reason_stands_beside_the_light_where_allowed(page, world):
    ProgressReportFactory(responsibility=world.side, period=world.period, approved=True, percent=37)
    assert "完成37%，落后序时进度" in page(world.other_lead)


def test_the_lead_gets_a_button_for_the_open_period_alone(page, world):
    # With its quotation mark: an office's 代填 stands at an address beneath.
    button = reverse("tasks:report", args=[world.side.pk, "2026Q3"]) + '"'
    assert button in page(world.lead)
    for person in (world.other_lead, world.cooperating, world.stranger, world.office):
        assert button not in page(person), person
    ProgressReportFactory(responsibility=world.side, period=world.period, submitted=True)
    assert button not in page(world.lead)


@pytest.mark.parametrize("state", [TaskState.CLOSED, TaskState.SUSPENDED])
def test_an_ended_side_gets_no_button(page, world, state):
    world.side.state = state
    world.side.save()
    assert "填报2026年第3季度进展" not in page(world.lead)


def test_district_tasks_stand_beneath_and_the_joint_task_above(page, world):
    district = TaskFactory(plan=PlanFactory(), title="区里的落实任务")
    ResponsibilityFactory(task=district, unit=UnitFactory(jiangjin=True, name="江津区发展改革委"))
    district.implements.add(world.task)
    text = page(world.stranger)
    assert "区里的落实任务" in text
    assert "江津区发展改革委" in text
    assert "区县、市州落实任务" in text
    above = page(world.stranger, district)
    assert world.task.title in above
    assert "落实的任务" in above


def test_a_drafts_task_is_for_reference_without_light(page, world):
    task = TaskFactory(plan=PlanFactory(draft=True))
    text = page(world.lead, task)
    assert "征求意见稿，仅供参考" in text
    assert "各季度进展" not in text
    assert 'class="light' not in text
    assert "文中未载" in text


def test_an_own_date_is_not_marked_as_the_plans(page, world):
    task = TaskFactory(plan=world.plan, due_on=datetime.date(2026, 12, 31))
    ResponsibilityFactory(task=task, unit=UnitFactory())
    text = page(world.lead, task)
    assert "2026-12-31" in text
    assert "还有41天" in text
    assert "方案期限" not in text


def test_quarters_stand_newest_first_and_older_ones_fold(as_, world, clock):
    for quarter in ("2025Q1", "2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q4"):
        PeriodFactory(plan=world.plan, quarter_text=quarter)
    context = as_(world.lead).get(world.task.get_absolute_url()).context
    codes = [story.period.code for story in [*context["quarters"], *context["earlier"]]]
    assert codes == ["2026Q3", "2026Q2", "2026Q1", "2025Q4", "2025Q3", "2025Q2", "2025Q1"]
    assert len(context["earlier"]) == 1


@pytest.mark.parametrize("tab", ["", "?tab=history"])
def test_queries_do_not_grow(as_, world, clock, django_assert_num_queries, tab):
    browser = as_(world.lead)
    address = world.task.get_absolute_url() + tab

    def more(n: int, quarter: str) -> None:
        for _ in range(n):
            district = TaskFactory(plan=world.plan, action=world.task.action)
            district.implements.add(world.task)
            ResponsibilityFactory(task=district, unit=UnitFactory())
            unit = UnitFactory()
            duty = ResponsibilityFactory(task=world.task, unit=unit, cooperating=True, phone="1")
            Assignment.objects.create(
                responsibility=duty, assigned_by=world.office, assigned_at=NOW, sign_by=NOW.date()
            )
            TargetFactory(plan=world.plan, task=world.task)
            audit.record("duty.edit", duty, by=world.office)
        period = PeriodFactory(plan=world.plan, quarter_text=quarter)
        report = ProgressReportFactory(responsibility=world.side, period=period, approved=True)
        audit.record("report.approve", report, by=world.office)

    more(2, "2026Q2")
    browser.get(address)
    with django_assert_num_queries(QUERIES[tab]):
        browser.get(address)
    more(5, "2026Q1")
    with django_assert_num_queries(QUERIES[tab]):
        browser.get(address)


# Of the steps of the cycle each block asks once or twice, whatever they hold.
QUERIES = {"": 37, "?tab=history": 24}


def test_a_drafts_sides_have_no_light_anywhere(as_, world, clock):
    """Though somebody leads, and the date has passed."""
    draft = PlanFactory(draft=True, ends_on=datetime.date(2025, 12, 31))
    task = TaskFactory(plan=draft)
    for unit in (world.side.unit, world.other_side.unit):
        ResponsibilityFactory(task=task, unit=unit)
    addresses = (
        task.get_absolute_url(),
        reverse("tasks:plan", args=[draft.code]),
        f"{reverse('tasks:list')}?plan={draft.code}",
    )
    for person in (world.lead, world.stranger):
        for address in addresses:
            text = as_(person).get(address).text
            assert world.side.unit.name in text
            assert 'class="light' not in text
            assert "无权查看" not in text
            assert "尚无已审核进" not in text


def test_district_tasks_have_heads(page, world):
    district = TaskFactory(plan=PlanFactory())
    ResponsibilityFactory(task=district, unit=UnitFactory())
    district.implements.add(world.task)
    text = page(world.stranger)
    related = text[text.index("区县、市州落实任务") :]
    assert "牵头单位及完成进度" in related
    assert "?ordering=" not in related


def test_the_actions_numeral_stands_close(page, world):
    world.task.action.numeral = "（一）"
    world.task.action.save()
    assert f">（一）{world.task.action.title}<" in page(world.stranger)


def test_a_cooperating_unit_is_led_to_what_it_tells(page, world):
    cooperating = world.task.responsibilities.get(role="cooperating")
    address = reverse("tasks:contribution", args=[cooperating.pk, world.period.code])
    text = page(world.cooperating)
    assert address in text
    assert "填写2026年第3季度配合情况" in text
    assert not [who for who in (world.lead, world.office, world.stranger) if address in page(who)]
    Contribution.objects.create(
        responsibility=cooperating,
        period=world.period,
        text="已配合。",
        state=ContributionState.SUBMITTED,
        submitted_by=world.cooperating,
        submitted_at=NOW,
    )
    assert "查看2026年第3季度配合情况" in page(world.cooperating)
