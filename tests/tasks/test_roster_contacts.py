"""Whose line of a sheet changes a contact, what is mended of it, and the empty sheet."""

import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from tasks.services.roster_sheet import read_entries
from tests.api.conftest import Cast
from tests.tasks.test_roster import HEAD, _day, book, one, upload

__all__ = ["_day"]
pytestmark = pytest.mark.django_db


def test_only_a_contacts_line_changes_the_contact_and_says_what_it_was(cast: Cast) -> None:
    duty = cast.chongqing
    duty.liaison, duty.phone = "老李", "023-67500000"
    duty.save(update_fields=["liaison", "phone"])
    unit = duty.unit.name
    _client, page = upload(cast, book(HEAD, [unit, "赵六", "", "023-67501111", "", "填报人"]))
    assert page.context["found"].written == {}
    sheet = book(
        HEAD, [unit, "钱 七", "", 2367502222, "", "联络员"], [unit, "赵六", "", "", "", "填报人"]
    )
    client, page = upload(cast, sheet)
    told = " ".join(page.context["found"].rows[0].says)
    assert "联络员：老李 → 钱七（1项责任）" in told
    assert "联系电话：023-67500000 → 023-67502222（1项责任）" in told
    assert "2367502222少了区号的0" in told
    client.post("/contacts/import/", {"sheet": page.context["sheet"]})
    duty.refresh_from_db()
    assert (duty.liaison, duty.phone) == ("钱七", "023-67502222")


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("2367501234", "023-67501234"),
        ("1067501234", "010-67501234"),
        ("8303101234", "0830-3101234"),
        ("13812345678", "13812345678"),
        ("67501234", "67501234"),
        ("023-67501234", "023-67501234"),
    ],
)
def test_a_lost_0_comes_back_where_it_is_plain(cast: Cast, typed: str, phone: str) -> None:
    assert one(cast, "重庆市能源局", "赵六", "", typed, "", "联络员").entry.phone == phone


def test_two_people_of_a_unit_get_names_of_their_own(cast: Cast) -> None:
    rows = [["重庆市能源局", name, "", "", "", "填报人"] for name in ("赵六", "钱七", "张 三")]
    _client, page = upload(
        cast, book(HEAD, *rows, ["重庆市能源局", "", "", "", "", "", "王 五 李四"])
    )
    found = page.context["found"].rows
    stem = f"u500000-{cast.chongqing.unit.order:02d}"
    names = [row.newcomer.username for row in found[:3]]
    assert names == [stem, f"{stem}-2", f"{stem}-3"]
    assert found[2].entry.name == "张三"
    assert found[3].entry.leader == "王 五 李四"
    assert stem in page.text


def test_the_empty_table_is_read_as_it_is_filled_in(cast: Cast) -> None:
    client = Client()
    client.force_login(cast.coordinator)
    answer = client.get("/contacts/import/template/")
    assert answer.status_code == 200
    filled = load_workbook(io.BytesIO(answer.content))
    sheet: Any = filled.worksheets[0]
    for column, text in enumerate(["重庆市能源局", "赵六", "", "02367501234", "", "联络员"], 1):
        sheet.cell(2, column, text)
    out = io.BytesIO()
    filled.save(out)
    (entry,) = read_entries(out.getvalue())
    assert (entry.unit, entry.name, entry.phone) == ("重庆市能源局", "赵六", "02367501234")
    assert "/contacts/import/template/" in client.get("/contacts/import/").text
