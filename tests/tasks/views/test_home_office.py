"""The coordinator's desk: figures with their base, people to call, what changed."""

import datetime
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tasks.models import Assignment, Responsibility
from tasks.services import changes
from tasks.services.changes import Kind
from tasks.services.desk import own_sides
from tasks.states import LightWord, TaskState
from tests.factories import (
    NOW,
    TODAY,
    AssignmentFactory,
    MembershipFactory,
    NoticeFactory,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    officer,
)
from tests.tasks.views.conftest import World
from units.models import User
from units.services import audit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
DAY = datetime.timedelta(days=1)


def desk(browser: Client, **query: str) -> Any:
    response = browser.get("/", query)
    assert response.status_code == 200
    return response


def side_of(world: World, name: str = "", **values: Any) -> Responsibility:
    unit = values.pop("unit", None) or (UnitFactory(name=name) if name else UnitFactory())
    return ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=unit, **values)


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


def kinds(page: Any) -> dict[Kind, list[Any]]:
    return {group.kind: [*group.first, *group.rest] for group in page.context["changed"]}


def test_what_changed_since_yesterday(world: World, as_: Browser) -> None:
    """Yesterday is the last working day; what happened before it is not told."""
    rows = [side_of(world) for _n in range(4)]
    for side, trait, at in (
        (rows[0], "submitted", NOW - DAY),
        (rows[1], "approved", NOW),
        (rows[2], "returned", NOW),
        (rows[3], "submitted", NOW - 3 * DAY),
    ):
        ProgressReportFactory(
            responsibility=side,
            period=world.period,
            **{trait: True},
            submitted_at=at - 10 * DAY if trait != "submitted" else at,
            reviewed_at=None if trait == "submitted" else at,
        )
    page = desk(as_(world.office))
    found = kinds(page)
    assert [c.side for c in found[Kind.HANDED_IN]] == [rows[0]]
    assert [c.side for c in found[Kind.APPROVED]] == [rows[1]]
    assert [c.side for c in found[Kind.RETURNED]] == [rows[2]]
    assert "请补充数据来源。" in page.text
    week = kinds(desk(as_(world.office), since="2026-11-16"))
    assert [c.side for c in week[Kind.HANDED_IN]] == [rows[0], rows[3]]
    assert kinds(desk(as_(world.other_office))) == {}


def test_lights_are_computed_as_of_both_days(world: World, as_: Browser) -> None:
    fell_due = side_of(world, due_on=datetime.date(2026, 11, 19))
    caught_up = side_of(world)
    ProgressReportFactory(
        responsibility=caught_up, period=world.period, approved=True, percent=95, reviewed_at=NOW
    )
    found = {c.side: (c.before, c.after) for c in kinds(desk(as_(world.office)))[Kind.LIGHT]}
    assert found == {
        fell_due: (LightWord.DUE_SOON, LightWord.OVERDUE),
        caught_up: (LightWord.BEHIND, LightWord.NORMAL),
    }


def test_a_light_that_turned_by_a_new_date_is_told_by_the_old_one(
    world: World, as_: Browser
) -> None:
    side = side_of(world, due_on=datetime.date(2026, 12, 31))
    ProgressReportFactory(
        responsibility=side,
        period=world.period,
        approved=True,
        percent=97,
        reviewed_at=NOW - 20 * DAY,
    )
    before = {"due_on": datetime.date(2026, 10, 31)}
    audit.record("duty.edit", side, by=world.office, before=before, after={"due_on": side.due_on})
    found = kinds(desk(as_(world.office)))
    (date,) = found[Kind.DATE]
    assert date.dates == (before["due_on"], side.due_on)
    (light,) = [c for c in found[Kind.LIGHT] if c.side == side]
    assert (light.before, light.after) == (LightWord.OVERDUE, LightWord.NORMAL)


def test_a_date_elsewhere_is_not_read(world: World) -> None:
    """The history is asked for what the desk shows, and for nothing else."""
    elsewhere = side_of(world, unit=UnitFactory(sichuan=True))
    dates: dict[str, Any] = {"before": {"due_on": None}, "after": {"due_on": TODAY}}
    audit.record("duty.edit", elsewhere, by=world.office, **dates)
    audit.record("duty.edit", world.side, by=world.office, **dates)
    sides = own_sides(world.office)
    with CaptureQueriesContext(connection) as caught:
        found = changes.changes(sides, TODAY, TODAY)
    assert [c.side for c in found if c.kind == Kind.DATE] == [world.side]
    (asked,) = [q["sql"] for q in caught if "units_auditentry" in q["sql"]]
    assert f"'{world.side.pk}'" in asked
    assert f"'{elsewhere.pk}'" not in asked


def test_what_is_to_be_handed_out_and_signed_for_stands_there(world: World, as_: Browser) -> None:
    """With links to lists of as many; not to who only reads."""
    rows = [side_of(world) for _n in range(4)]
    for side, sign_by in ((rows[0], TODAY + DAY), (rows[1], TODAY - DAY), (rows[2], TODAY + DAY)):
        AssignmentFactory(responsibility=side, assigned_by=world.office, sign_by=sign_by)
    rows[2].task.title = "改了名称"
    rows[2].task.save()
    browser = as_(world.office)
    page = desk(browser)
    links = re.findall(r'href="(/assignments/\?kind=\w+)">\s*(\S+) <strong>(\d+)<', page.text)
    assert {label for _link, label, _number in links} == {
        *("未交办", "待签收", "其中逾期", "交办后有改动"),
    }
    for link, label, number in links:
        board = browser.get(link).context["board"]
        assert board.counts[board.kind] == int(number), label
        assert board.kind == link.partition("=")[2]
    assert "/assignments/?kind=" not in desk(as_(world.auditor)).text


def test_the_day_of_changes_is_asked_for_at_the_changes(world: World, as_: Browser) -> None:
    """What waits for review comes first on the desk, before any field."""
    ProgressReportFactory(responsibility=world.side, period=world.period, submitted=True)
    text = desk(as_(world.office)).text
    assert text.index("待您审核") < text.index('id="changes-head"') < text.index('id="desk-since"')


def test_handing_out_and_signing_are_told(world: World, as_: Browser) -> None:
    Assignment.objects.create(
        responsibility=world.side,
        assigned_by=world.office,
        assigned_at=NOW - 5 * DAY,
        sign_by=TODAY,
        signed_by=world.lead,
        signed_at=NOW,
    )
    found = kinds(desk(as_(world.office)))
    assert [c.side for c in found[Kind.SIGNED]] == [world.side]
    assert Kind.ASSIGNED not in found


# The latter for both sides, and without memberships. Two are of 交办: who acts, and its counts.
QUERIES = {"office": 25, "superuser": 23}


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
