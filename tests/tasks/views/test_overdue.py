"""What is late, 逾期 and 期满未办结 apart."""

import datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from tasks.models import Extension, Milestone, Responsibility
from tasks.states import TaskState
from tests.factories import (
    NOW,
    TODAY,
    FindingFactory,
    JurisdictionFactory,
    MembershipFactory,
    NoticeFactory,
    PeriodFactory,
    PlanFactory,
    PlanSideFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
)
from units.models import AuditEntry

OVERDUE = "/overdue/"


@pytest.fixture
def late(world):
    """重庆市's side is past its own date; the plan is over, so 四川省's is 期满未办结."""
    world.plan.ends_on = datetime.date(2025, 12, 31)
    world.plan.save()
    world.side.due_on = datetime.date(2026, 11, 13)
    world.side.save()
    return world


def test_kinds_are_counted_apart(as_, late, clock):
    browser = as_(late.stranger)
    response = browser.get(OVERDUE)
    assert [(key, count) for key, _, count in response.context["kinds"]] == [
        ("overdue", 1),
        ("expired", 1),
    ]
    assert [row.side for row in response.context["rows"]] == [late.side]
    rows = browser.get(OVERDUE, {"kind": "expired"}).context["rows"]
    assert [row.side for row in rows] == [late.other_side]


def test_days_and_working_days_late(as_, late, clock):
    (row,) = as_(late.stranger).get(OVERDUE).context["rows"]
    assert row.days == 7
    assert row.workdays == 5


def test_percent_only_for_those_who_may_read_it(as_, late, clock):
    ProgressReportFactory(responsibility=late.side, period=late.period, approved=True, percent=37)
    assert "37%" in as_(late.office).get(OVERDUE).text
    text = as_(late.stranger).get(OVERDUE).text
    assert "37%" not in text
    assert "无权查看" in text


def test_what_is_done_is_not_late(as_, late, clock):
    late.side.state = TaskState.COMPLETED
    late.side.save()
    response = as_(late.stranger).get(OVERDUE, {"kind": "overdue"})
    assert response.context["rows"] == []
    assert "没有逾期的任务。" in response.text


def test_opens_on_the_kind_there_is(as_, late, clock):
    late.side.state = TaskState.COMPLETED
    late.side.save()
    assert as_(late.stranger).get(OVERDUE).context["kind"] == "expired"


def test_filters(as_, late, clock):
    other = TaskFactory(plan=PlanFactory(ended=True), title="江津的任务")
    jiangjin = ResponsibilityFactory(task=other, unit=UnitFactory(jiangjin=True, name="江津区局"))
    browser = as_(late.stranger)
    for params, expected in [
        ({}, [late.other_side, jiangjin]),
        ({"plan": other.plan.code}, [jiangjin]),
        ({"jurisdiction": "510000"}, [late.other_side]),
        ({"unit": "江津区局"}, [jiangjin]),
        ({"search": "江津"}, [jiangjin]),
        ({"search": "油气"}, [late.other_side]),
    ]:
        rows = browser.get(OVERDUE, {"kind": "expired", **params}).context["rows"]
        assert [row.side for row in rows] == expected, params


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"of": "theirs"}, "“theirs”无效：请选择本人范围或全部。"),
        ({"light": "expired"}, "本页没有名为“light”的筛选条件，请从地址中去掉。"),
        ({"kind": "soon"}, "“soon”无效：请从超期类别中选择。"),
        ({"band": "8"}, "“8”无效：请从超期时长中选择。"),
        ({"side": "9"}, "没有这个辖区：请填六位行政区划代码，如500000。"),
        ({"plan": "nothing"}, "没有这个方案，或该方案仅供参考，请从列表中选择。"),
        ({"jurisdiction": "9"}, "没有这个辖区：请填六位行政区划代码，如500000。"),
        ({"unit": "不存在局"}, "没有名为“不存在局”的单位"),
    ],
)
def test_meaningless_filters_get_a_sentence(as_, late, clock, params, sentence):
    response = as_(late.stranger).get(OVERDUE, params)
    assert response.status_code == 200
    assert sentence in response.text
    assert response.context["rows"] == []


def test_htmx_gets_the_part(as_, late, clock):
    response = as_(late.stranger).get(OVERDUE, headers={"HX-Request": "true"})
    assert "<html" not in response.text
    assert late.task.title in response.text


