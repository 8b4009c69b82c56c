"""催办函 and 商请函 as Word: one a unit, all of a sending zipped.

An official letter is in Chinese whatever the reader's language, so its own words are not in the
catalogue; those of each thing are the same as on the page. Units of the own side are urged;
others, and central bodies, are asked, without how late they are.
"""

import datetime
import io
import zipfile
from collections.abc import Sequence

from django.conf import settings
from django.utils import translation
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from tasks.documents.letter import BODY, RED, SENDER, TITLE, line_beneath
from tasks.documents.word import Paper
from tasks.models import UrgeUnit
from tasks.services.urge_letters import Sheet
from tasks.services.urge_words import sentence
from tracker.lib.workdays import SHANGHAI


def document(sheet: Sheet) -> bytes:
    """The letter, dated on the day of its sending, whenever it is taken."""
    part = sheet.part
    with translation.override(settings.LANGUAGE_CODE):
        made_at = part.urge.made_at.astimezone(SHANGHAI)
        paper = Paper(title_of(sheet), part.urge.office.name, made_at)
        _head(paper, sheet)
        paper.line(f"{sheet.name}：", BODY)
        lines = [paper.line(text, BODY, indent=2) for text in _body(sheet)]
        for line in lines[-2:]:  # who signs stands on no page without text
            line.paragraph_format.keep_with_next = True
        _signed(paper, part, sheet.sent_on)
        return paper.content()


def zipped(sheets: Sequence[Sheet]) -> bytes:
    """All letters in one archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            archive.writestr(file_name(sheet.part), document(sheet))
    return out.getvalue()


def file_name(part: UrgeUnit) -> str:
    """催2026-001催办函-重庆市能源局.docx."""
    with translation.override(settings.LANGUAGE_CODE):
        return f"{part.code}{part.get_kind_display()}-{_in_file(part.unit.name)}.docx"


def archive_name(parts: Sequence[UrgeUnit]) -> str:
    """催2026-001函件.zip; 商2026-001函件.zip where all are asked."""
    first = next((part for part in parts if part.is_urged), parts[0])
    return f"{first.code}函件.zip"


def _in_file(name: str) -> str:
    return "".join("_" if sign in '\\/:*?"<>|' else sign for sign in name)


def title_of(sheet: Sheet) -> str:
    """What it is about; the plan by name where it is one."""
    plans = sorted({item.params["plan"] for item in sheet.items})
    about = f"{plans[0]}有关事项" if len(plans) == 1 else "有关方案事项"
    return f"关于{about}的催办函" if sheet.part.is_urged else f"关于商请推进{about}的函"


def _head(paper: Paper, sheet: Sheet) -> None:
    sender = paper.line(sheet.part.urge.office.name, SENDER, align="center")
    sender.runs[0].font.color.rgb = RED
    line_beneath(sender)
    number = paper.line(sheet.part.code, BODY, before=6, after=16)
    number.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    paper.line(title_of(sheet), TITLE, align="center", after=16)


def _body(sheet: Sheet) -> list[str]:
    urge, own, number = sheet.part.urge, sheet.part.is_urged, len(sheet.items)
    made_on, by = _day(sheet.sent_on), _day(urge.answer_by)
    if own:
        opening = f"截至{made_on}，贵单位负责的下列{number}项事项尚未办理，请抓紧办理。"
    else:
        opening = f"为做好方案实施工作，现就下列{number}项事项商请贵单位支持推进。"
    lines = [_before(sheet) + opening]
    lines += [
        f"{n}. {sentence(item.kind, item.due_on, item.params, own=own)}"
        for n, item in enumerate(sheet.items, 1)
    ]
    lines += [text for text in urge.line.split("\n") if text.strip()]
    if own:
        return [*lines, f"请收到后签收，并于{by}前反馈办理情况。", "特此函告。"]
    return [*lines, f"请收到后签收，如有意见请于{by}前函复为盼。", "专此函商，请予支持。"]


def _before(sheet: Sheet) -> str:
    """Of which letter this is the repetition."""
    if sheet.first is None:
        return ""
    code, day = sheet.first
    return f"我办曾于{_day(day)}就有关事项致函（{code}）。"


def _signed(paper: Paper, part: UrgeUnit, day: datetime.date) -> None:
    """Who and when, at the right above where the seal goes; whom to ask, beneath."""
    for text, before in ((part.urge.office.name, 28), (_day(day), 0)):
        line = paper.line(text, BODY, before=before)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.right_indent = Pt(4 * BODY.size)
        line.paragraph_format.keep_with_next = True
    by = part.urge.made_by
    name, phone = (str(by), by.phone) if by else ("", "")
    text = f"（联系人：{name or '　　　'}；联系电话：{phone or '　　　　　'}）"
    paper.line(text, BODY, indent=2, before=14)


def _day(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
