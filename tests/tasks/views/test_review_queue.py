"""The reviewers' queue: flagged first, narrowed, with what is beside it; many at a time."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tasks.models import Contribution, PlanSide, ProgressReport
from tasks.states import ContributionState, ReportState
from tests.factories import (
    NOW,
    EndingFactory,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
)
from tests.tasks.views.conftest import World
from units.models import AuditEntry, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]
QUEUE, MANY = "/review/", "/review/unflagged/"
FELL = [{"code": "fell", "last": 70, "percent": 40}]


def waiting(world: World, title: str, **values: object) -> ProgressReport:
    side = ResponsibilityFactory(
        task=TaskFactory(plan=world.plan, title=title), unit=world.side.unit
    )
    report: ProgressReport = ProgressReportFactory(
        **{"responsibility": side, "period": world.period, "submitted": True, **values}
    )
    return report


def listed(page: object) -> list[ProgressReport]:
    return [item.row for item in page.context["waiting"]]  # type: ignore[attr-defined]  # a page


def ticked(*reports: ProgressReport) -> dict[str, list[str]]:
    return {"report": [f"{report.pk}:{report.version}" for report in reports]}


def test_flagged_come_first_then_by_due_date_then_longest_waiting(
    world: World, as_: Browser
) -> None:
    earlier = PeriodFactory(plan=world.plan, quarter_text="2026Q2")
    new = waiting(world, "新")
    old = waiting(world, "旧", submitted_at=NOW - datetime.timedelta(days=3))
    before = waiting(world, "上季", period=earlier)
    flagged = waiting(world, "有提示", flags=FELL)
    assert listed(as_(world.office).get(QUEUE)) == [flagged, before, old, new]


def test_the_queue_is_narrowed_and_stays_so(world: World, as_: Browser) -> None:
    plain, flagged = waiting(world, "甲"), waiting(world, "乙", flags=FELL)
    late = waiting(world, "丙", kind="late")
    other = UnitFactory(name="重庆市交通局")
    elsewhere = ProgressReportFactory(
        responsibility=ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=other),
        period=world.period,
        submitted=True,
    )
    browser = as_(world.office)
    cases: list[tuple[dict[str, str], set[ProgressReport]]] = [
        ({"flagged": "yes"}, {flagged}),
        ({"flagged": "no"}, {plain, late, elsewhere}),
        ({"kind": "late"}, {late}),
        ({"unit": str(other.pk)}, {elsewhere}),
        ({"unit": "重庆市交通局"}, {elsewhere}),
        ({"plan": world.plan.code, "quarter": "2026Q3"}, {plain, flagged, late, elsewhere}),
        ({"quarter": "2026Q1"}, set()),
    ]
    for asked, found in cases:
        assert set(listed(browser.get(QUEUE, asked))) == found, asked
    page = browser.get(QUEUE, {"flagged": "no", "report": str(late.pk)})
    address = f"{reverse('tasks:approve', args=[late.pk])}?flagged=no"
    assert f'action="{address}"' in page.text
    answer = browser.post(address, {"version": late.version})
    assert answer["Location"].startswith(f"{QUEUE}?flagged=no")
    odds: list[dict[str, str]] = [{"kind": "x"}, {"flagged": "x"}, {"unit": "无此"}, {"a": "x"}]
    for odd in odds:
        page = browser.get(QUEUE, odd)
        assert page.status_code == 200
        assert listed(page) == []
        assert "请更正以下内容" in page.text


def test_it_shows_flags_contributions_and_who_had_not_answered(world: World, as_: Browser) -> None:
    report = ProgressReportFactory(
        responsibility=world.side,
        period=world.period,
        submitted=True,
        flags=FELL,
        unanswered=["重庆市交通局"],
    )
    helper = world.task.responsibilities.get(role="cooperating")
    told = Contribution.objects.create(
        responsibility=helper,
        period=world.period,
        state=ContributionState.SUBMITTED,
        text="已配合完成选址。",
    )
    browser = as_(world.office)
    page = browser.get(QUEUE).text
    assert "已配合完成选址。" in page
    assert "重庆市交通局" in page
    assert "1条提示" in page
    assert "完成进度比上次下降：上次70%，本次40%。" in page
    told.state, told.text = ContributionState.DRAFT, "未交出的草稿。"
    told.save()
    assert "未交出的草稿。" not in browser.get(QUEUE).text
    assert report.state == ReportState.SUBMITTED


def test_whoever_may_not_judge_is_told_so_before_the_reason_is_asked_for(
    world: World, as_: Browser
) -> None:
    report = ProgressReportFactory(
        responsibility=world.side, period=world.period, submitted=True, filled_by=world.office
    )
    address = reverse("tasks:return", args=[report.pk])
    for person, status in ((world.office, 403), (world.lead, 403), (world.stranger, 404)):
        answer = as_(person).post(address, {"version": report.version, "reason": ""})
        assert answer.status_code == status
    report.filled_by = world.lead
    report.signed_by = world.office
    report.save()
    for name in ("approve", "return"):
        address = reverse(f"tasks:{name}", args=[report.pk])
        assert as_(world.office).post(address, {"version": report.version}).status_code == 403
    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_what_the_own_body_filed_is_reviewed_by_another_and_marked(
    world: World, as_: Browser
) -> None:
    side = PlanSide.objects.get(plan=world.plan, jurisdiction=world.side.side)
    side.office.host_unit = world.side.unit
    side.office.save()
    report = ProgressReportFactory(
        responsibility=world.side, period=world.period, submitted=True, filled_by=world.office
    )
    assert listed(as_(world.office).get(QUEUE)) == []
    colleague = coordinator(side.office)
    browser = as_(colleague)
    assert "本单位审核" in browser.get(QUEUE).text
    browser.post(reverse("tasks:approve", args=[report.pk]), {"version": report.version})
    report.refresh_from_db()
    assert (report.state, report.own_office_review) == (ReportState.APPROVED, True)
    assert "本单位审核" in browser.get(reverse("tasks:view_report", args=[report.pk])).text
    entry = AuditEntry.objects.get(verb="report.approve")
    assert "own_office_review" in str(entry.after)


def test_another_units_report_is_not_marked(world: World, as_: Browser) -> None:
    report = waiting(world, "甲")
    as_(world.office).post(reverse("tasks:approve", args=[report.pk]), {"version": report.version})
    report.refresh_from_db()
    assert (report.state, report.own_office_review) == (ReportState.APPROVED, False)


def test_all_without_flags_are_looked_at_and_approved(world: World, as_: Browser) -> None:
    plain, also = waiting(world, "甲", progress="已建成两座储气库。"), waiting(world, "乙")
    flagged = waiting(world, "丙", flags=FELL)
    browser = as_(world.office)
    page = browser.get(MANY)
    assert f'value="{plain.pk}:{plain.version}"' in page.text
    assert "已建成两座储气库。" in page.text
    assert f'value="{flagged.pk}:' not in page.text
    assert "另有1份不在此列" in page.text
    answer = browser.post(MANY, ticked(plain, also), follow=True)
    assert "已审核通过2份进展。" in answer.text
    assert listed(answer) == [flagged]
    for report in (plain, also):
        report.refresh_from_db()
        assert (report.state, report.reviewed_by) == (ReportState.APPROVED, world.office)
    assert AuditEntry.objects.filter(verb="report.approve").count() == 2


def test_what_has_flags_or_has_changed_is_left_out_and_named(world: World, as_: Browser) -> None:
    good, flagged = waiting(world, "好的"), waiting(world, "有提示的", flags=FELL)
    stale, own = waiting(world, "改过的"), waiting(world, "自填的", filled_by=world.office)
    returned = waiting(world, "已退的")
    sent = ticked(good, flagged, stale, own, returned)
    ProgressReport.objects.filter(pk=stale.pk).update(version=stale.version + 1)
    ProgressReport.objects.filter(pk=returned.pk).update(state=ReportState.RETURNED)
    hidden = ProgressReportFactory(
        responsibility=world.other_side, period=world.period, submitted=True
    )
    sent["report"] += [*ticked(hidden)["report"], "x:y", "1", "-1:1", f"{'9' * 50}:1"]
    answer = as_(world.office).post(MANY, sent, follow=True)
    assert "已审核通过1份进展。" in answer.text
    for title, outcome in (
        ("有提示的", "有核对提示，须逐份审核"),
        ("改过的", "您打开之后已有变化，请重新审阅"),
        ("自填的", "不由您审核"),
        ("已退的", "不是待审核状态"),
    ):
        assert f"重庆市能源局“{title}”：{outcome}。" in answer.text
    assert f"编号{hidden.pk}：没有这份进展，或您无权查看。" in answer.text
    assert ProgressReport.objects.approved().get() == good


def test_at_least_one_is_ticked(world: World, as_: Browser) -> None:
    report = waiting(world, "甲")
    answer = as_(world.office).post(MANY, {})
    assert answer.status_code == 422
    assert "请至少勾选一份进展。" in answer.text
    assert as_(world.lead).post(MANY, ticked(report)).status_code == 403
    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_the_other_queues_stand_beside_with_what_waits_in_them(world: World, as_: Browser) -> None:
    assert "核定办结（0项）" in as_(world.office).get(QUEUE).text
    EndingFactory(responsibility=world.side)
    assert "核定办结（1项）" in as_(world.office).get(QUEUE).text
    assert "核定办结（0项）" in as_(world.other_office).get(QUEUE).text
    assert "审核监测值（0个）" in as_(world.office).get(QUEUE).text
