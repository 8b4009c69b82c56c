"""通报（代拟稿） as Word: 刊头, figures, whom to name, what is asked; the list behind it.

An official paper is in Chinese whatever the reader's language, so its words are not in the
catalogue. The number and the day of issue are left to those who issue it.
"""

import datetime
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.utils import translation
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Pt

from tasks.documents.letter import RED, line_beneath
from tasks.documents.word import HEAD_FACE, TITLE_FACE, Face, Paper
from tasks.services.brief.circular import Circular, Named
from tasks.services.brief.making import Brief
from tasks.services.brief.rows import Line
from tasks.states import LightWord
from tracker.lib.figures import percent_of
from tracker.lib.text import listed
from tracker.lib.workdays import add_workdays

MASTHEAD = Face(34, 46, TITLE_FACE)
TITLE = Face(22, 32, TITLE_FACE)
BODY = Face(16, 28)
HEAD = Face(16, 28, HEAD_FACE)
CELL = Face(10.5, 15)
MEND_WORKDAYS = 5
HEADS: Final = ("序号", "牵头单位", "任务", "完成时限", "进度", "问题")
WIDTHS: Final = (11, 32, 47, 25, 15, 26)


def document(brief: Brief, now: datetime.datetime) -> bytes:
    """The file, made now."""
    with translation.override(settings.LANGUAGE_CODE):
        circular = Circular(brief)
        paper = Paper(title_of(brief), str(brief.side.office), now)
        paper.number_pages()
        _masthead(paper, brief)
        paper.line(title_of(brief), TITLE, align="center", before=16, after=16)
        paper.line("各牵头单位：", BODY)
        for head, lines in _parts(circular):
            paper.line(head, HEAD, indent=2).paragraph_format.keep_with_next = True
            for line in lines:
                last = paper.line(line, BODY, indent=2)
        last.paragraph_format.keep_with_next = True  # no page with the signature alone
        listing = _rows(circular)
        if listing:
            last = paper.line("附件：未达进度和逾期任务清单", BODY, indent=2, before=14)
            last.paragraph_format.keep_with_next = True
        _signed(paper, brief)
        if listing:
            _listing(paper, listing)
        return paper.content()


def title_of(brief: Brief) -> str:
    """关于…进展情况的通报; the quarter's label is asked for in Chinese."""
    quarter = brief.period.as_quarter.label if brief.period else ""
    return f"关于{brief.side.plan.name}{quarter}进展情况的通报"


def _masthead(paper: Paper, brief: Brief) -> None:
    mark = paper.line("代拟稿", HEAD)
    mark.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    head = paper.line("情况通报", MASTHEAD, align="center")
    head.runs[0].font.color.rgb = RED
    paper.line("第　　期", BODY, align="center", after=6)
    line = paper.line("", BODY)
    line_beneath(line)
    paper.ends(str(brief.side.office), "　　　年　　月　　日", BODY)


def _parts(circular: Circular) -> list[tuple[str, list[str]]]:
    return [
        ("一、总体情况", _overall(circular)),
        ("二、存在问题", _problems(circular)),
        ("三、下一步要求", _demands(circular)),
    ]


def _overall(circular: Circular) -> list[str]:
    brief, own = circular.brief, circular.brief.own
    day, total = brief.day, own.total
    kinds = (
        ("已完成", circular.done),
        ("达进度", circular.on_pace),
        ("欠进度", circular.behind),
        ("逾期（含期满未办结）", circular.late),
        ("中止、结转", circular.set_aside),
    )
    counts = [
        f"{word}{len(rows)}项，占{percent_of(len(rows), total)}%"
        for word, rows in kinds
        if rows or word != "中止、结转"
    ]
    place = brief.side.jurisdiction.name
    sentences = [
        f"截至{day.year}年{day.month}月{day.day}日，{place}牵头任务共{total}项，其中"
        + "；".join(counts)
        + "。"
    ]
    if brief.period and own.is_close:
        sentences.append(
            f"{brief.period.as_quarter.label}应报{own.expected}项，已报{own.reported}项"
            f"（{percent_of(own.reported, own.expected)}%），其中已审核{own.approved}项；"
            f"已退回未重报{own.returned}项，未报{own.missing}项。"
        )
    return sentences


def _problems(circular: Circular) -> list[str]:
    """Each kind of problem with the units suggested to be named."""
    overdue = circular.named_late(LightWord.OVERDUE)
    expired = circular.named_late(LightWord.EXPIRED)
    kinds = (
        ("任务逾期", overdue),
        ("方案期满未办结", expired),
        ("进度滞后", circular.named_behind),
        ("进展未报", circular.named_missing),
        ("退回后未重报", circular.named_returned),
    )
    found = [(words, named) for words, named in kinds if named]
    lines = [
        f"（{_numeral(n)}）{words}。建议点名{len(named)}个单位：{_units(named)}。"
        for n, (words, named) in enumerate(found, 1)
    ]
    return lines or ["各单位按要求推进和报送，没有需要点名的单位。"]


def _units(named: Sequence[Named]) -> str:
    return "；".join(f"{one.unit}（任务{listed(one.numbers)}）" for one in named)


def _numeral(number: int) -> str:
    return "一二三四五六七八九十"[number - 1]


def _demands(circular: Circular) -> list[str]:
    day = add_workdays(circular.brief.today, MEND_WORKDAYS)
    until = f"{day.month}月{day.day}日前"
    lines = []
    if circular.late:
        lines.append(
            f"逾期和期满未办结的单位请于{until}说明原因，明确办结时限，确需延期的按程序报批。"
        )
    if circular.behind:
        lines.append("进度滞后的单位请分析原因，提出赶进度的措施，落实到责任处室和责任人。")
    if circular.named_missing or circular.named_returned:
        lines.append(f"未报、退回未重报的单位请于{until}补报，此后每季度按时报送。")
    lines.append("各单位请对照年度节点自查，需要协调的事项随季度进展一并提出。")
    return [f"{number}. {line}" for number, line in enumerate(lines, 1)]


def _signed(paper: Paper, brief: Brief) -> None:
    """Who issues it, at the right; the day is entered by hand."""
    for text, before in ((str(brief.side.office), 36), ("　　　年　　月　　日", 0)):
        line = paper.line(text, BODY, before=before)
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        line.paragraph_format.keep_with_next = before > 0
        line.paragraph_format.right_indent = Pt(2 * BODY.size)


def _rows(circular: Circular) -> list[list[str]]:
    """What is late first, then what is behind; nobody who is not to be named."""
    groups = (
        circular.named_late(LightWord.OVERDUE),
        circular.named_late(LightWord.EXPIRED),
        circular.named_behind,
    )
    lines = [line for group in groups for named in group for line in named.lines]
    return [[str(n), *_cells(line)] for n, line in enumerate(lines, 1)]


def _cells(line: Line) -> list[str]:
    task = line.side.task
    percent = "—" if not line.told else "未报" if line.percent is None else f"{line.percent}%"
    return [
        line.side.unit.name,
        f"{task.number}. {task.title}",
        line.due.isoformat() if line.due else "",
        percent,
        f"{line.word.light.shape}{line.word.label}",
    ]


def _listing(paper: Paper, rows: Sequence[Sequence[str]]) -> None:
    paper.document.add_page_break()
    paper.line("附件", Face(14, 22, HEAD_FACE))
    paper.line("未达进度和逾期任务清单", Face(20, 28, TITLE_FACE), align="center", after=6)
    paper.table(HEADS, rows, WIDTHS, CELL, left=(1, 2))
