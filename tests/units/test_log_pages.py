"""The log's pages and API: verification and export, by the audit administrator alone."""

import csv
import io
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook
from rest_framework.test import APIClient

from tests import factories as make
from tests.history import recorded
from tests.units.test_seals import tamper
from units.models import AuditEntry, User
from units.services import audit, seals
from units.states import Role

pytestmark = pytest.mark.django_db


def enter(user: User) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


@pytest.fixture
def reader() -> User:
    return make.site_person(Role.AUDIT_ADMIN)


def test_the_page_says_that_the_log_holds(reader: User) -> None:
    audit.record("user.login", reader, by=reader)
    seals.seal()
    browser = enter(reader)
    assert seals.head().digest in browser.get("/audit/verify/").text
    page = browser.post("/audit/verify/")
    assert page.status_code == 200
    assert "核对通过" in page.text
    entry = AuditEntry.objects.get(verb="audit.verify")
    assert (entry.actor, entry.after["holds"]) == (reader, True)


def test_page_and_api_name_the_first_bad_entry(reader: User) -> None:
    entry = recorded("user.login", reader, by=reader)
    seals.seal()
    kept = seals.head()
    tamper("UPDATE units_auditentry SET ip = '192.0.2.1' WHERE id = %s", entry.pk)
    page = enter(reader).post("/audit/verify/")
    assert "核对不通过" in page.text
    assert f"记录{entry.pk}" in page.text
    door = APIClient()
    door.force_authenticate(reader)
    head = f"{kept.number}:{kept.digest}"
    answer = door.post("/api/v1/audit/verify/", {"head": head}, format="json").json()
    assert (answer["holds"], answer["bad"]["fault"]) == (False, "changed")
    assert answer["bad"]["entry"] == entry.pk
    assert door.post("/api/v1/audit/verify/", {"head": "x"}, format="json").status_code == 400
    assert door.post("/api/v1/audit/verify/", {"x": 1}, format="json").status_code == 400


def test_a_wrong_head_is_a_sentence_by_the_field(reader: User) -> None:
    page = enter(reader).post("/audit/verify/", {"head": "123"})
    assert page.status_code == 422
    assert "照抄邮件里的一行即可" in page.text


def _entries(reader: User) -> None:
    audit.record("user.login", reader, by=reader)
    evil = make.UserFactory(name="=HYPERLINK(1)")
    audit.record(
        "user.change", evil, by=reader, before={"phone": "1"}, after={"phone": "2"}, reason="+1\n行"
    )


def _text(answer: Any) -> str:
    return b"".join(answer.streaming_content).decode("utf-8-sig")


def test_the_export_holds_what_the_page_shows(reader: User) -> None:
    _entries(reader)
    browser = enter(reader)
    answer = browser.get("/audit/export/?file=csv&verb=user.change")
    assert "attachment" in answer.headers["Content-Disposition"]
    head, row = list(csv.reader(io.StringIO(_text(answer))))
    assert head[:3] == ["时间", "动作", "结果"]
    assert row[1:4] == ["修改人员信息", "成功", str(reader)]
    assert row[5].startswith("'=")
    assert row[7] == "'+1\n行"
    assert "1 → 2" in row[6]
    entry = AuditEntry.objects.get(verb="audit.export")
    assert entry.after == {"file": "audit.csv", "verb": "user.change"}


def test_the_workbook_holds_no_formula(reader: User) -> None:
    _entries(reader)
    answer = enter(reader).get("/audit/export/?file=xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows(min_row=4) for cell in row]
    assert any(str(cell.value).startswith("=HYPERLINK") for cell in cells)
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}


def test_too_many_rows_for_a_workbook_are_a_sentence(reader: User, settings: Any) -> None:
    _entries(reader)
    settings.EXPORT_ROWS = 1
    page = enter(reader).get("/audit/export/?file=xlsx")
    assert page.status_code == 409
    assert "请加筛选条件后再导出" in page.text
    assert not AuditEntry.objects.filter(verb="audit.export").exists()


def test_a_long_log_is_streamed_in_even_memory(reader: User) -> None:
    for _n in range(50):
        audit.record("user.login", reader, by=reader)
    answer = enter(reader).get("/audit/export/")
    assert answer.streaming
    assert len(_text(answer).splitlines()) >= 51


def test_failed_log_ins_are_refusals(reader: User) -> None:
    Client().post("/login/", {"username": "nobody", "password": "x"})
    page = enter(reader).get("/audit/?result=refused")
    assert [row["entry"].verb for row in page.context["rows"]] == ["user.login_failed"]


@pytest.mark.parametrize("address", ["/audit/export/", "/audit/verify/"])
def test_nobody_else_gets_there(address: str) -> None:
    for user in (make.UserFactory(superuser=True), make.site_person(Role.SECURITY_ADMIN)):
        assert enter(user).get(address).status_code == 404
