"""A brief's figures equal the matrix, the desk and the lists; its rules say when they apply."""

import datetime
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tasks.documents.brief import fitted
from tasks.models import BriefNote, Period, Plan, PlanSide, Responsibility
from tasks.services import brief, desk
from tasks.services.brief import words
from tasks.services.brief.choosing import choose, sides_for
from tasks.services.brief.making import Brief, file_name, shared
from tasks.services.brief.room import LEAST
from tasks.services.brief.rows import LIGHTS
from tasks.states import LightWord, ReportState, TaskState
from tests.factories import (
    NOW,
    TODAY,
    JurisdictionFactory,
    MembershipFactory,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from tracker.lib.stale import Stale
from units.models import AuditEntry, User
from units.states import Role as PersonRole

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan() -> Plan:
    plan = joint_plan(tracked_from="2026Q2", short_title="联合行动方案")
    PeriodFactory(plan=plan, quarter_text="2026Q2", closed=True)
    PeriodFactory(plan=plan, quarter_text="2026Q3")
    return plan


def side_of(plan: Plan, code: str = "500000") -> PlanSide:
    return plan.sides.select_related("plan", "office", "jurisdiction").get(jurisdiction__code=code)


def leader(side: PlanSide) -> User:
    user: User = UserFactory()
    MembershipFactory(user=user, role=PersonRole.LEADER, unit=None, office=side.office)
    return user


def made(user: User, plan: Plan, code: str = "500000", quarter: str = "2026Q3") -> Brief:
    period = plan.periods.get(year=int(quarter[:4]), quarter=int(quarter[-1]))
    return brief.make(user, side_of(plan, code), period, TODAY)


def fill(plan: Plan, dice: Random, tasks: int) -> None:
    filer = UserFactory()
    for _n in range(tasks):
        due = dice.choice([None, TODAY - datetime.timedelta(days=dice.randint(-100, 500))])
        task = TaskFactory(plan=plan, due_on=due)
        for unit in (UnitFactory(), UnitFactory(sichuan=True)):
            side = ResponsibilityFactory(
                task=task, unit=unit, state=dice.choice([*TaskState, *[TaskState.IN_PROGRESS] * 6])
            )
            for period in plan.periods.all():
                if dice.random() < 0.6:
                    ProgressReportFactory(
                        responsibility=side,
                        period=period,
                        filled_by=filer,
                        percent=dice.randint(0, 100),
                        coordination=dice.choice(["", "请协调用地指标。", "无。"]),
                        state=dice.choice([*ReportState, *[ReportState.APPROVED] * 4]),
                    )


@pytest.mark.parametrize("seed", range(3))
def test_its_figures_equal_the_desk_and_the_lists(plan: Plan, seed: int) -> None:
    fill(plan, Random(seed), 15)  # noqa: S311 - data of a test
    side = side_of(plan)
    user = leader(side)
    own = made(user, plan).own
    (overview,) = desk.overviews([side], TODAY)
    assert (own.expected, own.reported) == (overview.expected, overview.reported)
    assert (own.missing, own.returned) == (overview.unreported, len(overview.sent_back))
    assert own.words == overview.words
    assert sum(own.lights) == own.total == 15
    leads: Any = Responsibility.objects.leads().filter(task__plan=plan, side=side.jurisdiction)
    page = made(user, plan)
    assert len(own.with_word(LightWord.OVERDUE)) == leads.overdue(TODAY).count()
    assert len(own.with_word(LightWord.EXPIRED)) == leads.expired(TODAY).count()
    shown = sum(len(rows) for _kind, rows, _number in page.late)
    assert shown == min(LEAST.late, page.late_total)
    assert shown + page.late_rest_total == page.late_total
    handed_in = plan.periods.get(quarter=3).reports.reported()
    asked = handed_in.filter(coordination="请协调用地指标。")
    others = asked.exclude(responsibility__side=side.jurisdiction).approved()
    mine = asked.filter(responsibility__side=side.jurisdiction)
    assert {ask.report.pk for ask in page.asks} == {report.pk for report in mine | others}


def test_each_light_stands_in_one_column() -> None:
    found = [word for _label, some in LIGHTS for word in some]
    assert sorted(found) == sorted(LightWord)


def test_of_the_other_side_only_what_is_approved_is_told(plan: Plan) -> None:
    task = TaskFactory(plan=plan)
    for unit, state in ((UnitFactory(), "approved"), (UnitFactory(sichuan=True), "submitted")):
        ProgressReportFactory(
            responsibility=ResponsibilityFactory(task=task, unit=unit),
            period=plan.periods.get(quarter=3),
            coordination="请协调。",
            **{state: True},
        )
    chongqing, sichuan = made(leader(side_of(plan)), plan).sides
    assert (chongqing.own, chongqing.is_close, chongqing.reported) == (True, True, 1)
    assert (sichuan.own, sichuan.is_close, sichuan.is_told) == (False, False, True)
    assert (sichuan.approved, sichuan.expected, sichuan.reported) == (0, 1, 0)
    here = made(leader(side_of(plan)), plan)
    assert [ask.own for ask in here.asks] == [True]
    there = made(leader(side_of(plan, "510000")), plan, "510000")
    assert [(ask.own, ask.is_waiting) for ask in there.asks] == [(True, True), (False, False)]
    watching = made(inspector(JurisdictionFactory()), plan)
    assert [one.is_told for one in watching.sides] == [True, False]


def test_a_closed_quarter_is_told_as_of_its_closing(plan: Plan) -> None:
    side = ResponsibilityFactory(
        task=TaskFactory(plan=plan, due_on=datetime.date(2026, 8, 31)), unit=UnitFactory()
    )
    for quarter, percent in ((2, 40), (3, 70)):
        ProgressReportFactory(
            responsibility=side,
            period=plan.periods.get(quarter=quarter),
            approved=True,
            percent=percent,
        )
    user = leader(side_of(plan))
    then, now = made(user, plan, quarter="2026Q2"), made(user, plan)
    assert not then.is_live
    assert now.is_live
    assert then.day == plan.periods.get(quarter=2).closed_on
    assert then.own.lines[0].percent == 40
    assert then.own.lines[0].word != LightWord.OVERDUE
    assert (now.own.lines[0].word, now.own.lines[0].percent) == (LightWord.OVERDUE, 70)
    assert now.own.lines[0].late_since == datetime.date(2026, 9, 1)


def test_behind_is_told_since_which_quarter_and_by_how_much(plan: Plan) -> None:
    """By what had been approved in each quarter: nothing that was approved later moves it."""
    PeriodFactory(plan=plan, quarter_text="2026Q1", closed=True)
    side = ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory())
    for quarter, percent in ((1, 95), (2, 30), (3, 31)):
        ProgressReportFactory(
            responsibility=side,
            period=plan.periods.get(quarter=quarter),
            approved=True,
            percent=percent,
        )
    user = leader(side_of(plan))
    (line,) = made(user, plan).own.lines
    assert (line.word, line.late_since) == (LightWord.BEHIND, None)
    gap = (plan.expected_percent(line.due, TODAY) or 0) - 31
    assert line.gap == gap
    assert line.since_words == f"2026年第2季度起，差{gap}个百分点"
    side.reports.filter(period__quarter=3).update(percent=32)
    (line,) = made(user, plan).own.lines
    assert line.since_words == f"2026年第2季度起，差{gap - 1}个百分点"
    side.reports.filter(period__quarter=2).update(percent=95)
    (line,) = made(user, plan).own.lines
    assert line.since_words.startswith("2026年第3季度起")


