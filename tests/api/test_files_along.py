"""Files in the same request as what they stand with: all of it is kept, or nothing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError
from rest_framework.test import APIClient

from tasks.models import (
    Contribution,
    Ending,
    Evidence,
    Extension,
    Finding,
    FindingStep,
    Milestone,
    ProgressReport,
    Responsibility,
)
from tests import factories as make
from tests.api.conftest import Cast, Door
from tests.tasks.evidence.files import upload
from units.models import AuditEntry, User
from units.services import audit

V1 = "/api/v1"
BAD = "“病毒.pdf”没有上传"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.FILES_DIR = tmp_path
    return tmp_path


@dataclass
class Call:
    """A request that would succeed; `kept` is what it makes, besides the file."""

    person: User
    address: str
    body: dict[str, Any]
    owner: str
    kept: Callable[[], Any]
    method: str = "post"
    headers: dict[str, str] = field(default_factory=dict)


def ending(cast: Cast) -> Call:
    body = {"responsibility": cast.chongqing.pk, "kind": "completed", "reason": "已投产。"}
    body |= {"shortfall": "余下由区县承担。"}
    return Call(cast.lead, f"{V1}/endings/", body, "ending", Ending.objects.count)


def extension(cast: Cast) -> Call:
    body = {"responsibility": cast.chongqing.pk, "new_due": "2031-06-30", "reason": "用地未批。"}
    return Call(cast.lead, f"{V1}/extensions/", body, "extension", Extension.objects.count)


def milestone(cast: Cast) -> Call:
    row: Milestone = make.MilestoneFactory(responsibility=cast.chongqing)
    claimed = Milestone.objects.filter(state="claimed").count
    body = {"met_on": "2026-11-01", "result": "已批复。"}
    address = f"{V1}/milestones/{row.pk}/claim/"
    headers = {"If-Match": f'"{row.version}"'}
    return Call(cast.lead, address, body, "milestone", claimed, headers=headers)


def finding(cast: Cast) -> Call:
    body = {"problem": "与现场不符。", "demand": "补齐。", "due_on": "2026-12-04"}
    body |= {"responsibility": str(cast.chongqing.pk)}
    made = Finding.objects.count
    return Call(cast.auditor, f"{V1}/findings/", body, "finding_step", made)


def step(cast: Cast) -> Call:
    row: Finding = make.FindingFactory(responsibility=cast.chongqing)
    told = FindingStep.objects.filter(kind="answer").count
    headers = {"If-Match": f'"{row.version}"'}
    body = {"kind": "answer", "text": "已整改。"}
    address = f"{V1}/findings/{row.pk}/act/"
    return Call(cast.lead, address, body, "finding_step", told, headers=headers)


def part(cast: Cast) -> Call:
    duty = Responsibility.objects.get(task=cast.task, unit=cast.helper)
    body = {"responsibility": duty.pk, "period": "2026Q3", "text": "已核算。", "submit": "true"}
    told = Contribution.objects.filter(state="submitted").count
    return Call(cast.helping, f"{V1}/contributions/", body, "contribution", told)


def part_again(cast: Cast) -> Call:
    duty = Responsibility.objects.get(task=cast.task, unit=cast.helper)
    row = Contribution.objects.create(responsibility=duty, period=cast.period, version=1)
    told = Contribution.objects.filter(state="submitted").count
    body = {"text": "已核算。", "submit": True}
    headers = {"If-Match": f'"{row.version}"'}
    address = f"{V1}/contributions/{row.pk}/"
    return Call(cast.helping, address, body, "contribution", told, "put", headers)


def second(cast: Cast) -> Responsibility:
    made: Responsibility = make.ResponsibilityFactory(
        task=make.TaskFactory(plan=cast.plan, title="第二项"), unit=cast.chongqing.unit
    )
    return made


def report(cast: Cast) -> Call:
    body = {"task": second(cast).task_id, "period": "2026Q3", "percent": 100}
    body |= {"progress": "全部建成投用。", "submit": True}
    handed_in = ProgressReport.objects.filter(
        state="submitted", responsibility__task__title="第二项"
    ).count
    return Call(cast.lead, f"{V1}/progress/", body, "report", handed_in)


def report_again(cast: Cast) -> Call:
    row: ProgressReport = make.ProgressReportFactory(
        responsibility=second(cast), period=cast.period, filled_by=cast.lead, percent=40
    )
    changed = ProgressReport.objects.filter(pk=row.pk, percent=60).count
    body, headers = {"percent": 60}, {"If-Match": f'"{row.version}"'}
    return Call(cast.lead, f"{V1}/progress/{row.pk}/", body, "report", changed, "patch", headers)


def on_behalf(cast: Cast) -> Call:
    call = report(cast)
    call.person = cast.coordinator
    del call.body["submit"]
    call.body["on_behalf"] = "来函委托。"
    return call


CALLS = [
    ending,
    extension,
    milestone,
    finding,
    step,
    part,
    part_again,
    report,
    report_again,
    on_behalf,
]


def send(client: APIClient, call: Call, *files: Any) -> Any:
    body = {**call.body, **({"evidence": [*files]} if files else {})}
    return getattr(client, call.method)(
        call.address, body, format="multipart" if files else "json", headers=call.headers
    )


def on_the_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("what", CALLS, ids=lambda one: one.__name__)
def test_files_come_with_the_act(cast: Cast, door: Door, what: Any) -> None:
    call = what(cast)
    done = send(door(call.person), call, upload(), upload("照片.pdf", upload().read() + b"%%EOF"))
    assert done.status_code in {200, 201}, done.data
    assert call.kept() == 1
    rows = list(Evidence.objects.all())
    assert [row.name for row in rows] == ["验收报告.pdf", "照片.pdf"]
    assert all(getattr(row, f"{call.owner}_id") and row.full_path.exists() for row in rows)
    assert AuditEntry.objects.filter(verb="evidence.attach", source="api").count() == 2


@pytest.mark.parametrize("what", CALLS, ids=lambda one: one.__name__)
def test_one_bad_file_and_nothing_is_kept(cast: Cast, door: Door, folder: Path, what: Any) -> None:
    call = what(cast)
    done = send(door(call.person), call, upload(), upload("病毒.pdf", b"MZ"))
    assert (done.status_code, BAD in str(done.data["evidence"])) == (400, True)
    assert call.kept() == 0
    assert not Evidence.objects.exists()
    assert not on_the_disk(folder)


@pytest.mark.parametrize("what", CALLS, ids=lambda one: one.__name__)
def test_a_save_that_fails_leaves_no_file(
    cast: Cast, door: Door, folder: Path, monkeypatch: pytest.MonkeyPatch, what: Any
) -> None:
    """The last thing written fails: after the file was laid down."""
    call, real, attached = what(cast), audit.record, []

    def record(verb: str, *args: Any, **kwargs: Any) -> Any:
        if verb == "evidence.attach":
            attached.append(on_the_disk(folder))
            raise DatabaseError("disk full")
        return real(verb, *args, **kwargs)

    client = door(call.person)
    client.raise_request_exception = False
    monkeypatch.setattr(audit, "record", record)
    done = send(client, call, upload())
    assert done.status_code == 500
    assert attached[0]  # it lay there
    assert call.kept() == 0
    assert not on_the_disk(folder)


@pytest.mark.parametrize("what", CALLS, ids=lambda one: one.__name__)
def test_without_files_it_is_json_as_ever(cast: Cast, door: Door, what: Any) -> None:
    call = what(cast)
    done = send(door(call.person), call)
    assert done.status_code in {200, 201}, done.data
    assert call.kept() == 1


def test_what_is_refused_after_the_files_leaves_none(cast: Cast, door: Door, folder: Path) -> None:
    call = report(cast)
    del call.body["percent"]
    done = send(door(call.person), call, upload())
    assert (done.status_code, list(done.data)) == (400, ["percent"])
    assert call.kept() == 0
    assert not on_the_disk(folder)


def test_a_form_leaves_alone_what_it_does_not_name(cast: Cast, door: Door) -> None:
    call = report_again(cast)
    ProgressReport.objects.filter(responsibility__task__title="第二项").update(no_news=True)
    done = send(door(call.person), call, upload())
    assert (done.data["no_news"], done.data["progress"] != "") == (True, True)


def test_what_is_unknown_is_refused_in_a_form_too(cast: Cast, door: Door) -> None:
    call = ending(cast)
    call.body["percent"] = 100
    done = send(door(call.person), call, upload())
    assert (done.status_code, "percent" in done.data) == (400, True)
    assert not Evidence.objects.exists()


def test_a_form_goes_only_where_files_go(cast: Cast, door: Door) -> None:
    address = f"{V1}/progress/{cast.submitted.pk}/approve/"
    done = door(cast.coordinator).post(address, {}, format="multipart", headers={"If-Match": '"1"'})
    assert done.status_code == 415


def test_by_session_too(cast: Cast) -> None:
    """There Django has read the form before the API does."""
    client = APIClient()
    client.force_login(cast.lead)
    call = ending(cast)
    done = send(client, call, upload())
    assert (done.status_code, Evidence.objects.count()) == (201, 1)


def test_100_per_cent_with_evidence_is_not_bare(cast: Cast, door: Door) -> None:
    call = report(cast)
    check = Call(call.person, f"{V1}/progress/check/", call.body, "report", call.kept)
    client = door(call.person)
    assert [flag["code"] for flag in send(client, check).data] == ["bare"]
    assert send(client, check, upload()).data == []
    assert send(client, call, upload()).data["flags"] == []


@pytest.mark.parametrize("what", [report, on_behalf], ids=lambda one: one.__name__)
def test_asking_before_keeps_nothing(cast: Cast, door: Door, folder: Path, what: Any) -> None:
    call = what(cast)
    call.address = f"{V1}/progress/check/"
    before = AuditEntry.objects.count()
    client = door(call.person)
    token = AuditEntry.objects.count() - before
    assert send(client, call, upload()).status_code == 200
    assert call.kept() == 0
    assert not ProgressReport.objects.filter(responsibility__task__title="第二项").exists()
    assert not on_the_disk(folder)
    assert AuditEntry.objects.count() == before + token


def test_asking_before_what_is_begun_names_the_version(cast: Cast, door: Door) -> None:
    call = report(cast)
    row: ProgressReport = make.ProgressReportFactory(
        responsibility=Responsibility.objects.get(task=call.body["task"]),
        period=cast.period,
        filled_by=cast.lead,
        percent=40,
    )
    call.address = f"{V1}/progress/check/"
    client = door(call.person)
    assert send(client, call).status_code == 428
    call.headers = {"If-Match": '"9"'}
    assert send(client, call).status_code == 412
    call.headers = {"If-Match": f'"{row.version}"'}
    assert next(flag["code"] for flag in send(client, call).data) == "bare"
    row.refresh_from_db()
    assert row.percent == 40
    call.body["progress"] = ""
    assert "progress" in send(client, call).data
    stranger = door(cast.stranger)
    assert send(stranger, call).status_code == 403
