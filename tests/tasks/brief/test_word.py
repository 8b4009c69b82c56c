"""The brief's Word file: what stands in it, on one page of official paper."""

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from docx import Document

from tasks.documents import brief as word_document
from tasks.services import brief as service
from tests import factories as make
from tests.api.conftest import Cast
from tests.needed import need
from tests.tasks.brief.conftest import NOTE, WORD, enter
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db


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
