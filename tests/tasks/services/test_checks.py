"""What is noticed of a report at submission, and what is not."""

import datetime
from typing import Any

import pytest

from tasks.models import ProgressReport
from tasks.services import checks, progress
from tasks.services.checks import Shingles
from tasks.services.entry import Entry
from tests.factories import (
    NOW,
    TODAY,
    EvidenceFactory,
    PeriodFactory,
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    officer,
)

pytestmark = pytest.mark.django_db
TEXT = "完成输气管道建设四十公里，安装压气站设备三套，组织安全检查两次，解决用地问题五件。"


@pytest.fixture
def side(db: None) -> Any:
    task = TaskFactory(plan=PlanFactory(), due_on=datetime.date(2029, 12, 31))
    return ResponsibilityFactory(task=task, unit=UnitFactory())


def filed(side: Any, quarter: str = "2026Q3", **values: Any) -> ProgressReport:
    plan = side.task.plan
    year, number = quarter.split("Q")
    period = plan.periods.filter(year=year, quarter=number).first()
    period = period or PeriodFactory(plan=plan, quarter_text=quarter)
    made: ProgressReport = ProgressReportFactory(responsibility=side, period=period, **values)
    return made


def codes(report: ProgressReport) -> list[str]:
    return [flag["code"] for flag in checks.found(report, today=TODAY)]


def test_an_ordinary_report_is_not_remarked_on(side: Any) -> None:
    filed(side, "2026Q2", approved=True, percent=40, progress="完成勘察设计和环评批复。")
    assert codes(filed(side, percent=60, progress=TEXT)) == []


@pytest.mark.parametrize(
    ("last", "now", "found"),
    [
        (50, 49, ["fell"]),
        (50, 50, []),
        (50, 90, []),
        (50, 91, ["jumped"]),
        (None, 90, []),
    ],
)
def test_a_percent_that_fell_or_jumped(
    side: Any, last: int | None, now: int, found: list[str]
) -> None:
    if last is not None:
        filed(side, "2026Q2", approved=True, percent=last, progress="完成勘察。")
    assert codes(filed(side, percent=now, progress=TEXT)) == found


def test_how_far_is_a_jump_is_the_plans(side: Any) -> None:
    side.task.plan.jump_points = 10
    side.task.plan.save()
    filed(side, "2026Q2", approved=True, percent=50, progress="完成勘察。")
    report = filed(side, percent=61, progress=TEXT)
    assert checks.found(report, today=TODAY) == [
        {"code": "jumped", "last": 50, "percent": 61, "limit": 10}
    ]


def test_all_done_without_evidence(side: Any) -> None:
    report = filed(side, percent=100, progress=TEXT)
    assert codes(report) == ["bare"]
    EvidenceFactory(report=report)
    assert codes(report) == []


def test_last_quarters_text_again(side: Any) -> None:
    filed(side, "2026Q2", approved=True, percent=40, progress=TEXT)
    report = filed(side, percent=45, progress=TEXT.replace("两次", "三次"))
    (flag,) = checks.found(report, today=TODAY)
    assert (flag["code"], flag["period"]) == ("repeated", "2026Q2")
    assert 90 <= flag["percent"] < 100
    report.no_news = True
    assert codes(report) == []


def test_another_units_text_of_the_same_quarter(side: Any) -> None:
    report = filed(side, percent=45, progress=TEXT)
    same_unit = ResponsibilityFactory(task=TaskFactory(plan=side.task.plan), unit=side.unit)
    filed(same_unit, submitted=True, progress=TEXT)
    other = ResponsibilityFactory(task=TaskFactory(plan=side.task.plan), unit=UnitFactory())
    draft = filed(other, progress=TEXT)
    assert codes(report) == []
    ProgressReport.objects.filter(pk=draft.pk).update(
        state="submitted", submitted_by=officer(other.unit), submitted_at=NOW
    )
    assert checks.found(report, today=TODAY) == [
        {"code": "copied", "percent": 100, "report": draft.pk}
    ]


@pytest.mark.parametrize("problems", ["", "无", "无。", "暂无", "没有"])
def test_no_problems_while_red(problems: str) -> None:
    task = TaskFactory(plan=PlanFactory(), overdue=True)
    side = ResponsibilityFactory(task=task, unit=UnitFactory())
    report = filed(side, progress=TEXT, problems=problems)
    assert codes(report) == ["untroubled"]
    report.problems = "资金没有落实。"
    assert codes(report) == []


def test_they_are_kept_with_what_was_handed_in(side: Any) -> None:
    last = filed(side, "2026Q2", approved=True, percent=70, progress="完成勘察。")
    period = PeriodFactory(plan=side.task.plan, quarter_text="2026Q3")
    entry = Entry(percent=60, progress=TEXT)
    done = progress.submit(side, period, entry, by=officer(side.unit), now=NOW)
    done.refresh_from_db()
    assert done.flags == [{"code": "fell", "last": last.percent, "percent": 60}]


def test_each_flag_has_its_sentence() -> None:
    flags: list[checks.Flag] = [
        {"code": "fell", "last": 50, "percent": 40},
        {"code": "jumped", "last": 10, "percent": 60, "limit": 40},
        {"code": "bare"},
        {"code": "repeated", "percent": 95, "period": "2026Q2"},
        {"code": "copied", "percent": 93, "report": 7},
        {"code": "untroubled", "word": "overdue"},
        {"code": "of a later version"},
    ]
    told = checks.told(flags, {7})
    assert [one.code for one in told] == list(checks.SENTENCES)
    assert told[1].sentence == "完成进度比上次增加超过40个百分点：上次10%，本次60%。"
    assert told[2].sentence == "完成进度为100%，没有佐证材料。"
    assert told[3].sentence == "进展情况与2026年第2季度的填报95%相同。"
    assert told[5].sentence == "该任务为红灯（逾期），没有填写存在问题。"
    assert [one.beside for one in told] == [None, None, None, None, 7, None]


@pytest.mark.parametrize(
    ("one", "other", "percent"),
    [
        ("完成建设。", "完成建设", 100),
        ("完成建设", "开工筹备", 0),
        ("", "", 0),
        ("甲", "甲", 0),
    ],
)
def test_how_alike_two_texts_are(one: str, other: str, percent: int) -> None:
    assert Shingles(one).alike(Shingles(other)) == percent


def test_sixty_units_are_held_against_one_in_one_query(
    side: Any, django_assert_num_queries: Any
) -> None:
    report = filed(side, percent=45, progress=TEXT * 30)
    task = TaskFactory(plan=side.task.plan)
    for number in range(5):
        other = ResponsibilityFactory(task=task, unit=UnitFactory(), cooperating=True)
        filed(other, submitted=True, progress=f"{number}" + TEXT[::-1] * 30)
    with django_assert_num_queries(2):
        list(checks._about_likeness(report, None))
        list(checks._about_likeness(report, None))
