"""What a brief suggests: each rule speaks when it applies, and of whom."""

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from tasks.documents.brief import fitted
from tasks.models import Period, Plan, Responsibility
from tasks.states import ReportState, TaskState
from tests.factories import NOW, TODAY, JurisdictionFactory, UnitFactory, UserFactory
from tests.tasks.brief.conftest import DONE, advised, lead, leader_of, made, report, side_of

pytestmark = pytest.mark.django_db


def ahead(plan: Plan) -> Responsibility:
    """A side of which there is nothing to say."""
    side = lead(plan)
    report(side, approved=True, percent=95)
    return side


def missing(plan: Plan) -> None:
    """Of a side that is well ahead, so that nothing else is to be said."""
    report(lead(plan, UnitFactory(name="重庆市某局")), 2, **DONE)


def missing_of_central(plan: Plan) -> None:
    unit = UnitFactory(central=True, name="中国某集团")
    report(lead(plan, unit, side=JurisdictionFactory()), 2, **DONE)


def late_twice(plan: Plan) -> None:
    report(lead(plan, due="2026-03-31"), approved=True, percent=90)


def late_once(plan: Plan) -> None:
    report(lead(plan, due="2026-09-30"), approved=True, percent=90)


RULES: list[tuple[str, Callable[[Plan], Any], str]] = [
    ("missing", missing, "重庆市某局尚有1项进展未报，建议催办，请于2026-11-25前报送。"),
    ("central", missing_of_central, "中国某集团尚有1项进展未报，建议发函商请于2026-11-25前报送。"),
    ("twice", late_twice, "连续两个季度逾期或期满未办结，建议提请会议研究"),
    ("once", late_once, "已过时限，请"),
    ("returned", lambda plan: _returned(plan), "已退回，请按退回意见"),
    ("asked", lambda plan: report(lead(plan), **DONE, coordination="请协调。"), "需协调事项1件"),
    ("asked there", lambda plan: _asked_there(plan), "商请对方办公室"),
    ("not begun", lambda plan: _not_begun(plan), "任务未启动且落后序时进度，请"),
    ("behind", lambda plan: report(lead(plan), approved=True, percent=5), "任务滞后，请"),
    ("soon", lambda plan: report(lead(plan, due="2026-11-24"), **DONE), "任务临期，请"),
    ("waiting", lambda plan: _waiting(plan), "1份进展待审核"),
]  # fmt: skip


def _asked_there(plan: Plan) -> None:
    report(lead(plan, UnitFactory(sichuan=True)), **DONE, coordination="请协调。")


def _not_begun(plan: Plan) -> None:
    report(lead(plan, state=TaskState.NOT_STARTED), approved=True, percent=0)


def _returned(plan: Plan) -> None:
    side = lead(plan)
    report(side, 2, **DONE)
    report(side, returned=True, percent=95)


def _waiting(plan: Plan) -> None:
    side = lead(plan)
    report(side, 2, percent=95, state=ReportState.DRAFT)
    plan.periods.get(quarter=2).reports.update(
        state=ReportState.APPROVED, submitted_by=UserFactory(), submitted_at=NOW
    )
    report(side, submitted=True, percent=96)


@pytest.mark.parametrize(("name", "happens", "says"), RULES, ids=[rule[0] for rule in RULES])
def test_each_rule_speaks_when_it_applies_and_only_then(
    plan: Plan, name: str, happens: Callable[[Plan], Any], says: str
) -> None:
    ahead(plan)
    assert advised(plan) == ["各项任务按计划推进，建议继续按季度调度。"]
    happens(plan)
    assert len([sentence for sentence in advised(plan) if says in sentence]) == 1
    assert len(advised(plan)) == 1


def test_before_the_day_units_are_given_the_day(plan: Plan) -> None:
    missing(plan)
    Period.objects.filter(plan=plan, quarter=3).update(
        due_on=datetime.date(2026, 12, 1), grace_until=datetime.date(2026, 12, 8)
    )
    assert "请于2026-12-01前报送" in advised(plan)[0]


def test_a_closed_quarters_brief_urges_nobody_and_names_no_day(plan: Plan) -> None:
    """What is missing there is filed afterwards, whatever its day was."""
    period = plan.periods.get(quarter=3)
    missing(plan)
    missing_of_central(plan)
    _returned(plan)
    assert sum("前报送" in line for line in advised(plan)) == 2
    for closed_on in (TODAY, TODAY - datetime.timedelta(20)):
        Period.objects.filter(pk=period.pk).update(state="closed", closed_on=closed_on)
        said = advised(plan)
        assert sum("按补报办理" in line for line in said) == 3
        assert not [line for line in said if "催办" in line or "前报送" in line or "重报。" in line]


def test_the_other_sides_requests_are_not_for_our_meeting(plan: Plan) -> None:
    _asked_there(plan)
    assert not [line for line in advised(plan) if "召集" in line]
    report(lead(plan), **DONE, coordination="请协调。")
    said = advised(plan)
    assert [line for line in said if "召集" in line and "1件" in line]
    assert [line for line in said if "商请对方办公室" in line and "1件" in line]


def test_all_are_named_where_there_is_room(plan: Plan) -> None:
    for n in range(11):
        report(lead(plan, UnitFactory(name=f"第{n}局")), 2, **DONE)
    page = made(leader_of(side_of(plan)), plan)
    assert "等11个单位" in page.advice()[0]
    whole = fitted(page).advice()[0]
    assert "个单位" not in whole
    assert all(f"第{n}局" in whole for n in range(11))
