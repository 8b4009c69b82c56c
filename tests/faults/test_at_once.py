"""What several people do at the same moment, by page and API, each with a connection of their own.

Findings are numbered without gaps; a quarter is closed with a report or without it, never with
half of it; two offices do not stand in each other's way. Short in `make test`, long in
`make faults`.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from rest_framework.test import APIClient

from tasks.models import (
    Finding,
    Period,
    PeriodSide,
    PlanSide,
    ProgressReport,
    Responsibility,
    Snapshot,
)
from tasks.services import closing, progress, snapshots
from tasks.services.entry import Entry
from tasks.states import ReportKind, ReportState, TaskState
from tests.at_once import at_once
from tests.factories import (
    NOW,
    JurisdictionFactory,
    PeriodFactory,
    PlanFactory,
    PlanSideFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    inspector,
    joint_plan,
    officer,
)
from tests.faults.doors import api, browser
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db(transaction=True)
SHORT, LONG = 3, 150
INSPECTORS = 4
UNITS = 3
NOTICE = {"problem": "填报与现场不符。", "demand": "补齐材料。", "due_on": "2026-12-04"}
Post = Callable[[], Any]


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def lead_of(period: Period, place: int = 0) -> Responsibility:
    """A side not started yet, of a unit of its own, on the plan's side `place`."""
    unit = UnitFactory(sichuan=bool(place))
    task = TaskFactory(plan=period.plan)
    side: Responsibility = ResponsibilityFactory(task=task, unit=unit, not_started=True)
    return side


def number_of(verb: str) -> int:
    return AuditEntry.objects.filter(verb=verb).count()


# --- findings ---------------------------------------------------------------------------------


def issue_often(rounds: int) -> None:
    """Four inspectors issue at once; now and then one is refused, and takes no number."""
    period = PeriodFactory(plan=joint_plan())
    duties = [lead_of(period) for _each in range(INSPECTORS)]
    people = [inspector(JurisdictionFactory()) for _each in duties]
    doors = [api(one) if place % 2 else browser(one) for place, one in enumerate(people)]
    made = 0
    for number in range(rounds):
        cache.clear()
        wrong = NOTICE | {"due_on": "2026-11-20"} if number % 3 == 2 else NOTICE
        told = [NOTICE, NOTICE, NOTICE, wrong]
        posts: list[Post] = []
        for who, duty, values in zip(doors, duties, told, strict=True):
            if isinstance(who, APIClient):
                body = {**values, "responsibility": duty.pk}
                posts.append(partial(who.post, "/api/v1/findings/", body, format="json"))
            else:
                posts.append(partial(who.post, f"/findings/new/{duty.pk}/", values))
        codes = [answer.status_code for answer in at_once(*posts)]
        assert codes == [302, 201, 302, 400 if number % 3 == 2 else 201]
        made += sum(code in (201, 302) for code in codes)
        numbers = Finding.objects.order_by("number").values_list("number", flat=True)
        assert list(numbers) == list(range(1, made + 1))
        assert number_of("finding.issue") == made


def test_findings_issued_at_once_are_numbered_without_gaps() -> None:
    issue_often(SHORT)


@pytest.mark.faults
def test_many_findings_issued_at_once_are_numbered_without_gaps() -> None:
    issue_often(LONG)


# --- closing against handing in ---------------------------------------------------------------


def _hand_in(side: Responsibility, period: Period, how: int) -> Post:
    """By page without a draft, by API from a draft, by page from a draft."""
    person = officer(side.unit)
    draft = None
    if how:
        draft = ProgressReportFactory(responsibility=side, period=period, filled_by=person)
    if draft is not None and how == 1:
        door = api(person)
        address, head = f"/api/v1/progress/{draft.pk}/", {"If-Match": '"1"'}
        body = {"percent": 50, "progress": "已开工建设。", "submit": True}
        return partial(door.patch, address, body, format="json", headers=head)
    page = browser(person)
    told = {"percent": "50", "progress": "已开工建设。", "action": "submit"}
    told["version"] = "1" if draft else "0"
    return partial(page.post, f"/fill/{side.pk}/{period.as_quarter}/", told)


def close_often(rounds: int) -> set[str]:
    """An office closes, counting on some of three reports, while they are handed in."""
    seen = set()
    for number in range(rounds):
        cache.clear()
        plan = PlanFactory()
        side: PlanSide = PlanSideFactory(plan=plan)
        period: Period = PeriodFactory(plan=plan)
        duties = [lead_of(period) for _each in range(UNITS)]
        posts = [_hand_in(duty, period, how) for how, duty in enumerate(duties)]
        page, counted = browser(coordinator(side.office)), number % (UNITS + 1)
        counts = {"missing": UNITS - counted, "returned": 0, "unreviewed": counted}
        close = partial(page.post, f"/quarters/{period.pk}/close/{side.pk}/", counts)
        *handed, closed = at_once(*posts, close)
        assert [answer.status_code for answer in handed] == [302, 200, 302], handed
        assert closed.status_code in (302, 422)
        seen.add("closed" if closed.status_code == 302 else "refused")
        if closed.status_code == 302:
            _check_closed(period, counted)
        else:
            assert "确认带缺关闭须写明这三个数" in closed.text
            assert not PeriodSide.objects.filter(period=period, closed_at__isnull=False).exists()
            assert not Snapshot.objects.filter(period=period).exists()
        states = set(Responsibility.objects.filter(task__plan=plan).values_list("state", flat=True))
        assert states == {TaskState.IN_PROGRESS}
    return seen


