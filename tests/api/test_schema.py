"""The schema is valid, complete and closed; its page needs nothing from elsewhere."""

import io
import json
import re
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client

from tests import factories as make
from tests.api.conftest import Cast, Door

ENDS = {"204"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema as the command makes it; a warning fails it."""
    out = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    found: dict[str, Any] = yaml.safe_load(out.getvalue())
    return found


def calls(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, call)
        for path, methods in schema["paths"].items()
        for method, call in methods.items()
    ]


def test_it_names_what_the_design_names(schema: dict[str, Any]) -> None:
    lists = {path.split("/")[3] for path in schema["paths"]}
    assert lists >= {
        "token",
        "tasks",
        "units",
        "plans",
        "indicators",
        "targets",
        "observations",
        "periods",
        "progress",
        "overdue",
        "notices",
        "report-runs",
    }
    named = {p["name"] for p in schema["paths"]["/api/v1/tasks/"]["get"]["parameters"]}
    assert named == {
        "plan",
        "action",
        "unit",
        "lead_unit",
        "cooperating_unit",
        "jurisdiction",
        "state",
        "light",
        "unreported",  # beyond the design: the page has it, and its workbook
        "overdue",
        "due_before",
        "due_after",
        "search",
        "ordering",
        "page",
        "page_size",
    }


def test_every_call_is_closed_and_names_its_errors(schema: dict[str, Any]) -> None:
    for path, method, call in calls(schema):
        codes = set(call["responses"])
        asks = (path, method) == ("/api/v1/token/", "post")
        assert asks or {"token": []} in call["security"], path
        assert codes >= {"400", "401", "429"}, (path, method)
        assert "{" not in path or "404" in codes, (path, method)
        assert method == "get" or asks or "403" in codes, (path, method)
        for code in codes - ENDS:
            assert call["responses"][code]["content"], (path, method, code)


def test_changes_of_reports_name_versions_and_conflicts(schema: dict[str, Any]) -> None:
    one = schema["paths"]["/api/v1/progress/{id}/"]
    for method in ("put", "patch"):
        assert {"409", "412", "428"} <= set(one[method]["responses"])
    for verb in ("approve", "return"):
        call = schema["paths"][f"/api/v1/progress/{{id}}/{verb}/"]["post"]
        assert {"409", "412", "428"} <= set(call["responses"])
        assert next(p for p in call["parameters"] if p["name"] == "If-Match")["required"]
    assert "409" in schema["paths"]["/api/v1/progress/"]["post"]["responses"]


def test_people_read_it_as_json_or_yaml(cast: Cast, door: Door) -> None:
    client = door(cast.lead)
    assert json.loads(client.get("/api/schema/").content)["openapi"].startswith("3.")
    asked = client.get("/api/schema/", HTTP_ACCEPT="application/yaml")
    assert yaml.safe_load(asked.content)["openapi"].startswith("3.")


@pytest.mark.django_db
def test_the_page_takes_all_its_parts_from_this_site() -> None:
    client = Client()
    assert client.get("/api/docs/").status_code == 302
    client.force_login(make.UserFactory())
    answer = client.get("/api/docs/")
    page = answer.content.decode()
    parts = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(parts) >= 4
    assert all(part.startswith("/static/") for part in parts)
    assert "<script>" not in page
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
