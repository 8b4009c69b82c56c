"""The list of tasks as a workbook, with the columns that the person chose."""

import datetime
from typing import Any

import pytest

from tasks.models import Task
from tests.factories import ProgressReportFactory, ResponsibilityFactory, TaskFactory
from units.models import AuditEntry, ColumnChoice

LIST, EXCEL, CHOOSE = "/tasks/", "/tasks/excel/", "/columns/"
USUAL = ["number", "light", "title", "leads", "due_on"]


@pytest.fixture
def browser(as_, world, clock):
    return as_(world.lead)


@pytest.fixture
def late(world):
    task = TaskFactory(plan=world.plan, title="加强储备能力建设", overdue=True, number=7)
    ResponsibilityFactory(task=task, unit=world.side.unit)
    return task


def keys(response: Any) -> list[str]:
    return [head.key for head in response.context["heads"]]


def test_the_workbook_has_what_is_on_the_screen(browser, world, late, taken):
    ProgressReportFactory(responsibility=world.side, period=world.period, approved=True, percent=40)
    rows = taken(browser, EXCEL)
    assert rows[0][0] == "任务清单"
    assert rows[1][0] == "未设筛选条件"
    assert "2026-" in str(rows[1])
    assert "共2行" in str(rows[1])
    assert rows[2] == [
        "序号", "灯", "任务", "方案", "牵头单位一", "完成进度一", "牵头单位二", "完成进度二",
        "完成时限",
    ]  # fmt: skip
    first, second = rows[3:]
    assert first[2] == world.task.title
    assert (first[4], first[5]) == ("重庆市能源局", 40)
    assert (first[6], first[7]) == ("四川省能源局", "尚无已审核进展")
    assert second[1] == "■ 逾期"
    assert second[8].date() == late.due_on


def test_the_same_filters_and_order(browser, world, late, taken):
    page = browser.get(LIST, {"ordering": "-number", "plan": world.plan.code})
    rows = taken(browser, EXCEL, ordering="-number", plan=world.plan.code)
    assert [row[2] for row in rows[3:]] == [row.task.title for row in page.context["rows"]]
    assert "方案：" in rows[1][0]
    only = taken(browser, EXCEL, light="overdue")
    assert [row[2] for row in only[3:]] == [late.title]
    assert "灯：逾期" in only[1][0]


def test_chosen_columns_stand_on_the_page_and_in_the_workbook(browser, world, late, taken):
    assert keys(browser.get(LIST)) == USUAL
    sent = {
        "page": "tasks:list",
        "query": "light=overdue&page=3",
        "column": ["number", "title", "state", "cooperating"],
        "at-number": "2",
        "at-title": "3",
        "at-state": "1",
        "at-cooperating": "4",
    }
    answer = browser.post(CHOOSE, sent)
    assert answer.headers["Location"] == "/tasks/?light=overdue"
    page = browser.get(LIST)
    assert keys(page) == ["state", "number", "title", "cooperating"]
    assert "columns=state,number,title,cooperating" in page.context["excel_url"]
    assert taken(browser, EXCEL)[2] == ["状态", "序号", "任务", "方案", "配合单位"]
    assert AuditEntry.objects.get(verb="columns.choose").after["columns"][0] == "state"
    browser.post(CHOOSE, {"page": "tasks:list", "do": "usual"})
    assert keys(browser.get(LIST)) == USUAL
    assert not ColumnChoice.objects.exists()


def test_the_address_may_name_columns(browser, world, late, taken):
    assert keys(browser.get(LIST, {"columns": "due_on,title"})) == ["number", "due_on", "title"]
    heads = taken(browser, EXCEL, columns="due_on,title")[2]
    assert heads == ["序号", "完成时限", "任务", "方案"]


def test_an_unknown_column_is_a_sentence(browser, world, late):
    answer = browser.get(EXCEL, {"columns": "phone", "light": "overdue"}, follow=True)
    assert answer.redirect_chain[0][0] == "/tasks/?light=overdue"
    assert "没有名为“phone”的列" in answer.text
    assert "没有名为“phone”的列" in browser.get(LIST, {"columns": "phone"}).text
    browser.post(CHOOSE, {"page": "tasks:list", "column": ["phone"]})
    assert not ColumnChoice.objects.exists()


def test_nothing_ticked_and_lists_without_columns(browser, world):
    answer = browser.post(CHOOSE, {"page": "tasks:list"}, follow=True)
    assert "请至少选一列。" in answer.text
    assert browser.post(CHOOSE, {"page": "tasks:matrix"}).status_code == 404


def test_wrong_filters_lead_back(browser, world):
    answer = browser.get(EXCEL, {"light": "pink"}, follow=True)
    assert "筛选条件有误，请更正后再导出。" in answer.text


def test_too_many_rows_lead_back(browser, world, late, settings):
    settings.EXPORT_ROWS = 1
    answer = browser.get(EXCEL, follow=True)
    assert "共2行，超过1行，请加筛选条件后再导出。" in answer.text


def test_the_taking_is_on_record(browser, world, late):
    browser.head(EXCEL)
    assert not AuditEntry.objects.filter(verb="list.export").exists()
    answer = browser.get(EXCEL, {"light": "overdue"})
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "private, no-store"
    after = AuditEntry.objects.get(verb="list.export").after
    assert after == {
        "list": "tasks:list",
        "filters": "灯：逾期",
        "columns": USUAL,
        "rows": 1,
    }


def test_queries_do_not_grow_with_the_rows(browser, world, django_assert_max_num_queries):
    def count() -> int:
        with django_assert_max_num_queries(60) as told:
            browser.get(EXCEL)
        return len(told)

    count()
    few = count()
    for number in range(20, 40):
        task = TaskFactory(plan=world.plan, number=number, due_on=datetime.date(2027, 1, 1))
        ResponsibilityFactory(task=task, unit=world.side.unit)
    assert Task.objects.count() > 20
    assert count() == few


def test_a_choice_is_ones_own(as_, world, clock):
    as_(world.lead).post(CHOOSE, {"page": "tasks:list", "column": ["title", "state"]})
    assert keys(as_(world.stranger).get(LIST)) == USUAL
