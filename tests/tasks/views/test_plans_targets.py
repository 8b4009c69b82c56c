"""Plans, a plan, and what one's units report; targets have their own folder."""

from django.urls import reverse

from tests.factories import (
    PlanFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TargetFactory,
    TaskFactory,
    UnitFactory,
)

PLANS, FILL = "/plans/", "/fill/"


def test_plans_show_status_counts_and_lights(as_, world, clock):
    draft = PlanFactory(draft=True)
    TargetFactory(plan=world.plan)
    text = as_(world.stranger).get(PLANS).text
    assert world.plan.title in text
    assert "1项任务" in text
    assert "1项目标" in text
    assert draft.title in text
    assert "征求意见稿，仅供参考" in text
    rows = dict(as_(world.stranger).get(PLANS).context["rows"])
    assert [(str(word), n) for word, n in rows[world.plan]] == [
        ("overdue", 0),
        ("expired", 0),
        ("behind", 1),
    ]
    assert rows[draft] == []


def test_without_plans_it_says_how_to_get_them(as_, db, clock, django_user_model):
    person = django_user_model.objects.create_user("someone")
    assert "还没有载入方案" in as_(person).get(PLANS).text


def test_a_plan_shows_actions_with_tasks_and_targets(as_, world, clock):
    target = TargetFactory(plan=world.plan)
    response = as_(world.stranger).get(reverse("tasks:plan", args=[world.plan.code]))
    assert world.task.title in response.text
    assert world.task.action.title in response.text
    assert target.indicator.name in response.text
    assert [action for action, _ in response.context["actions"]] == [world.task.action]


def test_a_draft_is_for_reference_without_lights(as_, world, clock):
    task = TaskFactory(plan=PlanFactory(draft=True))
    text = as_(world.stranger).get(reverse("tasks:plan", args=[task.plan.code])).text
    assert "征求意见稿，仅供参考" in text
    assert "不设填报期、灯和提醒。" in text
    assert 'class="light' not in text


def test_queries_of_plans_do_not_grow(as_, world, clock, django_assert_num_queries):
    browser = as_(world.stranger)

    def more(n: int) -> None:
        for _ in range(n):
            plan = PlanFactory()
            TargetFactory(plan=plan)
            ResponsibilityFactory(task=TaskFactory(plan=plan), unit=UnitFactory())

    more(1)
    browser.get(PLANS)
    with django_assert_num_queries(10):
        browser.get(PLANS)
    more(4)
    with django_assert_num_queries(10):
        browser.get(PLANS)


def test_one_fills_in_ones_own_alone(as_, world, clock):
    button = reverse("tasks:report", args=[world.side.pk, "2026Q3"])
    text = as_(world.lead).get(FILL).text
    assert button in text
    assert "共1项，待填报1项" in text
    assert world.task.title not in as_(world.stranger).get(FILL).text
    empty = as_(world.stranger).get(FILL).text
    assert "本单位没有需要填报的任务。" in empty
    assert "待填报0项" not in empty


def test_a_filed_report_is_shown_not_offered(as_, world, clock):
    report = ProgressReportFactory(responsibility=world.side, period=world.period, submitted=True)
    text = as_(world.lead).get(FILL).text
    assert reverse("tasks:report", args=[world.side.pk, "2026Q3"]) not in text
    assert reverse("tasks:view_report", args=[report.pk]) in text
    assert "待填报0项" in text
