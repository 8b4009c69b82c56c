"""Units in time, through the pages: renamed, merged, split, abolished from a day."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from tasks.models import Contribution, ProgressReport, Responsibility
from tests import factories as make
from tests.api.conftest import Cast, cast, casts
from units.jobs import carry_out_successions
from units.models import AuditEntry, Membership, Succession, Unit, User
from units.services.names import find_unit

__all__ = ["cast", "casts"]
pytestmark = pytest.mark.django_db
TODAY = make.NOW.date()
TOMORROW = TODAY + datetime.timedelta(days=1)
BASIS = "机构改革方案"


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def send(user: User, unit: Unit, **values: Any) -> Any:
    sent = {"day": TODAY.isoformat(), "basis": BASIS, "confirm": "1", **values}
    return enter(user).post(f"/units/{unit.pk}/succession/", sent)


def test_a_renaming_waits_for_its_day_and_keeps_the_old_name_findable(cast: Cast) -> None:
    unit = cast.chongqing.unit
    answer = send(
        cast.coordinator, unit, kind="rename", day=TOMORROW.isoformat(), new_name="重庆市能源委"
    )
    assert answer.status_code == 302
    unit.refresh_from_db()
    assert unit.name == "重庆市能源局"
    assert carry_out_successions() == {"done": 0, "stuck": 0}
    with time_machine.travel(make.NOW + datetime.timedelta(days=1)):
        assert carry_out_successions() == {"done": 1, "stuck": 0}
        assert carry_out_successions() == {"done": 0, "stuck": 0}
    unit.refresh_from_db()
    assert unit.name == "重庆市能源委"
    assert find_unit("重庆市能源局") == find_unit("重庆市能源委") == unit
    former = unit.names.get(name="重庆市能源局")
    assert (former.kind, former.valid_until) == ("former", TODAY)
    assert cast.chongqing.reports.get() == cast.submitted
    assert AuditEntry.objects.get(verb="unit.succeed").before == {"name": "重庆市能源局"}


def test_a_merger_moves_duties_drafts_and_people(cast: Cast) -> None:
    old, heir = cast.helper, make.UnitFactory(name="重庆市工信委")
    lead = make.ResponsibilityFactory(task=make.TaskFactory(plan=cast.plan), unit=old)
    draft = make.ProgressReportFactory(
        responsibility=lead, period=cast.period, filled_by=cast.helping
    )
    make.AssignmentFactory(responsibility=lead, signed=True)
    looked = send(cast.coordinator, old, kind="merge", new=heir.name, confirm_not="")
    assert looked.status_code == 302
    assert set(Responsibility.objects.filter(unit=heir).values_list("role", flat=True)) == {
        "lead",
        "cooperating",
    }
    assert not Responsibility.objects.filter(unit=old).exists()
    lead.refresh_from_db()
    assert (lead.unit, lead.assignment.signed_at) == (heir, None)
    assert ProgressReport.objects.get(pk=draft.pk).responsibility == lead
    old.refresh_from_db()
    assert (old.successor, old.abolished_on) == (heir, TODAY)
    ended, begun = Membership.objects.filter(user=cast.helping).order_by("unit_id")
    assert ended.until == TODAY - datetime.timedelta(days=1)
    assert (begun.unit, begun.since, begun.until) == (heir, TODAY, None)
    page = enter(cast.helping).get(f"/units/{old.pk}/")
    assert "重庆市工信委" in page.text
    assert page.status_code == 200


def test_what_will_move_is_shown_first(cast: Cast) -> None:
    heir = make.UnitFactory(name="重庆市工信委")
    sent = {"day": TODAY.isoformat(), "basis": BASIS, "kind": "merge", "new": heir.name}
    answer = enter(cast.coordinator).post(f"/units/{cast.helper.pk}/succession/", sent)
    assert answer.status_code == 200
    assert "责任1项" in answer.text
    assert "任职转入重庆市工信委" in answer.text
    assert "立即办理" in answer.text
    assert not Succession.objects.exists()


@pytest.mark.parametrize("day", [TODAY, TOMORROW])
def test_nobody_is_given_a_post_in_a_unit_of_another_side(cast: Cast, day: datetime.date) -> None:
    heir, office = make.UnitFactory(name="四川省工信厅", sichuan=True), cast.coordinator
    values = {"kind": "merge", "new": heir.name, "day": day.isoformat()}
    sent = {"basis": BASIS, **values}
    shown = enter(office).post(f"/units/{cast.helper.pk}/succession/", sent).text
    assert "不属本办公室一方，请另行申请任职" in shown
    assert "任职转入" not in shown
    assert send(office, cast.helper, **values).status_code == 302
    with time_machine.travel(make.NOW + datetime.timedelta(days=1)):
        carry_out_successions()
    assert Responsibility.objects.get(role="cooperating").unit == heir
    assert not Membership.objects.filter(unit=heir).exists()
    assert Membership.objects.get(user=cast.helping).until == day - datetime.timedelta(days=1)


def test_what_was_done_at_once_is_told_as_done(cast: Cast) -> None:
    sent = {"kind": "rename", "new_name": "重庆市工信委", "basis": BASIS, "confirm": "1"}
    address = f"/units/{cast.helper.pk}/succession/"
    answer = enter(cast.coordinator).post(address, {**sent, "day": "2023-08-18"}, follow=True)
    assert "已登记并办理，自2023-08-18起生效" in answer.text


def test_an_heir_that_has_a_part_gets_both_as_one(cast: Cast) -> None:
    period = cast.period
    duty = Responsibility.objects.get(unit=cast.helper)
    Contribution.objects.create(
        responsibility=duty, period=period, text="已配合", state="submitted"
    )
    answer = send(cast.coordinator, cast.helper, kind="merge", new=cast.chongqing.unit.name)
    assert answer.status_code == 302
    assert not Responsibility.objects.filter(pk=duty.pk).exists()
    kept = Contribution.objects.get()
    assert (kept.responsibility, kept.text) == (cast.chongqing, "已配合")
    entry = AuditEntry.objects.get(verb="duty.join")
    assert entry.before["unit"] == cast.helper.name


def test_a_lead_takes_in_what_the_heir_cooperated(cast: Cast) -> None:
    answer = send(cast.coordinator, cast.chongqing.unit, kind="merge", new=cast.helper.name)
    assert answer.status_code == 302
    row = Responsibility.objects.get(unit=cast.helper)
    assert (row.pk, row.role) == (cast.chongqing.pk, "lead")
    assert row.reports.get() == cast.submitted


def test_one_unit_does_not_lead_for_two_sides(cast: Cast) -> None:
    answer = send(cast.coordinator, cast.chongqing.unit, kind="merge", new=cast.sichuan.unit.name)
    assert answer.status_code == 422
    assert "一个单位只能为一方牵头" in answer.text
    assert not Succession.objects.exists()


def test_a_split_gives_single_duties_to_others(cast: Cast) -> None:
    old, other = cast.helper, make.UnitFactory(name="重庆市数据局")
    second = make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan), unit=old, cooperating=True
    )
    answer = send(
        cast.coordinator,
        old,
        kind="split",
        new=f"{old.name}、{other.name}",
        **{f"duty-{second.pk}": str(other.pk)},
    )
    assert answer.status_code == 302
    second.refresh_from_db()
    assert second.unit == other
    assert Responsibility.objects.filter(unit=old).count() == 1
    old.refresh_from_db()
    assert old.abolished_on is None
    assert Membership.objects.get(user=cast.helping).until is None


def test_a_split_for_good_leaves_the_duties_to_the_first(cast: Cast) -> None:
    heirs = [make.UnitFactory(name="重庆市甲局"), make.UnitFactory(name="重庆市乙局")]
    answer = send(cast.coordinator, cast.helper, kind="split", new="重庆市乙局、重庆市甲局")
    assert answer.status_code == 302
    assert Responsibility.objects.get(role="cooperating").unit == heirs[0]
    cast.helper.refresh_from_db()
    assert (cast.helper.successor, cast.helper.abolished_on) == (None, TODAY)
    assert Membership.objects.get(user=cast.helping).until is not None


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"kind": "abolish"}, "由哪个单位承接"),
        ({"kind": "rename"}, "请填写新名称"),
        ({"kind": "rename", "new_name": "重庆市能源局"}, "已是“重庆市能源局”的名称"),
        ({"kind": "rename", "new_name": "重庆市经济信息委"}, "与现名称相同"),
        ({"kind": "merge"}, "一个承接单位"),
        ({"kind": "merge", "new": "市经济信息委"}, "没有可合并的"),
        ({"kind": "split", "new": "重庆市能源局"}, "两个以上"),
        ({"kind": "merge", "new": "没有的委"}, "没有名为"),
        ({"kind": "rename", "new_name": "某委", "basis": ""}, "依据"),
        ({"kind": "rename", "new_name": "某委", "day": "2099-01-01"}, "最多提前两年"),
        ({"kind": "merge", "new": "重庆市能源局", "others": "四川省能源局"}, "不属本办公室"),
    ],
)
def test_what_is_wrong_is_said(cast: Cast, values: dict[str, Any], sentence: str) -> None:
    answer = send(cast.coordinator, cast.helper, **values)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert not Succession.objects.exists()


def test_not_two_changes_of_a_unit_on_a_day(cast: Cast) -> None:
    day = TOMORROW.isoformat()
    assert send(cast.coordinator, cast.helper, kind="rename", new_name="某委", day=day).status_code
    answer = send(cast.coordinator, cast.helper, kind="rename", new_name="他委", day=day)
    assert answer.status_code == 422
    assert "一天只能登记一次" in answer.text


@pytest.mark.parametrize("who", ["lead", "auditor", "coordinator_sichuan"])
def test_nobody_else_changes_units(cast: Cast, who: str) -> None:
    unit = cast.helper
    answer = send(cast.everyone[who], unit, kind="rename", new_name="某委")
    assert answer.status_code == 404
    assert "登记变动" not in enter(cast.everyone[who]).get(f"/units/{unit.pk}/").text
    assert "登记变动" in enter(cast.coordinator).get(f"/units/{unit.pk}/").text


def test_it_is_taken_back_before_its_day_with_a_reason(cast: Cast) -> None:
    unit = cast.helper
    send(cast.coordinator, unit, kind="rename", new_name="某委", day=TOMORROW.isoformat())
    row = Succession.objects.get()
    address = f"/units/successions/{row.pk}/cancel/"
    assert enter(cast.lead).post(address, {"reason": "误登"}).status_code == 404
    enter(cast.coordinator).post(address, {"reason": ""})
    assert Succession.objects.exists()
    enter(cast.coordinator).post(address, {"reason": "误登"})
    assert not Succession.objects.exists()
    assert AuditEntry.objects.get(verb="succession.cancel").reason == "误登"


def test_what_cannot_be_done_on_its_day_waits_and_says_why(
    cast: Cast, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = cast.helper
    call_command("carry_successions", "--dry-run")
    assert "没有到期待办理的机构变动。" in capsys.readouterr().out
    send(cast.coordinator, unit, kind="rename", new_name="重庆市数据局", day=TOMORROW.isoformat())
    make.UnitFactory(name="重庆市数据局")
    with time_machine.travel(make.NOW + datetime.timedelta(days=1)):
        assert carry_out_successions() == {"done": 0, "stuck": 1}
        assert "尚不能办理" in enter(cast.coordinator).get(f"/units/{unit.pk}/succession/").text
        call_command("carry_successions", "--dry-run")
    assert "不能办理" in capsys.readouterr().out
    unit.refresh_from_db()
    assert unit.name == "重庆市经济信息委"


def test_a_unit_without_duties_is_abolished_alone(cast: Cast) -> None:
    unit = make.UnitFactory(name="重庆市某局")
    assert send(cast.coordinator, unit, kind="abolish").status_code == 302
    unit.refresh_from_db()
    assert (unit.abolished_on, unit.successor) == (TODAY, None)
    listed = enter(cast.coordinator).get("/units/").text
    assert "重庆市某局" not in listed
    found = enter(cast.coordinator).get("/units/?abolished=only").text
    assert "重庆市某局" in found
