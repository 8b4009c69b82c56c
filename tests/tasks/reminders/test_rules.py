"""The rules about what waits, what cooperates, what is measured: who, when, where to."""

import datetime
from dataclasses import dataclass
from typing import Any

import pytest

from tasks.models import Contribution, Notice, Plan, Responsibility
from tasks.reminders import sentence
from tasks.reminders.wanted import still_wanted
from tasks.services import milestones, progress, signing
from tests.factories import (
    EndingFactory,
    ExtensionFactory,
    MilestoneFactory,
    ObservationFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TargetFactory,
    UnitFactory,
    UserFactory,
    officer,
)
from tests.factories.units import MembershipFactory
from tests.tasks.reminders.conftest import Scene, at, run

D = datetime.date

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("rung")]


def told(rule: str, today: D) -> set[tuple[str, int]]:
    """Whom a run told by the rule, at which step."""
    return {(person, step) for key, person, step in run(today) if key == rule}


def only(rule: str, **of: Any) -> Notice:
    return Notice.objects.get(rule=rule, **of)


@pytest.fixture
def quiet(scene: Scene) -> Scene:
    """The scene without its quarter."""
    scene.plan.periods.all().delete()
    return scene


# --- milestones --------------------------------------------------------------------------------


def test_a_milestone_before_its_day_and_after_it_up_to_the_office(quiet: Scene) -> None:
    row = MilestoneFactory(responsibility=quiet.side, due_on=D(2026, 11, 12), title="开工")
    assert told("milestone_due", D(2026, 11, 9)) == {("填报员", -3)}
    notice = only("milestone_due")
    assert notice.path == f"/milestones/{row.pk}/"
    assert sentence(notice) == ("“协同开发油气资源”的节点“开工”应于11月12日前完成，完成后请填报。")
    assert told("milestone_overdue", D(2026, 11, 13)) == {("填报员", 1)}
    everyone = {("填报员", 7), ("审签员", 7), ("协调员", 7)}
    assert told("milestone_overdue", D(2026, 11, 23)) == everyone
    office = only("milestone_overdue", recipient=quiet.coordinator)
    assert sentence(office) == (
        "重庆市能源局“协同开发油气资源”的节点“开工”应于2026年11月12日前完成，"
        "已超过7个工作日，尚未完成。"
    )


def test_a_claimed_milestone_is_with_the_office_and_comes_back(quiet: Scene) -> None:
    row = MilestoneFactory(responsibility=quiet.side, due_on=D(2026, 11, 12))
    run(D(2026, 11, 9))
    said: dict[str, Any] = {"by": quiet.officer, "now": at(D(2026, 11, 10))}
    claimed = milestones.claim(row, met_on=D(2026, 11, 10), result="已完成。", **said)
    assert only("milestone_due").settled
    assert told("milestone_waiting", D(2026, 11, 11)) == set()
    assert told("milestone_waiting", D(2026, 11, 12)) == {("协调员", 2)}
    waits = only("milestone_waiting")
    assert still_wanted([waits], D(2026, 11, 12)) == {waits.pk}
    now = at(D(2026, 11, 12))
    milestones.send_back([claimed], reason="缺附件。", by=quiet.coordinator, now=now)
    waits.refresh_from_db()
    assert waits.settled
    assert still_wanted([waits], D(2026, 11, 12)) == set()
    assert not only("milestone_due", step=-3).settled
    assert told("milestone_overdue", D(2026, 11, 13)) == {("填报员", 1)}


def test_what_is_proposed_and_what_belongs_to_an_ended_side_is_not_due(quiet: Scene) -> None:
    MilestoneFactory(responsibility=quiet.side, due_on=D(2026, 11, 12), state="proposed")
    ended = quiet.another(state="closed", state_since=D(2026, 11, 1))
    MilestoneFactory(responsibility=ended, due_on=D(2026, 11, 12))
    assert told("milestone_due", D(2026, 11, 12)) == set()


# --- cooperating units -------------------------------------------------------------------------