def _check_closed(period: Period, counted: int) -> None:
    """Each report is in the snapshot whole, or came late and is not in it at all."""
    reports = {one.responsibility_id: one for one in ProgressReport.objects.filter(period=period)}
    assert len(reports) == UNITS
    late = {pk for pk, one in reports.items() if one.kind == ReportKind.LATE}
    part = PeriodSide.objects.get(period=period)
    assert {row["responsibility"] for row in part.missing} == late
    assert {row["responsibility"] for row in part.unreviewed} == reports.keys() - late
    assert len(late) == UNITS - counted
    snapshot = Snapshot.objects.get(period=period)
    assert snapshots.verify(snapshot)
    check_rows(snapshot, late)


def check_rows(snapshot: Snapshot, late: set[int]) -> None:
    for row in snapshot.rows.all():
        told = row.data["report"]
        if row.responsibility_id in late:
            assert (row.state, row.report_state, told) == (TaskState.NOT_STARTED, "", None)
        else:
            assert (row.state, row.report_state) == (TaskState.IN_PROGRESS, ReportState.SUBMITTED)
            assert told["progress"]


def test_a_quarter_closes_with_a_report_or_without_it() -> None:
    close_often(UNITS + 1)


@pytest.mark.faults
def test_many_quarters_close_with_a_report_or_without_it() -> None:
    assert close_often(LONG) == {"closed", "refused"}


def test_what_the_other_side_hands_in_while_the_snapshot_is_taken_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A late report of the side that had closed before is not half in the snapshot."""
    period: Period = PeriodFactory(plan=joint_plan())
    first, second = period.plan.sides.select_related("office").order_by("order")
    sides = [lead_of(period, 0), lead_of(period, 1)]
    person = officer(sides[0].unit)
    closing.close_side(period, first, by=None, now=NOW, confirmed=(1, 0, 0))
    waited, answers = [], []
    take = snapshots.take

    def late() -> None:
        entry = Entry(percent=50, progress="已开工建设。")
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '300ms'")
        try:
            progress.submit(sides[0], period, entry, by=person, now=NOW)
            answers.append("handed in")
        except Exception as error:
            waited.append(type(error).__name__)

    def slow(*args: Any, **kwargs: Any) -> Snapshot:
        at_once(late)
        return take(*args, **kwargs)

    monkeypatch.setattr(snapshots, "take", slow)
    closing.close_side(period, second, by=None, now=NOW, confirmed=(1, 0, 0))
    assert (waited, answers) == (["OperationalError"], [])
    check_rows(Snapshot.objects.get(), {side.pk for side in sides})


# --- two offices ------------------------------------------------------------------------------


def two_offices_often(rounds: int) -> None:
    """Each approves its own side's report of a task, tries the other's, and closes: at once."""
    for _round in range(rounds):
        cache.clear()
        period: Period = PeriodFactory(plan=joint_plan())
        offices = list(period.plan.sides.select_related("office").order_by("order"))
        people = [coordinator(one.office) for one in offices]
        reports = _handed_in_by_both(period)
        before = number_of("report.approve")
        codes = [answer.status_code for answer in at_once(*_approvals(people, reports))]
        assert (codes[0], codes[2]) == (302, 200)
        # Once approved it can be seen by the other office, which is told what it has become.
        assert codes[1] in (302, 403, 404)
        assert codes[3] in (403, 404, 409, 412)
        for report, person in zip(reports, people, strict=True):
            report.refresh_from_db()
            assert (report.state, report.reviewed_by) == (ReportState.APPROVED, person)
        assert number_of("report.approve") == before + 2
        _close_both(period, offices, people)


def _handed_in_by_both(period: Period) -> list[ProgressReport]:
    task = TaskFactory(plan=period.plan)
    duties = [ResponsibilityFactory(task=task, unit=UnitFactory(sichuan=far)) for far in (0, 1)]
    return [
        ProgressReportFactory(responsibility=duty, period=period, submitted=True) for duty in duties
    ]


def _approvals(people: list[User], reports: list[ProgressReport]) -> list[Post]:
    """The first office at the page, the second by API; each its own report and the other's."""
    address, head = "/api/v1/progress/{}/approve/", {"If-Match": '"1"'}
    return [
        *(
            partial(browser(people[0]).post, f"/progress/{one.pk}/approve/", {"version": "1"})
            for one in reports
        ),
        *(
            partial(api(people[1]).post, address.format(one.pk), {}, format="json", headers=head)
            for one in reversed(reports)
        ),
    ]


def _close_both(period: Period, offices: list[PlanSide], people: list[User]) -> None:
    closed = number_of("period.close")
    answers = at_once(
        *(
            partial(browser(one).post, f"/quarters/{period.pk}/close/{side.pk}/", {})
            for one, side in zip(people, offices, strict=True)
        )
    )
    assert [answer.status_code for answer in answers] == [302, 302]
    snapshot = Snapshot.objects.get(period=period)
    assert snapshots.verify(snapshot)
    assert set(snapshot.rows.values_list("report_state", flat=True)) == {ReportState.APPROVED}
    assert number_of("period.close") == closed + 1


def test_two_offices_approve_and_close_at_once() -> None:
    two_offices_often(SHORT)


@pytest.mark.faults
def test_two_offices_approve_and_close_at_once_often() -> None:
    two_offices_often(LONG)
