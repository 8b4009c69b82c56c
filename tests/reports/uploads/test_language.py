"""What is wrong is said to each reader in the own language, whoever read the file."""

import io
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from reports.models import Upload
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import browser, page, read_all, send, sent
from units.models import User

pytestmark = pytest.mark.django_db


def in_english(user: User) -> Client:
    """The same person, whose pages are in English."""
    client = browser(user)
    client.cookies["django_language"] = "en"
    return client


def read_in_english(user: User, address: str) -> str:
    return in_english(user).get(address).content.decode()


def test_a_cell(world: World) -> None:
    client = browser(world.by)
    upload = sent(client, world.filled({"G5": "八成多", "I5": "#N/A"}))
    address = f"/reports/uploads/{upload.pk}/"
    assert "完成进度应为0至100的整数，现为“八成多”" in page(client, upload)
    shown = read_in_english(world.by, address)
    assert "完成进度应为" not in shown
    assert "八成多" in shown  # what stands in the cell is said as it stands
    assert "whole number" in shown
    api = APIClient()
    api.force_authenticate(world.by)
    for language, word in (("zh-hans", "完成进度应为"), ("en", "whole number")):
        answer = api.get(
            f"/api/v1/uploads/{upload.pk}/", headers={"Accept-Language": language}
        ).json()
        cell = next(c for c in answer["preview"]["rows"][0]["cells"] if c["name"] == "percent")
        assert word in cell["note"]


def test_the_marked_copy(world: World) -> None:
    client = browser(world.by)
    upload = sent(client, world.filled({"G5": "八成多"}))
    answer = in_english(world.by).get(f"/reports/uploads/{upload.pk}/marked/")
    comment = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]["G5"].comment
    assert comment is not None
    assert "whole number" in comment.text


@pytest.mark.parametrize(
    ("content", "chinese", "english"),
    [
        (b"%PDF-1.4", "这不是 Excel 工作簿", "no Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096), "旧格式", "older kind"),
    ],
)
def test_a_file_as_a_whole(content: bytes, chinese: str, english: str, world: World) -> None:
    client = browser(world.by)
    send(client, SimpleUploadedFile("表.xlsx", content))
    read_all()
    upload = Upload.objects.get()
    for address in (f"/reports/uploads/{upload.pk}/", "/reports/forms/"):
        assert chinese in client.get(address).content.decode()
        shown = read_in_english(world.by, address)
        assert chinese not in shown
        assert english in shown


def test_another_units_form_and_what_was_passed_over(world: World, tmp_path: Path) -> None:
    client = browser(world.by)

    def add(book: openpyxl.Workbook) -> None:
        book.create_sheet("附注")["A1"] = "说明"

    upload = sent(client, world.filled({"G5": 80}, add))
    assert "工作表“附注”不是回填表" in page(client, upload)
    shown = read_in_english(world.by, f"/reports/uploads/{upload.pk}/")
    assert "不是回填表" not in shown
    assert "附注" in shown
