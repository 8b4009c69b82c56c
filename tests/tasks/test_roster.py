"""A sheet of people and contacts: read forgivingly, looked at, taken over whole or not at all."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from tasks.services.roster_lines import Fate
from tasks.services.roster_sheet import read_entries
from tests import factories as make
from tests.api.conftest import Cast
from tracker.lib.excel.reader import MAX_BYTES, UnreadableFile
from units.models import PersonRequest

pytestmark = pytest.mark.django_db
HEAD = ["单位", "姓名", "职务", "电话", "邮箱", "角色", "责任领导", "责任处室"]


@pytest.fixture(autouse=True)
def _day():
    with time_machine.travel(make.NOW, tick=True):
        yield


def book(*rows: Sequence[object], merge: tuple[str, ...] = ()) -> bytes:
    workbook = Workbook()
    sheet: Any = workbook.active
    for row in rows:
        sheet.append(list(row))
    for area in merge:
        sheet.merge_cells(area)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def upload(cast: Cast, content: bytes, name: str = "名单.xlsx"):
    client = Client()
    client.force_login(cast.coordinator)
    return client, client.post("/contacts/import/", {"file": SimpleUploadedFile(name, content)})


def one(cast: Cast, *cells: object):
    _client, page = upload(cast, book(HEAD, list(cells)))
    return page.context["found"].rows[0]


def test_the_head_is_found_beneath_titles_in_two_lines_and_with_marks() -> None:
    content = book(
        ["2026年责任单位联络员登记表"],
        ["填报日期：", "2026年11月"],
        ["序号", "单 位*", "姓　名（必填）", "职务", "联系方式", None, "角色"],
        [None, None, None, None, "手机号码", "电子邮箱", None],
        [1, "重庆市能源局", "赵六", "科长", 13812345678.0, "Ａ＠example.org", "填报人"],
        [2, None, "钱七", "处长", "０２３－６７５０１２３４", "", "联络员"],
        [None, None, None, None, None, None, None],
        ["序号", "单 位*", "姓　名（必填）", "职务", "手机号码", "电子邮箱", "角色"],
        [3, "四川省能源局", "孙八", "", "", "", ""],
        ["注：请于12月1日前报送。"],
        merge=("A1:G1", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:F3", "G3:G4"),
    )
    entries = read_entries(content)
    assert [(e.number, e.unit, e.name) for e in entries] == [
        (5, "重庆市能源局", "赵六"),
        (6, "重庆市能源局", "钱七"),
        (9, "四川省能源局", "孙八"),
    ]
    assert (entries[0].phone, entries[0].email) == ("13812345678", "A@example.org")
    assert entries[1].phone == "023-67501234"
    assert (entries[0].from_above, entries[1].from_above) == (False, True)


def test_a_merged_unit_stands_for_all_its_rows() -> None:
    content = book(HEAD, ["重庆市能源局", "赵六"], [None, "钱七"], [None, "孙八"], merge=("A2:A4",))
    assert [e.unit for e in read_entries(content)] == ["重庆市能源局"] * 3


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        (["重庆市能源厅", "赵六"], "是否指重庆市能源局"),
        (["四川省能源局", "赵六"], "不是本方的责任单位"),
        (["", "赵六"], "没有写单位"),
        (["重庆市能源局"], "本行只有单位"),
        (["重庆市能源局", "赵六", "", "", "no-address"], "邮箱“no-address”无效"),
        (["重庆市能源局", "赵六", "", "未装"], "不是电话号码"),
        (["重庆市能源局", "赵六", "", "", "", "超级管理员"], "没有名为“超级管理员”的角色"),
        (["重庆市能源局", "", "", "", "", "填报人", "王局长"], "没有写姓名"),
        (["重庆市能源局", "赵" * 60], "最多50字"),
    ],
)
def test_what_is_wrong_is_said_with_its_row(
    cast: Cast,
    cells: list[str],
    sentence: str,
) -> None:
    row = one(cast, *cells)
    assert row.fate == Fate.WRONG
    assert sentence in " ".join(row.says)
    assert row.entry.number == 2


def test_new_changed_unchanged(cast: Cast) -> None:
    cast.lead.name = "老张"
    cast.lead.save(update_fields=["name"])
    _client, page = upload(
        cast,
        book(
            HEAD,
            ["重庆市能源局", "老张", "", "", "", "填报人"],
            ["重庆市能源局", "老张", "", "", "", "审签人"],
            ["市经济信息委", "新人", "科员", "023-6750", "xin@example.org", "联络员", "王委"],
        ),
    )
    found = page.context["found"]
    # Who files is not thereby the unit's contact.
    assert [row.fate for row in found.rows] == [Fate.UNCHANGED, Fate.CHANGED, Fate.NEW]
    assert found.rows[2].unit == cast.helper
    assert found.rows[2].newcomer.username == "xin"
    assert found.is_good


def test_it_is_applied_whole_and_waits_for_the_security_administrator(
    cast: Cast,
) -> None:
    content = book(
        HEAD,
        [
            "重庆市能源局",
            "赵六",
            "科长",
            "023-67501234",
            "zhao@example.org",
            "联络员",
            "王局长",
            "综合处",
        ],
        [None, "钱七", "", "", "", "填报人"],
    )
    client, page = upload(cast, content)
    sheet = page.context["sheet"]
    assert not PersonRequest.objects.exists()
    done = client.post("/contacts/import/", {"sheet": sheet})
    assert done.status_code == 302
    cast.chongqing.refresh_from_db()
    assert (cast.chongqing.leader, cast.chongqing.liaison) == ("王局长", "赵六")
    assert (cast.chongqing.division, cast.chongqing.phone) == ("综合处", "023-67501234")
    rows = PersonRequest.objects.order_by("pk")
    assert [(row.name, row.username, row.role) for row in rows] == [
        ("赵六", "zhao", "liaison"),
        ("钱七", f"u500000-{cast.chongqing.unit.order:02d}", "officer"),
    ]
    assert len({row.batch for row in rows}) == 1
    assert client.get(done.headers["Location"]).status_code == 200
    # A second time there is nothing new.
    again = client.post("/contacts/import/", {"sheet": sheet})
    assert again.status_code == 302
    assert PersonRequest.objects.count() == 2


def test_one_wrong_line_stops_all(cast: Cast) -> None:
    client, page = upload(
        cast,
        book(HEAD, ["重庆市能源局", "赵六", "", "", "", "填报人", "王局长"], ["无此局", "钱七"]),
    )
    assert page.status_code == 422
    refused = client.post("/contacts/import/", {"sheet": page.context["sheet"]})
    assert refused.status_code == 422
    assert "没有写入任何内容" in refused.text
    cast.chongqing.refresh_from_db()
    assert cast.chongqing.leader == ""
    assert not PersonRequest.objects.exists()


def test_what_was_looked_at_is_taken_from_nobody_else(cast: Cast) -> None:
    _client, page = upload(cast, book(HEAD, ["重庆市能源局", "赵六", "", "", "", "填报人"]))
    other = Client()
    other.force_login(cast.coordinator_sichuan)
    refused = other.post("/contacts/import/", {"sheet": page.context["sheet"]})
    assert refused.status_code == 422
    assert other.post("/contacts/import/", {"sheet": "made:up"}).status_code == 422
    lead = Client()
    lead.force_login(cast.lead)
    assert lead.post("/contacts/import/", {"sheet": page.context["sheet"]}).status_code == 404


def packed(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def test_hostile_files_get_a_sentence(cast: Cast) -> None:
    good = book(HEAD, ["重庆市能源局", "赵六"])
    types = {"[Content_Types].xml": b"<Types/>"}
    bomb = packed(**types, xl__worksheets__sheet1=b"\0" * (30 * 1024 * 1024))
    entity = packed(**types, **{"xl/workbook.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"})
    macros = packed(**types, **{"xl/vbaProject.bin": b"x"})
    cases = [
        (b"", "不是 Excel"),
        (b"not a workbook", "不是 Excel"),
        (b"\xd0\xcf\x11\xe0" + b"x" * 100, "旧格式"),
        (good[: len(good) // 2], "不是 Excel"),
        (bomb, "展开后过大"),
        (entity, "实体声明"),
        (macros, "宏"),
        (packed(**types, **{"xl/workbook.xml": b"<x/>"}), "损坏"),
        (packed(**{"a.txt": b"x"}), "不是 Excel"),
        (b"x" * (MAX_BYTES + 1), "超过2 MB"),
        (book(["没有", "表头"]), "没有找到表头"),
        (book(HEAD), "没有人员"),
    ]
    for content, sentence in cases:
        with pytest.raises(UnreadableFile, match=sentence):
            read_entries(content)
        _client, page = upload(cast, content)
        assert page.status_code == 422
        assert sentence in page.text or not content
    client = Client()
    client.force_login(cast.coordinator)
    assert "请选择" in client.post("/contacts/import/", {}).text


def test_formulas_and_markup_are_plain_text(cast: Cast) -> None:
    _client, page = upload(
        cast, book(HEAD, ["重庆市能源局", "<b>赵六</b>", "=1+1", "", "", "填报人", "@SUM(A1)"])
    )
    assert "<b>赵六</b>" not in page.text
    assert "&lt;b&gt;赵六&lt;/b&gt;" in page.text


def test_a_mail_address_tells_nothing_of_who_may_not_be_known(cast: Cast) -> None:
    make.officer(cast.sichuan.unit, username="hidden-one", name="老王", email="wang@example.org")
    line = ["重庆市能源局", "老王", "", "", "Wang@example.org", "填报人"]
    _client, page = upload(cast, book(HEAD, line))
    (row,) = page.context["found"].rows
    assert (row.fate, row.person) == (Fate.WRONG, None)
    assert "已有账号" in row.says[0]
    assert "hidden-one" not in page.text
    # Another name at the same address is another person.
    assert one(cast, "重庆市能源局", "老李", "", "", "wang@example.org", "填报人").fate == Fate.NEW


def test_somebody_of_another_unit_of_the_side_gets_a_further_post(cast: Cast) -> None:
    known = make.officer(cast.helper, name="老王", email="Wang@example.org")
    row = one(cast, "重庆市能源局", "老王", "", "", "wang@example.org", "填报人")
    assert (row.fate, row.person) == (Fate.CHANGED, known)
    assert known.username in row.says[0]
