"""The look of sheets: plain, as an office expects it; colour stands for a light alone."""

from __future__ import annotations

from typing import Final

from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

from tracker.lib.columns import Align, Column, Mark

TITLE_FACE: Final = "方正小标宋简体"
HEAD_FACE: Final = "黑体"
BODY_FACE: Final = "仿宋_GB2312"
INK: Final = "1D2733"
LINE: Final = "C8D0D6"
HEAD_TINT: Final = "E6EEEA"

BODY_SIZE: Final = 12
TITLE_SIZE: Final = 22

_EDGE: Final = Side(style="thin", color=LINE)
_BOX: Final = Border(left=_EDGE, right=_EDGE, top=_EDGE, bottom=_EDGE)


def title_style() -> NamedStyle:
    """Return the style of the line over the table."""
    return NamedStyle(
        "表题", font=Font(name=TITLE_FACE, size=TITLE_SIZE, color=INK), alignment=_aligned("center")
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


def body_style(column: Column, mark: Mark | None = None) -> NamedStyle:
    """Return the style of the column's cells, in the colours of the mark if there is one."""
    colour = (mark.colour if mark else INK).lstrip("#")
    style = NamedStyle(
        body_style_name(column, mark),
        font=Font(name=BODY_FACE, size=BODY_SIZE, color=colour),
        border=_BOX,
        alignment=_aligned(column.alignment),
        number_format=column.format.number_format,
    )
    if mark:
        style.fill = PatternFill("solid", start_color=mark.tint.lstrip("#"))
    return style


def body_style_name(column: Column, mark: Mark | None = None) -> str:
    """Return the name of the style of the column's cells."""
    name = f"正文-{column.format.key}-{column.alignment}"
    return f"{name}-{mark.colour}" if mark else name


def _aligned(align: Align) -> Alignment:
    return Alignment(horizontal=align, vertical="center", wrap_text=True)
