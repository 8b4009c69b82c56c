"""The inspector's desk: every kind apart, and each figure leads to a list that counts alike."""

import datetime
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from html import unescape
from typing import Any

import pytest
from django.test import Client

from tasks.models import Period, Responsibility
from tasks.services import matrix
from tasks.services.late import LateKind
from tasks.states import LightWord, TaskState
from tests.factories import (
    TODAY,
    FindingFactory,
    PeriodFactory,
    PlanFactory,
    PlanSideFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
)
from tests.tasks.views.conftest import World
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
DAY = datetime.timedelta(days=1)
LINK = re.compile(r'href="(/overdue/\?[^"]*)"[^>]*>\s*(?:<strong>)?(\d+)')


@pytest.fixture
def busy(world: World) -> World:
    """重庆市 and 江津区 have everything that can be late; 四川省's is not the inspector's."""
    district = PlanFactory(ended=True, short_title="江津方案")
    jiangjin = UnitFactory(jiangjin=True, name="江津区发展改革委")
    PlanSideFactory(plan=district, jurisdiction=jiangjin.jurisdiction)
    for days in (3, 60, 400):
        due = TODAY - days * DAY
        side = ResponsibilityFactory(task=TaskFactory(plan=world.plan, due_on=due))
        ResponsibilityFactory(task=side.task, unit=UnitFactory(sichuan=True))
        ProgressReportFactory(responsibility=side, period=world.period, submitted=True)
        ResponsibilityFactory(task=TaskFactory(plan=district), unit=jiangjin)
    back = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    ProgressReportFactory(
        responsibility=back, period=world.period, returned=True, redo_by=TODAY - 20 * DAY
    )
    FindingFactory(responsibility=back, overdue=True)
    FindingFactory(
        responsibility=back, proposing=True, answered=True, office_due_on=TODAY - 2 * DAY
    )
    FindingFactory(responsibility=world.other_side, overdue=True)
    return world


def counts(page: Any) -> dict[LateKind, int]:
    return {figure.kind: figure.number for figure in page.context["inspector"]["figures"]}


def test_every_kind_is_counted_apart(busy: World, as_: Browser) -> None:
    page = as_(busy.auditor).get("/")
    assert counts(page) == {
        LateKind.OVERDUE: 3,
        LateKind.EXPIRED: 3,
        LateKind.MILESTONE: 0,
        LateKind.MISSING: 1,
        LateKind.RETURNED: 1,
        LateKind.FINDING: 1,
        LateKind.PROPOSAL: 1,
    }
    desk = page.context["inspector"]
    bands = {row.band.value: [n for _kind, n in row.numbers] for row in desk["bands"]}
    assert bands == {
        "7": [1, 0, 0, 0, 0, 1, 1],
        "30": [0, 0, 0, 1, 1, 0, 0],
        "90": [1, 0, 0, 0, 0, 0, 0],
        "over": [1, 3, 0, 0, 0, 0, 0],
    }
    sides = {row.of.name: [n for _kind, n in row.counts.kinds] for row in desk["sides"]}
    assert sides == {"重庆市": [3, 0, 0, 1, 1, 1, 1], "江津区": [0, 3, 0, 0, 0, 0, 0]}
    units = {row.of.name: [n for _kind, n in row.counts.kinds] for row in desk["units"]}
    assert units["江津区发展改革委"] == [0, 3, 0, 0, 0, 0, 0]
    assert units["重庆市能源局"] == [0, 0, 0, 1, 1, 1, 1]
    assert "四川省" not in page.text


@pytest.mark.parametrize("query", [{}, {"jurisdiction": "500116"}, {"unit": "重庆市能源局"}])
def test_every_figure_leads_to_a_list_of_as_many(
    busy: World, as_: Browser, query: dict[str, str]
) -> None:
    browser = as_(busy.auditor)
    page = browser.get("/", query)
    links = {(unescape(address), int(number)) for address, number in LINK.findall(page.text)}
    assert len(links) >= 7
    for address, number in links:
        listed = browser.get(address)
        assert listed.context["page"].paginator.count == number, address


def test_filters_narrow_every_figure(busy: World, as_: Browser) -> None:
    browser = as_(busy.auditor)
    page = browser.get("/", {"plan": busy.plan.code})
    assert counts(page)[LateKind.EXPIRED] == 0
    page = browser.get("/", {"jurisdiction": "500116"})
    assert list(counts(page).values()) == [0, 3, 0, 0, 0, 0, 0]
    page = browser.get("/", {"jurisdiction": "510000"})
    assert "没有这个辖区" in page.text
    assert "figures" not in page.context["inspector"]


def test_the_trend_is_the_matrixs(busy: World, as_: Browser) -> None:
    """One rule for both: as of the closing of a closed quarter, today of an open one.

    What is done now was late until it was done.
    """
    Period.objects.filter(plan=busy.plan).exclude(quarter=3).update(state="open", closed_on=None)
    for quarter in ("2026Q1", "2026Q2"):
        PeriodFactory(plan=busy.plan, quarter_text=quarter, closed=True)
    for due in (datetime.date(2026, 5, 1), datetime.date(2026, 7, 3)):
        ResponsibilityFactory(
            task=TaskFactory(plan=busy.plan, due_on=due),
            state=TaskState.CLOSED,
            state_since=datetime.date(2026, 8, 1),
        )
    chart = as_(busy.auditor).get("/", {"plan": busy.plan.code}).context["inspector"]["chart"]
    assert chart.categories == ("2026Q1", "2026Q2", "2026Q3", "2026-11-20")
    leads: Any = (
        Responsibility.objects.leads()
        .filter(task__plan=busy.plan, side__code="500000")
        .order_by("pk")
    )
    whole = matrix.build(busy.auditor, busy.plan, leads, matrix.periods_of(busy.plan), TODAY)
    by_matrix = [total.words[LightWord.OVERDUE] for total in whole.totals]
    overdue, expired = chart.series
    assert overdue.values == (*by_matrix, 3)
    assert by_matrix == [1, 3, 3]
    assert expired.values == (0, 0, 0, 0)
    assert (overdue.tone, overdue.hollow) == ("red", False)
    assert (expired.tone, expired.hollow) == ("red", True)  # red with its own words, apart


def test_all_leads_to_all_that_is_listed(busy: World, as_: Browser) -> None:
    """逾期 and 期满未办结 stand in the list, and each has its link to all of it."""
    browser = as_(busy.auditor)
    page = browser.get("/").text
    section = page[page.index('id="late"') :]
    head = section[: section.index("<table")]
    links = [unescape(link) for link in re.findall(r'href="([^"]+)"', head)]
    assert [browser.get(link).context["page"].paginator.count for link in links] == [3, 3]
    assert re.findall(r"全部(\S+ 3)", head) == ["逾期 3", "期满未办结 3"]


def test_somebody_elses_desk_has_none_of_it(busy: World, as_: Browser) -> None:
    for person in (busy.lead, busy.office, busy.stranger):
        assert "inspector" not in as_(person).get("/").context


QUERIES = 26


def test_queries_grow_with_neither_rows_nor_units(
    busy: World,
    as_: Browser,
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    browser = as_(busy.auditor)
    browser.get("/")
    with django_assert_num_queries(QUERIES):
        browser.get("/")
    for quarter in ("2026Q1", "2026Q2"):
        PeriodFactory(plan=busy.plan, quarter_text=quarter)
    for _n in range(15):
        ResponsibilityFactory(task=TaskFactory(plan=busy.plan, overdue=True))
    with django_assert_num_queries(QUERIES):
        browser.get("/")