@pytest.fixture
def helper(scene: Scene) -> Responsibility:
    unit = UnitFactory(name="重庆市统计局")
    officer(unit, name="配合员")
    duty: Responsibility = ResponsibilityFactory(
        task=scene.side.task, unit=unit, cooperating=True, side=scene.side.side
    )
    scene.period.contributions_due_on = D(2026, 9, 29)
    scene.period.save()
    return duty


def test_a_cooperating_unit_until_its_lead_has_what_it_waits_for(
    scene: Scene, helper: Responsibility
) -> None:
    assert told("contribution_due", D(2026, 9, 24)) == {("配合员", -3)}
    notice = only("contribution_due")
    assert notice.path == f"/contributions/{helper.pk}/2026Q3/"
    assert "请于9月29日前向牵头单位反馈" in sentence(notice)
    assert told("contribution_overdue", D(2026, 9, 30)) == {("配合员", 1)}
    late = only("contribution_overdue")
    assert still_wanted([late], D(2026, 9, 30)) == {late.pk}
    ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        submitted=True,
        submitted_at=at(D(2026, 9, 30)),
    )
    assert still_wanted([late], D(2026, 9, 30)) == set()
    assert told("contribution_overdue", D(2026, 10, 9)) == set()


def test_what_was_told_to_the_lead_is_done(scene: Scene, helper: Responsibility) -> None:
    Contribution.objects.create(
        responsibility=helper, period=scene.period, state="submitted", text="已提供数据。"
    )
    assert told("contribution_due", D(2026, 9, 24)) == set()
    assert told("contribution_overdue", D(2026, 10, 20)) == set()


def test_without_a_day_for_cooperating_units_nobody_hurries_them(
    scene: Scene, helper: Responsibility
) -> None:
    scene.period.contributions_due_on = None
    scene.period.save()
    assert told("contribution_overdue", D(2026, 10, 20)) == set()


# --- what waits for somebody -------------------------------------------------------------------


def test_a_signer_is_asked_at_once_and_the_officer_hears_when_it_stays(scene: Scene) -> None:
    scene.unit.signs_reports = True
    scene.unit.save()
    report = ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        percent=50,
        progress="已完成。",
    )
    asked = signing.ask(report, by=scene.officer, now=at(D(2026, 9, 21)))
    rule = "signature_waiting"
    assert told(rule, D(2026, 9, 21)) == {("审签员", 0)}
    notice = only(rule)
    assert notice.path == "/signing/"
    assert sentence(notice).endswith("进展已于2026年9月21日送审签，请审签。")
    assert told(rule, D(2026, 9, 28)) == {("审签员", 4), ("填报员", 4)}
    assert "已过4个工作日，尚未审签" in sentence(only(rule, recipient=scene.officer))
    signing.sign(asked, by=scene.signer, now=at(D(2026, 9, 28)))
    notice.refresh_from_db()
    assert notice.settled
    assert still_wanted(Notice.objects.filter(rule=rule), D(2026, 9, 28)) == set()


def test_the_office_hears_of_reports_that_lie(scene: Scene) -> None:
    report = ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        submitted=True,
        submitted_at=at(D(2026, 9, 21)),
    )
    assert told("review_waiting", D(2026, 9, 22)) == set()
    assert told("review_waiting", D(2026, 9, 23)) == {("协调员", 2)}
    notice = only("review_waiting")
    assert notice.path == f"/progress/{report.pk}/"
    assert "进展于2026年9月21日报送，已过2个工作日，请审核。" in sentence(notice)
    progress.approve(report, by=scene.coordinator, now=at(D(2026, 9, 24)))
    notice.refresh_from_db()
    assert notice.settled
    assert told("review_waiting", D(2026, 9, 30)) == set()


def test_a_quarter_filled_in_later_hurries_nobody(scene: Scene) -> None:
    Plan.objects.update(tracked_from="2026Q4")
    ProgressReportFactory(
        responsibility=scene.side,
        period=scene.period,
        filled_by=scene.officer,
        submitted=True,
        submitted_at=at(D(2026, 9, 21)),
    )
    assert run(D(2026, 9, 30)) == set()


