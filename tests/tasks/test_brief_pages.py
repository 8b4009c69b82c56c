"""The brief's page, its Word file and its API: who gets in, what stands there, what is written."""

import io
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client
from docx import Document

from tasks.documents import brief as word_document
from tasks.models import BriefNote
from tasks.services import brief as service
from tests import factories as make
from tests.api.conftest import Cast, door
from tests.e2e.conftest import need
from units.models import AuditEntry, User
from units.states import Role

__all__ = ["door"]
pytestmark = pytest.mark.django_db
PAGE, NOTE, WORD, API = "/brief/", "/brief/note/", "/brief/word/", "/api/v1/brief/"


@pytest.fixture(autouse=True)
def _day() -> Iterator[None]:
    with time_machine.travel(make.NOW, tick=False):
        yield


@pytest.fixture
def leader(cast: Cast) -> User:
    user: User = make.UserFactory()
    office = cast.plan.sides.get(jurisdiction__code="500000").office
    make.MembershipFactory(user=user, role=Role.LEADER, unit=None, office=office)
    return user


def enter(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_its_readers_read_it_and_nobody_else(cast: Cast, leader: User, door: Any) -> None:
    readers = {"leader": leader, **cast.everyone}
    got = {
        name: [
            enter(user).get(PAGE).status_code,
            enter(user).get(WORD).status_code,
            door(user).get(API).status_code,
        ]
        for name, user in readers.items()
    }
    inside = {"leader", "coordinator", "coordinator_sichuan", "auditor", "admin"}
    assert got == {name: [200] * 3 if name in inside else [404] * 3 for name in readers}


@pytest.mark.parametrize("query", ["plan=nothing", "side=510000", "side=5"])
def test_anothers_brief_is_not_there(cast: Cast, leader: User, door: Any, query: str) -> None:
    for address in (PAGE, WORD):
        assert enter(leader).get(f"{address}?{query}").status_code == 404
    assert door(leader).get(f"{API}?{query}").status_code in {400, 404}


def test_a_wrong_quarter_is_said_and_the_page_stands_all_the_same(cast: Cast, leader: User) -> None:
    page = enter(leader).get(PAGE, {"quarter": "2026Q5"})
    assert page.status_code == 200
    assert "无法识别季度" in page.text
    assert "一、总体" in page.text
    assert enter(leader).get(WORD, {"quarter": "2026Q5"}).status_code == 404


def test_a_leaders_day_begins_with_it(cast: Cast, leader: User) -> None:
    browser = enter(leader)
    assert browser.get("/").headers["Location"] == PAGE
    assert browser.get("/?desk=office").status_code == 200
    frame = browser.get(PAGE).context["frame"]
    names = {item.view for item in frame.nav}
    assert "tasks:brief" in names
    assert not {"tasks:fill", "tasks:review"} & names
    assert enter(cast.coordinator).get("/").status_code == 200
    assert "tasks:brief" not in {
        item.view for item in enter(cast.lead).get("/tasks/").context["frame"].nav
    }


def test_a_leader_reads_as_the_office_and_changes_nothing(cast: Cast, leader: User) -> None:
    browser = enter(leader)
    assert browser.get(f"/progress/{cast.submitted.pk}/").status_code == 200
    before = AuditEntry.objects.exclude(verb="user.login").count()
    doors = {
        f"/progress/{cast.submitted.pk}/approve/": {"version": cast.submitted.version},
        f"/progress/{cast.submitted.pk}/return/": {"reason": "x"},
        f"/fill/{cast.chongqing.pk}/2026Q3/": {"percent": "50"},
        f"/plans/{cast.plan.code}/edit/": {"title": "x"},
        "/assignments/assign/": {"duty": cast.chongqing.pk},
        NOTE: {"text": "x", "version": "0"},
    }
    for address, body in doors.items():
        assert browser.post(address, body).status_code in {403, 404, 422, 302}, address
    cast.submitted.refresh_from_db()
    assert cast.submitted.state == "submitted"
    assert not BriefNote.objects.exists()
    assert AuditEntry.objects.exclude(verb="user.login").count() == before
    page = browser.get(PAGE)
    assert 'name="text"' not in page.text


def test_the_office_words_the_suggestions_on_the_page(cast: Cast, leader: User) -> None:
    browser = enter(cast.coordinator)
    address = f"{NOTE}?plan=joint-2022&side=500000&quarter=2026Q3"
    answer = browser.post(address, {"text": "请<b>重点</b>调度。", "version": "0"})
    assert answer.status_code == 302
    page = browser.get(answer.headers["Location"])
    assert "请&lt;b&gt;重点&lt;/b&gt;调度。" in page.text
    assert "建议已保存" in page.text
    assert "建议的修改记录" in page.text
    stale = browser.post(address, {"text": "后来的", "version": "0"})
    assert stale.status_code == 422
    assert "已由他人修改" in stale.text
    assert "后来的" in stale.text  # what was typed is not lost
    long = browser.post(address, {"text": "字" * 601, "version": "1"})
    assert long.status_code == 422
    assert "请精简" in long.text
    assert "重点" in enter(leader).get(PAGE).text
    derived = browser.post(address, {"text": "x", "version": "1", "derived": "1"})
    assert derived.status_code == 302
    assert BriefNote.objects.get().text == ""


def test_the_note_is_sent_to_what_the_address_says(cast: Cast) -> None:
    browser = enter(cast.coordinator)
    for query in ("side=510000", "quarter=2026Q4", "quarter=x"):
        answer = browser.post(f"{NOTE}?{query}", {"text": "x", "version": "0"})
        assert answer.status_code == 404, query
    body = {"text": "x", "version": "0", "side": "510000", "written_by": "1", "plan": "y"}
    browser.post(NOTE, body)
    note = BriefNote.objects.get()
    assert (note.side.code, note.written_by) == ("500000", cast.coordinator)


def test_the_api_tells_the_pages_figures_and_takes_the_wording(
    cast: Cast, leader: User, door: Any
) -> None:
    answer = door(leader).get(API, {"plan": "joint-2022", "period": "2026Q3"})
    own, other = answer.data["sides"]
    assert (own["side"], own["own"], own["expected"], own["waiting"]) == ("500000", True, 1, 1)
    assert (other["side"], other["approved"]) == ("510000", 1)
    assert "reported" not in other
    assert "ETag" not in answer.headers
    assert answer.data["advice"]
    office = door(cast.coordinator)
    assert office.get(API).headers["ETag"] == '"0"'
    assert office.put(API, {"text": "甲"}, format="json").status_code == 428
    put = {"format": "json", "HTTP_IF_MATCH": '"0"'}
    assert office.put(API, {"text": "甲", "side": "x"}, **put).status_code == 400
    written = office.put(API, {"text": "甲"}, **put)
    assert (written.status_code, written.data["advice"]) == (200, ["甲"])
    assert written.headers["ETag"] == '"1"'
    assert office.put(API, {"text": "乙"}, **put).status_code == 412
    assert door(leader).put(API, {"text": "乙"}, **put).status_code == 403
    assert door(cast.auditor).put(API, {"text": "乙"}, **put).status_code == 403
    assert door(leader).get(API, {"period": "2026Q5"}).status_code == 400
    assert door(leader).get(API, {"quarter": "2026Q3"}).status_code == 400


def test_a_closed_quarters_wording_stays(cast: Cast, door: Any) -> None:
    browser = enter(cast.coordinator)
    browser.post(NOTE, {"text": "当时的建议。", "version": "0"})
    cast.period.state, cast.period.closed_on = "closed", make.TODAY
    cast.period.save()
    address = f"{PAGE}?quarter=2026Q3"
    page = browser.get(address)
    assert "当时的建议。" in page.text
    assert "修改建议" not in page.text
    told = browser.post(
        f"{NOTE}?quarter=2026Q3", {"text": "改写历史。", "version": "1"}, follow=True
    )
    assert "已关闭，其建议不能再改" in told.text
    office = door(cast.coordinator)
    assert "ETag" not in office.get(API, {"period": "2026Q3"}).headers
    put = {"format": "json", "HTTP_IF_MATCH": '"1"'}
    answer = office.put(f"{API}?period=2026Q3", {"text": "改写历史。"}, **put)
    assert (answer.status_code, list(answer.data)) == (400, ["text"])
    assert BriefNote.objects.get().text == "当时的建议。"


# --- Word ----------------------------------------------------------------------------------------


def test_the_word_file_is_one_page_of_official_paper(cast: Cast, leader: User) -> None:
    answer = enter(leader).get(WORD)
    name = unquote(answer.headers["Content-Disposition"])
    assert name.endswith("重庆市双碳办2026年第3季度工作进展（一页）.docx")
    entry = AuditEntry.objects.get(verb="brief.download")
    assert entry.actor == leader
    document = Document(io.BytesIO(answer.content))
    section = document.sections[0]
    edges = [section.top_margin, section.bottom_margin, section.left_margin, section.right_margin]
    assert [round(edge.mm) for edge in edges if edge] == [37, 35, 28, 26]
    about = document.core_properties
    assert (about.author, about.last_modified_by) == ("重庆市双碳办", "重庆市双碳办")
    assert about.title.endswith("2026年第3季度工作进展")
    assert about.created == about.modified == make.NOW
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "代拟稿" in text
    heads = ["一、总体", "二、滞后", "三、需协调", "四、建议"]
    assert [line for line in text.splitlines() if re.match("[一二三四]、", line)] == heads
    xml = document.element.xml
    assert {"方正小标宋简体", "仿宋_GB2312", "黑体"} <= set(re.findall('eastAsia="([^"]+)"', xml))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows[1][0] == "重庆市"
    assert rows[1][-2:] == ["1/1", "0/1"]
    assert rows[2][-2:] == ["—", "1/1"]


def test_word_is_chinese_and_holds_the_offices_words(cast: Cast) -> None:
    browser = enter(cast.coordinator)
    browser.post(NOTE, {"text": "请重点调度。", "version": "0"})
    browser.cookies["django_language"] = "en"
    document = Document(io.BytesIO(browser.get(WORD).content))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "1. 请重点调度。" in text
    assert "截至2026年11月20日" in text


def test_a_full_page_still_fits(cast: Cast, leader: User) -> None:
    """Ten long late rows, five long requests, the longest wording: the smallest type takes it."""
    for n in range(14):
        task = make.TaskFactory(plan=cast.plan, overdue=n % 2 == 0, title="很长的任务名称" * 5)
        unit = make.UnitFactory(name=f"重庆市规划和自然资源管理局第{n}处")
        make.ProgressReportFactory(
            responsibility=make.ResponsibilityFactory(task=task, unit=unit),
            period=cast.period,
            approved=True,
            percent=5,
            coordination="请协调解决用地指标和建设资金。" * 10,
        )
    period = cast.period
    side = cast.plan.sides.get(jurisdiction__code="500000")
    text = "\n".join(["字" * 74] * 8)
    service.write(side, period, text=text, version=0, by=cast.coordinator, now=make.NOW)
    made = service.make(leader, side, period, make.TODAY)
    page = word_document.page_of(made)
    fitting = [n for n, one in enumerate(word_document.DENSITIES) if word_document._fits(page, one)]
    assert fitting
    assert fitting[0] > 0


def rendered(content: bytes, folder: Path) -> tuple[int, str]:
    """Pages and text, as LibreOffice's writer sets the file."""
    (folder / "brief.docx").write_bytes(content)
    program = shutil.which("soffice")
    need(program, "no LibreOffice on this machine")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program or "", profile, "--headless", "--convert-to", "pdf", "brief.docx"]
    made = subprocess.run(command, cwd=folder, capture_output=True, timeout=120, check=False)  # noqa: S603 - fixed words
    pdf = folder / "brief.pdf"
    need(pdf.exists(), f"LibreOffice has no writer: {made.stderr[-200:]!r}")
    read = [shutil.which("pdftotext") or "pdftotext", str(pdf), "-"]
    text = subprocess.run(read, capture_output=True, timeout=60, check=True)  # noqa: S603 - fixed words
    words = text.stdout.decode()
    return words.count("\f"), words


