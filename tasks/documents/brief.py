"""The one-page brief as a Word document, in Chinese whatever the reader's language."""

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from tasks.documents.word import (
    BOTTOM,
    CELL_SIDE,
    HEAD_FACE,
    PAGE_HEIGHT,
    TITLE_FACE,
    TOP,
    WIDTH,
    Face,
    Paper,
)
from tasks.services.brief import words
from tasks.services.brief.making import Brief
from tasks.services.brief.room import LEAST, ROOMS, Room
from tasks.services.brief.rows import LIGHTS, Line, SideFigures, late_label
from tracker.lib.text import day_text

POINTS = 72 / 25.4  # in a millimetre
NARROW = {" ": 0.25, ".": 0.25, ",": 0.25, "-": 0.34, "/": 0.28, "%": 0.84}
LATIN = 0.56  # of an em, on the average; a figure takes half of one
BETWEEN = 0.25  # what Word puts between Chinese and Latin
USUAL_TITLE, LESS_TITLE = Face(22, 30, TITLE_FACE), Face(20, 26, TITLE_FACE)
LATE_WIDTHS = (64, 38.8, 10.6, 42.6)
HEAD_SIDE, HEAD_SIGN = 2.0, 4.25  # millimetres: of a column, and of each sign of its head


@dataclass(frozen=True)
class Density:
    """Sizes of type: the largest with which the page holds everything is taken.

    The last one takes of the margins, too.
    """

    body: Face
    table: Face
    title: Face = USUAL_TITLE
    gap: float = 4
    top: float = TOP
    bottom: float = BOTTOM

    @property
    def head(self) -> Face:
        return Face(self.body.size, self.body.leading, HEAD_FACE)


# 三号 and 四号 with the leading of GB/T 9704 where they fit, else 小四 with 五号 in tables, of the
# margins if need be; less only where even the shortest page is too long for that.
EASY = (
    Density(Face(16, 28), Face(12, 18), gap=6),
    Density(Face(14, 24), Face(12, 17), gap=6),
    Density(Face(14, 22), Face(10.5, 15)),
    Density(Face(12, 20), Face(10.5, 15)),
    Density(Face(12, 17), Face(10.5, 14), gap=3),
    Density(Face(12, 17), Face(10.5, 14), gap=3, top=30, bottom=27),
    Density(Face(12, 16), Face(10.5, 13), gap=2, top=25, bottom=22),
    Density(Face(12, 15.5), Face(10.5, 12.5), title=LESS_TITLE, gap=1, top=22, bottom=20),
)
TIGHT = (
    Density(Face(10.5, 14.5), Face(9, 11.5), title=LESS_TITLE, gap=2, top=22, bottom=20),
    Density(Face(9, 12), Face(7.5, 9.5), title=Face(18, 23, TITLE_FACE), gap=1, top=22, bottom=20),
)
DENSITIES = EASY + TIGHT


@dataclass(frozen=True)
class Table:
    """Heads, rows, widths in millimetres, and which columns are not centred.

    A row of one cell goes across: it says what the rows beneath it are.
    """

    heads: list[str]
    rows: list[list[str]]
    widths: Sequence[float]
    left: tuple[int, ...] = ()


Part = str | Table


@dataclass(frozen=True)
class Page:
    """What stands on the page, before its sizes are known."""

    title: str
    left: str
    right: str
    sections: list[tuple[str, list[Part]]]


def document(brief: Brief, now: datetime.datetime) -> bytes:
    """The file, made now; one page of A4."""
    with translation.override(settings.LANGUAGE_CODE):
        page = page_of(brief)
        density = next((one for one in DENSITIES if _fits(page, one)), DENSITIES[-1])
        office = str(brief.side.office)
        paper = Paper(page.title, office, now, top=density.top, bottom=density.bottom)
        _set(paper, page, density)
        return paper.content()


def fitted(brief: Brief) -> Brief:
    """The brief with as much named as one page holds in a type that is read with ease."""
    with translation.override(settings.LANGUAGE_CODE):
        return replace(brief, room=next((r for r in ROOMS if _is_easy(brief, r)), LEAST))


def _is_easy(brief: Brief, room: Room) -> bool:
    page = page_of(replace(brief, room=room))
    return any(_fits(page, density) for density in EASY)


def page_of(brief: Brief) -> Page:
    """The words of the page, the same as on the screen."""
    return Page(
        title=words.title(brief),
        left=str(brief.side.office),
        right=_("%(day)s　代拟稿") % {"day": day_text(brief.today)},
        sections=[
            (_("一、总体"), ["".join(words.overall(brief)), _sides(brief)]),
            (_("二、滞后"), _late(brief)),
            (_("三、需协调"), _asks(brief)),
            (_("四、建议"), _numbered(words.advice(brief))),
        ],
    )


