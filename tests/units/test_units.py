"""An office enters a unit that no document has named, by page and by API."""

from typing import Any

import pytest

from tests import factories as make
from tests.api.conftest import Cast, cast, casts
from tests.units.conftest import enter
from units.models import AuditEntry, Unit
from units.services.names import find_unit

__all__ = ["cast", "casts"]
pytestmark = pytest.mark.django_db
ADD = "/units/add/"


def form(**values: Any) -> dict[str, Any]:
    return {"name": "国网重庆市电力公司", "kind": "enterprise", "place": "", **values}


def test_a_unit_is_entered_and_found_by_its_names(cast: Cast) -> None:
    back = "/plans/joint-2022/"
    sent = form(name="重庆市统计局", kind="government", place="500000", short="市统计局", back=back)
    answer = enter(cast.coordinator).post(ADD, sent)
    assert (answer.status_code, answer.headers["Location"]) == (302, back)
    unit = Unit.objects.get(name="重庆市统计局")
    assert find_unit("市统计局", within=unit.jurisdiction) == unit
    entry = AuditEntry.objects.get(verb="unit.add")
    assert (entry.actor, entry.after["short"]) == (cast.coordinator, "市统计局")


@pytest.mark.parametrize("back", ["https://elsewhere.example.org/", "//elsewhere.example.org/"])
def test_it_leads_to_no_other_site(cast: Cast, back: str) -> None:
    answer = enter(cast.coordinator).post(ADD, form(back=back))
    assert answer.headers["Location"].startswith("/units/")


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"name": ""}, "请填写单位名称"),
        ({"name": "重庆市能源局", "place": "500000"}, "已是“重庆市能源局”的名称"),
        ({"kind": "government"}, "请选择所在辖区"),
        ({"place": "510000"}, "有效"),
        ({"kind": "collective"}, "有效"),
        ({"full": "重庆市能源局"}, "已是“重庆市能源局”的名称"),
    ],
)
def test_what_is_wrong_is_said_by_its_field(
    cast: Cast, values: dict[str, Any], sentence: str
) -> None:
    before = Unit.objects.count()
    answer = enter(cast.coordinator).post(ADD, form(**values))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "field-wrong" in answer.text
    assert Unit.objects.count() == before


@pytest.mark.parametrize("who", ["lead", "auditor"])
def test_nobody_else_enters_units(cast: Cast, who: str) -> None:
    page = enter(cast.everyone[who])
    assert page.get(ADD).status_code == page.post(ADD, form()).status_code == 404
    assert "登记单位" not in page.get("/units/").text
    assert "登记单位" in enter(cast.coordinator).get("/units/").text


def test_names_with_dates_are_given_by_the_office_of_the_place(cast: Cast) -> None:
    page = enter(cast.coordinator)
    address = f"/units/{cast.chongqing.unit.pk}/names/"
    sent = {"name": "重庆市能源办", "kind": "former", "valid_until": "2018-10-31"}
    assert page.post(address, sent).status_code == 302
    row = cast.chongqing.unit.names.get(name="重庆市能源办")
    assert page.post(f"{address}?edit={row.pk}", {"valid_until": "2018-09-30"}).status_code == 302
    row.refresh_from_db()
    assert str(row.valid_until) == "2018-09-30"
    days = {"valid_from": "2019-01-01", "valid_until": "2018-09-30"}
    wrong = page.post(f"{address}?edit={row.pk}", days)
    assert wrong.status_code == 422
    assert "停用日期不能早于起用日期" in wrong.text
    assert AuditEntry.objects.filter(verb="unit.name").count() == 2
    assert page.get(f"/units/{cast.sichuan.unit.pk}/names/").status_code == 404


def test_another_units_name_is_not_taken(cast: Cast) -> None:
    other = make.UnitFactory(name="重庆市林业局")
    answer = enter(cast.coordinator).post(
        f"/units/{cast.chongqing.unit.pk}/names/", {"name": other.name, "kind": "full"}
    )
    assert answer.status_code == 422
    assert "已是“重庆市林业局”的名称" in answer.text
