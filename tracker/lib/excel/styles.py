"""The look of sheets: plain, as an office expects it; colour stands for a light alone."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Final, cast

from openpyxl import Workbook
from openpyxl.cell import Cell as ExcelCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.styles.stylesheet import write_stylesheet
from openpyxl.utils.indexed_list import IndexedList
from openpyxl.xml.functions import tostring

from tracker.lib.columns import Align, Cell, Column, Mark, NotedDate

TITLE_FACE: Final = "方正小标宋简体"
HEAD_FACE: Final = "黑体"
BODY_FACE: Final = "仿宋"  # with every Chinese Windows, WPS and Kylin; 仿宋_GB2312 is not
# What a machine without the face goes by: the script, and with or without serifs.
GB2312: Final = 134
FAMILIES: Final = {TITLE_FACE: 1, HEAD_FACE: 2, BODY_FACE: 1}
INK: Final = "1D2733"
LINE: Final = "C8D0D6"
HEAD_TINT: Final = "E6EEEA"

GROUND_FACE: Final = "Arial"
GROUND_SIZE: Final = 10  # a digit of it is measure.PIXELS_PER_WIDTH wide
BODY_SIZE: Final = 12
TITLE_SIZE: Final = 22
LEAD_SIZE: Final = 14

_EDGE: Final = Side(style="thin", color=LINE)
_BOX: Final = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)


@dataclass(frozen=True, slots=True)
class Look:
    """How a cell looks. `quoted` ones are texts that Excel would take for a formula when edited."""

    name: str
    align: Align
    face: str = BODY_FACE
    size: int = BODY_SIZE
    colour: str = INK
    tint: str = ""
    is_boxed: bool = True
    number_format: str = "General"
    quoted: bool = False

    def style(self) -> NamedStyle:
        """Return the style as openpyxl knows it."""
        style = NamedStyle(
            self.name,
            font=Font(
                name=self.face,
                size=self.size,
                color=self.colour,
                charset=GB2312,
                family=FAMILIES[self.face],
            ),
            alignment=Alignment(horizontal=self.align, vertical="center", wrap_text=True),
            number_format=self.number_format,
        )
        if self.is_boxed:
            style.border = _BOX
        if self.tint:
            style.fill = PatternFill("solid", start_color=self.tint)
        return style


class Looks:
    """The looks of a book's cells, numbered in the order of their first use."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, bool], int] = {}
        self.used: list[Look] = []

    def number(self, look: Look) -> int:
        """Return by which number a cell names its look; 0 is that of a cell without one."""
        key = (look.name, look.quoted)
        if key not in self._numbers:
            self.used.append(look)
            self._numbers[key] = len(self.used)
        return self._numbers[key]


@functools.lru_cache(maxsize=64)
def styles_part(looks: tuple[Look, ...]) -> bytes:
    """Return the part of a book that holds its styles, as openpyxl writes it."""
    workbook = Workbook(write_only=True)
    set_ground(workbook)
    page = workbook.create_sheet()
    for number, look in enumerate(looks, 1):
        cell = WriteOnlyCell(page)
        put_on(cell, look, workbook)
        if cell.style_id != number:
            raise ValueError(f"{look.name} has number {cell.style_id} instead of {number}.")
    return cast(bytes, tostring(write_stylesheet(workbook)))


def put_on(cell: ExcelCell, look: Look, workbook: Workbook) -> None:
    """Give the cell the look, as a named style of the workbook."""
    if look.name not in workbook.named_styles:
        workbook.add_named_style(look.style())
    cell.style = look.name
    cell.quotePrefix = look.quoted


def set_ground(workbook: Workbook) -> None:
    """Set the font in which Excel counts the widths of columns.

    openpyxl's is Calibri; where that is not installed, columns come out a third too wide. Arial,
    or a font of its measures, is everywhere.
    """
    font = Font(name=GROUND_FACE, size=GROUND_SIZE)
    # There is no public way to the default font.
    workbook._fonts = IndexedList([font])  # type: ignore[attr-defined]  # not in the stubs
    workbook._named_styles["Normal"].font = font  # type: ignore[attr-defined]  # not in the stubs


TITLE: Final = Look("表题", "center", TITLE_FACE, TITLE_SIZE, is_boxed=False)
LEAD: Final = Look(
    "题要", "left", HEAD_FACE, LEAD_SIZE, is_boxed=False
)  # the line that says it all
HEAD: Final = Look("表头", "center", HEAD_FACE, tint=HEAD_TINT)
SECTION: Final = Look("表内分节", "left", HEAD_FACE)  # a line between the rows of a table


def line_look(align: Align) -> Look:
    """Return the look of the lines around the table: who reports, when, notes."""
    return Look(f"题注-{align}", align, is_boxed=False)


def body_look(column: Column, value: Cell = None, *, quoted: bool = False) -> Look:
    """Return the look of the column's cells: in a mark's colours, with a noted date's format."""
    mark = value if isinstance(value, Mark) else None
    return Look(
        body_name(column, value),
        column.alignment,
        colour=mark.colour.lstrip("#") if mark else INK,
        tint=mark.tint.lstrip("#") if mark else "",
        number_format=value.number_format
        if isinstance(value, NotedDate)
        else column.format.number_format,
        quoted=quoted,
    )


def body_name(column: Column, value: Cell = None) -> str:
    """Return the name of the look of the column's cells."""
    name = f"正文-{column.format.key}-{column.alignment}"
    if isinstance(value, Mark):
        return f"{name}-{value.colour}"
    return f"{name}-{value.number_format}" if isinstance(value, NotedDate) else name
