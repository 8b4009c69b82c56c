"""Signing, parts and 代填 in the API: the same services, If-Match where something changes."""

from pathlib import Path
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from tasks.models import Contribution, ProgressReport
from tasks.states import ReportState
from tests.factories import NOW
from tests.tasks.signing.conftest import Cast, draft
from units.models import User

pytestmark = pytest.mark.django_db
BODY: dict[str, Any] = {"percent": 55, "progress": "完成前期工作。"}


@pytest.fixture(autouse=True)
def _day(settings: Any, tmp_path: Path) -> Any:
    settings.FILES_DIR = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield


def of(person: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(person)
    return client


def post(person: User, path: str, etag: str | None = None, **body: Any) -> Any:
    headers = {"If-Match": etag} if etag else {}
    return of(person).post(f"/api/v1/{path}", body, format="json", headers=headers)


def test_the_whole_way(cast: Cast) -> None:
    report = draft(cast)
    path = f"progress/{report.pk}/"
    assert post(cast.lead, f"{path}ask-signature/").status_code == 428
    asked = post(cast.lead, f"{path}ask-signature/", '"1"')
    assert asked.status_code == 200
    assert asked.json()["sign_asked_at"]
    assert post(cast.lead, f"{path}sign/", asked["ETag"]).status_code == 403
    assert post(cast.signer, f"{path}sign/", '"9"').status_code == 412
    signed = post(cast.signer, f"{path}sign/", asked["ETag"])
    assert (signed.json()["state"], signed.json()["signed_by"]) == ("signed", str(cast.signer))
    assert post(cast.signer, f"{path}sign/", signed["ETag"]).status_code == 409
    done = post(cast.lead, f"{path}hand-in/", signed["ETag"])
    assert done.json()["state"] == "submitted"
    assert done.json()["unanswered"] == ["重庆市经济信息委", "中国铁路成都局集团公司"]


def test_without_a_signature_it_is_refused_with_a_sentence(cast: Cast) -> None:
    task: dict[str, Any] = {"task": cast.side.task_id, "period": cast.period.code}
    sent = post(cast.lead, "progress/", **task, **BODY, submit=True)
    assert sent.status_code in {400, 409}
    assert "须经审签人审签" in sent.content.decode()
    assert not ProgressReport.objects.exists()


def test_an_office_enters_it(cast: Cast) -> None:
    side = cast.side.side.code if cast.side.side else ""
    task: dict[str, Any] = {"task": cast.side.task_id, "period": cast.period.code, "side": side}
    assert post(cast.office, "progress/", **task, **BODY).status_code == 403
    made = post(cast.office, "progress/", **task, **BODY, on_behalf="依据来函。")
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["entered_by_office"]) == ("submitted", True)
    assert made.json()["entered_reason"] == "依据来函。"
    assert ProgressReport.objects.get().state == ReportState.SUBMITTED


def test_a_part_is_told_changed_taken(cast: Cast) -> None:
    new: dict[str, Any] = {
        "responsibility": cast.helping.pk,
        "period": cast.period.code,
        "text": "完成核算。",
    }
    assert post(cast.lead, "contributions/", **new).status_code == 403
    made = post(cast.helper, "contributions/", **new)
    assert made.status_code == 201
    assert post(cast.helper, "contributions/", **new).status_code == 409
    path = f"/api/v1/contributions/{made.json()['id']}/"
    body = {"text": "完成核算并报送。", "submit": True}
    told = of(cast.helper).put(path, body, format="json", headers={"If-Match": made["ETag"]})
    assert told.json()["state"] == "submitted"
    stale = post(cast.lead, f"contributions/{made.json()['id']}/take/", made["ETag"])
    assert stale.status_code == 412
    taken = post(cast.lead, f"contributions/{made.json()['id']}/take/", told["ETag"])
    assert taken.json()["state"] == "taken"
    assert "完成核算并报送。" in ProgressReport.objects.get().progress


def test_a_part_is_sent_back(cast: Cast) -> None:
    new: dict[str, Any] = {
        "responsibility": cast.helping.pk,
        "period": cast.period.code,
        "text": "完成核算。",
    }
    made = post(cast.helper, "contributions/", **new, submit=True)
    path = f"contributions/{made.json()['id']}/return/"
    assert post(cast.lead, path, made["ETag"]).status_code == 400
    assert post(cast.lead, path, made["ETag"], reason="请补充。").status_code == 204
    assert Contribution.objects.get().return_reason == "请补充。"


def test_the_switch(cast: Cast) -> None:
    path = f"/api/v1/unit-signing/{cast.side.unit_id}/"
    assert of(cast.lead).get(path).status_code == 404
    done = of(cast.signer).put(path, {"signs_reports": False}, format="json")
    assert done.json()["signs_reports"] is False


def test_the_letter(cast: Cast) -> None:
    path = f"/api/v1/letters/{cast.side.unit_id}/{cast.period.pk}/"
    sent = of(cast.lead).get(path)
    assert sent.status_code == 200
    assert sent.content[:2] == b"PK"
    assert of(cast.stranger).get(path).status_code == 404
