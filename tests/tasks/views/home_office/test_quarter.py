"""The coordinator's desk: figures with their base, and people to call."""

import datetime
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tasks.models import Responsibility
from tasks.states import LightWord, TaskState
from tests.factories import (
    NOW,
    TODAY,
    MembershipFactory,
    NoticeFactory,
    PeriodFactory,
    ProgressReportFactory,
    UserFactory,
    officer,
)
from tests.tasks.views.conftest import World
from tests.tasks.views.home_office.conftest import DAY, Browser, desk, side_of
from units.services import audit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


@pytest.fixture
def quarter(world: World) -> dict[str, Responsibility]:
    """On 重庆市's side: one waits, one is approved late, one was returned, two are missing."""
    rows = {
        "waiting": side_of(world, "重庆市教委"),
        "approved": side_of(world, "重庆市交通局"),
        "ended": side_of(world, "重庆市民政局", state=TaskState.SUSPENDED),
    }
    rows["returned"] = side_of(world, unit=rows["approved"].unit)
    rows["missing"] = side_of(world, unit=rows["approved"].unit)
    early = datetime.datetime.combine(world.period.due_on, NOW.timetz())
    ProgressReportFactory(
        responsibility=rows["waiting"], period=world.period, submitted=True, submitted_at=early
    )
    ProgressReportFactory(responsibility=rows["approved"], period=world.period, approved=True)
    ProgressReportFactory(responsibility=rows["returned"], period=world.period, returned=True)
    ProgressReportFactory(responsibility=rows["missing"], period=world.period)  # a draft
    return rows


def test_what_is_expected_is_reported_returned_or_missing(
    world: World, as_: Browser, quarter: dict[str, Responsibility]
) -> None:
    (overview,) = desk(as_(world.office)).context["overviews"]
    figures = (overview.expected, overview.reported, len(overview.sent_back), overview.unreported)
    assert figures == (5, 2, 1, 2)
    assert (overview.on_time, overview.late) == (1, 1)
    rows = {row.unit.name: row for row in overview.units}
    mixed = rows["重庆市交通局"]
    assert (mixed.reported, mixed.expected, mixed.returned, mixed.missing) == (1, 3, 1, 1)
    assert (mixed.on_time, mixed.late) == (0, 1)
    assert rows["重庆市教委"].on_time == 1
    assert rows["重庆市民政局"].expected == 0
    assert sum(overview.words.values()) == 6
    assert sum((row.words for row in overview.units), type(overview.words)()) == overview.words


def test_what_has_ended_is_not_waited_for(
    world: World, as_: Browser, quarter: dict[str, Responsibility]
) -> None:
    """It had come back before it ended: the page of the quarter and the desk say the same."""
    ended = quarter["returned"]
    ended.state = TaskState.CLOSED
    ended.save()
    browser = as_(world.office)
    (overview,) = desk(browser).context["overviews"]
    figures = (overview.expected, overview.reported, overview.sent_back, overview.unreported)
    assert figures == (4, 2, [], 2)
    assert {row.returned for row in overview.units} == {0}
    assert "应报4" in browser.get(f"/quarters/{world.period.pk}/").text


def test_what_was_first_handed_in_on_time_stays_so_when_it_had_to_be_mended(
    world: World, as_: Browser, quarter: dict[str, Responsibility]
) -> None:
    """The history, which the database dates itself, knows the first time."""
    world.period.due_on = world.period.grace_until = datetime.date(2999, 1, 1)
    world.period.save()
    report = quarter["approved"].reports.get()
    report.submitted_at = datetime.datetime(2999, 2, 1, tzinfo=NOW.tzinfo)
    report.save()
    browser = as_(world.office)
    (overview,) = desk(browser).context["overviews"]
    assert (overview.on_time, overview.late) == (1, 1)
    audit.record("report.submit", report, by=report.filled_by)
    (overview,) = desk(browser).context["overviews"]
    assert (overview.on_time, overview.late) == (2, 0)


def test_figures_lead_to_lists_that_count_alike(
    world: World, as_: Browser, quarter: dict[str, Responsibility]
) -> None:
    browser = as_(world.office)
    page = desk(browser)
    (overview,) = page.context["overviews"]
    address = f"/tasks/?plan={world.plan.code}&amp;jurisdiction=500000"
    assert f'href="{address}&amp;unreported=2026Q3"' in page.text
    base = {"plan": world.plan.code, "jurisdiction": "500000"}
    listed = browser.get("/tasks/", {**base, "unreported": "2026Q3"})
    assert listed.context["page"].paginator.count == overview.not_in == 3
    for word, number in overview.lights:
        listed = browser.get("/tasks/", {**base, "light": word.value})
        assert listed.context["page"].paginator.count == number, word
    queue = browser.get("/review/").context["waiting"]
    assert len(queue) == page.context["waiting"] == 1


