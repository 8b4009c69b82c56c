"""/api/v1/report-runs/: ask, watch, take the files; nobody takes what is another's."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from reports.books.making import make as make_books
from reports.models import ReportRun
from tests import factories as make
from tests.api.conftest import Cast, Door
from units.models import AuditEntry

URL = "/api/v1/report-runs/"
ASK = {"book": "status", "period": "2026Q3"}


@pytest.fixture(autouse=True)
def rung(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    settings.FILES_DIR = tmp_path / "files"
    calls: list[tuple[Any, ...]] = []
    for module in ("runs", "work", "ending", "mails"):
        monkeypatch.setattr(f"reports.services.{module}.ring", lambda *args: calls.append(args))
    return calls


def test_asked_for_made_and_taken(cast: Cast, door: Door, rung: list[Any]) -> None:
    client = door(cast.coordinator)
    asked = client.post(URL, {**ASK, "plan": "joint-2022"}, format="json")
    assert asked.status_code == 202, asked.data
    assert {name: asked.data[name] for name in ("state", "done", "total", "files")} == {
        "state": "queued",
        "done": 0,
        "total": 0,
        "files": [],
    }
    assert len(rung) == 1
    make_books(asked.data["id"], today=make.TODAY)
    run = client.get(f"{URL}{asked.data['id']}/").json()
    assert (run["state"], run["done"]) == ("done", run["total"])
    names = {file["name"] for file in run["files"]}
    assert "重庆市能源局2026年第3季度进展情况表.xlsx" in names
    for file in run["files"]:
        answer = client.get(file["url"])
        content = answer.getvalue()
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert len(content) == file["size"]
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
        if file["name"].endswith(".xlsx"):
            assert load_workbook(io.BytesIO(content)).sheetnames
    taken = AuditEntry.objects.filter(verb="report_file.download", source="api")
    assert taken.count() == len(names)


def test_a_lead_gets_the_own_units_workbook_and_no_other(cast: Cast, door: Door) -> None:
    client = door(cast.lead)
    answer = client.post(URL, {**ASK, "lead_unit": "重庆市能源局"}, format="json")
    assert answer.status_code == 202, answer.data
    make_books(answer.data["id"], today=make.TODAY)
    [file] = client.get(f"{URL}{answer.data['id']}/").data["files"]
    taken = client.get(file["url"])
    assert (taken.status_code, len(taken.getvalue())) == (200, file["size"])
    for other in ("lead_sichuan", "stranger", "helping"):
        outsider = door(cast.everyone[other])
        assert outsider.get(file["url"]).status_code == 404
        assert outsider.get(f"{URL}{answer.data['id']}/").status_code == 404
        assert outsider.get(URL).data["count"] == 0
    assert door(None).get(file["url"]).status_code == 401


@pytest.mark.parametrize("who", ["lead_sichuan", "stranger", "helping"])
def test_others_may_not_ask_for_it(cast: Cast, door: Door, who: str) -> None:
    answer = door(cast.everyone[who]).post(URL, {**ASK, "lead_unit": "重庆市能源局"}, format="json")
    assert answer.status_code == 403
    assert answer.data["detail"]
    assert not ReportRun.objects.exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"book": "novel"}, "book"),
        ({"book": None}, "book"),
        ({"period": "2026Q5"}, "period"),
        ({"period": "2019Q1"}, "non_field_errors"),
        ({"plan": "nowhere"}, "plan"),
        ({"lead_unit": "重庆市无此局"}, "lead_unit"),
        ({"lead_unit": "999999999"}, "lead_unit"),
        ({"paper": "A0"}, "paper"),
        ({"state": "done"}, "state"),
        ({"requested_by": 1}, "requested_by"),
    ],
)
def test_bad_input_is_refused_by_field_and_changes_nothing(
    cast: Cast, door: Door, values: dict[str, Any], field: str
) -> None:
    answer = door(cast.admin).post(URL, {**ASK, **values}, format="json")
    assert answer.status_code == 400, answer.data
    assert list(answer.data) == [field]
    assert not ReportRun.objects.exists()


def test_runs_are_filtered(cast: Cast, door: Door) -> None:
    client = door(cast.admin)
    client.post(URL, ASK, format="json")
    for query, number in [
        ({"book": "status"}, 1),
        ({"state": "done"}, 0),
        ({"period": "2026Q3"}, 1),
        ({"period": "2026Q2"}, 0),
        ({"plan": "joint-2022"}, 0),
        ({"lead_unit": "重庆市能源局"}, 0),
    ]:
        assert client.get(URL, query).data["count"] == number
    assert client.get(URL, {"period": "never"}).status_code == 400


def test_asking_is_counted_apart(cast: Cast, door: Door) -> None:
    client = door(cast.admin)
    codes = [client.post(URL, ASK, format="json").status_code for _n in range(31)]
    assert codes[:30] == [202] * 30
    assert codes[30] == 429
    assert client.get(URL).status_code == 200