def _numbered(sentences: Sequence[str]) -> list[Part]:
    return [f"{n}. {sentence}" for n, sentence in enumerate(sentences, 1)]


def _sides(brief: Brief) -> Table:
    heads = [_("所属方"), _("任务"), *(str(label) for label, _words in LIGHTS)]
    heads += [_("已报"), _("已审核")]
    rows = [
        [words.place_of(one), str(one.total), *map(str, one.lights), *_filed(one)]
        for one in brief.sides
    ]
    wide = [HEAD_SIDE + HEAD_SIGN * max(2.4, len(head)) for head in heads[1:]]
    widths = [WIDTH - sum(wide), *wide]
    return Table(heads, rows, widths)


def _filed(one: SideFigures) -> list[str]:
    """已报 and 已审核 of what was due, as far as they may be known."""
    return [
        f"{one.reported}/{one.expected}" if one.is_close else "—",
        f"{one.approved}/{one.expected}" if one.is_told else "—",
    ]


def _late(brief: Brief) -> list[Part]:
    if not brief.late_total:
        return [words.late_counts(brief)]
    rows: list[list[str]] = []
    for kind, lines, number in brief.late:
        if lines:
            words_of_kind = {"kind": f"{kind.light.shape}{late_label(kind)}", "number": number}
            rows.append([_("%(kind)s（%(number)d项）") % words_of_kind])
        rows += [_late_row(line, brief.room) for line in lines]
    heads = [_("任务"), _("牵头单位"), _("进度"), _("自何时起")]
    table = Table(heads, rows, LATE_WIDTHS, left=(0, 1))
    return [words.late_counts(brief), table, *filter(None, [words.late_rest(brief)])]


def _late_row(line: Line, room: Room) -> list[str]:
    return [
        _title(line, room),
        line.side.unit.name,
        percent_words(line.percent, told=line.told),
        line.since_words,
    ]


def _title(line: Line, room: Room) -> str:
    """Number and title."""
    task = line.side.task
    return f"{task.number}. {words.cut(task.title, room.title_length)}"


def percent_words(percent: int | None, *, told: bool) -> str:
    """65%; 未报 where nothing has been approved; a dash where the reader is not told."""
    if not told:
        return "—"
    return _("未报") if percent is None else f"{percent}%"


def _asks(brief: Brief) -> list[Part]:
    if not brief.asks:
        return [words.no_asks(brief)]
    sentences = [words.ask_line(ask, brief.room) for ask in brief.asks_shown]
    return [*_numbered(sentences), *filter(None, [words.asks_rest(brief)])]


# --- sizes ---------------------------------------------------------------------------------------


def _fits(page: Page, density: Density) -> bool:
    height = density.title.leading * _lines(page.title, density.title, WIDTH * POINTS)
    height += density.body.leading + 2 * density.gap
    for _head, parts in page.sections:
        height += density.head.leading + density.gap
        height += sum(_height(part, density) for part in parts)
    room = PAGE_HEIGHT - density.top - density.bottom
    return height <= room * POINTS - density.body.leading


def _height(part: Part, density: Density) -> float:
    if isinstance(part, str):
        return density.body.leading * _lines(f"　　{part}", density.body, WIDTH * POINTS)
    rows = [part.heads, *part.rows]
    rules = 0.5 * (len(rows) + 1)
    return rules + density.table.leading * sum(_row_lines(row, part, density) for row in rows)


def _row_lines(row: Sequence[str], table: Table, density: Density) -> int:
    widths = table.widths if len(row) > 1 else [sum(table.widths)]
    cells = zip(row, [width * POINTS - 2 * CELL_SIDE for width in widths], strict=True)
    return max(_lines(text, density.table, room, between=0) for text, room in cells)


def _lines(text: str, face: Face, room: float, *, between: float = BETWEEN) -> int:
    """How many lines it takes; half an em of a line is lost to signs that may not begin one."""
    ems = sum(_em(character) for character in text)
    ems += between * sum(a.isascii() != b.isascii() for a, b in pairwise(text))
    if ems * face.size <= room:
        return 1
    return math.ceil(ems * face.size / (room - face.size / 2))


def _em(character: str) -> float:
    if not character.isascii():
        return 1
    return 0.5 if character.isdigit() else NARROW.get(character, LATIN)


# --- setting -------------------------------------------------------------------------------------


def _set(paper: Paper, page: Page, density: Density) -> None:
    paper.line(page.title, density.title, align="center", after=density.gap)
    paper.ends(page.left, page.right, density.body, after=density.gap)
    for head, parts in page.sections:
        paper.line(head, density.head, indent=2, before=density.gap)
        for part in parts:
            if isinstance(part, str):
                paper.line(part, density.body, indent=2)
            else:
                paper.table(part.heads, part.rows, part.widths, density.table, left=part.left)