def test_who_is_missing_is_told_with_whom_to_call_and_when_they_were_reminded(
    world: World, as_: Browser, quarter: dict[str, Responsibility]
) -> None:
    person = officer(quarter["missing"].unit, name="周敏", phone="023-6700-1234")
    for rule, day in (("report_due", 5), ("report_overdue", 3), ("task_overdue", 1)):
        NoticeFactory(
            rule=rule,
            recipient=person,
            subject=f"report/{quarter['missing'].pk}/2026Q3",
            made_on=TODAY - day * DAY,
        )
    page = desk(as_(world.office))
    (overview,) = page.context["overviews"]
    rows = {row.unit.name: row for row in overview.missing}
    assert rows["重庆市交通局"].reminded_on == TODAY - 3 * DAY
    assert person in rows["重庆市交通局"].people
    assert rows["重庆市能源局"].reminded_on is None
    assert 'href="tel:023-6700-1234"' in page.text
    assert "未提醒" in page.text
    assert "周敏" not in desk(as_(world.other_office)).text


def test_persons_have_what_their_units_have_open(
    world: World, as_: Browser, quarter: dict[str, Responsibility]
) -> None:
    busy = officer(quarter["missing"].unit, name="周敏")
    MembershipFactory(user=busy, unit=world.side.unit)
    side_of(world, "重庆市林业局")
    page = desk(as_(world.office))
    (overview,) = page.context["overviews"]
    nobody, first, *_others = overview.persons
    assert nobody.person is None
    assert [row.unit.name for row in nobody.units] == ["重庆市林业局"]
    assert (first.person, first.open, first.returned) == (busy, 3, 1)
    assert "单位无填报人" in page.text


def test_the_oldest_in_the_queue_is_told(
    world: World, as_: Browser, quarter: dict[str, Responsibility]
) -> None:
    queue = desk(as_(world.office)).context["queue"]
    assert queue.since == world.period.due_on
    assert queue.workdays > 20
    assert desk(as_(world.other_office)).context["queue"].since is None


def test_an_earlier_quarter_is_shown_as_of_its_closing(world: World, as_: Browser) -> None:
    closed = PeriodFactory(plan=world.plan, quarter_text="2026Q2", closed=True)
    ProgressReportFactory(responsibility=world.side, period=closed, approved=True, percent=90)
    ended = side_of(world, state=TaskState.CLOSED, state_since=TODAY - DAY)
    page = desk(as_(world.office), quarter="2026Q2")
    (overview,) = page.context["overviews"]
    assert overview.period == closed
    assert (overview.expected, overview.reported) == (2, 1)
    assert LightWord.CLOSED not in overview.words
    assert [row.sides for row in overview.missing] == [[ended]]
    assert "已关闭" in page.text
    assert "2026年第2季度：应报2项，已报1项" in page.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"quarter": "2026Q5"}, "无法识别季度“2026Q5”"),
        ({"quarter": "1999Q1"}, "没有1999年第1季度的填报期"),
        ({"since": "2026-02-30"}, "日期无效"),
        ({"since": "2026-11-21"}, "起始日期不能晚于今天。"),
        ({"since": "2024-01-01"}, "起始日期最早为一年以前。"),
    ],
)
def test_a_wrong_choice_gets_a_sentence_and_the_usual_desk(
    world: World, as_: Browser, query: dict[str, str], sentence: str
) -> None:
    page = desk(as_(world.office), **query)
    assert sentence in page.text
    assert page.context["overviews"][0].period == world.period
    assert page.context["since"] == datetime.date(2026, 11, 19)


# The latter for both sides, and without memberships. Two are of 交办: who acts, and its counts.
QUERIES = {"office": 32, "superuser": 29}


def test_queries_grow_with_neither_tasks_nor_units_nor_sides(
    world: World,
    as_: Browser,
    django_assert_num_queries: Callable[[int], AbstractContextManager[Any]],
) -> None:
    for who, number in QUERIES.items():
        browser = as_(world.office if who == "office" else UserFactory(superuser=True))

        def more(n: int) -> None:
            for _n in range(n):
                side = side_of(world)
                ProgressReportFactory(responsibility=side, period=world.period, approved=True)
                side_of(world)

        more(1)
        desk(browser)
        with django_assert_num_queries(number):
            desk(browser)
        more(6)
        with django_assert_num_queries(number):
            desk(browser)
