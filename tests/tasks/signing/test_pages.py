"""Signing, parts, 代填 and the letter on the pages that people use."""

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from docx import Document

from tasks.models import Contribution, ProgressReport
from tasks.services import contributions, signing
from tasks.services.signing_rules import version_code
from tasks.states import ContributionState, ReportState
from tests.factories import NOW
from tests.tasks.signing.conftest import ENTRY, Cast, draft
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
TYPED = {"percent": 55, "progress": "完成前期工作。", "next_steps": "继续推进。"}


@pytest.fixture(autouse=True)
def _day(settings: Any, tmp_path: Path) -> Any:
    settings.FILES_DIR = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


def of(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def form_of(cast: Cast) -> str:
    return f"/fill/{cast.side.pk}/{cast.period.code}/"


def test_an_officer_sends_it_the_signer_signs_it_goes_out(cast: Cast) -> None:
    officer, signer = of(cast.lead), of(cast.signer)
    page = officer.get(form_of(cast)).content.decode()
    assert "保存并送审签" in page
    assert 'value="submit"' not in page
    sent = officer.post(form_of(cast), {**TYPED, "version": 0, "action": "ask"}, follow=True)
    assert "待审签人审签" in sent.content.decode()
    assert "份进展待您审签" in signer.get("/").content.decode()
    report = ProgressReport.objects.get()
    assert f"/progress/{report.pk}/#signing" in signer.get("/signing/").content.decode()
    act = f"/progress/{report.pk}/signing/"
    signer.post(f"{act}sign/", {"version": report.version})
    report.refresh_from_db()
    assert report.state == ReportState.SIGNED
    done = officer.post(f"{act}hand-in/", {"version": report.version}, follow=True)
    assert str(cast.signer) in done.content.decode()
    report.refresh_from_db()
    assert report.state == ReportState.SUBMITTED


def test_the_signers_words_come_back(cast: Cast) -> None:
    report = signing.ask(draft(cast), by=cast.lead, now=NOW)
    act = f"/progress/{report.pk}/signing/refuse/"
    empty = of(cast.signer).post(act, {"version": report.version, "reason": ""})
    assert empty.status_code == 422
    assert "请填写退回意见" in empty.content.decode()
    of(cast.signer).post(act, {"version": report.version, "reason": "数据请核实。"})
    for address in (f"/progress/{report.pk}/", form_of(cast), "/"):
        page = of(cast.lead).get(address).content.decode()
        assert "审签人退回" in page
        assert "数据请核实。" in page


def test_the_sheet_is_printed_and_its_scan_handed_up(cast: Cast) -> None:
    report, officer = draft(cast), of(cast.lead)
    sheet = officer.get(f"/progress/{report.pk}/sign-sheet/").content.decode()
    assert version_code(report) in sheet
    assert ENTRY.progress in sheet
    act = f"/progress/{report.pk}/signing/paper/"
    scan = SimpleUploadedFile("审签单.pdf", PDF)
    wrong = officer.post(act, {"version": report.version, "code": "0000-0000", "evidence": scan})
    assert wrong.status_code == 422
    assert "版本码不符" in wrong.content.decode()
    scan = SimpleUploadedFile("审签单.pdf", PDF)
    code = version_code(report)
    officer.post(act, {"version": report.version, "code": code, "evidence": scan})
    report.refresh_from_db()
    assert (report.state, report.signed_on_paper) == (ReportState.SIGNED, True)


def test_a_part_is_told_and_taken_in_with_what_was_typed(cast: Cast) -> None:
    helper, lead = of(cast.helper), of(cast.lead)
    assert "项配合情况待反馈" in helper.get("/").content.decode()
    address = f"/contributions/{cast.helping.pk}/{cast.period.code}/"
    assert helper.get(address).status_code == 200
    told = {"text": "完成核算。", "version": 0, "action": "submit"}
    assert helper.post(address, told).status_code == 302
    row = Contribution.objects.get()
    assert "完成核算。" in lead.get(form_of(cast)).content.decode()
    lead.post(f"/parts/{row.pk}/take/", {**TYPED, "percent": 60, "version": 0})
    report = ProgressReport.objects.get()
    assert report.percent == 60
    assert report.progress.endswith("【重庆市经济信息委配合】完成核算。")
    row.refresh_from_db()
    assert row.state == ContributionState.TAKEN


def test_a_part_is_sent_back_and_told_anew(cast: Cast) -> None:
    row = contributions.save(
        cast.helping, cast.period, "太短。", by=cast.helper, now=NOW, submit=True
    )
    of(cast.lead).post(f"/parts/{row.pk}/return/", {"version": row.version, "reason": "请补数据"})
    page = of(cast.helper).get(f"/contributions/{cast.helping.pk}/{cast.period.code}/")
    assert "请补数据" in page.content.decode()


def test_the_second_save_of_a_part_is_told(cast: Cast) -> None:
    address = f"/contributions/{cast.helping.pk}/{cast.period.code}/"
    contributions.save(cast.helping, cast.period, "先写的。", by=cast.helper, now=NOW)
    told = of(cast.helper).post(address, {"text": "后写的。", "version": 0, "action": "save"})
    assert told.status_code == 409
    assert Contribution.objects.get().text == "先写的。"


def test_an_office_enters_a_report_and_it_is_marked(cast: Cast) -> None:
    office = of(cast.office)
    assert "代填" in office.get("/").content.decode()
    assert "代填" in office.get(f"/tasks/{cast.side.task_id}/").content.decode()
    address = f"{form_of(cast)}for-unit/"
    assert office.get(address).status_code == 200
    without = office.post(address, {**TYPED, "version": 0})
    assert without.status_code == 422
    done = office.post(address, {**TYPED, "version": 0, "reason": "依据来函。"}, follow=True)
    assert "依据来函。" in done.content.decode()
    assert ProgressReport.objects.get().entered_by_office
    for person in (cast.lead, cast.other_office, cast.auditor):
        assert of(person).get(address).status_code == 404


def test_the_letter_tells_what_was_reported(cast: Cast) -> None:
    draft(cast)
    address = f"/letters/{cast.side.unit_id}/{cast.period.pk}/"
    sent = of(cast.lead).get(address)
    paper = Document(io.BytesIO(sent.content))
    text = "\n".join(line.text for line in paper.paragraphs)
    assert "关于报送" in text
    assert ENTRY.progress in text
    assert "填报单位（盖章）：重庆市能源局" in text
    (table,) = paper.tables
    assert [cell.text for cell in table.rows[0].cells][:3] == ["序号", "重点任务", "工作内容"]
    assert table.rows[1].cells[7].text == "55%"
    assert AuditEntry.objects.filter(verb="letter.download").count() == 1
    assert of(cast.stranger).get(address).status_code == 404
    assert of(cast.office).get(address).status_code == 404


def test_the_letter_is_in_chinese_for_every_reader(cast: Cast) -> None:
    client = of(cast.lead)
    client.cookies["django_language"] = "en"
    with translation.override("en"):
        sent = client.get(f"/letters/{cast.side.unit_id}/{cast.period.pk}/")
    text = "\n".join(line.text for line in Document(io.BytesIO(sent.content)).paragraphs)
    assert "2026年第3季度" in text


def test_the_units_page_has_the_switch(cast: Cast) -> None:
    unit = cast.side.unit
    assert "改为无须审签" in of(cast.signer).get(f"/units/{unit.pk}/").content.decode()
    assert "改为无须审签" not in of(cast.lead).get(f"/units/{unit.pk}/").content.decode()
    of(cast.office).post(f"/units/{unit.pk}/signing/", {"value": "off"})
    unit.refresh_from_db()
    assert unit.signs_reports is False


def test_what_is_noticed_is_asked_before_it_goes_to_the_signer(cast: Cast) -> None:
    officer, whole = of(cast.lead), {**TYPED, "percent": 100, "action": "ask"}
    page = officer.post(form_of(cast), {**whole, "version": 0})
    assert "仍然送审签" in page.content.decode()
    report = ProgressReport.objects.get()
    assert report.sign_asked_at is None
    act = f"/progress/{report.pk}/signing/ask/"
    again = officer.post(act, {"version": report.version})
    assert "仍然送审签" in again.content.decode()
    confirmed = page.context["confirmed"]
    sent = {**page.context["sent"], "action": "ask", "version": report.version}
    officer.post(form_of(cast), {**sent, "confirmed": confirmed})
    report.refresh_from_db()
    assert report.sign_asked_at is not None


def test_the_scan_of_a_sheet_is_no_evidence_of_the_work(cast: Cast) -> None:
    report = draft(cast, entry=replace(ENTRY, percent=100))
    signing.sign_on_paper(
        report,
        SimpleUploadedFile("审签单.pdf", PDF),
        code=version_code(report),
        by=cast.lead,
        now=NOW,
    )
    report.refresh_from_db()
    done = signing.hand_in(report, by=cast.lead, now=NOW)
    assert "bare" in [flag["code"] for flag in done.flags]
