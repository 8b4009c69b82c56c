"""审签: by click, on paper, by who fills in; what an edit does to it; who may."""

from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile

from tasks import policy
from tasks.models import Evidence, ProgressReport
from tasks.services import progress, signing
from tasks.services.entry import Entry
from tasks.services.signing_rules import version_code
from tasks.states import ReportState
from tests.factories import NOW
from tests.tasks.signing.conftest import ENTRY, Cast, draft
from tracker.lib.stale import Stale
from tracker.lib.states import IllegalMove
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path


def scan() -> SimpleUploadedFile:
    return SimpleUploadedFile("审签单.pdf", PDF, "application/pdf")


def signed(cast: Cast) -> ProgressReport:
    report = signing.ask(draft(cast), by=cast.lead, now=NOW)
    return signing.sign(report, by=cast.signer, now=NOW)


def test_without_a_signature_it_does_not_go_out(cast: Cast) -> None:
    with pytest.raises(ValidationError) as caught:
        progress.submit(cast.side, cast.period, ENTRY, by=cast.lead, now=NOW)
    assert "须经审签人审签" in caught.value.messages[0]
    assert not ProgressReport.objects.exists()


def test_where_nobody_asks_for_it_it_goes_out(cast: Cast) -> None:
    done = progress.submit(cast.other, cast.period, ENTRY, by=cast.other_lead, now=NOW)
    assert (done.state, done.signed_at) == (ReportState.SUBMITTED, None)


def test_asked_signed_handed_in(cast: Cast) -> None:
    report = signing.ask(draft(cast), by=cast.lead, now=NOW)
    assert list(signing.waiting_for(cast.signer)) == [report]
    assert not signing.waiting_for(cast.lead).exists()
    report = signing.sign(report, by=cast.signer, now=NOW)
    assert (report.state, report.signed_by) == (ReportState.SIGNED, cast.signer)
    assert not signing.waiting_for(User.objects.get(pk=cast.signer.pk)).exists()
    done = signing.hand_in(report, by=cast.lead, now=NOW)
    stored = ProgressReport.objects.get()
    assert (stored.state, stored.signed_by, stored.submitted_by) == (
        ReportState.SUBMITTED,
        cast.signer,
        cast.lead,
    )
    assert done.percent == ENTRY.percent
    verbs = list(AuditEntry.objects.order_by("id").values_list("verb", flat=True))
    wanted = ["report.save", "report.ask_sign", "report.sign", "report.submit"]
    assert [verb for verb in verbs if verb in wanted] == wanted


def test_only_the_signer_signs(cast: Cast) -> None:
    report = signing.ask(draft(cast), by=cast.lead, now=NOW)
    for person in (cast.lead, cast.office, cast.other_lead, cast.stranger):
        with pytest.raises(PermissionDenied):
            signing.sign(report, by=person, now=NOW)


def test_what_is_incomplete_is_not_sent(cast: Cast) -> None:
    report = draft(cast, entry=Entry(percent=10))
    with pytest.raises(ValidationError) as caught:
        signing.ask(report, by=cast.lead, now=NOW)
    assert "progress" in caught.value.message_dict


def test_the_signer_sends_it_back_with_words(cast: Cast) -> None:
    report = signing.ask(draft(cast), by=cast.lead, now=NOW)
    with pytest.raises(ValidationError):
        signing.refuse(report, reason=" ", by=cast.signer, now=NOW)
    report = signing.refuse(report, reason="数据请核实。", by=cast.signer, now=NOW)
    assert (report.state, report.sign_remark, report.sign_asked_at) == (
        ReportState.DRAFT,
        "数据请核实。",
        None,
    )
    assert signing.ask(report, by=cast.lead, now=NOW).sign_remark == ""


