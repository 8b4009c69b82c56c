"""《关于报送…进展情况的函》 as Word: the letter on A4, its table on a landscape sheet behind it.

An official letter is in Chinese whatever the reader's language, so its words are not in the
catalogue; the layout is that of letters in GB/T 9704.
"""

import datetime
from collections.abc import Callable
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.text.paragraph import Paragraph

from tasks.documents.word import HEAD_FACE, PAGE_HEIGHT, TITLE_FACE, Face, Paper
from tasks.services.letters import Letter, Row
from tracker.lib.text import listed

RED: Final = RGBColor(0xC0, 0x00, 0x00)
SENDER = Face(30, 40, TITLE_FACE)
TITLE = Face(22, 32, TITLE_FACE)
BODY = Face(16, 28)
HEAD = Face(16, 28, HEAD_FACE)
CELL = Face(9, 12)
SHEET_MARGIN: Final = 15  # mm, all round the table's sheet
LONGEST = 140  # signs of a text in the letter; the table has it whole
# Heads and widths in millimetres.
COLUMNS: Final = (
    ("序号", 9), ("重点任务", 24), ("工作内容", 28), ("牵头单位", 14), ("责任（配合）单位", 20),
    ("完成时限", 17), ("目前进展情况", 41), ("完成进度", 9), ("存在问题", 23), ("下一步工作", 23),
    ("是否需要协调", 14), ("状态", 11), ("责任人", 12), ("联系电话", 22),
)  # fmt: skip


def document(letter: Letter, now: datetime.datetime) -> bytes:
    """The file, made now."""
    with translation.override(settings.LANGUAGE_CODE):
        paper = Paper(title_of(letter), letter.name, now)
        _letter(paper, letter, now.date())
        _sheet(paper, letter, now.date())
        return paper.content()


def file_name(letter: Letter) -> str:
    """关于报送…进展情况的函.docx."""
    with translation.override(settings.LANGUAGE_CODE):
        return f"{letter.unit.name}{title_of(letter)}.docx"


def title_of(letter: Letter) -> str:
    """The title; a quarter's label is asked for in Chinese."""
    return f"关于报送{letter.period.plan.name}{letter.period.as_quarter.label}进展情况的函"


def _day(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


# --- the letter ----------------------------------------------------------------------------------


def _letter(paper: Paper, letter: Letter, day: datetime.date) -> None:
    sender = paper.line(letter.name, SENDER, align="center")
    sender.runs[0].font.color.rgb = RED
    line_beneath(sender)
    number = paper.line(f"〔{day.year}〕　　号", BODY, before=6, after=16)
    number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paper.line(title_of(letter), TITLE, align="center", after=16)
    paper.line(f"{letter.office}：", BODY)
    paper.line(_opening(letter), BODY, indent=2)
    for head, lines in _parts(letter):
        paper.line(head, HEAD, indent=2).paragraph_format.keep_with_next = True
        for line in lines:
            paper.line(line, BODY, indent=2)
    paper.line("特此函报。", BODY, indent=2)
    paper.line(f"附件：{_sheet_title(letter)}", BODY, indent=2, before=14)
    _signed(paper, letter, day)


def _opening(letter: Letter) -> str:
    text = (
        f"按照《{letter.period.plan.title}》任务分工和季度调度要求，现将我单位牵头的"
        f"{len(letter.rows)}项任务{letter.period.as_quarter.label}进展情况报送如下。"
    )
    if len(letter.filled) < len(letter.rows):
        text += f"本次报送{len(letter.filled)}项，其余另行报送。"
    return text


def _parts(letter: Letter) -> list[tuple[str, list[str]]]:
    """一、二、三, and 四 where something is asked for."""
    parts = [
        ("一、工作进展", _numbered(letter, _progress) or ["本季度尚无进展填报。"]),
        ("二、存在问题", _numbered(letter, lambda row: _text(row, "problems")) or ["无。"]),
        (
            "三、下一步工作",
            _numbered(letter, lambda row: _text(row, "next_steps")) or ["无。"],
        ),
    ]
    asks = _numbered(letter, lambda row: _text(row, "coordination"))
    return [*parts, ("四、需协调事项", asks)] if asks else parts


def _numbered(letter: Letter, text_of: Callable[[Row], str]) -> list[str]:
    told = [(row.side.task.title, text_of(row)) for row in letter.filled]
    told = [(title, text) for title, text in told if text]
    return [f"{number}. {title}。{text}" for number, (title, text) in enumerate(told, 1)]


def _progress(row: Row) -> str:
    if row.report is None or row.report.percent is None:
        return _text(row, "progress")
    return f"完成进度{row.report.percent}%。{_text(row, 'progress')}"


def _text(row: Row, name: str) -> str:
    """A text of the report in one line, cut where the table goes on."""
    text = " ".join(str(getattr(row.report, name, "")).split())
    if text in {"", "无", "无。"}:
        return ""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}……（详见附件）"