def test_queries_do_not_grow_with_rows(as_, late, clock, django_assert_num_queries):
    browser = as_(late.office)

    def more(n: int) -> None:
        for _ in range(n):
            task = TaskFactory(plan=late.plan, action=late.task.action, overdue=True)
            ResponsibilityFactory(task=task, unit=UnitFactory())

    more(2)
    browser.get(OVERDUE)
    with django_assert_num_queries(QUERIES):
        browser.get(OVERDUE)
    more(10)
    with django_assert_num_queries(QUERIES):
        browser.get(OVERDUE)


# Two of them read what is the office's own, with which the page opens.
QUERIES = 27


def sides(response) -> list[Responsibility]:
    return [row.side for row in response.context["rows"]]


def test_opens_with_what_is_ones_own_and_says_whose_it_counts(as_, late, clock):
    late.other_side.due_on = datetime.date(2026, 11, 12)
    late.other_side.save()
    for person, whose, own in [
        (late.office, "本方（重庆市）", late.side),
        (late.other_office, "本方（四川省）", late.other_side),
        (late.lead, "本单位（重庆市能源局）", late.side),
        (late.auditor, "督查辖区（重庆市）", late.side),
    ]:
        browser = as_(person)
        page = browser.get(OVERDUE)
        assert f"以下为{whose}牵头的事项" in page.text
        assert sides(page) == [own], whose
        assert [count for _, _, count in page.context["kinds"]] == [1, 0]
        assert 'href="/overdue/?of=all"' in page.text
        everything = browser.get(OVERDUE, {"of": "all"})
        assert "以下为各方牵头的事项" in everything.text
        assert sides(everything) == [late.other_side, late.side]
        chosen = browser.get(OVERDUE, {"jurisdiction": "510000"})
        assert "以下为四川省牵头的事项" in chosen.text
        assert sides(chosen) == [late.other_side]
    assert sides(as_(late.stranger).get(OVERDUE)) == [late.other_side, late.side]


def test_a_unit_that_is_not_late_opens_with_its_own_nothing(as_, late, clock):
    late.side.state = TaskState.COMPLETED
    late.side.save()
    page = as_(late.lead).get(OVERDUE)
    assert [count for _, _, count in page.context["kinds"]] == [0, 0]
    assert sides(page) == []


def test_the_filters_keep_whose_rows_are_shown(as_, late, clock):
    page = as_(late.office).get(OVERDUE, {"of": "all", "kind": "expired"})
    assert '<input type="hidden" name="of" value="all">' in page.text


def test_the_inspectors_desk_and_this_page_count_alike(as_, late, clock):
    """Cards and 全部 carry the place and the kind; places below count on both."""
    below = TaskFactory(plan=PlanFactory(ended=True), title="江津的任务")
    ResponsibilityFactory(task=below, unit=UnitFactory(jiangjin=True))
    browser = as_(late.auditor)
    desk = browser.get("/")
    counted = {str(kind["word"]): kind["number"] for kind in desk.context["inspector"]["kinds"]}
    assert counted == {"overdue": 1, "expired": 1}
    for kind, number in counted.items():
        assert f'href="/overdue/?jurisdiction=500000&amp;kind={kind}"' in desk.text
        page = browser.get(OVERDUE, {"jurisdiction": "500000", "kind": kind})
        assert {key: n for key, _, n in page.context["kinds"]}[kind] == number
        assert len(sides(page)) == number


def test_an_inspector_of_two_places_is_led_to_both(as_, late, clock):
    MembershipFactory(
        inspector=True, user=late.auditor, jurisdiction=JurisdictionFactory(sichuan=True)
    )
    browser = as_(late.auditor)
    assert 'href="/overdue/?of=mine&amp;kind=expired"' in browser.get("/").text
    page = browser.get(OVERDUE, {"of": "mine"})
    assert [count for _, _, count in page.context["kinds"]] == [1, 1]
    assert "督查辖区（重庆市、四川省）" in page.text


def test_the_inspectors_desk_lists_what_is_overdue_first(as_, late, clock):
    """期满未办结 stands under a head of its own, though it is late for longer."""
    task = TaskFactory(plan=PlanFactory(ended=True), title="期满的任务")
    ResponsibilityFactory(task=task, unit=UnitFactory())
    text = " ".join(as_(late.auditor).get("/").text.split())
    heads = [text.index("逾期，共1项"), text.index("期满未办结，共1项")]
    assert heads[0] < text.index(late.task.title) < heads[1] < text.index("期满的任务")