@pytest.mark.parametrize(
    ("rule", "make", "asked", "words"),
    [
        ("extension_waiting", ExtensionFactory, "asked_at", "延期，已过5个工作日，请审批"),
        ("ending_waiting", EndingFactory, "claimed_at", "”办结，已过5个工作日，请核定"),
    ],
)
def test_requests_that_wait_for_the_office(
    quiet: Scene, rule: str, make: Any, asked: str, words: str
) -> None:
    row = make(responsibility=quiet.side, **{asked: at(D(2026, 11, 2))})
    assert told(rule, D(2026, 11, 3)) == set()
    assert told(rule, D(2026, 11, 9)) == {("协调员", 5)}
    notice = only(rule)
    assert words in sentence(notice)
    assert notice.path.endswith(f"s/{row.pk}/")
    assert still_wanted([notice], D(2026, 11, 9)) == {notice.pk}
    type(row).objects.update(state="withdrawn")
    assert still_wanted([notice], D(2026, 11, 9)) == set()


def test_a_figure_waits_for_the_office_of_its_side(quiet: Scene) -> None:
    target = TargetFactory(plan=quiet.plan, unit=quiet.unit, year=2030)
    row = ObservationFactory(
        target=target,
        indicator=target.indicator,
        side=quiet.side.side,
        unit=quiet.unit,
        state="submitted",
        document=None,
        submitted_at=at(D(2026, 11, 2)),
    )
    assert told("observation_waiting", D(2026, 11, 4)) == {("协调员", 2)}
    assert only("observation_waiting").path == f"/observations/{row.pk}/"


# --- figures and people ------------------------------------------------------------------------


@dataclass
class Asked:
    """Who is told of a target, by its unit."""

    unit: bool
    at_first: set[tuple[str, int]]
    late: set[tuple[str, int]]


@pytest.mark.parametrize(
    "case",
    [
        Asked(True, {("填报员", -5)}, {("填报员", 5), ("协调员", 5), ("川协调员", 5)}),
        Asked(False, {("协调员", -5), ("川协调员", -5)}, {("协调员", 5), ("川协调员", 5)}),
    ],
    ids=["its unit first", "nobody's: the plan's offices"],
)
def test_a_target_without_a_value_by_the_plans_day(quiet: Scene, case: Asked) -> None:
    sichuan = quiet.plan.sides.all()[1].office
    MembershipFactory(coordinator=True, office=sichuan, user=UserFactory(name="川协调员"))
    Plan.objects.update(reminder_settings={"target_day": "11-20"})
    unit = quiet.unit if case.unit else None
    target = TargetFactory(plan=quiet.plan, unit=unit, year=2025)
    rule = "target_without_value"
    assert told(rule, D(2026, 11, 13)) == case.at_first
    notice = Notice.objects.filter(rule=rule).first()
    assert notice is not None
    assert notice.due_on == D(2026, 11, 20)
    assert target.indicator.name in sentence(notice)
    assert told(rule, D(2026, 11, 27)) == case.late


def test_a_target_with_a_value_is_left_alone(quiet: Scene) -> None:
    target = TargetFactory(plan=quiet.plan, unit=quiet.unit, year=2025)
    run(D(2026, 3, 31))
    assert Notice.objects.filter(rule="target_without_value").exists()
    ObservationFactory(
        indicator=target.indicator,
        place=target.place,
        place_name=target.place_name or target.where,
        ends_on=D(2025, 12, 31),
    )
    if not target.attainment(D(2026, 4, 1)).observation:
        pytest.fail("The figure should fit the target.")
    assert told("target_without_value", D(2026, 4, 10)) == set()


def test_units_without_a_liaison_where_an_office_wants_to_hear_of_them(quiet: Scene) -> None:
    quiet.another()
    assert run(D(2026, 11, 2)) == set()
    Plan.objects.update(reminder_settings={"rules": {"no_liaison": {"on": True}}})
    assert {person for person, _step in told("no_liaison", D(2026, 11, 2))} == {"协调员"}
    assert only("no_liaison").path == f"/contacts/units/{quiet.unit.pk}/"
    Responsibility.objects.filter(pk=quiet.side.pk).update(liaison="李四")
    assert still_wanted([only("no_liaison")], D(2026, 11, 2)) == set()