def _signed(paper: Paper, letter: Letter, day: datetime.date) -> None:
    """Who and when, at the right above where the seal goes; whom to ask, beneath."""
    for text, before in ((letter.name, 42), (_day(day), 0)):
        line = paper.line(text, BODY, before=before)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Pt(4 * BODY.size)
        line.paragraph_format.keep_with_next = True
    liaison, phone = letter.liaison or "　　　", letter.phone or "　　　　　"
    text = f"（联系人：{liaison}；联系电话：{phone}）"
    paper.line(text, BODY, indent=2, before=14)


def line_beneath(paragraph: Paragraph) -> None:
    """The double red line under the sender of a letter."""
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:bottom")
    for name, value in (
        ("val", "thickThinSmallGap"), ("sz", "24"), ("space", "6"), ("color", str(RED)),
    ):  # fmt: skip
        line.set(qn(f"w:{name}"), value)
    borders.append(line)
    properties = paragraph._p.get_or_add_pPr()
    properties.find(qn("w:spacing")).addprevious(borders)


# --- the table -----------------------------------------------------------------------------------


def _sheet_title(letter: Letter) -> str:
    return f"{letter.unit.name}{letter.period.as_quarter.label}进展情况表"


def _sheet(paper: Paper, letter: Letter, day: datetime.date) -> None:
    section = paper.document.add_section(WD_SECTION.NEW_PAGE)
    section.orientation = WD_ORIENT.LANDSCAPE
    section.page_width, section.page_height = Mm(PAGE_HEIGHT), Mm(210)
    section.left_margin = section.right_margin = Mm(SHEET_MARGIN)
    section.top_margin = section.bottom_margin = Mm(SHEET_MARGIN)
    paper.line("附件", Face(14, 22, HEAD_FACE))
    paper.line(_sheet_title(letter), Face(20, 28, TITLE_FACE), align="center", after=6)
    _ends(paper, f"填报单位（盖章）：{letter.name}", f"填报时间：{_day(day)}")
    rows = [_cells(number, row) for number, row in enumerate(letter.rows, 1)]
    heads, widths = zip(*COLUMNS, strict=True)
    paper.table(heads, rows, widths, CELL, left=(1, 2, 4, 6, 8, 9, 10))


def _ends(paper: Paper, left: str, right: str) -> None:
    """One line with words at both ends of the landscape sheet."""
    paragraph: Any = paper.line(f"{left}\t{right}", Face(12, 18), after=4)
    paragraph.paragraph_format.tab_stops.add_tab_stop(
        Mm(PAGE_HEIGHT - 2 * SHEET_MARGIN), 2
    )  # at the right


def _cells(number: int, row: Row) -> list[str]:
    side, report = row.side, row.report
    task, due = side.task, side.due_on_in_force
    percent = report.percent if report else None
    return [
        str(number),
        task.title,
        task.summary,
        side.unit.name,
        listed(row.helpers),
        due.isoformat() if due else "",
        report.progress if report else "未填报",
        "" if percent is None else f"{percent}%",
        report.problems if report else "",
        report.next_steps if report else "",
        (report.coordination if report else "") or "否",
        side.get_state_display(),
        side.leader or side.liaison,
        side.phone,
    ]
