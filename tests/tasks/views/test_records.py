"""业务记录: offices and inspectors read what they may, and nothing beyond."""

import csv
import datetime
import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from reports.services.runs import request_run
from tasks.models import ProgressReport, Responsibility
from tasks.services import assessments, contributions, evidence, findings, samples
from tasks.services.assessments import Judgement
from tasks.states import FindingStepKind
from tests import factories as make
from tests.api.conftest import Cast as Cast
from tests.api.conftest import cast as cast
from tests.api.conftest import casts as casts
from tests.tasks.evidence.files import upload
from units.models import AuditEntry, User
from units.services import audit

pytestmark = pytest.mark.django_db


def enter(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def shown(user: User, query: str = "") -> list[tuple[str, str]]:
    page = enter(user).get(f"/records/{query}")
    assert page.status_code == 200
    return [(row.entry.verb, row.person) for row in page.context["rows"]]


def test_the_office_reads_its_side_with_names(cast: Cast) -> None:
    audit.record("report.submit", cast.submitted, by=cast.lead, after={"percent": 40})
    audit.record("report.submit", cast.submitted, by=cast.lead, after={"progress": "长文"})
    seen = shown(cast.coordinator)
    assert seen[:2] == [("report.submit", str(cast.lead))] * 2
    page = enter(cast.coordinator).get("/records/")
    assert "40%" in page.text
    assert "长文" not in page.text, "texts of reports stand in the report"


def test_the_other_side_does_not_read_what_is_handed_in(cast: Cast) -> None:
    audit.record("report.submit", cast.submitted, by=cast.lead, after={"percent": 40})
    seen = shown(cast.coordinator_sichuan)
    assert "report.submit" not in [verb for verb, _person in seen]


def test_every_step_of_a_finding_is_told(cast: Cast) -> None:
    """Each by the verb under which the service keeps it."""
    finding = make.FindingFactory(responsibility=cast.submitted.responsibility, proposing=True)
    place = cast.submitted.responsibility.side
    assert place is not None
    inspector = make.inspector(place)
    day = finding.due_on + datetime.timedelta(days=30)
    now = timezone.now()
    steps = [
        (cast.lead, "contest", None), (inspector, "uphold", None), (inspector, "extend", day),
        (cast.lead, "answer", None), (inspector, "reject", None), (cast.lead, "answer", None),
    ]  # fmt: skip
    for version, (who, kind, due) in enumerate(steps, finding.version):
        findings.act(
            finding,
            FindingStepKind(kind),
            text="依据见附件。",
            version=version,
            by=who,
            now=now,
            due_on=due,
        )
    said: dict[str, Any] = {"text": "不撤销。", "by": cast.coordinator, "now": now}
    findings.answer_proposal(finding, agrees=False, version=version + 1, **said)
    said = {"text": "属实。", "by": inspector, "now": now}
    findings.act(finding, FindingStepKind.CLOSE, version=version + 2, **said)
    told = [verb for verb, _person in shown(cast.coordinator) if verb.startswith("finding.")]
    kept = AuditEntry.objects.filter(verb__startswith="finding.").order_by("-pk")
    assert told == list(kept.values_list("verb", flat=True))
    assert len(told) == 8
    assert not [
        verb for verb, _person in shown(cast.coordinator_sichuan) if verb.startswith("finding.")
    ]


def test_administration_is_not_shown(cast: Cast) -> None:
    audit.record("user.login", cast.lead, by=cast.lead)
    assert "user.login" not in [verb for verb, _person in shown(cast.coordinator)]


def test_officers_and_administrators_have_no_such_page(cast: Cast) -> None:
    for user in (cast.lead, make.UserFactory()):
        assert enter(user).get("/records/").status_code == 404


def test_filters_and_export(cast: Cast) -> None:
    audit.record("report.submit", cast.submitted, by=cast.lead, after={"percent": 40})
    audit.record("period.open", cast.submitted.period, by=None, after={"due_on": "2026-10-15"})
    query = "?verb=period.open"
    assert {verb for verb, _person in shown(cast.coordinator, query)} == {"period.open"}
    assert shown(cast.coordinator, "?who=没有此人") == []
    assert ("report.submit", str(cast.lead)) in shown(cast.coordinator, f"?who={cast.lead.name}")
    answer: Any = enter(cast.coordinator).get(f"/records/export/{query}&file=csv")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert {row[1] for row in csv.reader(io.StringIO(text))} == {"动作", "开启填报期"}
    entry = AuditEntry.objects.get(verb="audit.export")
    assert entry.after == {"file": "records.csv", "verb": "period.open"}
    book = enter(cast.coordinator).get("/records/export/?file=xlsx")
    assert book.content[:2] == b"PK"
    assert "没有名为“x”的筛选条件" in enter(cast.coordinator).get("/records/?x=1").text


def test_the_list_runs_the_same_queries_for_few_and_many(
    cast: Cast, django_assert_max_num_queries: Any
) -> None:
    browser = enter(cast.coordinator)
    for number in range(40):
        audit.record("report.submit", cast.submitted, by=cast.lead, after={"percent": number})
        audit.record("task.edit", cast.task, by=cast.lead, after={"title": str(number)})
    with django_assert_max_num_queries(30):
        page = browser.get("/records/")
    assert len(page.context["rows"]) == 50
    assert len(browser.get(f"/records/?before={page.context['next']}").context["rows"]) >= 30


def test_parts_files_samples_assessments_and_books(
    cast: Cast, settings: Any, tmp_path: Any
) -> None:
    settings.FILES_DIR = tmp_path
    file = evidence.attach(draft_of(cast), upload(), by=cast.lead, now=make.NOW)
    ProgressReport.objects.update(state="submitted")
    evidence.record_download(file, by=cast.auditor)
    duty = Responsibility.objects.get(task=cast.task, unit=cast.helper)
    told: dict[str, Any] = {"by": cast.helping, "now": make.NOW}
    contributions.save(duty, cast.period, "核算中的草稿。", **told)
    contributions.save(duty, cast.period, "完成能耗核算。", version=1, submit=True, **told)
    side = make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan), unit=cast.chongqing.unit, closed=True
    )
    assessments.save(side, Judgement("partly", "尚有余项。"), by=cast.coordinator, now=make.NOW)
    run = request_run(
        book="quarterly", quarter=cast.period.as_quarter, plan=cast.plan, by=cast.coordinator
    )
    place = side.side
    sample = samples.draw(place, None, size=1, by=cast.auditor, now=make.NOW)
    samples.check(sample.rows.get(), result="属实。", by=cast.auditor, now=make.NOW)

    office, inspector = (dict(shown(user)) for user in (cast.coordinator, cast.auditor))
    assert office["evidence.attach"] == str(cast.lead)
    assert {"evidence.download", "contribution.submit", "assessment.save"} <= office.keys()
    assert office["report_run.request"] == str(cast.coordinator)
    assert "sample.draw" not in office
    assert {"sample.draw", "sample.check", "evidence.attach"} <= inspector.keys()
    assert "contribution.save" not in office, "a draft stays in the unit"
    page = enter(cast.coordinator).get("/records/")
    assert "验收报告.pdf" in page.text
    assert "核算" not in page.text, "texts are told where they stand"
    assert "部分完成" in page.text
    assert str(run.pk) in [
        row.entry.object_id
        for row in page.context["rows"]
        if row.entry.verb == "report_run.request"
    ]


