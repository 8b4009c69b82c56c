"""The search finds rows by any characters of their texts, the best first."""

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection

from tasks.models import Action, Indicator, Plan, Responsibility, Task
from tasks.services.search import Group, Kind, hit_of, search, texts
from tests.bench.many_tasks import make_tasks
from tests.factories import (
    TODAY,
    ActionFactory,
    IndicatorFactory,
    JurisdictionFactory,
    MembershipFactory,
    PlanFactory,
    ResponsibilityFactory,
    TargetFactory,
    TaskFactory,
    UnitFactory,
    UnitNameFactory,
    UserFactory,
)
from tracker.lib.search import (
    CANDIDATES,
    MOST,
    codes_of,
    excerpt,
    fold,
    parts,
    says,
    words_of,
)
from units.models import Jurisdiction, Unit, UnitName
from units.services.search import NAME
from units.states import NameKind, Role

pytestmark = pytest.mark.django_db


def groups(text: str, limit: int = 10, user=None) -> dict[Kind, Group]:
    found = search(user or UserFactory(), words_of(text), limit=limit)
    return {group.kind: group for group in found}


def rows(text: str, kind: Kind, limit: int = 10) -> list[Any]:
    group = groups(text, limit).get(kind)
    return group.rows if group else []


@pytest.fixture
def task() -> Task:
    plan = PlanFactory(title="成渝联合行动方案", short_title="联合方案")
    found: Task = TaskFactory(
        plan=plan,
        action=ActionFactory(plan=plan, title="能源转型行动"),
        number=12,
        title="加快川渝电网一体化建设",
        summary="建设特高压主网架和抽水蓄能等调节电源，研究 PM2.5 与Ⅱ类水质。",
        clause="二、（一）2",
    )
    return found


FOUND = """
电网 网一 川渝电网 加快川渝电网一体化建设 渝 抽水蓄能 主网架
12 （一）2 (一)2 pm2.5 ＰＭ2.5 Pm２．５ II类
Ⅱ类 成渝 蓄能等调节电源，研究
"""
NOT_FOUND = "网电 电一 蓄电能 % _ 川_电网 川%网 \\ ' \" 建设建 * 特高压网架"


@pytest.mark.parametrize("text", [*FOUND.split(), "电网 蓄能", "　蓄能　电网　", "联合方案 电网"])
def test_a_task_is_found_by_any_of_its_characters(task, text: str):
    assert rows(text, Kind.TASK) == [task]


@pytest.mark.parametrize("text", [*NOT_FOUND.split(), "电网 农业"])
def test_a_task_is_not_found_by_what_it_does_not_say(task, text: str):
    assert rows(text, Kind.TASK) == []


def test_signs_of_patterns_stand_for_themselves(task):
    percent = TaskFactory(title="提高20%_以上")
    for text in ("%", "0%_", "_以", "20%"):
        assert rows(text, Kind.TASK) == [percent], text


def test_titles_stand_before_summaries_and_a_number_before_both():
    plan = PlanFactory()
    in_summary = TaskFactory(plan=plan, summary="还要加强氢能24项。")
    by_number = TaskFactory(plan=plan, number=24)
    in_title = TaskFactory(plan=plan, title="开展氢能试点24处")
    assert rows("氢能", Kind.TASK) == [in_title, in_summary]
    assert rows("24", Kind.TASK) == [by_number, in_title, in_summary]


def test_a_plans_name_finds_its_tasks_last():
    plan = PlanFactory(title="江津区方案", short_title="")
    of_plan = TaskFactory(plan=plan)
    in_title = TaskFactory(title="支持江津区先行")
    assert rows("江津", Kind.TASK) == [in_title, of_plan]
    assert rows(f"江津 {of_plan.title[1:]}", Kind.TASK) == [of_plan]


def test_units_are_found_by_all_their_names_the_very_name_first():
    environment = UnitFactory(name="重庆市生态环境局", order=1)
    UnitNameFactory(unit=environment, name="重庆市环保局", kind=NameKind.FORMER)
    station = UnitFactory(name="重庆市环保局监测站", order=2)
    assert rows("环保", Kind.UNIT) == [station, environment]
    assert rows("重庆市环保局", Kind.UNIT) == [environment, station]
    TaskFactory(title="支持重庆市环保局监测")
    assert list(groups("重庆市环保局")) == [Kind.UNIT, Kind.TASK]
    assert list(groups("环保局")) == [Kind.TASK, Kind.UNIT]
    assert rows("环保 生态", Kind.UNIT) == [environment]
    assert rows("局保", Kind.UNIT) == []
    hit = hit_of(Kind.UNIT, rows("环保局", Kind.UNIT)[1], ["环保局"], TODAY)
    assert hit.text == "曾用名 重庆市环保局"


def test_targets_are_found_by_indicator_words_place_and_year():
    target = TargetFactory(
        indicator=IndicatorFactory(name="森林覆盖率"),
        in_words=True,
        words="稳步提升",
        year=2030,
        place=JurisdictionFactory(sichuan=True),
        place_name="长江干流",
    )
    TargetFactory()
    for text in ("森林", "稳步", "长江", "四川", "森林 四川", "2030年 森林", "覆盖率 2030"):
        assert rows(text, Kind.TARGET) == [target], text
    assert rows("森林 2031", Kind.TARGET) == []


