"""Targets and whether they are reached; a target's story."""

from decimal import Decimal

import pytest

from tasks.models import Target
from tasks.states import Attained, Basis, ObservationState
from tests.factories import ObservationFactory, PlanFactory, TargetFactory
from tests.tasks.views.conftest import words
from tests.tasks.views.targets.conftest import ALL, REVIEW, TARGETS, observe, rows_of


def test_each_target_says_whether_and_from_what(as_, world, target) -> None:
    seen = observe(target, 2025, value=Decimal("16.5"))
    observe(target, 2025, place=None, place_name="别处", value=77)
    lonely = TargetFactory(plan=world.plan)
    spoken = TargetFactory(plan=world.plan, in_words=True)
    response = as_(world.stranger).get(TARGETS)
    answers = rows_of(response)
    assert (answers[target].result, answers[target].observation) == (Attained.ATTAINED, seen)
    assert answers[lonely].result == answers[spoken].result == Attained.NO_DATA
    for said in ("● 达到", "16.5%", "○ 无数据", "尚无该指标的监测值", "文字目标，须人工判断"):
        assert said in words(response.text)
    assert "77%" not in response.text


def test_counts_by_plan_and_year_have_their_base(as_, world, target) -> None:
    observe(target, 2025, value=20)
    TargetFactory(plan=world.plan, year=2030)
    TargetFactory(plan=world.plan, in_words=True)
    draft = TargetFactory(plan=PlanFactory(draft=True), year=2060)
    context = as_(world.stranger).get(TARGETS).context
    ours, drafts = context["summary"]
    assert (ours.total, ours.attained, ours.missed, ours.no_data) == (3, 1, 0, 2)
    assert (ours.known, ours.words) == (1, 1)
    assert (drafts.plan, drafts.total) == (draft.plan, 1)
    assert context["years"].categories == ("2025", "2030")  # the draft's 2060 is left out
    assert [series.values for series in context["years"].series] == [(1, 0), (0, 0), (1, 1)]
    assert [(str(word), n) for word, _light, n in context["kinds"]] == [
        ("attained", 1),
        ("missed", 0),
        ("no_data", 3),
    ]


@pytest.mark.parametrize(
    ("query", "number"),
    [
        ({"attained": "attained"}, 1),
        ({"attained": "missed"}, 0),
        ({"attained": "no_data"}, 2),
        ({"year": "2025"}, 2),
        ({"year": "none"}, 1),
        ({"place": "别处"}, 1),
        ({"unit": "重庆市能源局"}, 1),
        ({"search": "第 指标"}, 3),
        ({"plan": "nothing\x00"}, 0),
        ({"year": "1066"}, 0),
        ({"place": "无此地"}, 0),
        ({"attained": "perhaps"}, 0),
        ({"colour": "red"}, 0),
    ],
)
def test_filters(as_, world, target, query: dict[str, str], number: int) -> None:
    observe(target, 2025, value=20)
    TargetFactory(plan=world.plan, year=None, baseline_year=None)
    TargetFactory(plan=world.plan, place=None, place_name="别处")
    response = as_(world.stranger).get(TARGETS, query)
    assert response.status_code == 200
    assert len(rows_of(response)) == number
    if not response.context["bar"].valid:
        assert "请更正以下内容" in response.text


def test_a_plan_that_is_not_there_gets_a_sentence(as_, world, target) -> None:
    assert "没有这个方案，请从列表中选择。" in as_(world.lead).get(TARGETS, {"plan": "x"}).text


def test_an_indicator_of_several_years_has_a_chart(as_, world, target) -> None:
    TargetFactory(
        plan=world.plan, indicator=target.indicator, year=2030, value=20, baseline_year=None
    )
    observe(target, 2024, value=12)
    observe(target, 2026, basis=Basis.FORECAST, value=17)
    (chart,) = as_(world.stranger).get(TARGETS).context["charts"]
    assert chart.categories == ("2024", "2025", "2026", "2030")
    lines = {str(series.name): series.values for series in chart.series}
    assert lines == {
        "目标": (None, 16.0, None, 20.0),
        "监测值（年度）": (12.0, None, None, None),
        "监测值（预计）": (None, None, 17.0, None),
    }


def test_a_fall_begins_at_the_baseline(as_, world, target) -> None:
    Target.objects.filter(pk=target.pk).update(operator="fall")
    chart = as_(world.stranger).get(target.get_absolute_url()).context["chart"]
    assert chart is None  # a single promise and nothing measured
    observe(target, 2024, value=12)
    chart = as_(world.stranger).get(target.get_absolute_url()).context["chart"]
    assert chart.categories == ("2020", "2024", "2025")
    assert chart.series[0].values == (0.0, None, 16.0)


def test_a_targets_own_page_tells_its_story(as_, world, target) -> None:
    used = observe(target, 2024, value=12, note="初步数")
    text = as_(world.stranger).get(target.get_absolute_url()).text
    for said in (
        target.indicator.name,
        target.promise,
        "12%",
        "判断依据",
        "初步数",
        "目标年尚无监测值，按最近的2024年判断",
        world.side.unit.name,
        used.document,
    ):
        assert str(said) in text
    assert "录入监测值" not in text


def test_queries_do_not_grow(as_, world, clock, django_assert_max_num_queries) -> None:
    browser = as_(world.office)

    def more(n: int) -> Target:
        for _ in range(n):
            target = TargetFactory(plan=PlanFactory(), unit=world.side.unit)
            observe(target, 2024)
            ObservationFactory(entered=True, target=target, state=ObservationState.SUBMITTED)
        return target

    pages = (TARGETS, ALL, REVIEW, more(2).get_absolute_url())
    numbers: list[int] = []
    for grown in (False, True):
        if grown:
            more(5)
        for at, page in enumerate(pages):
            browser.get(page)
            with django_assert_max_num_queries(60 if not grown else numbers[at]) as seen:
                browser.get(page)
            if not grown:
                numbers.append(len(seen))
