"""The demo: some of everything, the same at every making, once."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings

from tasks.models import (
    Assignment,
    Contribution,
    Ending,
    Notice,
    Period,
    Plan,
    ProgressReport,
    Responsibility,
    Task,
)
from tasks.reminders import sentence
from tasks.services import effect, signing
from tasks.services.ending_rules import later_tasks
from tasks.services.endings import carried_from
from tasks.states import EndingKind, LightWord, PeriodState, ReportKind, ReportState, TaskState
from tests.tasks.demo import TODAY, all_reports, load, run
from tracker.lib import demo
from tracker.lib.workdays import is_workday
from units.models import AuditEntry, Membership, PersonRequest, User
from units.states import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _local(settings: Any) -> None:
    settings.DEMO, settings.LOCAL = True, True


@pytest.fixture(scope="module", autouse=True)
def said(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """What the making said. Committed once for all: it takes longer than they do."""
    with django_db_blocker.unblock():
        load()
        with override_settings(DEMO=True, LOCAL=True):
            text = run()
    yield text
    with django_db_blocker.unblock():
        call_command("flush", interactive=False, verbosity=0)


def test_accounts_of_the_design() -> None:
    users = {user.username: user for user in User.objects.filter(username__in=demo.USERNAMES)}
    assert set(users) == set(demo.USERNAMES)
    assert all(user.check_password(demo.PASSWORD) for user in users.values())
    bodies = {name: [str(m.body) for m in user.memberships.all()] for name, user in users.items()}
    assert bodies == {
        "lead": ["重庆市能源局"],
        "lead-sichuan": ["四川省能源局"],
        "lead-jiangjin": ["江津区发展改革委"],
        "coordinator": ["重庆市双碳办"],
        "coordinator-sichuan": ["四川省碳达峰碳中和工作委员会办公室"],
        "coordinator-jiangjin": ["江津区双碳办"],
        "auditor": ["重庆市"],
        "admin": [],
        "leader": ["重庆市双碳办"],
        "sysadmin": ["None"],
        "secadmin": ["None"],
        "auditadmin": ["None"],
        "signer": ["重庆市经济信息委"],
    }
    assert [name for name, user in users.items() if user.is_superuser] == ["admin"]


def test_every_lead_unit_has_an_officer_who_cannot_log_in() -> None:
    leads = Responsibility.objects.leads().values("unit").distinct()
    assert leads.count() == 31
    for row in leads:
        assert User.objects.filter(memberships__unit=row["unit"], memberships__role=Role.OFFICER)
    others = User.objects.exclude(username__in=demo.USERNAMES)
    assert not [user for user in others if user.has_usable_password()]
    assert not [user for user in others if not user.email.endswith("@demo.example.com")]
    assert User.objects.filter(memberships__role=Role.SIGNER).exists()


def test_something_waits_for_the_signer_and_some_units_told_their_part() -> None:
    assert signing.waiting_for(User.objects.get(username="signer")).count() == 1
    told = Contribution.objects.told()
    assert told.exists()
    assert {row.responsibility.role for row in told} == {"cooperating"}


def test_some_of_everything() -> None:
    sides = Responsibility.objects.leads().filter(task__plan__in=Plan.objects.tracked())
    words = Counter(
        side.light_word(TODAY) for side in sides.with_percent().select_related("task__plan")
    )
    assert set(words) == set(LightWord)
    assert set(sides.values_list("state", flat=True)) == set(TaskState.values)
    reports = ProgressReport.objects.all()
    assert reports.filter(no_news=True).exists()
    assert reports.filter(kind=ReportKind.LATE).exists()
    latest = reports.filter(period__year=2026, period__quarter=3)
    assert set(latest.values_list("state", flat=True)) == set(ReportState.values) - {"signed"}
    open_sides = Responsibility.objects.open().filter(task__plan__in=Plan.objects.tracked())
    assert 0 < latest.count() < open_sides.count()


def test_past_quarters_are_closed_and_the_latest_open() -> None:
    states = Counter(Period.objects.values_list("state", flat=True))
    assert states == {PeriodState.CLOSED: 34, PeriodState.OPEN: 2}
    assert {p.code for p in Period.objects.filter(state=PeriodState.OPEN)} == {"2026Q3"}
    for period in Period.objects.filter(state=PeriodState.CLOSED):
        assert period.closed_on is not None
        assert period.closed_on >= period.grace_until
    in_closed = ProgressReport.objects.filter(period__state=PeriodState.CLOSED)
    assert set(in_closed.values_list("state", flat=True)) == {ReportState.APPROVED}


def test_texts_are_marked_varied_and_never_empty() -> None:
    texts = list(ProgressReport.objects.values_list("progress", flat=True))
    assert all(text.startswith("【演示】") for text in texts)
    assert len(set(texts)) > 0.95 * len(texts)
    assert not [text for text in texts if "{" in text or "None" in text]


def test_progress_never_falls_and_ended_sides_file_no_more() -> None:
    for side in Responsibility.objects.leads().prefetch_related("reports__period"):
        reports = sorted(side.reports.all(), key=lambda r: (r.period.year, r.period.quarter))
        percents = [report.percent or 0 for report in reports]
        assert percents == sorted(percents)
        if side.state in (TaskState.CLOSED, TaskState.COMPLETED):
            assert percents[-1] == 100
        if TaskState(side.state).is_ended:
            assert all(report.period.state == PeriodState.CLOSED for report in reports)


def test_filed_by_the_unit_and_reviewed_by_the_office_in_order() -> None:
    reports = ProgressReport.objects.select_related("period", "filled_by", "reviewed_by")
    for report in reports.exclude(submitted_at=None):
        assert report.submitted_at is not None
        assert report.period.opens_on <= report.submitted_at.date() <= TODAY
        assert report.filled_by is not None
        assert report.filled_by != report.reviewed_by
        if report.reviewed_at is not None:
            assert report.submitted_at <= report.reviewed_at
            assert report.reviewed_by is not None


def test_twice_is_once(said: str) -> None:
    assert "已生成演示人员" in said
    before, entries = all_reports(), AuditEntry.objects.count()
    assert run() == "演示数据已有，没有变化。\n"
    assert (all_reports(), AuditEntry.objects.count()) == (before, entries)
    assert AuditEntry.objects.filter(verb="demo.make").count() == 1


def test_most_duties_name_somebody_and_two_requests_wait() -> None:
    duties = Responsibility.objects.count()
    named = Responsibility.objects.exclude(liaison="").count()
    assert 0.7 * duties < named < duties
    assert not Responsibility.objects.exclude(phone="").exclude(phone__contains="-0000").exists()
    waiting = PersonRequest.objects.waiting()
    assert [one.requested_by.username for one in waiting] == ["coordinator"] * 2


def test_most_duties_are_signed_for_some_wait_and_one_is_late() -> None:
    handed_out = Assignment.objects.count()
    unsigned = Assignment.objects.unsigned()
    late = unsigned.unsigned_late(TODAY).get().responsibility
    assert handed_out > 80
    assert 5 <= unsigned.count() < handed_out / 4
    assert (late.task.number, late.unit.name) == (3, "重庆市能源局")
    assert Responsibility.objects.filter(assignment=None, task__plan__code="joint-2022").exists()
    assert not Assignment.objects.filter(responsibility__task__plan__status="draft").exists()


def test_what_is_carried_over_lies_in_the_plan_that_follows() -> None:
    (ending,) = Ending.objects.filter(kind=EndingKind.CARRIED)
    side, goal = ending.responsibility, ending.carried_to
    assert goal is not None
    assert later_tasks(side).contains(goal)
    assert goal.title == side.task.title
    assert goal.plan.title.startswith("【演示】")
    assert not goal.plan.periods.exists()
    assert {one.unit for one in goal.responsibilities.all()} >= {side.unit}
    assert carried_from(goal) == [ending]


def test_a_demo_without_what_is_carried_over_gets_it_once() -> None:
    Ending.objects.filter(kind=EndingKind.CARRIED).delete()
    Task.objects.filter(plan__code="demo-next").delete()
    Plan.objects.get(code="demo-next").delete()
    others = Ending.objects.count()
    run()
    assert Ending.objects.count() == others + 1
    assert run() == "演示数据已有，没有变化。\n"
    assert Plan.objects.filter(code="demo-next").count() == 1


def test_a_demo_of_an_older_version_gets_what_it_lacks_and_keeps_the_rest() -> None:
    before = all_reports()
    Assignment.objects.all().delete()
    PersonRequest.objects.all().delete()
    Responsibility.objects.update(leader="", liaison="", division="", phone="")
    Membership.objects.filter(user__username__in=LATER).delete()
    User.objects.filter(username__in=LATER).delete()
    assert run() == "演示数据已有，补上了新版本增加的部分（账号4个）。\n"
    assert User.objects.filter(username__in=demo.USERNAMES).count() == len(demo.USERNAMES)
    assert User.objects.get(username="secadmin").memberships.get().role == Role.SECURITY_ADMIN
    assert Assignment.objects.unsigned().exists()
    assert Assignment.objects.count() > 80
    assert PersonRequest.objects.waiting().count() == 2
    assert Responsibility.objects.exclude(liaison="").exists()
    assert all_reports() == before
    assert run() == "演示数据已有，没有变化。\n"


LATER = ("leader", "sysadmin", "secadmin", "auditadmin")


def test_past_quarters_were_told_of_and_reports_came_after_each_step() -> None:
    """So that 提醒效果 shows what reminders bring: nothing after it came, nobody twice."""
    period = Period.objects.filter(plan__code="joint-2022", closed_on__isnull=False)
    found = effect.build(latest := period.newest_first()[0], list(latest.plan.sides.all()))
    assert found.line.told > found.line.came / 4
    assert found.line.after
    assert len(found.steps) > 3
    told = Notice.objects.filter(rule__in=["report_due", "report_overdue"])
    assert told.count() > 500
    assert not told.filter(made_on__gte=TODAY).exists()
    assert not told.exclude(state="sent").exists()
    closed = told.filter(params__quarter=latest.code)
    assert not closed.filter(settled=False).exists()
    for notice in closed.select_related("task")[:50]:
        assert latest.code in notice.path or notice.params["verb"] != "report.edit"
        assert is_workday(notice.made_on)
        assert sentence(notice)


def test_the_open_quarter_is_unread_where_nothing_has_come() -> None:
    unread = Notice.objects.unread().filter(rule="report_overdue")
    assert unread.exists()
    sides = [notice.params["side"] for notice in unread]
    filed = ProgressReport.objects.filter(
        responsibility__in=sides, submitted_at__isnull=False, period__closed_on=None
    )
    assert not filed.filter(period__state=PeriodState.OPEN).exists()
