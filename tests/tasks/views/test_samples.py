"""抽查: drawn by lot from what is closed off, and drawn again the same."""

import datetime
from typing import Any

import pytest

from tasks.models import Finding, Sample, SampleRow
from tasks.services import samples
from tests.factories import (
    JurisdictionFactory,
    ResponsibilityFactory,
    SampleRowFactory,
    TaskFactory,
    inspector,
)
from units.models import AuditEntry

PAGE = "/samples/"


@pytest.fixture
def closed(world: Any) -> list[Any]:
    """Twelve sides of 重庆市 that are closed off, and one of 四川省."""
    rows = [
        ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit, closed=True)
        for _ in range(12)
    ]
    ResponsibilityFactory(
        task=TaskFactory(plan=world.plan), unit=world.other_side.unit, closed=True
    )
    return rows


def draw(browser: Any, **values: Any) -> Any:
    return browser.post(PAGE, {"jurisdiction": "500000", "plan": "", "size": 5, **values})


def test_drawn_from_the_place_and_drawn_again_the_same(
    as_: Any, world: Any, closed: list[Any], clock: Any
) -> None:
    browser = as_(world.auditor)
    assert draw(browser, note="三季度抽查").status_code == 302
    sample = Sample.objects.get()
    drawn = [row.responsibility_id for row in sample.rows.all()]
    assert len(set(drawn)) == 5
    assert set(drawn) <= {row.pk for row in closed} == set(sample.base)
    ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=world.side.unit, closed=True)
    assert samples.draw_again(sample) == samples.Again(drawn, is_same=True)
    page = f"{PAGE}{sample.pk}/"
    assert "结果与原抽取一致" in browser.get(page, {"again": "1"}).text
    SampleRow.objects.filter(sample=sample, order=1).update(order=99)
    assert "结果与原抽取不一致" in browser.get(page, {"again": "1"}).text
    entry = AuditEntry.objects.get(verb="sample.draw")
    assert entry.after["drawn"] == drawn
    Sample.objects.update(drawn_at=datetime.datetime(2026, 11, 19, 22, tzinfo=datetime.UTC))
    assert str(Sample.objects.get()) == "抽查2026-11-20（5项）", "the day in Shanghai"


def test_the_same_seed_gives_the_same_and_another_another() -> None:
    base = list(range(100))
    first = samples.drawn_from(base, 10, "a")
    assert first == samples.drawn_from(base[::-1], 10, "a")
    assert first != samples.drawn_from(base, 10, "b")
    assert sorted(samples.drawn_from(base, 500, "a")) == base


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"size": 0}, "抽取数量"),
        ({"jurisdiction": "510000"}, "选择一个有效的选项"),
        ({"plan": "nothing"}, "选择一个有效的选项"),
    ],
)
def test_what_is_refused_draws_nothing(
    as_: Any, world: Any, closed: list[Any], clock: Any, values: Any, sentence: str
) -> None:
    response = draw(as_(world.auditor), **values)
    assert response.status_code == 422
    assert sentence in response.text
    assert not Sample.objects.exists()


def test_nothing_closed_off_is_a_sentence(as_: Any, world: Any, clock: Any) -> None:
    response = draw(as_(world.auditor))
    assert "该范围内没有已销号的任务，无可抽取。" in response.text


def test_for_inspectors_of_the_place_alone(as_: Any, world: Any, clock: Any) -> None:
    row = SampleRowFactory(sample__jurisdiction=JurisdictionFactory())
    elsewhere = inspector(JurisdictionFactory(sichuan=True))
    for who in (world.lead, world.office, world.stranger):
        assert as_(who).get(PAGE).status_code == 404
    for who in (world.lead, world.office, elsewhere):
        browser = as_(who)
        assert browser.get(f"{PAGE}{row.sample_id}/").status_code == 404
        assert browser.post(f"{PAGE}rows/{row.pk}/", {"result": "好"}).status_code == 404


def test_a_result_and_a_finding_from_a_row(as_: Any, world: Any, clock: Any) -> None:
    row = SampleRowFactory(responsibility__unit=world.side.unit)
    browser = as_(world.auditor)
    assert browser.post(f"{PAGE}rows/{row.pk}/", {"result": ""}).status_code == 422
    assert browser.post(f"{PAGE}rows/{row.pk}/", {"result": "属实。"}).status_code == 302
    row.refresh_from_db()
    assert (row.result, row.checked_by) == ("属实。", world.auditor)
    asked = {"problem": "不符。", "demand": "补齐。", "due_on": "2026-12-04"}
    browser.post(f"/findings/new/{row.responsibility_id}/?row={row.pk}", asked)
    row.refresh_from_db()
    assert row.finding == Finding.objects.get()