def draft_of(cast: Cast) -> ProgressReport:
    made: ProgressReport = make.ProgressReportFactory(
        responsibility=make.ResponsibilityFactory(
            task=make.TaskFactory(plan=cast.plan), unit=cast.chongqing.unit
        ),
        period=cast.period,
        filled_by=cast.lead,
    )
    return made


def test_a_file_of_a_draft_is_told_to_nobody_else(cast: Cast, settings: Any, tmp_path: Any) -> None:
    settings.FILES_DIR = tmp_path
    draft = draft_of(cast)
    evidence.detach(evidence.attach(draft, upload(), by=cast.lead, now=make.NOW), by=cast.lead)
    for user in (cast.coordinator, cast.coordinator_sichuan, cast.auditor):
        assert not {"evidence.attach", "evidence.detach"} & dict(shown(user)).keys()
    ProgressReport.objects.filter(pk=draft.pk).update(state="submitted")
    assert "evidence.detach" in dict(shown(cast.coordinator))
    assert "验收报告.pdf" in enter(cast.coordinator).get("/records/?verb=evidence.detach").text
    ProgressReport.objects.filter(pk=draft.pk).update(
        state="approved", reviewed_by=cast.coordinator, reviewed_at=make.NOW
    )
    assert "evidence.detach" not in dict(shown(cast.coordinator_sichuan)), "the way there"
