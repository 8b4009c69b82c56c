"""Text and files are signed together: with another file it is another version."""

from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from rest_framework.test import APIClient

from tasks.models import Evidence, ProgressReport
from tasks.services import evidence, progress, signing
from tasks.services.entry import Entry
from tasks.services.signing_rules import version_code
from tasks.states import ReportState
from tests.factories import NOW
from tests.tasks.evidence.files import upload
from tests.tasks.signing.conftest import Cast, draft
from tracker.lib.stale import Stale
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db
SAID = "添加后审签取消，须重新审签"


@pytest.fixture(autouse=True)
def _day(settings: Any, tmp_path: Path) -> Any:
    settings.FILES_DIR = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


def signed(cast: Cast) -> ProgressReport:
    return signing.sign(signing.ask(draft(cast), by=cast.lead, now=NOW), by=cast.signer, now=NOW)


def of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_file_more_takes_the_signature_away(cast: Cast) -> None:
    report = signed(cast)
    page = of(cast.lead).get(f"/progress/{report.pk}/").text
    assert SAID in page
    sent = {"version": report.version, "evidence": [upload()]}
    address = f"/progress/{report.pk}/signing/add-files/"
    assert of(cast.stranger).post(address, sent).status_code == 404
    done = of(cast.lead).post(address, sent | {"evidence": [upload()]}, follow=True)
    assert "须重新审签" in done.text
    report.refresh_from_db()
    assert (report.state, report.signed_by, report.signed_at) == (ReportState.DRAFT, None, None)
    assert Evidence.objects.get().report == report
    with pytest.raises(ValidationError, match="须经审签人审签"):
        progress.submit(
            cast.side,
            cast.period,
            Entry.of(report),
            by=cast.lead,
            now=NOW,
            version=report.version,
        )
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert {"report.unsign", "evidence.attach"} <= set(verbs)


def test_a_bad_file_leaves_the_signature(cast: Cast) -> None:
    report = signed(cast)
    address = f"/progress/{report.pk}/signing/add-files/"
    bad = {"version": report.version, "evidence": [upload(), upload("病毒.pdf", b"MZ")]}
    page = of(cast.lead).post(address, bad)
    assert (page.status_code, "“病毒.pdf”没有上传" in page.text) == (422, True)
    none = of(cast.lead).post(address, {"version": report.version})
    assert (none.status_code, "请选择要上传的文件" in none.text) == (422, True)
    report.refresh_from_db()
    assert (report.state, report.signed_by) == (ReportState.SIGNED, cast.signer)
    assert not Evidence.objects.exists()


def test_the_same_by_api(cast: Cast) -> None:
    report = signed(cast)
    client = APIClient()
    client.force_authenticate(cast.lead)
    address = f"/api/v1/progress/{report.pk}/add-files/"

    def send(etag: str, *files: Any) -> Any:
        body = {"evidence": [*files]}
        return client.post(address, body, format="multipart", headers={"If-Match": etag})

    assert send('"9"', upload()).status_code == 412
    assert send(f'"{report.version}"').status_code == 400
    done = send(f'"{report.version}"', upload())
    assert (done.status_code, done.data["state"], done.data["signed_by"]) == (200, "draft", None)
    again = send(done.headers["ETag"], upload("另一份.pdf", upload().read() + b"\n%%EOF"))
    assert again.status_code == 403  # a draft again: there files go with its form


def test_what_the_signer_read_without_the_file_is_not_signed(cast: Cast) -> None:
    read = signing.ask(draft(cast), by=cast.lead, now=NOW)
    seen = ProgressReport.objects.get(pk=read.pk)
    row = evidence.attach(ProgressReport.objects.get(pk=read.pk), upload(), by=cast.lead, now=NOW)
    with pytest.raises(Stale):
        signing.sign(seen, by=cast.signer, now=NOW)
    seen = ProgressReport.objects.get(pk=read.pk)
    evidence.detach(row, by=cast.lead)
    with pytest.raises(Stale):
        signing.sign(seen, by=cast.signer, now=NOW)
    assert signing.sign(ProgressReport.objects.get(pk=read.pk), by=cast.signer, now=NOW)


def test_the_printed_sheet_is_of_its_files(cast: Cast) -> None:
    report = draft(cast)
    code = version_code(report)
    row = evidence.attach(report, upload(), by=cast.lead, now=NOW)
    assert version_code(report) != code
    scan = upload("审签单.pdf", upload().read() + b"\n%%EOF")
    with pytest.raises(ValidationError, match="版本码不符"):
        signing.sign_on_paper(report, scan, code=code, by=cast.lead, now=NOW)
    evidence.detach(row, by=cast.lead)
    assert version_code(report) == code
    done = signing.sign_on_paper(report, scan, code=code, by=cast.lead, now=NOW)
    assert done.state == ReportState.SIGNED


def test_once_it_is_submitted_the_page_says_that_nothing_is_added(cast: Cast) -> None:
    report = signing.hand_in(signed(cast), by=cast.lead, now=NOW)
    said = "已提交，不能再添加佐证材料"
    assert said in of(cast.lead).get(f"/progress/{report.pk}/").text
    assert said not in of(cast.office).get(f"/progress/{report.pk}/").text
    with pytest.raises(PermissionDenied):
        evidence.attach(report, upload(), by=cast.lead, now=NOW)
