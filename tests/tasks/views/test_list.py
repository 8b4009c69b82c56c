"""The list of tasks: filters, sorting, paging, htmx, and what each person sees of progress."""

import datetime
import re

import pytest
from django.urls import reverse

from tasks.states import TaskState
from tests.factories import (
    PeriodFactory,
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UnitNameFactory,
)
from tests.tasks.views.conftest import words

LIST = "/tasks/"


def titles(response) -> list[str]:
    return [row.task.title for row in response.context["rows"]]


@pytest.fixture
def browser(as_, world, clock):
    return as_(world.lead)


@pytest.fixture
def late(world):
    """A second task whose own date has passed."""
    task = TaskFactory(plan=world.plan, title="加强储备能力建设", overdue=True)
    ResponsibilityFactory(task=task, unit=world.side.unit)
    return task


def test_lists_all_tasks_with_lights_and_leads(browser, world, late):
    response = browser.get(LIST)
    assert response.status_code == 200
    assert titles(response) == [world.task.title, late.title]
    assert "重庆市能源局" in response.text
    assert "四川省能源局" in response.text
    assert "■ 逾期" in words(response.text)
    assert "已超143天" in response.text
    assert "方案期限" in response.text
    assert "第1–2项，共2项" in response.text


def test_filters_find_what_they_say(browser, world, late):
    other = PlanFactory()
    draft = TaskFactory(plan=other, title="另一方案的任务", summary="说到抽水蓄能。")
    helper = ResponsibilityFactory(task=late, unit=UnitFactory(), cooperating=True)
    UnitNameFactory(unit=world.other_side.unit, name="川能源局")
    cases = [
        ({"plan": world.plan.code}, [world.task, late]),
        ({"plan": other.code}, [draft]),
        ({"action": world.task.action_id}, [world.task]),
        ({"jurisdiction": "510000"}, [world.task]),
        ({"lead_unit": world.other_side.unit_id}, [world.task]),
        ({"lead_unit": "四川省能源局"}, [world.task]),
        ({"lead_unit": "川能源局"}, [world.task]),
        ({"cooperating_unit": helper.unit_id}, [late]),
        ({"unit": helper.unit_id}, [late]),
        ({"state": TaskState.IN_PROGRESS}, [world.task, late]),
        ({"state": TaskState.CLOSED}, []),
        ({"light": "overdue"}, [late]),
        ({"light": "red"}, [late]),
        ({"overdue": "overdue"}, [late]),
        ({"overdue": "true"}, [late]),
        ({"overdue": "expired"}, []),
        ({"overdue": "late"}, [late]),
        ({"overdue": "none"}, [world.task, draft]),
        ({"due_before": "2026-12-31"}, [late]),
        ({"due_after": "2030-01-01"}, [world.task, draft]),
        ({"search": "储备"}, [late]),
        ({"search": "抽水 蓄能"}, [draft]),
        ({"search": "川能源局"}, [world.task]),
        ({"search": "没有这样的字"}, []),
        ({"search": "%"}, []),
    ]
    for params, expected in cases:
        response = browser.get(LIST, params)
        assert titles(response) == [task.title for task in expected], params


