"""The worked example of docs/units-in-time.md: the regulators that the joint plan names."""

import datetime
from typing import Any

import pytest
from django.test import Client

from tasks.models import Period, Responsibility
from tasks.services import closing, snapshots
from tests import factories as make
from tests.api.conftest import Cast, cast, casts
from units.models import Membership, Unit, User
from units.services.names import find_unit
from units.states import NameKind, UnitKind

__all__ = ["cast", "casts"]
pytestmark = pytest.mark.django_db
BASIS = "党和国家机构改革方案（2023年）"
RENAMED = [
    ("重庆银保监局", "中国银行保险监督管理委员会重庆监管局", "2023-07-20"),
    ("人行重庆营管部", "中国人民银行重庆营业管理部", "2023-08-18"),
    ("四川银保监局", "中国银行保险监督管理委员会四川监管局", "2023-07-20"),
    ("人行成都分行", "中国人民银行成都分行", "2023-08-18"),
]
NOW_CALLED = [
    "国家金融监督管理总局重庆监管局",
    "中国人民银行重庆市分行",
    "国家金融监督管理总局四川监管局",
    "中国人民银行四川省分行",
]


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def units(cast: Cast) -> list[Unit]:
    """The four, each with its full name and a part in task 16 of the plan."""
    task = make.TaskFactory(plan=cast.plan, title="强化绿色金融")
    made: list[Unit] = []
    for name, full, _day in RENAMED:
        traits: dict[str, Any] = {"sichuan": True} if "四川" in name or "成都" in name else {}
        unit = make.UnitFactory(name=name, kind=UnitKind.VERTICAL, **traits)
        make.UnitNameFactory(unit=unit, name=full, kind=NameKind.FULL)
        lead: dict[str, Any] = {} if name.startswith("人行") else {"cooperating": True}
        make.ResponsibilityFactory(task=task, unit=unit, **lead)
        made.append(unit)
    return made


def rename(cast: Cast, unit: Unit, name: str, day: str) -> Any:
    office = cast.coordinator if "重庆" in name else cast.coordinator_sichuan
    sent = {"kind": "rename", "day": day, "new_name": name, "basis": BASIS}
    address = f"/units/{unit.pk}/succession/"
    looked = enter(office).post(address, sent)
    assert looked.status_code == 200
    assert "立即办理" in looked.text
    return enter(office).post(address, {**sent, "confirm": "1"})


def test_the_four_are_renamed_from_their_days(cast: Cast, units: list[Unit]) -> None:
    for unit, (old, full, day), name in zip(units, RENAMED, NOW_CALLED, strict=True):
        assert rename(cast, unit, name, day).status_code == 302
        unit.refresh_from_db()
        assert unit.name == name
        assert find_unit(old) == find_unit(full) == find_unit(name) == unit
        last = datetime.date.fromisoformat(day) - datetime.timedelta(days=1)
        assert set(unit.names.exclude(name=name).values_list("name", "kind", "valid_until")) == {
            (old, "former", last),
            (full, "full", last),
        }
        duty = Responsibility.objects.get(unit=unit)
        assert duty.written == old


def test_a_search_by_the_old_name_says_how_it_is_called(cast: Cast, units: list[Unit]) -> None:
    rename(cast, units[0], NOW_CALLED[0], RENAMED[0][2])
    found = enter(cast.stranger).get("/search/?q=重庆银保监局").text
    assert NOW_CALLED[0] in found
    assert "曾用名" in found


def test_a_closed_quarter_keeps_the_old_name(cast: Cast, units: list[Unit]) -> None:
    period: Period = cast.period
    for side in period.plan.sides.all():
        is_own = side.jurisdiction.code == "500000"
        by = cast.coordinator if is_own else cast.coordinator_sichuan
        counts = next(one for one in closing.standing_of(period) if one.side == side).counts
        period = closing.close_side(period, side, by=by, now=make.NOW, confirmed=counts)
    assert rename(cast, units[1], NOW_CALLED[1], "2026-11-01").status_code == 302
    kept = snapshots.in_force(period)
    assert kept is not None
    assert snapshots.verify(kept)
    assert kept.rows.get(unit=units[1]).unit_name == "人行重庆营管部"
    quarter = snapshots.kept_quarter(period)
    assert quarter is not None
    names = {lead.unit.name for lead in quarter.sides}
    assert "人行重庆营管部" in names
    assert NOW_CALLED[1] not in names


def test_the_citys_own_regulator_is_another(cast: Cast, units: list[Unit]) -> None:
    """The city's body goes its own way, by another change."""
    city = make.UnitFactory(name="重庆市金融监管局")
    make.UnitNameFactory(unit=city, name="重庆市地方金融监督管理局", kind=NameKind.FULL)
    task = Responsibility.objects.get(unit=units[0]).task
    duty = make.ResponsibilityFactory(task=task, unit=city, cooperating=True)
    officer = make.officer(city)
    rename(cast, units[0], NOW_CALLED[0], RENAMED[0][2])
    assert find_unit("重庆市金融监管局") == city
    heir = make.UnitFactory(name="重庆市委金融办", kind=UnitKind.PARTY)
    # The day is the test's own: it stands for that of the paper.
    sent = {"kind": "merge", "day": "2026-11-02", "new": heir.name, "basis": "机构改革方案"}
    answer = enter(cast.coordinator).post(f"/units/{city.pk}/succession/", {**sent, "confirm": "1"})
    assert answer.status_code == 302
    duty.refresh_from_db()
    assert duty.unit == heir
    assert Membership.objects.get(user=officer, unit=heir).since == datetime.date(2026, 11, 2)
    assert "现为重庆市委金融办" in enter(cast.stranger).get("/search/?q=重庆市金融监管局").text
