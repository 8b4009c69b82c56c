"""佐证材料: what is taken, by whom it is read, and what stays on disk."""

import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from tasks.models import Evidence, ProgressReport
from tasks.services import evidence
from tests.factories import (
    NOW,
    OfficeFactory,
    ProgressReportFactory,
    UnitFactory,
    coordinator,
    officer,
)
from tests.tasks.evidence.files import (
    DOCX,
    JPG,
    PDF,
    PNG,
    XLSX,
    locked,
    misnamed,
    office,
    ole,
    packed,
    scrambled,
    upload,
)
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path
    return tmp_path


@pytest.fixture
def report() -> ProgressReport:
    made: ProgressReport = ProgressReportFactory()
    return made


@pytest.fixture
def lead(report: ProgressReport) -> User:
    return officer(report.responsibility.unit)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "pdf"),
        (DOCX, "docx"),
        (XLSX, "xlsx"),
        (ole("WordDocument"), "doc"),
        (ole("Workbook"), "xls"),
        (PNG, "png"),
        (JPG, "jpg"),
    ],
)
def test_a_file_is_known_by_its_content(
    report: ProgressReport, lead: User, content: bytes, kind: str
) -> None:
    row = evidence.attach(report, upload("照片.exe", content), by=lead, now=NOW)
    assert (row.kind, row.name) == (kind, f"照片.exe.{kind}")
    assert row.full_path.read_bytes() == content
    assert row.size == len(content)
    assert evidence.is_whole(row)
    entry = AuditEntry.objects.get(verb="evidence.attach")
    assert entry.after["sha256"] == row.sha256


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "文件是空的"),
        (b"MZ" + bytes(100), "只收 PDF"),
        (b"<html><script>alert(1)</script>", "只收 PDF"),
        (b"%PDF-1.7 cut off", "不完整"),
        (office("xl/workbook.xml", "xl/vbaProject.bin"), "带有宏"),
        (office("word/document.xml", types=b"application/x.macroEnabled.12"), "带有宏"),
        (office("a.txt"), "压缩包不能上传"),
        (office("word/document.xml")[:60], "不完整"),
        (scrambled(), "不完整"),
        (misnamed(), "不完整"),
        (packed(zipfile.ZIP_LZMA), "不完整"),
        (packed(zipfile.ZIP_BZIP2), "不完整"),
        (locked(), "加了密码"),
        (ole("EncryptedPackage"), "加了密码"),
        (ole("WordDocument", "_VBA_PROJECT"), "带有宏"),
        (ole("Other"), "只收 PDF"),
    ],
)
def test_what_is_not_taken_leaves_nothing(
    report: ProgressReport, lead: User, tmp_path: Path, content: bytes, why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        evidence.attach(report, upload("材料.pdf", content), by=lead, now=NOW)
    assert not Evidence.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_zip_that_unpacks_to_too_much_is_refused(
    report: ProgressReport, lead: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tracker.lib.uploads.MAX_UNPACKED", 1000)
    bomb = office("word/document.xml", body=bytes(5000))
    with pytest.raises(ValidationError, match="展开后过大"):
        evidence.attach(report, upload("材料.docx", bomb), by=lead, now=NOW)


def test_size_and_quota_are_bounded(report: ProgressReport, lead: User, settings: Any) -> None:
    settings.EVIDENCE_MAX_MB = 1
    with pytest.raises(ValidationError, match="超过1 MB"):
        evidence.attach(report, upload(content=PDF + bytes(1 << 20)), by=lead, now=NOW)
    settings.EVIDENCE_QUOTA_MB = 0
    with pytest.raises(ValidationError, match="最多0 MB"):
        evidence.attach(report, upload(), by=lead, now=NOW)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\文件\\报告.PDF", "报告.PDF"),
        ("a\x00b\n.pdf", "ab .pdf"),
        ("fdp\u202e.exe", "fdp.exe.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
        (".pdf", "佐证材料.pdf"),
    ],
)
def test_names_are_cleaned(report: ProgressReport, lead: User, name: str, kept: str) -> None:
    file = upload()
    file.__dict__["_name"] = name
    assert evidence.attach(report, file, by=lead, now=NOW).name == kept


def test_only_the_unit_puts_files_and_only_while_it_may_write(
    report: ProgressReport, lead: User
) -> None:
    with pytest.raises(PermissionDenied):
        evidence.attach(report, upload(), by=officer(UnitFactory()), now=NOW)
    approved = ProgressReportFactory(responsibility__unit=report.responsibility.unit, approved=True)
    with pytest.raises(PermissionDenied):
        evidence.attach(approved, upload(), by=lead, now=NOW)


def test_the_same_file_twice_with_one_report_is_refused(report: ProgressReport, lead: User) -> None:
    evidence.attach(report, upload(), by=lead, now=NOW)
    with pytest.raises(ValidationError, match="已经上传过"):
        evidence.attach(report, upload("另名.pdf"), by=lead, now=NOW)


def test_what_lies_on_disk_goes_with_the_last_row_that_names_it(
    report: ProgressReport, lead: User, django_capture_on_commit_callbacks: Any
) -> None:
    other = ProgressReportFactory(responsibility__unit=report.responsibility.unit)
    first = evidence.attach(report, upload(), by=lead, now=NOW)
    second = evidence.attach(other, upload("另名.pdf"), by=lead, now=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        evidence.detach(first, by=lead)
    assert second.full_path.exists()
    with django_capture_on_commit_callbacks(execute=True):
        evidence.detach(second, by=lead)
    assert not second.full_path.exists()
    assert AuditEntry.objects.filter(verb="evidence.detach").count() == 2


def test_it_is_sent_as_an_attachment_and_each_taking_is_on_record(
    report: ProgressReport, lead: User, client: Client
) -> None:
    row = evidence.attach(report, upload(), by=lead, now=NOW)
    client.force_login(lead)
    sent: Any = client.get(reverse("tasks:evidence", args=[row.pk]))
    assert sent.getvalue() == PDF
    assert sent["Content-Disposition"].startswith("attachment")
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert AuditEntry.objects.filter(verb="evidence.download", actor=lead).count() == 1


def test_a_drafts_file_is_the_units_alone(
    report: ProgressReport, lead: User, client: Client
) -> None:
    row = evidence.attach(report, upload(), by=lead, now=NOW)
    for person in (officer(UnitFactory()), coordinator(OfficeFactory())):
        client.force_login(person)
        for path in ("tasks:evidence", "api:evidence-file", "api:evidence-detail"):
            assert client.get(reverse(path, args=[row.pk])).status_code == 404
        assert client.post(reverse("tasks:evidence_remove", args=[row.pk])).status_code == 404
    assert Evidence.objects.exists()


def test_pages_put_and_remove(report: ProgressReport, lead: User, client: Client) -> None:
    client.force_login(lead)
    back = f"/progress/{report.pk}/"
    add = reverse("tasks:evidence_add", args=["report", report.pk])
    sent = client.post(add, {"evidence": [upload(), upload("图.png", PNG)], "next": back})
    assert sent["Location"] == back
    assert Evidence.objects.count() == 2
    sent = client.post(add, {"evidence": [upload("坏.pdf", b"x"), upload("图.jpg", JPG)]})
    assert Evidence.objects.count() == 2
    row = Evidence.objects.order_by("pk")[0]
    client.post(reverse("tasks:evidence_remove", args=[row.pk]), {"next": "//evil.example"})
    assert Evidence.objects.count() == 1


def test_programs_put_list_take_and_remove(
    report: ProgressReport, lead: User, client: Client
) -> None:
    client.force_login(lead)
    listing = reverse("api:evidence-list")
    made = client.post(listing, {"owner": "report", "id": report.pk, "file": upload()})
    assert made.status_code == 201, made.content
    body = made.json()
    assert (body["owner"], body["owner_id"], body["kind"]) == ("report", report.pk, "pdf")
    found = client.get(f"{listing}?owner=report&id={report.pk}").json()
    assert [row["id"] for row in found["results"]] == [body["id"]]
    assert client.get(listing, {"id": report.pk}).status_code == 400
    taken: Any = client.get(reverse("api:evidence-file", args=[body["id"]]))
    assert taken.getvalue() == PDF
    detail = reverse("api:evidence-detail", args=[body["id"]])
    assert client.delete(detail).status_code == 204
    assert client.get(detail).status_code == 404


def test_programs_are_told_why_a_file_is_not_taken(
    report: ProgressReport, lead: User, client: Client
) -> None:
    client.force_login(lead)
    listing = reverse("api:evidence-list")
    refused = client.post(
        listing, {"owner": "report", "id": report.pk, "file": upload("a.exe", b"MZ..")}
    )
    assert refused.status_code == 400
    assert "只收 PDF" in str(refused.json())
    refused = client.post(listing, {"owner": "report", "id": 10**9, "file": upload()})
    assert refused.status_code == 400
