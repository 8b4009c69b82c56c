"""The frame: where a person can go, and what goes along."""

import pytest
import time_machine

from tests.factories import (
    NOW,
    MembershipFactory,
    PeriodFactory,
    PlanFactory,
    ResponsibilityFactory,
    TaskFactory,
    UserFactory,
    coordinator,
    joint_plan,
)
from tests.factories.units import JurisdictionFactory, OfficeFactory, UnitFactory
from units.states import Role

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def frame(client):
    """`frame(address)`: the frame of a page as a coordinator gets it."""
    client.force_login(coordinator(OfficeFactory()))

    def of(address: str):
        return client.get(address).context["frame"]

    return of


def test_the_navigation_goes_by_task(frame):
    labels = [str(item.label) for item in frame("/").nav]
    order = ["工作台", "任务", "审核", "逾期", "任务矩阵", "目标", "方案", "单位", "报表", "提醒"]
    assert [label for label in labels if label in order] == order
    assert [item.view for item in frame("/overdue/").nav if item.current] == ["tasks:overdue"]


@pytest.mark.parametrize(
    ("role", "unit", "office", "offered"),
    [
        (Role.OFFICER, True, False, {"填报", "交办签收", "函件签收"}),
        (Role.LIAISON, True, False, {"交办签收", "函件签收"}),
        (Role.COORDINATOR, False, True, {"审核", "工作进展一页", "交办签收", "催办", "记录"}),
        (Role.LEADER, False, True, {"工作进展一页", "交办签收", "记录"}),
        (Role.INSPECTOR, False, False, {"工作进展一页", "交办签收", "记录"}),
    ],
)
def test_the_navigation_offers_what_the_person_may_do(
    client, role: Role, unit: bool, office: bool, offered: set[str]
):
    post = MembershipFactory(
        role=role,
        unit=UnitFactory() if unit else None,
        office=OfficeFactory() if office else None,
        jurisdiction=JurisdictionFactory() if role == Role.INSPECTOR else None,
    )
    client.force_login(post.user)
    labels = {str(item.label) for item in client.get("/tasks/").context["frame"].nav}
    common = {"工作台", "任务", "逾期", "督查", "任务矩阵", "目标", "方案", "单位", "报表", "提醒"}
    assert labels == common | offered


@pytest.mark.parametrize(
    ("role", "views"),
    [
        (
            Role.SYSTEM_ADMIN,
            ["units:desk", "deliveries", "reminder_counts", "units:calendar"],
        ),
        (Role.SECURITY_ADMIN, ["units:desk", "units:people"]),
        (Role.AUDIT_ADMIN, ["units:desk", "units:audit"]),
    ],
)
def test_who_administers_the_site_goes_to_no_business(client, role: Role, views: list[str]):
    client.force_login(MembershipFactory(role=role, unit=None).user)
    response = client.get("/desk/")
    assert [item.view for item in response.context["frame"].nav] == views
    assert "top-hits" not in response.text
    assert "全部方案" not in response.text


def test_a_chosen_plan_goes_along_to_the_pages_that_know_it(frame):
    plan = joint_plan(code="bound")
    PlanFactory(code="loose", draft=True)
    for address in (f"/tasks/?plan={plan.code}", f"/plans/{plan.code}/"):
        urls = {item.view: item.url for item in frame(address).nav}
        assert urls["tasks:overdue"] == "/overdue/?plan=bound"
        assert urls["tasks:targets"] == "/targets/?plan=bound"
        assert urls["home"] == "/"
        assert urls["reports:runs"] == "/reports/?plan=bound"
    urls = {item.view: item.url for item in frame("/tasks/?plan=loose").nav}
    assert urls["tasks:targets"] == "/targets/?plan=loose"
    assert urls["tasks:overdue"] == "/overdue/"


def test_the_switcher_stays_on_pages_that_know_the_plan(frame):
    joint_plan(code="bound")
    PlanFactory(code="loose", draft=True)

    def links(address: str) -> list[str]:
        return [url for _plan, url in frame(address).plan_links]

    assert links("/targets/") == ["/targets/", "/targets/?plan=bound", "/targets/?plan=loose"]
    assert links("/overdue/") == ["/overdue/", "/overdue/?plan=bound"]
    assert links("/notices/") == ["/tasks/", "/tasks/?plan=bound", "/tasks/?plan=loose"]


def test_quarters_are_offered_where_the_page_knows_them(frame):
    joint_plan(code="bound", tracked_from="2026Q2")
    assert not frame("/tasks/").knows_quarter
    offered = frame("/review/?quarter=2026Q3&report=5")
    assert str(offered.quarter) == "2026Q3"
    assert [url for _quarter, url in offered.quarter_links] == [
        "/review/?report=5",
        "/review/?report=5&quarter=2026Q3",
        "/review/?report=5&quarter=2026Q2",
    ]
    urls = {item.view: item.url for item in offered.nav}
    assert urls["home"] == "/?quarter=2026Q3"
    assert urls["tasks:matrix"] == "/matrix/?last=2026Q3"
    assert urls["tasks:list"] == "/tasks/"


def test_the_form_of_books_opens_with_what_is_chosen(client):
    plan = joint_plan(code="bound")
    for quarter in ("2026Q2", "2026Q3"):
        PeriodFactory(plan=plan, quarter_text=quarter)
    ResponsibilityFactory(task=TaskFactory(plan=plan))
    client.force_login(coordinator(plan.sides.get(jurisdiction__code="500000").office))
    text = client.get("/reports/?plan=bound&quarter=2026Q2").text
    assert '<option value="2026Q2" selected>' in text
    assert f'<option value="{plan.pk}" selected>' in text
    assert client.get("/reports/?plan=%00&quarter=x").status_code == 200


@pytest.mark.parametrize("text", ["", "2026Q9", "x", "99999Q1", "\x00", "２０２６Q3"])
def test_a_quarter_that_is_none_chooses_nothing(client, text: str):
    client.force_login(UserFactory())
    response = client.get("/", {"quarter": text})
    assert response.status_code == 200
    chosen = response.context["frame"].quarter
    assert chosen is None or str(chosen) == "2026Q3"


def test_a_chosen_plan_costs_no_further_query(client, django_assert_max_num_queries):
    plan = joint_plan(code="bound")
    client.force_login(coordinator(OfficeFactory()))
    client.get("/targets/")
    with django_assert_max_num_queries(25):
        client.get("/targets/", {"plan": plan.code})
