"""/api/v1/records/: the business log as its page tells it; and as a file."""

import csv
import io
from typing import Any

import pytest

from tests.api.conftest import Cast, Door
from units.models import AuditEntry
from units.services import audit

URL = "/api/v1/records/"


@pytest.fixture(autouse=True)
def _entries(cast: Cast) -> None:
    audit.record("report.submit", cast.submitted, by=cast.lead, after={"percent": 40})
    audit.record("period.open", cast.period, by=None, after={"due_on": "2026-10-15"})
    audit.record("user.login", cast.lead, by=cast.lead)


def test_as_the_page_tells_it(cast: Cast, door: Door) -> None:
    rows = door(cast.coordinator).get(URL).data["results"]
    first, second = rows[:2]
    assert (first["verb"], first["words"], first["person"]) == ("period.open", "开启填报期", "系统")
    assert (second["verb"], second["person"]) == ("report.submit", str(cast.lead))
    assert second["changes"] == [{"label": "完成进度", "before": "", "after": "40%"}]
    assert "ip" not in second
    assert "user.login" not in {row["verb"] for row in rows}
    other = door(cast.coordinator_sichuan).get(URL).data["results"]
    assert "report.submit" not in {row["verb"] for row in other}


def test_filters_and_pages(cast: Cast, door: Door) -> None:
    client = door(cast.coordinator)

    def verbs(**query: str) -> list[str]:
        return [row["verb"] for row in client.get(URL, query).data["results"]]

    assert verbs(verb="period.open") == ["period.open"]
    assert verbs(who=cast.lead.name) == ["report.submit"]
    assert verbs(since="2030-01-01") == []
    page = client.get(URL, {"page_size": "1"}).data
    assert [row["verb"] for row in page["results"]] == ["period.open"]
    following = client.get(page["next"]).data["results"]
    assert [row["verb"] for row in following] == ["report.submit"]
    for wrong in ({"verb": "user.login"}, {"x": "1"}, {"since": "x"}, {"cursor": "x"}):
        assert client.get(URL, wrong).status_code == 400, wrong


def test_only_offices_and_inspectors(cast: Cast, door: Door) -> None:
    for path in (URL, f"{URL}export/"):
        assert door(cast.auditor).get(path).status_code == 200
        for person in (cast.lead, cast.stranger):
            assert door(person).get(path).status_code == 403
        assert door(None).get(path).status_code == 401


def test_the_export_is_on_record(cast: Cast, door: Door) -> None:
    client = door(cast.coordinator)
    answer: Any = client.get(f"{URL}export/", {"verb": "period.open"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert {row[1] for row in csv.reader(io.StringIO(text))} == {"动作", "开启填报期"}
    entry = AuditEntry.objects.get(verb="audit.export")
    assert (entry.actor, entry.source) == (cast.coordinator, "api")
    assert entry.after == {"file": "records.csv", "verb": "period.open"}
    assert client.get(f"{URL}export/", {"file": "xlsx"}).content[:2] == b"PK"
    for wrong in ({"file": "pdf"}, {"page_size": "1"}, {"verb": "x"}):
        assert client.get(f"{URL}export/", wrong).status_code == 400, wrong
