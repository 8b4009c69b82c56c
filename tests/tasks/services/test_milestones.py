"""年度节点 through pages: entered, proposed, confirmed, met, changed; what they make of a light."""

import datetime
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from tasks.models import Milestone, Responsibility
from tasks.services import milestone_drafts, milestones
from tasks.services.milestone_drafts import Line
from tasks.services.milestone_rules import Step
from tasks.states import LightWord, MilestoneState
from tests.api.conftest import Cast
from tests.factories import NOW, TODAY, MembershipFactory, coordinator
from tracker.lib.stale import Stale
from units.models import AuditEntry

pytestmark = pytest.mark.django_db
DAY = datetime.date


def table(cast: Cast, *rows: tuple[str, str, str], action: str = "save") -> dict[str, Any]:
    """The form as a browser sends it."""
    data: dict[str, Any] = {
        "action": action,
        "line-TOTAL_FORMS": len(rows),
        "line-INITIAL_FORMS": 0,
        "line-MIN_NUM_FORMS": 0,
        "line-MAX_NUM_FORMS": 60,
    }
    for number, (day, title, percent) in enumerate(rows):
        values = {"due_on": day, "title": title, "percent": percent, "pk": "", "version": ""}
        data |= {f"line-{number}-{name}": value for name, value in values.items()}
    return data


def in_force(cast: Cast, *steps: tuple[DAY, int], side: Responsibility | None = None) -> None:
    """Entered, proposed and confirmed."""
    side = side or cast.chongqing
    lines = [Line(Step(day, "节点", percent)) for day, percent in steps]
    milestone_drafts.save(side, lines, by=cast.lead)
    rows = milestones.propose(side, by=cast.lead, now=NOW)
    milestones.confirm(rows, by=cast.coordinator, now=NOW)


def lit(side: Responsibility) -> Any:
    return Responsibility.objects.with_light(TODAY).select_related("task__plan").get(pk=side.pk)


def test_a_lead_proposes_a_year_and_its_office_confirms_it(cast: Cast, client: Client) -> None:
    path = f"/tasks/duties/{cast.chongqing.pk}/milestones/"
    path = path.replace("/tasks", "", 1)
    client.force_login(cast.lead)
    rows = [("2026-12-31", "完成可研", "60"), ("2027-03-31", "开工", "70"), ("2027-06-30", "", "")]
    answer = client.post(path, table(cast, *rows, action="propose"))
    assert answer.status_code == 302
    proposed = list(cast.chongqing.milestones.all())
    assert [(m.percent, m.state) for m in proposed] == [(60, "proposed"), (70, "proposed")]
    client.force_login(cast.coordinator)
    page = client.get(path).content.decode()
    assert "2个节点待您确认" in page
    chosen = [f"{m.pk}:{m.version}" for m in proposed]
    client.post(f"{path}decide/", {"milestone": chosen, "action": "confirm"})
    states = cast.chongqing.milestones.values_list("state", "decided_by")
    assert set(states) == {("confirmed", cast.coordinator.pk)}
    verbs = AuditEntry.objects.filter(object_type="tasks.milestone").values_list("verb", flat=True)
    assert sorted(verbs) == sorted(
        [*["milestone.create"] * 2, *["milestone.propose"] * 2, *["milestone.confirm"] * 2]
    )


def test_what_is_wrong_stands_in_its_row_and_nothing_is_saved(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    rows = [
        ("2026-12-31", "完成可研", "60"),
        ("2031-12-31", "超期", "70"),
        ("2027-06-30", "x", "101"),
    ]
    answer = client.post(f"/duties/{cast.chongqing.pk}/milestones/", table(cast, *rows))
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "节点日期不能晚于完成时限2030-12-31" in page
    assert "应达进度应在0至100之间" in page
    assert not Milestone.objects.exists()


def test_percent_does_not_fall_with_time(cast: Cast, client: Client) -> None:
    client.force_login(cast.lead)
    rows = [("2026-12-31", "先", "60"), ("2027-03-31", "后", "50")]
    path = f"/duties/{cast.chongqing.pk}/milestones/"
    answer = client.post(path, table(cast, *rows, action="propose"))
    assert answer.status_code == 422
    assert (
        "应达进度不能随时间下降：2026-12-31为60%，之后的2027-03-31为50%" in answer.content.decode()
    )
    assert not Milestone.objects.exists()
    in_force(cast, (DAY(2026, 12, 31), 60))
    answer = client.post(path, table(cast, ("2027-03-31", "后", "50"), action="propose"))
    assert answer.status_code == 422
    assert cast.chongqing.milestones.count() == 1


def test_a_confirmed_one_makes_the_schedule_and_is_named(cast: Cast) -> None:
    cast.chongqing.reports.update(state="approved")  # 55 percent
    in_force(cast, (DAY(2026, 9, 30), 70), (DAY(2026, 12, 31), 90))
    side = lit(cast.chongqing)
    assert side.light_word(TODAY) == LightWord.BEHIND
    words = "完成55%，落后序时进度15个百分点（节点2026-09-30应达70%）"
    assert side.light_reason(TODAY) == words
    Milestone.objects.filter(percent=70).update(percent=86)
    assert lit(cast.chongqing).light_word(TODAY) == LightWord.FAR_BEHIND
    Milestone.objects.filter(percent=86).update(percent=85)  # thirty points are not more than 30
    side = lit(cast.chongqing)
    assert (side.light_word(TODAY), side.light_rank) == (LightWord.BEHIND, LightWord.BEHIND.rank)
    cast.plan.far_behind_points = 29
    cast.plan.save()
    assert lit(cast.chongqing).light_rank == LightWord.FAR_BEHIND.rank


def test_before_the_first_nothing_is_expected(cast: Cast) -> None:
    in_force(cast, (DAY(2026, 12, 31), 60))
    side = lit(cast.chongqing)
    assert side.light_word(TODAY) == LightWord.NORMAL  # by the dates it would be 滞后
    assert side.light_reason(TODAY) == "尚无已审核进度（首个节点2026-12-31应达60%）"


def test_what_is_only_proposed_makes_no_schedule(cast: Cast) -> None:
    before = lit(cast.chongqing).light_reason(TODAY)
    milestone_drafts.save(cast.chongqing, [Line(Step(DAY(2026, 9, 30), "节点", 99))], by=cast.lead)
    milestones.propose(cast.chongqing, by=cast.lead, now=NOW)
    assert lit(cast.chongqing).light_reason(TODAY) == before
    assert "按时间推算" in before


def test_a_change_holds_once_confirmed_and_drops_the_former(cast: Cast, client: Client) -> None:
    in_force(cast, (DAY(2026, 12, 31), 60))
    old = cast.chongqing.milestones.get()
    client.force_login(cast.lead)
    values = {"due_on": "2026-12-31", "title": "节点", "percent": "50", "version": old.version}
    client.post(f"/milestones/{old.pk}/change/", values | {"reason": "资金推迟到位"})
    new = cast.chongqing.milestones.get(replaces=old)
    old.refresh_from_db()
    assert (old.state, new.state) == ("confirmed", "proposed")
    client.force_login(cast.coordinator)
    client.post(
        f"/duties/{cast.chongqing.pk}/milestones/decide/",
        {"milestone": f"{new.pk}:{new.version}", "action": "confirm"},
    )
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.state, old.decision_note, new.state) == ("dropped", "资金推迟到位", "confirmed")


