"""A brief's figures equal the matrix, the desk and the lists; who reads which."""

from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tasks.models import Period, Plan, Responsibility
from tasks.services import brief, desk
from tasks.services.brief import words
from tasks.services.brief.choosing import choose, sides_for
from tasks.services.brief.making import file_name
from tasks.services.brief.room import LEAST
from tasks.services.brief.rows import LIGHTS
from tasks.states import LightWord
from tests.factories import (
    TODAY,
    JurisdictionFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    UserFactory,
    inspector,
    officer,
)
from tests.tasks.brief.conftest import fill, leader_of, made, side_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("seed", range(3))
def test_its_figures_equal_the_desk_and_the_lists(plan: Plan, seed: int) -> None:
    fill(plan, Random(seed), 15)  # noqa: S311 - data of a test
    side = side_of(plan)
    user = leader_of(side)
    own = made(user, plan).own
    (overview,) = desk.overviews([side], TODAY)
    assert (own.expected, own.reported) == (overview.expected, overview.reported)
    assert (own.missing, own.returned) == (overview.unreported, len(overview.sent_back))
    assert own.words == overview.words
    assert sum(own.lights) == own.total == 15
    leads: Any = Responsibility.objects.leads().filter(task__plan=plan, side=side.jurisdiction)
    page = made(user, plan)
    assert len(own.with_word(LightWord.OVERDUE)) == leads.overdue(TODAY).count()
    assert len(own.with_word(LightWord.EXPIRED)) == leads.expired(TODAY).count()
    shown = sum(len(rows) for _kind, rows, _number in page.late)
    assert shown == min(LEAST.late, page.late_total)
    assert shown + page.late_rest_total == page.late_total
    handed_in = plan.periods.get(quarter=3).reports.reported()
    asked = handed_in.filter(coordination="请协调用地指标。")
    others = asked.exclude(responsibility__side=side.jurisdiction).approved()
    mine = asked.filter(responsibility__side=side.jurisdiction)
    assert {ask.report.pk for ask in page.asks} == {report.pk for report in mine | others}


def test_each_light_stands_in_one_column() -> None:
    found = [word for _label, some in LIGHTS for word in some]
    assert sorted(found) == sorted(LightWord)


def test_of_the_other_side_only_what_is_approved_is_told(plan: Plan) -> None:
    task = TaskFactory(plan=plan)
    for unit, state in ((UnitFactory(), "approved"), (UnitFactory(sichuan=True), "submitted")):
        ProgressReportFactory(
            responsibility=ResponsibilityFactory(task=task, unit=unit),
            period=plan.periods.get(quarter=3),
            coordination="请协调。",
            **{state: True},
        )
    chongqing, sichuan = made(leader_of(side_of(plan)), plan).sides
    assert (chongqing.own, chongqing.is_close, chongqing.reported) == (True, True, 1)
    assert (sichuan.own, sichuan.is_close, sichuan.is_told) == (False, False, True)
    assert (sichuan.approved, sichuan.expected, sichuan.reported) == (0, 1, 0)
    here = made(leader_of(side_of(plan)), plan)
    assert [ask.own for ask in here.asks] == [True]
    there = made(leader_of(side_of(plan, "510000")), plan, "510000")
    assert [(ask.own, ask.is_waiting) for ask in there.asks] == [(True, True), (False, False)]
    watching = made(inspector(JurisdictionFactory()), plan)
    assert [one.is_told for one in watching.sides] == [True, False]


# --- choosing ------------------------------------------------------------------------------------
def test_which_side_and_quarter(plan: Plan) -> None:
    user = leader_of(side_of(plan))
    sides = sides_for(user)
    assert [side.jurisdiction.code for side in sides] == ["500000"]
    chosen = choose(sides, TODAY)
    assert chosen is not None
    assert (str(chosen.period), chosen.problem) == ("2026年第3季度", "")
    assert choose(sides, TODAY, side="510000") is None
    assert choose(sides, TODAY, plan="nothing") is None
    for text in ("2026Q4", "2026Q5", "x"):
        wrong = choose(sides, TODAY, text=text)
        assert wrong is not None
        assert wrong.problem
    Period.objects.filter(plan=plan).delete()
    before = choose(sides, TODAY)
    assert before is not None
    assert before.period is None
    ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory())
    page = brief.make(user, before.side, None, TODAY)
    assert "".join(words.overall(page)).endswith("本方案没有开放的填报期。")
    assert page.own.total == 1


def test_who_reads_briefs(plan: Plan) -> None:
    district = JurisdictionFactory(jiangjin=True)
    assert len(sides_for(inspector(JurisdictionFactory()))) == 1
    assert len(sides_for(UserFactory(superuser=True))) == 2
    for user in (officer(UnitFactory()), inspector(district), UserFactory()):
        assert sides_for(user) == []


def test_the_files_name(plan: Plan) -> None:
    side, period = side_of(plan), plan.periods.get(quarter=3)
    assert (
        file_name(side, period, several=False) == "重庆市双碳办2026年第3季度工作进展（一页）.docx"
    )
    assert "联合行动方案2026年" in file_name(side, period, several=True)


def test_every_sentence_has_its_english(plan: Plan) -> None:
    fill(plan, Random(5), 12)  # noqa: S311 - data of a test
    page = made(leader_of(side_of(plan)), plan)
    with translation.override("en"):
        said = [*words.overall(page), words.late_counts(page), *page.advice()]
        assert "reported" in " ".join(said)
        assert "建议" not in " ".join(said)


def test_queries_do_not_grow_with_tasks(plan: Plan) -> None:
    user = leader_of(side_of(plan))

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            page = made(user, plan)
            words.overall(page), words.advice(page), page.late, page.asks
        return len(caught)

    fill(plan, Random(1), 2)  # noqa: S311 - data of a test
    queries()
    few = queries()
    fill(plan, Random(2), 15)  # noqa: S311 - data of a test
    assert queries() == few <= 16