def test_what_never_began_and_is_behind_stands_among_the_late(plan: Plan) -> None:
    never = lead(plan, state=TaskState.NOT_STARTED)
    TaskFactory(plan=plan)
    page = made(leader(side_of(plan)), plan)
    assert page.own.words == {LightWord.NOT_STARTED: 1}  # the light stays grey
    ((_kind, lines, number),) = [some for some in page.late if some[2]]
    assert ([line.side for line in lines], number) == ([never], 1)
    assert "未启动且落后1项" in words.late_counts(page)
    assert lines[0].since_words == f"差{plan.expected_percent(lines[0].due, TODAY)}个百分点"
    (said,) = [line for line in page.advice() if "未启动且落后" in line]
    assert said.startswith(f"第{never.task.number}项任务")
    assert never.unit.name in said


def test_what_never_began_and_has_time_is_not_late(plan: Plan) -> None:
    Plan.objects.filter(pk=plan.pk).update(starts_on=TODAY - datetime.timedelta(7))
    plan.refresh_from_db()
    lead(plan, state=TaskState.NOT_STARTED, due="2027-12-31")
    page = made(leader(side_of(plan)), plan)
    assert page.late_total == 0
    assert "未启动" not in words.late_counts(page) + "".join(page.advice())


def test_twice_late_means_late_on_the_earlier_quarters_own_day(plan: Plan) -> None:
    """Also where the earlier quarter was left open, so that its figures are today's."""
    Period.objects.filter(plan=plan, quarter=2).update(state="open", closed_on=None)
    report(lead(plan, due="2026-09-30"), approved=True, percent=90)
    assert not [line for line in advised(plan) if "连续两个季度" in line]
    report(lead(plan, due="2026-06-30"), approved=True, percent=90)
    (said,) = [line for line in advised(plan) if "连续两个季度" in line]
    assert said.count("第") == 1