@pytest.mark.parametrize("name", ["light", "ordering", "<b>"])
def test_a_parameter_that_the_page_does_not_have_gets_a_sentence(as_, late, clock, name: str):
    page = as_(late.stranger).get(OVERDUE, {name: "expired"})
    assert "本页没有名为“" in page.text
    assert "figures-two" not in page.text  # nothing was counted
    assert "<b>" not in page.text
    assert sides(page) == []


def test_bands_are_counted_and_chosen(as_, late, clock):
    """重庆市's side is five working days late; 四川省's since the end of 2025."""
    page = as_(late.stranger).get(OVERDUE)
    assert [chip.number for chip in page.context["bands"]] == [1, 0, 0, 0]
    page = as_(late.stranger).get(OVERDUE, {"kind": "expired"})
    assert [chip.number for chip in page.context["bands"]] == [0, 0, 0, 1]
    assert sides(as_(late.stranger).get(OVERDUE, {"kind": "expired", "band": "over"})) == [
        late.other_side
    ]
    page = as_(late.stranger).get(OVERDUE, {"kind": "expired", "band": "7"})
    assert sides(page) == []
    assert "没有超期时长符合条件的事项。" in page.text
    assert 'name="band" value="7"' in page.text  # kept when filters change


@pytest.fixture
def filings(late):
    """重庆市's side missed 2026Q2 and Q3; another one's report was not mended by its day."""
    PeriodFactory(plan=late.plan, quarter_text="2026Q2")
    back = ResponsibilityFactory(task=TaskFactory(plan=late.plan, title="退回的"), completed=True)
    for period in late.plan.periods.all():
        ProgressReportFactory(
            responsibility=back,
            period=period,
            returned=True,
            redo_by=datetime.date(2026, 11, 18) if period.quarter == 3 else TODAY,
        )
    for side in (late.other_side,):
        for period in late.plan.periods.all():
            ProgressReportFactory(responsibility=side, period=period, submitted=True)
    return late, back


def counted(page) -> dict[str, int]:
    """Of reports alone."""
    told = {kind.value: number for kind, number in page.context["others"]}
    return {kind: told[kind] for kind in ("missing", "returned") if kind in told}


def test_reports_that_are_missing_or_not_mended_are_listed_by_quarter(as_, filings, clock):
    late, back = filings
    browser = as_(late.office)
    page = browser.get(OVERDUE, {"kind": "missing"})
    assert counted(page) == {"missing": 2, "returned": 1}
    rows = [(row.side, str(row.quarter), row.due) for row in page.context["rows"]]
    assert rows == [
        (late.side, "2026Q2", datetime.date(2026, 7, 10)),
        (late.side, "2026Q3", datetime.date(2026, 10, 10)),
    ]
    assert [chip.number for chip in page.context["bands"]] == [0, 1, 0, 1]
    assert "2026年第2季度" in page.text
    assert "报送截止日" in page.text
    (row,) = browser.get(OVERDUE, {"kind": "returned"}).context["rows"]
    assert (row.side, str(row.quarter), row.workdays) == (back, "2026Q3", 2)


def test_nobody_is_told_of_filings_that_they_may_not_know(as_, filings, clock):
    late, _back = filings
    for person in (late.stranger, late.other_office, late.cooperating):
        for kind in ("missing", "returned"):
            page = as_(person).get(OVERDUE, {"kind": kind, "of": "all"})
            assert page.status_code == 200
            assert page.context["rows"] == [], person
        assert set(counted(page).values()) <= {0}
    assert counted(as_(late.auditor).get(OVERDUE)) == {"missing": 2, "returned": 1}
    assert counted(as_(late.lead).get(OVERDUE)) == {"missing": 2, "returned": 0}


def test_a_closed_quarter_is_no_more_missing(as_, filings, clock):
    late, _back = filings
    late.period.state, late.period.closed_on = "closed", TODAY
    late.period.save()
    assert counted(as_(late.office).get(OVERDUE)) == {"missing": 1, "returned": 0}


