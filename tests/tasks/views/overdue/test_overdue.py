"""What is late, 逾期 and 期满未办结 apart."""

import datetime

import pytest

from tasks.states import TaskState
from tests.factories import (
    JurisdictionFactory,
    MembershipFactory,
    PlanFactory,
    PlanSideFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
)
from tests.tasks.views.overdue.conftest import OVERDUE, sides


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
QUERIES = 31


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


def test_a_side_alone_is_not_its_districts(as_, late, clock):
    below = TaskFactory(plan=PlanFactory(ended=True))
    jiangjin = ResponsibilityFactory(task=below, unit=UnitFactory(jiangjin=True))
    PlanSideFactory(plan=below.plan, jurisdiction=jiangjin.side)
    browser = as_(late.stranger)
    page = browser.get(OVERDUE, {"jurisdiction": "500000", "kind": "expired"})
    assert sides(page) == [jiangjin]
    assert sides(browser.get(OVERDUE, {"side": "500000", "kind": "expired"})) == []
    assert sides(browser.get(OVERDUE, {"side": "500116", "kind": "expired"})) == [jiangjin]