@pytest.mark.parametrize("tasks", [0, 14])
def test_writer_sets_it_on_one_page_and_loses_nothing(
    cast: Cast, leader: User, tmp_path: Path, tasks: int
) -> None:
    for n in range(tasks):
        task = make.TaskFactory(
            plan=cast.plan, overdue=n % 2 == 0, title=f"推进第{n}类重点工程建设"
        )
        unit = make.UnitFactory(name=f"重庆市规划自然资源局{n}处")
        make.ProgressReportFactory(
            responsibility=make.ResponsibilityFactory(task=task, unit=unit),
            period=cast.period,
            approved=True,
            percent=5,
            coordination="请协调解决用地指标和建设资金。" if n < 3 else "",
        )
    content = enter(leader).get(WORD).content
    document = Document(io.BytesIO(content))
    runs = [run for line in document.paragraphs[2:] for run in line.runs]
    assert min(size.pt for run in runs if (size := run.font.size)) >= 12
    assert {run.font.size.pt for run in _cells(document)} in ({10.5}, {12.0})
    number, words = rendered(content, tmp_path)
    assert number == 1
    shown = "".join(words.split())
    lines = [line.text for line in document.paragraphs] + [run.text for run in _cells(document)]
    assert [line for line in lines if "".join(line.split()) not in shown] == []


def _cells(document: Any) -> list[Any]:
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    return [run for cell in cells for run in cell.paragraphs[0].runs]
