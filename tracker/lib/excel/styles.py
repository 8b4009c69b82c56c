"""The look of sheets: plain, as an office expects it; colour stands for a light alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils.indexed_list import IndexedList

from tracker.lib.columns import Align, Cell, Column, Mark, NotedDate

if TYPE_CHECKING:
    from openpyxl import Workbook

TITLE_FACE: Final = "方正小标宋简体"
HEAD_FACE: Final = "黑体"
BODY_FACE: Final = "仿宋_GB2312"
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


def set_ground(workbook: Workbook) -> None:
    """Set the font in which Excel counts the widths of columns.

    openpyxl's is Calibri; where that is not installed, columns come out a third too wide. Arial,
    or a font of its measures, is everywhere.
    """
    font = Font(name=GROUND_FACE, size=GROUND_SIZE)
    # There is no public way to the default font.
    workbook._fonts = IndexedList([font])  # type: ignore[attr-defined]  # not in the stubs
    workbook._named_styles["Normal"].font = font  # type: ignore[attr-defined]  # not in the stubs


def title_style() -> NamedStyle:
    """Return the style of the line over the table."""
    return NamedStyle(
        "表题", font=Font(name=TITLE_FACE, size=TITLE_SIZE, color=INK), alignment=_aligned("center")
    )


def lead_style() -> NamedStyle:
    """Return the style of the sentence that says it all."""
    return NamedStyle(
        "题要", font=Font(name=HEAD_FACE, size=LEAD_SIZE, color=INK), alignment=_aligned("left")
    )


def line_style(align: Align) -> NamedStyle:
    """Return the style of the lines around the table: who reports, when, notes."""
    return NamedStyle(
        f"题注-{align}",
        font=Font(name=BODY_FACE, size=BODY_SIZE, color=INK),
        alignment=_aligned(align),
    )


def head_style() -> NamedStyle:
    """Return the style of the head row."""
    return NamedStyle(
        "表头",
        font=Font(name=HEAD_FACE, size=BODY_SIZE, color=INK),
        fill=PatternFill("solid", start_color=HEAD_TINT),
        border=_BOX,
        alignment=_aligned("center"),
    )


def section_style() -> NamedStyle:
    """Return the style of a line between the rows of a table."""
    return NamedStyle(
        "表内分节",
        font=Font(name=HEAD_FACE, size=BODY_SIZE, color=INK),
        border=_BOX,
        alignment=_aligned("left"),
    )


def body_style(column: Column, value: Cell = None) -> NamedStyle:
    """Return the style of the column's cells: in a mark's colours, with a noted date's format."""
    mark = value if isinstance(value, Mark) else None
    colour = (mark.colour if mark else INK).lstrip("#")
    style = NamedStyle(
        body_style_name(column, value),
        font=Font(name=BODY_FACE, size=BODY_SIZE, color=colour),
        border=_BOX,
        alignment=_aligned(column.alignment),
        number_format=value.number_format
        if isinstance(value, NotedDate)
        else column.format.number_format,
    )
    if mark:
        style.fill = PatternFill("solid", start_color=mark.tint.lstrip("#"))
    return style


def body_style_name(column: Column, value: Cell = None) -> str:
    """Return the name of the style of the column's cells."""
    name = f"正文-{column.format.key}-{column.alignment}"
    if isinstance(value, Mark):
        return f"{name}-{value.colour}"
    return f"{name}{value.note}" if isinstance(value, NotedDate) else name


def _aligned(align: Align) -> Alignment:
    return Alignment(horizontal=align, vertical="center", wrap_text=True)
