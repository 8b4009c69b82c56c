"""A unit is found by whatever name a document uses."""

from collections.abc import Iterator
from typing import Any

import pytest

from tasks.services.load import load_files
from tests.fixtures.conftest import ROOT
from tests.kept import kept_open
from units.models import Jurisdiction, Unit
from units.services.names import AmbiguousUnit, UnitNotFound, find_unit

pytestmark = pytest.mark.django_db
CHONGQING, SICHUAN, JIANGJIN, DAZHOU = "500000", "510000", "500116", "511700"


def load() -> None:
    load_files([ROOT / "fixtures" / "documents.yaml", ROOT / "fixtures" / "jurisdictions.yaml"])
    load_files([ROOT / "fixtures" / "units"])


@pytest.fixture(scope="module", autouse=True)
def _units(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with kept_open(django_db_blocker, load):
        yield


def found(text: str, within: str | None = None) -> str:
    place = Jurisdiction.objects.get(code=within) if within else None
    return find_unit(text, within=place).name


@pytest.mark.parametrize(
    ("text", "within"),
    [
        ("市经济信息委", CHONGQING),
        ("重庆市经济信息委", None),
        ("重庆市经济信息委", SICHUAN),
        ("重庆市经济和信息化委员会", None),
        ("市经济和信息化委员会", CHONGQING),
        ("市经济信息委", JIANGJIN),
        ("市经信委", CHONGQING),
        ("重庆市经信委", None),
        ("经济信息委", CHONGQING),
        (" 市　经济信息委\n", CHONGQING),
        ("重庆市\u200b经济信息委", None),
    ],
)
def test_one_unit_under_its_names(text: str, within: str | None) -> None:
    assert found(text, within) == "重庆市经济信息委"


@pytest.mark.parametrize(
    ("text", "within", "name"),
    [
        ("市邮政管理局六分局", JIANGJIN, "重庆市邮政管理局六分局"),
        ("区财政局", JIANGJIN, "江津区财政局"),
        ("财政局", JIANGJIN, "江津区财政局"),
        ("财政局", CHONGQING, "重庆市财政局"),
        ("重庆市江津区财政局", None, "江津区财政局"),
        ("重庆市江津区财政局", DAZHOU, "江津区财政局"),
        ("市市场监管局", CHONGQING, "重庆市市场监管局"),
        ("市场监管局", CHONGQING, "重庆市市场监管局"),
        ("经济和信息化厅", SICHUAN, "四川省经济和信息化厅"),
        ("省林草局", SICHUAN, "四川省林草局"),
        ("市林业局", CHONGQING, "重庆市林业局"),
        ("市林业局", DAZHOU, "达州市林业局"),
        ("省能源局", DAZHOU, "四川省能源局"),
        ("中国铁路成都局集团公司", CHONGQING, "中国铁路成都局集团公司"),
        ("中国人民银行重庆营业管理部", CHONGQING, "人行重庆营管部"),
    ],
)
def test_place_of_the_list_decides(text: str, within: str | None, name: str) -> None:
    assert found(text, within) == name


def test_every_written_form_of_every_unit_is_found() -> None:
    for unit in Unit.objects.prefetch_related("names").select_related("jurisdiction"):
        for name in unit.names.all():
            assert find_unit(name.name, within=unit.jurisdiction) == unit


def test_full_width_forms_are_the_same() -> None:
    unit = Unit.objects.create(name="5G（甲）中心", order=999)
    assert find_unit("５Ｇ(甲)中心") == unit


def test_short_name_of_another_place_is_not_meant() -> None:
    with pytest.raises(UnitNotFound, match="没有名为“水利厅”的单位"):
        found("水利厅", CHONGQING)


def test_two_units_of_a_name_are_told() -> None:
    with pytest.raises(AmbiguousUnit, match="请写明所在地的全称") as caught:
        found("市林业局")
    assert all(name in str(caught.value) for name in ("重庆市林业局", "达州市林业局"))


def test_unknown_name_suggests_near_ones() -> None:
    with pytest.raises(UnitNotFound, match=r"是否指.*重庆市经济信息委"):
        found("市经济信息局", CHONGQING)


@pytest.mark.parametrize("text", ["", "  　", "\u200b"])
def test_empty_name(text: str) -> None:
    with pytest.raises(UnitNotFound, match="单位名称为空"):
        found(text)


def test_name_like_nothing() -> None:
    with pytest.raises(UnitNotFound, match="请核对名称"):
        found("qwerty")
