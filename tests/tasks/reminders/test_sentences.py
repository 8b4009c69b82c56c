"""Tone: urged on one's own side, asked where the body is central; never an exclamation mark."""

import datetime
import re

import pytest
from django.utils import translation

from tasks.models import Notice
from tasks.reminders import make_notices, sentence
from tasks.reminders.rules import RULES, SENTENCES
from tests.factories import (
    PeriodFactory,
    PlanSideFactory,
    ProgressReportFactory,
    UnitFactory,
    joint_plan,
)
from tests.factories.tasks import ResponsibilityFactory, TaskFactory
from tests.factories.units import OfficeFactory, coordinator, officer
from tests.tasks.reminders.conftest import Scene, at

D = datetime.date
DUE = D(2026, 10, 10)

OF_NO_TASK = {
    "no_officer": "重庆市能源局",
    "no_liaison": "重庆市能源局",
    "password_due": "密码",
    "observation_waiting": "节点甲",
    "target_without_value": "节点甲",
    "urge": "催1",
}

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung")]


def said(today: D) -> list[str]:
    Notice.objects.all().delete()
    make_notices(today=today, now=at(today))
    return [sentence(notice) for notice in Notice.objects.order_by("pk")]


def test_a_report_due(scene: Scene) -> None:
    assert said(D(2026, 10, 9)) == ["请于10月10日前填报“协同开发油气资源”2026年第3季度进展。"]
    assert said(DUE) == ["请于10月10日当日填报“协同开发油气资源”2026年第3季度进展。"]


def test_a_late_report_is_urged_and_the_office_is_informed(scene: Scene) -> None:
    urged = (
        "催办：“协同开发油气资源”2026年第3季度进展应于2026年10月10日前报送，"
        "已超过7个工作日，请尽快报送。"
    )
    told = (
        "重庆市能源局“协同开发油气资源”2026年第3季度进展应于2026年10月10日前报送，"
        "已超过7个工作日，尚未收到。"
    )
    assert said(D(2026, 10, 20)) == [urged, urged, told]


def test_a_report_that_has_come_back(scene: Scene) -> None:
    ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        returned=True,
        submitted_at=at(D(2026, 10, 9)),
        reviewed_at=at(D(2026, 10, 20)),
        redo_by=D(2026, 10, 23),
    )
    assert said(D(2026, 10, 20)) == [
        "“协同开发油气资源”2026年第3季度进展已退回，请于10月23日前修改后重报。"
    ]
    urged = (
        "催办：“协同开发油气资源”2026年第3季度进展已退回，应于2026年10月23日前重报，"
        "已超过7个工作日，请尽快修改重报。"
    )
    told = (
        "重庆市能源局“协同开发油气资源”2026年第3季度进展已退回，应于2026年10月23日前重报，"
        "已超过7个工作日，尚未重报。"
    )
    assert said(D(2026, 11, 3)) == [urged, urged, told]


@pytest.mark.parametrize("day", [D(2026, 10, 20), D(2026, 10, 23), D(2026, 11, 3)])
def test_what_has_come_back_is_never_called_not_received(scene: Scene, day: D) -> None:
    ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        returned=True,
        submitted_at=at(D(2026, 10, 9)),
        reviewed_at=at(D(2026, 10, 20)),
        redo_by=D(2026, 10, 23),
    )
    texts = said(day)
    assert texts
    for text in texts:
        assert "已退回" in text
        assert not any(word in text for word in ("未报", "尚未收到", "逾期"))
        assert ("已超过" in text) == (day > D(2026, 10, 23))


def test_a_task_past_its_own_date_and_past_the_plans_end_differ(scene: Scene) -> None:
    scene.period.delete()
    scene.plan.ends_on = D(2026, 10, 30)
    scene.plan.save()
    scene.another(task__due_on=D(2026, 10, 30), task__title="甲")
    assert said(D(2026, 11, 2)) == [
        "催办：任务“甲”应于2026年10月30日前完成，已逾期1个工作日，请尽快办结。",
        "催办：方案已于2026年10月30日期满，任务“协同开发油气资源”尚未办结，请尽快办结。",
    ]
    assert set(said(D(2026, 10, 30))) == {
        "任务“甲”应于10月30日前完成，请按期办结。",
        "方案于10月30日期满，请按期办结任务“协同开发油气资源”。",
    }


@pytest.mark.parametrize("own_date", [True, False])
def test_central_bodies_are_asked_never_urged(db: None, own_date: bool) -> None:
    plan = joint_plan(ends_on=D(2026, 9, 30))
    unit = UnitFactory(central=True)
    officer(unit)
    coordinator(OfficeFactory())
    task = TaskFactory(plan=plan, due_on=D(2026, 9, 30) if own_date else None)
    ResponsibilityFactory(task=task, unit=unit, side=plan.sides.all()[0].jurisdiction)
    PeriodFactory(plan=plan)
    to_unit = []
    back = TaskFactory(plan=plan, title="退回的")
    ProgressReportFactory(
        responsibility=ResponsibilityFactory(
            task=back, unit=unit, side=plan.sides.all()[0].jurisdiction
        ),
        period=plan.periods.get(),
        returned=True,
        submitted_at=at(D(2026, 9, 7)),
        reviewed_at=at(D(2026, 9, 30)),
        redo_by=D(2026, 10, 10),
    )
    for day in (D(2026, 9, 30), D(2026, 10, 10), D(2026, 10, 20), D(2026, 11, 20)):
        for text, notice in zip(said(day), Notice.objects.order_by("pk"), strict=True):
            assert "！" not in text
            assert "催" not in text
            if notice.params["verb"] != "report.review":
                to_unit.append(text)
    assert len(to_unit) >= 5
    assert all("商请" in text for text in to_unit)


def test_every_rule_has_a_sentence_in_both_languages(scene: Scene) -> None:
    assert {rule.key for rule in RULES} < set(SENTENCES)
    PlanSideFactory(plan=scene.plan, jurisdiction=UnitFactory(jiangjin=True).jurisdiction)
    make_notices(today=D(2026, 10, 20), now=at(D(2026, 10, 20)))
    for notice in Notice.objects.all():
        for rule in SENTENCES:
            notice.rule = rule
            notice.params |= {"what": "节点甲", "office": "市双碳办", "things": 2, "code": "催1"}
            about = OF_NO_TASK.get(rule, "协同开发油气资源")
            assert about in sentence(notice)
            chinese = sentence(notice)
            with translation.override("en"):
                english = sentence(notice)
            assert english != chinese
            assert not re.search("[，。：（）]|请|催办|应于", english)


def test_a_rule_of_an_older_version_still_says_its_task(scene: Scene) -> None:
    make_notices(today=DUE, now=at(DUE))
    notice = Notice.objects.get()
    notice.rule = "gone"
    assert sentence(notice) == "协同开发油气资源"