def test_not_reported_in_a_quarter_counts_sides_that_one_may_judge(as_, world, clock):
    address = {"unreported": "2026Q3"}
    assert titles(as_(world.office).get(LIST, address)) == [world.task.title]
    assert titles(as_(world.stranger).get(LIST, address)) == []
    for side in (world.side, world.other_side):
        ProgressReportFactory(responsibility=side, period=world.period, approved=True)
    assert titles(as_(world.office).get(LIST, address)) == []


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"plan": "nothing"}, "没有这个方案，请从列表中选择。"),
        ({"plan": "a\x00b"}, "没有这个方案，请从列表中选择。"),
        ({"action": "99999999999999999999"}, "该方案没有这个行动，请从列表中选择。"),
        ({"action": "x"}, "该方案没有这个行动，请从列表中选择。"),
        ({"jurisdiction": "000000"}, "没有这个辖区：请填六位行政区划代码，如500000。"),
        ({"lead_unit": "不存在局"}, "没有名为“不存在局”的单位"),
        ({"lead_unit": "99999999999999999999"}, "没有编号为"),
        ({"cooperating_unit": "=1+1"}, "没有名为“=1+1”的单位"),
        ({"state": "asleep"}, "没有“asleep”这个状态，请从列表中选择。"),
        ({"light": "purple"}, "没有“purple”这种灯，请从列表中选择。"),
        ({"overdue": "perhaps"}, "“perhaps”无效：请选择逾期、期满未办结或未超期。"),
        ({"due_before": "2025-02-30"}, "日期无效：请按“2025-12-31”的形式填写一个存在的日期。"),
        ({"due_after": "昨天"}, "日期无效：请按“2025-12-31”的形式填写一个存在的日期。"),
        ({"unreported": "2026Q9"}, "无法识别季度“2026Q9”"),
        ({"unreported": "2031Q1"}, "没有2031年第1季度的填报期，请另选季度。"),
        ({"colour": "red"}, "本页没有名为“colour”的筛选条件，请从地址中去掉。"),
        ({"ordering": "password"}, "不能按“password”排序。"),
        ({"search": "字" * 101}, "100"),
    ],
)
def test_meaningless_filters_get_a_sentence_and_list_nothing(browser, params, sentence):
    for headers in ({}, {"HX-Request": "true"}):
        response = browser.get(LIST, params, headers=headers)
        assert response.status_code == 200
        assert "请更正以下内容" in response.text
        assert sentence in response.text
        assert "筛选条件有误，未列出任务。请更正上面指出的条件。" in response.text
        assert titles(response) == []


def test_text_from_the_address_stays_text(browser):
    response = browser.get(LIST, {"lead_unit": "<script>x</script>", "search": "<b>"})
    assert "<script>x" not in response.text
    assert "<b>" not in response.text


@pytest.mark.parametrize(
    ("ordering", "first"),
    [
        ("number", "协同开发油气资源"),
        ("-number", "加强储备能力建设"),
        ("due_on", "加强储备能力建设"),
        ("-due_on", "协同开发油气资源"),
        ("light", "加强储备能力建设"),
        ("-light", "协同开发油气资源"),
        ("-title", "加强储备能力建设"),
        ("state", "协同开发油气资源"),
        ("plan", "协同开发油气资源"),
    ],
)
def test_heads_sort(browser, world, late, ordering: str, first: str):
    if ordering == "-title":
        first = max(world.task.title, late.title)
    assert titles(browser.get(LIST, {"ordering": ordering}))[0] == first


def test_heads_link_to_the_other_way(browser, late):
    text = browser.get(LIST, {"ordering": "due_on", "light": "overdue"}).text
    assert 'href="/tasks/?ordering=-due_on&amp;light=overdue"' in text or (
        'href="/tasks/?light=overdue&amp;ordering=-due_on"' in text
    )


def test_pages(browser, world):
    for _ in range(60):
        TaskFactory(plan=world.plan, action=world.task.action)
    first = browser.get(LIST)
    assert "第1–50项，共61项" in first.text
    second = browser.get(LIST, {"page": "2"})
    assert "第51–61项，共61项" in second.text
    assert not set(titles(first)) & set(titles(second))
    assert titles(browser.get(LIST, {"page": "99"})) == titles(second)
    assert titles(browser.get(LIST, {"page": "x"})) == titles(first)


def test_htmx_gets_the_part_that_stands_in_the_page(browser, late):
    page = browser.get(LIST, {"light": "overdue"}).text
    response = browser.get(LIST, {"light": "overdue"}, headers={"HX-Request": "true"})
    assert response.text.lstrip().startswith("<section") or "<html" not in response.text
    assert without_tokens(response.text) in without_tokens(page)
    assert "HX-Request" in response["Vary"]


def test_a_page_restored_from_history_is_whole(browser):
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in browser.get(LIST, headers=headers).text