def test_ten_places_are_shared_so_that_each_kind_is_seen() -> None:
    assert shared([20, 20, 20], 10) == [6, 2, 2]
    assert shared([1, 0, 3], 10) == [1, 0, 3]
    assert shared([0, 30, 0], 10) == [0, 10, 0]
    assert shared([3, 5, 9], 10) == [3, 5, 2]


# --- rules ---------------------------------------------------------------------------------------


def lead(plan: Plan, unit: Any = None, due: str = "", **values: Any) -> Responsibility:
    day = datetime.date.fromisoformat(due) if due else None
    task = TaskFactory(plan=plan, due_on=day)
    side: Responsibility = ResponsibilityFactory(task=task, unit=unit or UnitFactory(), **values)
    return side


def report(side: Responsibility, quarter: int = 3, **values: Any) -> None:
    period = side.task.plan.periods.get(quarter=quarter)
    ProgressReportFactory(responsibility=side, period=period, **values)


def advised(plan: Plan) -> list[str]:
    return made(leader(side_of(plan)), plan).advice()


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


DONE: dict[str, Any] = {"approved": True, "percent": 95}
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
    page = made(leader(side_of(plan)), plan)
    assert "等11个单位" in page.advice()[0]
    whole = fitted(page).advice()[0]
    assert "个单位" not in whole
    assert all(f"第{n}局" in whole for n in range(11))


# --- the office's wording ------------------------------------------------------------------------


def write(user: User, plan: Plan, text: str, version: int = 0) -> BriefNote:
    period = plan.periods.get(quarter=3)
    return brief.write(side_of(plan), period, text=text, version=version, by=user, now=NOW)


def test_an_office_words_the_suggestions_and_takes_them_back(plan: Plan) -> None:
    user = coordinator(side_of(plan).office)
    note = write(user, plan, "1. 请市能源局说明。\n\n2、 提请会议研究\x07。")
    assert note.text == "请市能源局说明。\n提请会议研究。"
    assert words.advice(made(user, plan)) == ["请市能源局说明。", "提请会议研究。"]
    assert words.advice(made(user, plan, quarter="2026Q2")) != words.advice(made(user, plan))
    write(user, plan, "", version=1)
    assert words.advice(made(user, plan)) == made(user, plan).advice()
    entries = brief.history(made(user, plan).note)
    assert [entry.after["text"] for entry in entries] == ["", "请市能源局说明。\n提请会议研究。"]
    assert {entry.actor for entry in entries} == {user}


