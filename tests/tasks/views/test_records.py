"""业务记录: offices and inspectors read what they may, and nothing beyond."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from tests import factories as make
from tests.api.conftest import Cast as Cast
from tests.api.conftest import cast as cast
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
