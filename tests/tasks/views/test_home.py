"""The workbench of each role."""

import datetime
from collections.abc import Callable

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.factories import (
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UserFactory,
)
from tests.tasks.views.conftest import World
from units.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
Browser = Callable[[User], Client]


def test_a_coordinator_sees_who_has_not_reported_on_the_own_side(
    world: World, as_: Browser
) -> None:
    ProgressReportFactory(responsibility=world.side, period=world.period)  # a draft: not shown
    text = as_(world.office).get("/").text
    assert "应报1项，已报0项" in text
    assert "1个单位未报" in text
    assert "重庆市能源局" in text
    assert "四川省能源局" not in text


def test_a_coordinator_sees_what_waits(world: World, as_: Browser) -> None:
    ProgressReportFactory(responsibility=world.side, period=world.period, submitted=True)
    text = as_(world.office).get("/").text
    assert "有<strong>1</strong>份进展待您审核。" in text
    assert "应报1项，已报1项" in text
    assert "应报的单位都已报送。" in text
    assert "待您审核" not in as_(world.other_office).get("/").text


def test_overdue_and_expired_are_counted_apart(world: World, as_: Browser) -> None:
    world.plan.ends_on = datetime.date(2025, 12, 31)
    world.plan.save(update_fields=["ends_on"])
    late = TaskFactory(plan=world.plan, overdue=True, title="逾期的任务")
    ResponsibilityFactory(task=late, unit=world.side.unit)
    text = " ".join(as_(world.office).get("/").text.split())
    assert "逾期 <strong>1</strong>" in text
    assert "期满未办结 <strong>1</strong>" in text
    page = as_(world.auditor).get("/").text
    assert "逾期的任务" in page
    assert "协同开发油气资源" in page
    assert "方案期限" in page
    assert "四川省能源局" not in page


def test_an_inspector_with_nothing_late_reads_so(world: World, as_: Browser) -> None:
    assert "督查辖区内没有逾期或期满未办结的事项。" in as_(world.auditor).get("/").text


def test_a_superuser_sees_every_side(world: World, as_: Browser) -> None:
    text = as_(UserFactory(superuser=True)).get("/").text
    assert "重庆市能源局" in text
    assert "四川省能源局" in text


def test_somebody_without_a_role_is_told_so(as_: Browser) -> None:
    assert "您还没有任职" in as_(UserFactory()).get("/").text


def test_the_number_of_queries_does_not_grow_with_the_tasks(
    world: World, as_: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for quarter in ("2026Q1", "2026Q2"):
        PeriodFactory(plan=world.plan, quarter_text=quarter)
    for _ in range(12):
        ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit)
    for user in (world.lead, world.office, world.auditor):
        browser = as_(user)
        # Each block of the desk asks once or twice: 督查, 审签, 节点, 催办, whatever they hold.
        with django_assert_max_num_queries(31):
            assert browser.get("/").status_code == 200


def test_a_coordinator_reads_when_the_next_quarter_opens(world: World, as_: Browser) -> None:
    world.period.delete()
    text = as_(world.office).get("/").text
    assert "没有开放的填报期。2026年第4季度的填报2026-12-01开放。" in text
