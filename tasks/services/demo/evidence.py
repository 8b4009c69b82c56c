"""Evidence, answers on coordination and warnings of the demo's reports."""

import datetime
import hashlib

from tasks.models import Evidence, ProgressReport
from tasks.services import checks
from tasks.states import ReportState
from tracker.lib.workdays import SHANGHAI

EVERY = 3  # of the reports of the open quarter, each so many-th has a file
NAMES = ("项目进度台账.pdf", "验收意见.pdf", "会议纪要.pdf")
ANSWER = "【演示】已商有关部门，下季度专题协调；请继续推进，进展随季报说明。"
ANSWERED = datetime.time(16, 30, tzinfo=SHANGHAI)


def make_evidence() -> None:
    """Files with some reports, an answer to each approved request, warnings on what waits."""
    latest = ProgressReport.objects.filter(period__closed_on=None).exclude(submitted_at=None)
    reports = latest.select_related("responsibility__task__plan", "period__plan", "filled_by")
    for place, report in enumerate(reports.order_by("pk")):
        if place % EVERY == 0:
            _file(report, NAMES[place // EVERY % len(NAMES)])
        if report.state == ReportState.APPROVED and report.coordination:
            _answer(report)
        if report.state == ReportState.SUBMITTED and report.submitted_at is not None:
            report.flags = checks.found(report, today=report.submitted_at.date())
            report.save(update_fields=["flags"])


def _file(report: ProgressReport, name: str) -> None:
    content = _pdf(f"Demo evidence {report.period.code} no. {report.pk}")
    row = Evidence(
        report=report,
        unit=report.responsibility.unit,
        name=name,
        kind="pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=report.filled_by,
        uploaded_at=report.submitted_at or report.created_at,
    )
    row.full_path.parent.mkdir(parents=True, exist_ok=True)
    row.full_path.write_bytes(content)
    row.save()


def _answer(report: ProgressReport) -> None:
    day = report.reviewed_at
    report.coordination_answer, report.answered_by = ANSWER, report.reviewed_by
    report.answered_at = day and datetime.datetime.combine(day.date(), ANSWERED)
    report.save(update_fields=["coordination_answer", "answered_by", "answered_at"])


def _pdf(line: str) -> bytes:
    """A page with one line of text, which any reader opens."""
    text = f"BT /F1 16 Tf 72 760 Td ({line}) Tj ET".encode("ascii")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start, size = len(out), len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