def test_the_same_text_again_is_no_change(plan: Plan) -> None:
    user = coordinator(side_of(plan).office)
    write(user, plan, "甲")
    assert write(user, plan, "甲", version=1).version == 1
    assert AuditEntry.objects.filter(verb="brief.write").count() == 1


def test_who_read_an_older_text_does_not_write_over_a_newer(plan: Plan) -> None:
    user = coordinator(side_of(plan).office)
    write(user, plan, "甲")
    for version in (0, 2, -1):
        with pytest.raises(Stale):
            write(user, plan, "乙", version=version)
    assert BriefNote.objects.get().text == "甲"


def test_what_does_not_fit_on_the_page_is_refused(plan: Plan) -> None:
    user = coordinator(side_of(plan).office)
    with pytest.raises(ValidationError, match="共601字"):
        write(user, plan, "字" * 601)
    with pytest.raises(ValidationError, match="超过8条"):
        write(user, plan, "\n".join("一二三四五六七八九"))
    assert not BriefNote.objects.exists()


def test_only_the_own_office_words_them(plan: Plan) -> None:
    side = side_of(plan)
    others = [
        leader(side),
        inspector(JurisdictionFactory()),
        coordinator(side_of(plan, "510000").office),
        officer(UnitFactory()),
    ]
    for user in others:
        with pytest.raises(PermissionDenied):
            write(user, plan, "甲")
    assert not BriefNote.objects.exists()


# --- choosing ------------------------------------------------------------------------------------


def test_which_side_and_quarter(plan: Plan) -> None:
    user = leader(side_of(plan))
    sides = sides_for(user)
    assert [side.jurisdiction.code for side in sides] == ["500000"]
    chosen = choose(sides, TODAY)
    assert chosen is not None
    assert (str(chosen.period), chosen.problem) == ("2026年第3季度", "")
    assert choose(sides, TODAY, side="510000") is None
    assert choose(sides, TODAY, plan="nothing") is None
    for text in ("2026Q4", "2026Q5", "x"):
        wrong = choose(sides, TODAY, text=text)
        assert wrong is not None
        assert wrong.problem
    Period.objects.filter(plan=plan).delete()
    before = choose(sides, TODAY)
    assert before is not None
    assert before.period is None
    ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory())
    page = brief.make(user, before.side, None, TODAY)
    assert "".join(words.overall(page)).endswith("本方案没有开放的填报期。")
    assert page.own.total == 1


def test_who_reads_briefs(plan: Plan) -> None:
    district = JurisdictionFactory(jiangjin=True)
    assert len(sides_for(inspector(JurisdictionFactory()))) == 1
    assert len(sides_for(UserFactory(superuser=True))) == 2
    for user in (officer(UnitFactory()), inspector(district), UserFactory()):
        assert sides_for(user) == []


def test_the_files_name(plan: Plan) -> None:
    side, period = side_of(plan), plan.periods.get(quarter=3)
    assert (
        file_name(side, period, several=False) == "重庆市双碳办2026年第3季度工作进展（一页）.docx"
    )
    assert "联合行动方案2026年" in file_name(side, period, several=True)


def test_every_sentence_has_its_english(plan: Plan) -> None:
    fill(plan, Random(5), 12)  # noqa: S311 - data of a test
    page = made(leader(side_of(plan)), plan)
    with translation.override("en"):
        said = [*words.overall(page), words.late_counts(page), *page.advice()]
        assert "reported" in " ".join(said)
        assert "建议" not in " ".join(said)


def test_queries_do_not_grow_with_tasks(plan: Plan) -> None:
    user = leader(side_of(plan))

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            page = made(user, plan)
            words.overall(page), words.advice(page), page.late, page.asks
        return len(caught)

    fill(plan, Random(1), 2)  # noqa: S311 - data of a test
    queries()
    few = queries()
    fill(plan, Random(2), 15)  # noqa: S311 - data of a test
    assert queries() == few <= 16