def test_what_was_signed_is_not_written_in(cast: Cast) -> None:
    report = signed(cast)
    with pytest.raises(ValidationError) as caught:
        draft(cast, version=report.version)
    assert "已审签" in caught.value.messages[0]
    report = signing.unsign(report, by=cast.lead, now=NOW)
    assert (report.state, report.signed_by, report.signed_at) == (ReportState.DRAFT, None, None)
    with pytest.raises(ValidationError):
        progress.submit(
            cast.side, cast.period, ENTRY, by=cast.lead, now=NOW, version=report.version
        )


def test_the_signer_signs_what_was_read(cast: Cast) -> None:
    seen = signing.ask(draft(cast), by=cast.lead, now=NOW)
    draft(cast, version=seen.version)
    with pytest.raises(Stale):
        signing.sign(seen, by=cast.signer, now=NOW)


def test_a_form_opened_before_the_signature_takes_nothing_away(cast: Cast) -> None:
    before = draft(cast).version
    report = ProgressReport.objects.get()
    signing.sign(report, by=cast.signer, now=NOW)
    with pytest.raises(ValidationError):
        draft(cast, version=before)
    assert ProgressReport.objects.get().state == ReportState.SIGNED


def test_a_signer_fills_in_and_signs_by_handing_in(cast: Cast) -> None:
    done = progress.submit(cast.side, cast.period, ENTRY, by=cast.signer, now=NOW)
    assert (done.state, done.signed_by, done.filled_by) == (
        ReportState.SUBMITTED,
        cast.signer,
        cast.signer,
    )


def test_a_returned_report_is_signed_anew(cast: Cast) -> None:
    report = signing.hand_in(signed(cast), by=cast.lead, now=NOW)
    report = progress.return_report(report, reason="请补充。", by=cast.office, now=NOW)
    report = draft(cast, version=report.version)
    assert (report.signed_by, report.signed_at) == (None, None)
    with pytest.raises(ValidationError):
        progress.submit(
            cast.side, cast.period, ENTRY, by=cast.lead, now=NOW, version=report.version
        )


def test_on_paper_with_the_code_of_this_version(cast: Cast) -> None:
    report = draft(cast)
    code = version_code(report)
    done = signing.sign_on_paper(report, scan(), code=code.lower(), by=cast.lead, now=NOW)
    assert (done.state, done.signed_on_paper, done.signed_by) == (ReportState.SIGNED, True, None)
    assert Evidence.objects.get().is_sign_sheet
    assert signing.hand_in(done, by=cast.lead, now=NOW).state == ReportState.SUBMITTED


def test_a_sheet_of_an_older_version_is_refused(cast: Cast) -> None:
    old = version_code(draft(cast))
    report = draft(cast, version=1, entry=Entry(percent=90, progress="改过了。"))
    assert version_code(report) != old
    with pytest.raises(ValidationError) as caught:
        signing.sign_on_paper(report, scan(), code=old, by=cast.lead, now=NOW)
    assert list(caught.value.message_dict) == ["code"]
    assert not Evidence.objects.exists()
    assert ProgressReport.objects.get().state == ReportState.DRAFT


def test_who_signed_does_not_review(cast: Cast) -> None:
    report = signed(cast)
    ProgressReport.objects.update(signed_by=cast.office)
    done = signing.hand_in(report, by=cast.lead, now=NOW)
    assert not policy.can(cast.office, "report.review", done)
    assert policy.can(cast.colleague, "report.review", done)


def test_twice_is_told(cast: Cast) -> None:
    report = signed(cast)
    with pytest.raises(IllegalMove):
        signing.sign(report, by=cast.signer, now=NOW)


def test_the_signer_or_the_office_says_whether_it_is_signed(cast: Cast) -> None:
    unit = cast.side.unit
    for person in (cast.lead, cast.other_office, cast.stranger, cast.auditor):
        with pytest.raises(PermissionDenied):
            signing.set_required(unit, value=False, by=person)
    assert signing.set_required(unit, value=False, by=cast.signer).signs_reports is False
    assert signing.set_required(unit, value=True, by=cast.office).signs_reports is True
    assert AuditEntry.objects.filter(verb="unit.signing").count() == 2