def without_tokens(text: str) -> str:
    """Without what each answer has anew, and without what its layout adds."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", text)
    return re.sub(r"\s+", " ", text).strip()


def test_lights_are_counted_under_the_other_filters(browser, world, late):
    TaskFactory(plan=PlanFactory(draft=True))
    bar = browser.get(LIST, {"light": "overdue"}).context["bar"]
    counts = {str(word): count for word, count in bar.lights}
    assert counts == {"overdue": 1, "expired": 0, "behind": 1}
    bar = browser.get(LIST, {"search": "油气"}).context["bar"]
    assert {str(word): count for word, count in bar.lights}["overdue"] == 0


def test_progress_is_left_out_for_those_who_may_not_read_it(as_, world, clock):
    ProgressReportFactory(responsibility=world.side, period=world.period, approved=True, percent=37)
    for person in (world.lead, world.other_lead, world.cooperating, world.office, world.auditor):
        assert "37%" in as_(person).get(LIST).text, person
    text = as_(world.stranger).get(LIST).text
    assert "37%" not in text
    assert "落后序时进度" not in text
    assert "未报" not in re.sub(r"<form.*?</form>", "", text, flags=re.DOTALL)


def test_a_submitted_report_shows_as_waiting_to_its_office_alone(as_, world, clock):
    ProgressReportFactory(
        responsibility=world.side, period=world.period, submitted=True, percent=37
    )
    assert "待审核" in as_(world.office).get(LIST).text
    for person in (world.other_office, world.other_lead, world.stranger):
        assert "待审核" not in as_(person).get(LIST).text, person


def test_only_those_who_read_what_is_handed_in_say_that_nothing_is(as_, world, clock):
    """To others a report that waits for approval and a missing one look the same."""

    def cells(person) -> str:
        text = as_(person).get(LIST).text
        return "".join(re.findall(r"<tbody>.*</tbody>", text, flags=re.DOTALL))

    assert ">未报<" in cells(world.office)
    assert "尚无已审核进展" in cells(world.office)  # of 四川省's side
    before = cells(world.other_lead)
    ProgressReportFactory(responsibility=world.side, period=world.period, submitted=True)
    assert cells(world.other_lead) == before
    assert ">未报<" not in cells(world.office)
    assert "待审核" in cells(world.office)


def test_date_and_light_tell_the_same_story(browser, world):
    """A side that is done does not make the task look late."""
    world.plan.ends_on = datetime.date(2025, 12, 31)
    world.plan.save()
    world.side.state = TaskState.CLOSED
    world.side.save()
    world.other_side.due_on = datetime.date(2027, 6, 30)
    world.other_side.save()
    (row,) = browser.get(LIST).context["rows"]
    assert row.task.due_on_in_force == datetime.date(2027, 6, 30)
    assert not row.task.due_is_plans
    assert not row.is_done


def test_queries_do_not_grow_with_rows(browser, world, django_assert_num_queries):
    def more(n: int) -> None:
        for _ in range(n):
            task = TaskFactory(plan=world.plan, action=world.task.action)
            side = ResponsibilityFactory(task=task, unit=world.side.unit)
            ResponsibilityFactory(task=task, unit=world.other_side.unit)
            ProgressReportFactory(
                responsibility=side, period=PeriodFactory(plan=world.plan), approved=True
            )

    more(2)
    browser.get(LIST)  # the session is warm
    with django_assert_num_queries(PAGE_QUERIES):
        browser.get(LIST)
    more(20)
    with django_assert_num_queries(PAGE_QUERIES):
        browser.get(LIST)
    with django_assert_num_queries(PART_QUERIES):
        browser.get(LIST, headers={"HX-Request": "true"})


PAGE_QUERIES = 24
PART_QUERIES = 21


def test_other_filters_are_kept_by_the_chips(browser, world, late):
    text = browser.get(LIST, {"plan": world.plan.code, "search": "能"}).text
    assert f'href="/tasks/?plan={world.plan.code}&amp;search=%E8%83%BD&amp;light=overdue"' in text
    assert f'href="/tasks/?plan={world.plan.code}"' in text
    assert reverse("tasks:list") in text


def test_a_unit_given_by_name_stays_chosen_in_the_select(browser, world, late):
    """Also one that is not offered: it leads nothing in the plan."""
    option = f'<option value="{world.other_side.unit_id}" selected>四川省能源局</option>'
    assert option in browser.get(LIST, {"lead_unit": "四川省能源局"}).text
    other = PlanFactory().code
    assert option in browser.get(LIST, {"lead_unit": "四川省能源局", "plan": other}).text


def test_a_print_names_the_unit_the_person_and_the_day(browser, world):
    text = " ".join(browser.get(LIST).text.split())
    head = re.findall(r'<div class="print-head">(.*?)</div>', text)[0]
    assert f"{world.side.unit} 填报人 {world.lead}" in head
    assert "2026-11-20" in head