def test_a_side_alone_is_not_its_districts(as_, late, clock):
    below = TaskFactory(plan=PlanFactory(ended=True))
    jiangjin = ResponsibilityFactory(task=below, unit=UnitFactory(jiangjin=True))
    PlanSideFactory(plan=below.plan, jurisdiction=jiangjin.side)
    browser = as_(late.stranger)
    page = browser.get(OVERDUE, {"jurisdiction": "500000", "kind": "expired"})
    assert sides(page) == [jiangjin]
    assert sides(browser.get(OVERDUE, {"side": "500000", "kind": "expired"})) == []
    assert sides(browser.get(OVERDUE, {"side": "500116", "kind": "expired"})) == [jiangjin]


def test_milestones_findings_and_proposals_past_their_day(as_, late, clock):
    Milestone.objects.create(
        responsibility=late.side,
        due_on=datetime.date(2026, 11, 6),
        title="完成招标",
        percent=40,
        state="confirmed",
    )
    finding = FindingFactory(responsibility=late.side, overdue=True)
    FindingFactory(responsibility=late.side, answered=True, due_on=datetime.date(2026, 11, 1))
    asked = FindingFactory(
        responsibility=late.side, proposing=True, office_due_on=datetime.date(2026, 11, 18)
    )
    FindingFactory(
        responsibility=late.side,
        proposing=True,
        withdrawn=True,
        office_due_on=datetime.date(2026, 11, 18),
    )
    for who, kinds in [
        (late.auditor, {"milestone": 1, "missing": 1, "returned": 0, "finding": 1, "proposal": 1}),
        (
            late.other_lead,
            {"milestone": 0, "missing": 1, "returned": 0, "finding": 0, "proposal": 0},
        ),
    ]:
        page = as_(who).get(OVERDUE)
        assert {kind.value: number for kind, number in page.context["others"]} == kinds
    browser = as_(late.stranger)
    shown = browser.get(OVERDUE, {"kind": "milestone"})
    assert "完成招标" in shown.text
    assert shown.context["rows"][0].workdays == 10
    assert browser.get(OVERDUE, {"kind": "finding"}).context["rows"] == []
    browser = as_(late.auditor)
    (row,) = browser.get(OVERDUE, {"kind": "finding"}).context["rows"]
    assert (row.item_url, row.facts.first) == (f"/findings/{finding.pk}/", finding.first_due_on)
    (row,) = browser.get(OVERDUE, {"kind": "proposal"}).context["rows"]
    assert row.item_url == f"/findings/{asked.pk}/"


def test_how_often_reminded_and_whom_for_those_who_may_know(as_, late, clock):
    for day, who in [(2, late.lead), (3, late.lead), (3, late.office)]:
        NoticeFactory(
            recipient=who,
            subject=f"task/{late.side.pk}",
            made_on=datetime.date(2026, 11, day),
            step=day,
        )
    Extension.objects.create(
        responsibility=late.side,
        from_due=datetime.date(2026, 6, 30),
        new_due=datetime.date(2026, 11, 13),
        granted_due=datetime.date(2026, 11, 13),
        state="granted",
        reason="汛期停工。",
        asked_at=NOW,
    )
    (row,) = as_(late.auditor).get(OVERDUE).context["rows"]
    assert row.facts.reminded.days == 2
    assert row.facts.reminded.people[late.lead.name or late.lead.username] == 2
    assert (row.facts.extensions, row.facts.first) == (1, datetime.date(2026, 6, 30))
    (row,) = as_(late.stranger).get(OVERDUE).context["rows"]
    assert row.facts.reminded is None
    assert row.facts.extensions == 0


def test_the_list_as_a_workbook_is_what_the_page_shows(as_, late, clock):
    browser = as_(late.auditor)
    answer = browser.get(f"{OVERDUE}excel/", {"of": "all", "kind": "expired"})
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    sheet: Any = load_workbook(BytesIO(answer.content)).active
    rows: list[list[Any]] = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    (told,) = [row for row in rows if row[3] == "四川省能源局"]
    assert told[6].date() == datetime.date(2025, 12, 31)
    assert "无" not in str(told[11] or "")
    entry = AuditEntry.objects.get(verb="overdue.export")
    assert (entry.actor, entry.after["rows"]) == (late.auditor, 1)
    assert browser.get(f"{OVERDUE}excel/", {"kind": "x"}).status_code == 302