def test_a_lead_cannot_drop_and_an_office_cannot_confirm_its_own(cast: Cast) -> None:
    in_force(cast, (DAY(2026, 12, 31), 60))
    row = cast.chongqing.milestones.get()
    with pytest.raises(PermissionDenied):
        milestones.drop(row, reason="不做了", by=cast.lead, now=NOW)
    with pytest.raises(PermissionDenied):
        milestones.drop(row, reason="不做了", by=cast.coordinator_sichuan, now=NOW)
    # Who is in the lead's unit and in its office decides nothing that they proposed.
    office = cast.plan.sides.get(jurisdiction__code="500000").office
    MembershipFactory(user=cast.lead, role="coordinator", unit=None, office=office)
    milestone_drafts.save(cast.chongqing, [Line(Step(DAY(2027, 3, 31), "二", 70))], by=cast.lead)
    proposed = milestones.propose(cast.chongqing, by=cast.lead, now=NOW)
    with pytest.raises(PermissionDenied):
        milestones.confirm(proposed, by=cast.lead, now=NOW)
    other = coordinator(office)
    MembershipFactory(user=other, unit=cast.chongqing.unit)
    (done,) = milestones.confirm(proposed, by=other, now=NOW)
    assert done.own_office_review


def test_met_is_claimed_and_confirmed_or_sent_back(cast: Cast, client: Client) -> None:
    in_force(cast, (DAY(2026, 9, 30), 60))
    row = cast.chongqing.milestones.get()
    assert row.is_late(TODAY)
    client.force_login(cast.lead)
    path = f"/milestones/{row.pk}/"
    future = client.post(
        f"{path}claim/", {"met_on": "2026-12-01", "result": "完成", "version": row.version}
    )
    assert future.status_code == 422
    client.post(f"{path}claim/", {"met_on": "2026-11-01", "result": "完成", "version": row.version})
    row.refresh_from_db()
    assert row.state == MilestoneState.CLAIMED
    client.force_login(cast.coordinator)
    client.post(f"{path}return/", {"reason": "请附批复", "version": row.version})
    row.refresh_from_db()
    assert (row.state, row.decision_note) == ("confirmed", "请附批复")
    milestones.claim(row, met_on=DAY(2026, 11, 2), result="已附", by=cast.lead, now=NOW)
    row.refresh_from_db()
    client.post(f"{path}accept/", {"version": row.version})
    row.refresh_from_db()
    assert (row.state, row.met_on) == ("met", DAY(2026, 11, 2))
    assert not row.is_late(TODAY)


def test_the_second_of_two_is_told(cast: Cast) -> None:
    milestone_drafts.save(cast.chongqing, [Line(Step(DAY(2026, 12, 31), "一", 60))], by=cast.lead)
    row = cast.chongqing.milestones.get()
    line = Line(Step(row.due_on, "二", 61), row.pk, row.version)
    milestone_drafts.save(cast.chongqing, [line], by=cast.lead)
    with pytest.raises(Stale):
        milestone_drafts.save(cast.chongqing, [line], by=cast.lead)
    (proposed,) = milestones.propose(cast.chongqing, by=cast.lead, now=NOW)
    old = Milestone.objects.get(pk=proposed.pk)
    milestones.recall(proposed, by=cast.lead)
    with pytest.raises(ValidationError):
        milestones.confirm([old], by=cast.coordinator, now=NOW)


def test_who_reads_what(cast: Cast, client: Client) -> None:
    in_force(cast, (DAY(2026, 12, 31), 60))
    milestone_drafts.save(
        cast.chongqing, [Line(Step(DAY(2027, 3, 31), "草稿节点", 70))], by=cast.lead
    )
    path = f"/duties/{cast.chongqing.pk}/milestones/"
    for user in (cast.stranger, cast.coordinator, cast.lead_sichuan, cast.auditor):
        client.force_login(user)
        page = client.get(path).content.decode()
        assert "2026-12-31" in page
        assert "草稿节点" not in page
    client.force_login(cast.lead)
    assert "草稿节点" in client.get(path).content.decode()
