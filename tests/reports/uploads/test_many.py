"""Many at once, as files or in an archive: each applied whole, the others all the same."""

import datetime
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reports.models import Upload
from reports.services import uploads
from tasks.models import ProgressReport
from tests.factories import NOW, ResponsibilityFactory, TaskFactory, UnitFactory, officer
from tests.reports.returns.conftest import World
from tests.reports.uploads.conftest import browser, file_of, read_all, send, sent, zipped
from units.models import Unit, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(world: World) -> World:
    """Another unit of the same side, with a form of its own."""
    side = world.leads[0].side
    unit: Unit = UnitFactory(name="重庆市交通局", jurisdiction=side)
    lead = ResponsibilityFactory(task=TaskFactory(plan=world.plan), unit=unit, side=side)
    folder = world.folder / "second"
    folder.mkdir()
    return World(world.plan, world.period, unit, officer(unit), [lead], lead, folder)


def of_batch() -> list[Upload]:
    return list(Upload.objects.filter(is_archive=False).order_by("pk"))


@pytest.mark.parametrize("how", ["files", "archive"])
def test_many_are_read_and_applied_at_once(
    how: str, world: World, second: World, office: User
) -> None:
    client = browser(office)
    one = world.filled({"G5": 80, "I5": "能源局的进展。"})
    two = second.filled({"G5": 30, "I5": "交通局的进展。"})
    if how == "archive":
        answer = send(client, file_of(zipped(world.folder, one, two)))
    else:
        answer = send(client, file_of(one), file_of(two))
    assert answer.status_code == 302
    read_all()
    rows = of_batch()
    assert {(row.unit, row.state) for row in rows} == {
        (world.unit, "ready"),
        (second.unit, "ready"),
    }
    shown = client.get(f"/reports/forms/?batch={rows[0].batch}").content.decode()
    assert "有2份待确认，其中2份没有疑问" in shown
    address = f"/reports/forms/batches/{rows[0].batch}/"
    assert client.post(address, {"reason": "两单位来函委托。"}).status_code == 302
    reports = ProgressReport.objects.order_by("percent")
    told = [(row.percent, row.state, row.entered_reason) for row in reports]
    assert told == [
        (30, "submitted", "两单位来函委托。"),
        (80, "submitted", "两单位来函委托。"),
    ]


def test_one_that_is_wrong_stays_and_the_others_go(
    world: World, second: World, office: User
) -> None:
    client = browser(office)
    one = world.filled({"G5": "很多", "I5": "能源局的进展。"})
    two = second.filled({"G5": 30, "I5": "交通局的进展。"})
    send(client, file_of(one), file_of(two))
    read_all()
    batch = of_batch()[0].batch
    body = {"reason": "来函委托。"}
    answer = client.post(f"/reports/forms/batches/{batch}/", body, follow=True)
    shown = answer.content.decode()
    assert "已写入1份回填表" in shown
    assert "1份没有写入，原因见下" in shown
    assert "没有可以一次写入的" in shown
    assert [row.state for row in of_batch()] == ["ready", "applied"]
    assert ProgressReport.objects.get().percent == 30


def test_names_as_chinese_windows_packs_them(world: World, office: User) -> None:
    path = world.filled({"G5": 80})
    old = "能源局.xlsx".encode("gb18030")
    fixed = _repacked(world.folder, path.read_bytes(), old)
    sent(browser(office), fixed)
    assert of_batch()[0].name == "能源局.xlsx"


def _repacked(folder: Path, content: bytes, name: bytes) -> Path:
    """A zip whose one name is bytes without the sign of UTF-8."""
    stand_in = "x" * len(name)
    path = folder / "old.zip"
    with zipfile.ZipFile(path, "w") as target:
        target.writestr(stand_in, content)
    path.write_bytes(path.read_bytes().replace(stand_in.encode(), name))
    return path


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({}, "没有回填表"),
        ({"说明.txt": b"x"}, "没有回填表"),
        ({f"{n}.xlsx": b"PK\x03\x04" for n in range(201)}, "一次最多200个"),
        ({"空.xlsx": b""}, "文件是空的"),
        ({"大.xlsx": bytes(21 * 1024 * 1024)}, "超过20 MB"),
    ],
)
def test_archives_that_are_not_taken(
    parts: dict[str, bytes], sentence: str, world: World, office: User, files_dir: Path
) -> None:
    path = world.folder / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("目录/", b"")
        for name, content in parts.items():
            archive.writestr(name, content)
    upload = sent(browser(office), path)
    assert upload.state == "refused"
    assert sentence in upload.error
    assert Upload.objects.count() == 1
    assert len([one for one in (files_dir / "uploads").rglob("*") if one.is_file()]) == 1


def test_each_sheet_of_another_kind_is_told_of(world: World, office: User) -> None:
    """None of those that may be meant as a form is passed over without a word."""
    path = world.folder / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(world.filled({"G5": 80}), "甲.xlsx")
        archive.writestr("乙.csv", "序号,进度\n1,80\n")
        archive.writestr("丙.XLS", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
        archive.writestr("丁.rar", b"Rar!\x1a\x07\x00")
        archive.writestr("说明.txt", "请查收")
    sent(browser(office), path)
    told = {row.name: (row.state, "另存为" in row.error) for row in of_batch()}
    assert told.pop("甲.xlsx") == ("ready", False)
    assert told.pop("丁.rar")[0] == "refused"
    assert told == {"乙.csv": ("refused", True), "丙.XLS": ("refused", True)}


def test_one_file_too_many_is_told_on_the_page(world: World, office: User) -> None:
    """More than the framework's own bound of a sending, too."""
    files = [SimpleUploadedFile(f"{n}.xlsx", b"x") for n in range(201)]
    answer = send(browser(office), *files)
    assert "一次最多上传200个文件" in answer.content.decode()
    assert not Upload.objects.exists()


def test_an_archive_with_a_huge_directory_is_not_opened(world: World, office: User) -> None:
    path = world.folder / "huge.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(2001):
            archive.writestr(f"{number}.txt", b"")
    upload = sent(browser(office), path)
    assert (upload.state, upload.error) == ("refused", "压缩包中的文件过多，请分开上传。")


def test_what_was_kept_long_enough_goes_with_its_file(world: World, files_dir: Path) -> None:
    upload = sent(browser(world.by), world.filled({"G5": 80}))
    assert upload.full_path.exists()
    assert uploads.remove_outlived(now=NOW + datetime.timedelta(days=100)) == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("reports.services.uploads.transaction.on_commit", lambda call: call())
        assert uploads.remove_outlived(now=NOW + datetime.timedelta(days=200)) == 1
    assert not Upload.objects.exists()
    assert not upload.full_path.exists()
