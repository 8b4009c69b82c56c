"""The targets book says what the page and the API say."""

import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from rest_framework.test import APIClient

from reports.books.targets import target_rows
from reports.services.content import load
from tasks.models import Target
from tasks.states import Basis
from tests import factories as make
from units.services import tokens


@pytest.fixture
def targets(db: None) -> list[Target]:
    """One reached, one not, one in words, of one plan."""
    plan = make.PlanFactory()
    made: list[Target] = [
        make.TargetFactory(plan=plan),
        make.TargetFactory(plan=plan, value=30),
        make.TargetFactory(plan=plan, in_words=True),
    ]
    for target in made:
        make.ObservationFactory(
            indicator=target.indicator,
            place=target.place,
            basis=Basis.ANNUAL,
            value=20,
            period_text="2025年",
            starts_on=datetime.date(2025, 1, 1),
            ends_on=datetime.date(2025, 12, 31),
        )
    return made


def test_book_page_and_api_agree(targets: list[Target]) -> None:
    period = make.PeriodFactory(plan=targets[0].plan)
    user: Any = make.UserFactory()
    with time_machine.travel(make.NOW, tick=True):
        rows = target_rows(load(period, today=make.TODAY))
        browser, client = Client(), APIClient()
        browser.force_login(user)
        client.credentials(HTTP_AUTHORIZATION=f"Token {tokens.issue(user)[0]}")
        ((_plan, shown),) = browser.get("/targets/").context["plans"]
        told = client.get("/api/v1/targets/").data["results"]
    book = [(str(row.result), row.measured, row.observation and row.observation.pk) for row in rows]
    assert [said for said, *_rest in book] == ["● 达到", "■ 未达到", "○ 无数据"]
    assert book == [
        (
            f"{row.attainment.light.shape} {row.attainment.result.label}",
            row.attainment.observation and row.attainment.observation.value,
            row.attainment.observation and row.attainment.observation.pk,
        )
        for row in shown
    ]
    assert [row.attainment.result for row in rows] == [one["attainment"]["result"] for one in told]
    assert [row.attainment.reason for row in rows] == [one["attainment"]["reason"] for one in told]


def test_a_closed_quarters_book_holds_what_was_known(targets: list[Target]) -> None:
    late = make.ObservationFactory(
        entered=True,
        target=targets[0],
        state="approved",
        basis=Basis.ANNUAL,
        period_text="2025年",
        value=1,
        reviewed_at=make.NOW,
        starts_on=datetime.date(2025, 1, 1),
        ends_on=datetime.date(2025, 12, 31),
    )
    assert late.pk
    period = make.PeriodFactory(plan=targets[0].plan, quarter_text="2026Q1", closed=True)
    then = target_rows(load(period, today=make.TODAY))[0]
    now = target_rows(load(make.PeriodFactory(plan=targets[0].plan), today=make.TODAY))[0]
    assert (then.result.word, now.result.word) == ("达到", "未达到")