def test_plans_and_actions_are_found(task):
    assert rows("联合方案", Kind.PLAN) == [task.plan]
    assert rows("能源转型", Kind.ACTION) == [task.action]
    assert rows("能源转型 电网", Kind.ACTION) == []


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_who_administers_the_site_finds_no_business_data(task, role: Role):
    ResponsibilityFactory(task=task, unit=UnitFactory(name="重庆市电网局"))
    person = MembershipFactory(role=role, unit=None).user
    assert groups("电网", user=person) == {}
    assert groups("电网", user=AnonymousUser()) == {}
    assert set(groups("电网")) == {Kind.TASK, Kind.UNIT}


def test_counts_stop_at_a_hundred(django_assert_num_queries):
    plan = PlanFactory()
    action = ActionFactory(plan=plan)
    Task.objects.bulk_create(
        Task(plan=plan, action=action, number=n, title=f"发展{n}") for n in range(1, MOST + 1)
    )
    assert groups("发展")[Kind.TASK].count_shown == "100"
    TaskFactory(plan=plan, action=action, summary="发展。")
    group = groups("发展")[Kind.TASK]
    assert (group.count_shown, group.count, len(group.rows)) == ("100+", MOST, 10)
    assert [task.number for task in group.rows] == list(range(1, 11))
    assert len(groups("发展", limit=1000)[Kind.TASK].rows) == MOST


@pytest.mark.parametrize("text", ["建设", "发展 建设", "绿色", "抽水蓄能", "碳", "7"])
def test_queries_do_not_grow_with_rows(text: str, django_assert_max_num_queries):
    make_tasks(100, each=50)
    person = UserFactory()
    with django_assert_max_num_queries(17):
        groups(text, user=person)
    make_tasks(2000, each=100)
    with django_assert_max_num_queries(17):
        groups(text, user=person)


def test_among_many_rows_the_rare_and_the_titles_are_found():
    make_tasks(2000, each=100)
    plan = PlanFactory()
    action = ActionFactory(plan=plan)
    for _ in range(3):
        TaskFactory(plan=plan, action=action)
    rare = TaskFactory(plan=plan, action=action, title="高质量的抽水蓄能发展")
    assert rows("抽水蓄能", Kind.TASK) == [rare]
    assert rows("发展 抽水", Kind.TASK) == [rare]
    # Nearly every summary says 高质量, one title does.
    assert rows("高质量", Kind.TASK)[0] == rare
    assert Task.objects.filter(summary__contains="高质量").count() > CANDIDATES
    assert groups("高质量")[Kind.TASK].count_shown == "100+"


def test_each_condition_is_answered_by_an_index(task):
    """The plan of the database, which may not read whole tables, names the index."""
    cases = {
        "tasks_task_title_grams": (Task, texts.TASK_TITLE),
        "tasks_task_grams": (Task, texts.TASK),
        "tasks_plan_grams": (Plan, texts.PLAN),
        "tasks_action_grams": (Action, texts.ACTION),
        "tasks_responsibility_grams": (Responsibility, texts.WRITTEN),
        "tasks_indicator_grams": (Indicator, NAME),
        "units_unit_grams": (Unit, NAME),
        "units_unitname_grams": (UnitName, NAME),
        "units_jurisdiction_grams": (Jurisdiction, NAME),
    }
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for index, (model, text) in cases.items():
            query = model._default_manager.filter(says(text, ["电网"])).values("pk").order_by()
            assert index in query.explain(), index


def test_the_database_and_the_program_fold_alike():
    texts = ["ＡＢＣ１２３", "Ⅱ类℃㎡①", "加快（一）", "ｶﾞ", "é É", "🌲森林", "ß", "a\tb\nc"]
    with connection.cursor() as cursor:
        for text in texts:
            cursor.execute("SELECT search_fold(%s), search_grams(%s)", [text, text])
            folded, codes = cursor.fetchone()
            assert folded == fold(text), text
            assert set(codes_of([fold(text)])) <= set(codes), text
            assert {ord(letter) for letter in fold(text)} <= set(codes), text


def test_hostile_texts_find_nothing_and_break_nothing(task):
    for text in (
        "\x00",
        "\ud800",
        "a\x00b",
        "\ufffe",
        "字" * 100,
        "ﷺ" * 100,
        "' OR 1=1 --",
        "{}",
        "%s",
    ):
        assert Kind.TASK not in groups(text), repr(text)
    assert groups(" ".join(f"{n:02}" for n in range(60, 93))) == {}


def test_hits_are_marked_and_escaped():
    assert parts("Ⅱ类水质", ["ii"]) == [("Ⅱ", True), ("类水质", False)]
    assert parts("电网与电网", ["电网"]) == [("电网", True), ("与", False), ("电网", True)]
    assert parts("特高压网架", ["高压", "压网"]) == [("特", False), ("高压网", True), ("架", False)]
    assert parts("", ["a"]) == []


def test_an_excerpt_shows_the_first_hit():
    long = "前" * 100 + "抽水蓄能" + "后" * 100
    shown = excerpt(long, ["蓄能"])
    assert "抽水蓄能" in shown
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert len(shown) <= 62
    assert excerpt("短文", ["无"]) == "短文"
