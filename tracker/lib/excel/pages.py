"""How a sheet is set up to be printed, and how it falls onto pages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties

from tracker.lib.columns import Bars
from tracker.lib.excel import charts, measure

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

PAPER: Final = {"A3": 8, "A4": 9}
FOOT_FONT: Final = '&"宋体"&10'
LANDSCAPE: Final = {"A3": (1190.55, 841.89), "A4": (841.89, 595.28)}  # in points
ACROSS, UP, DOWN, WITHIN = 0.4, 0.6, 0.7, 0.3  # the margins and what stands in them, in inches
POINTS_A_WIDTH: Final = measure.PIXELS_PER_WIDTH * 0.75
MOST_ROWS: Final = 400  # of a sheet that is looked at; longer ones have no page to lose
ROW_HEIGHT: Final = re.compile(rb'<row (?:[^>]* )?ht="([0-9.]+)"')
NEARLY_EMPTY: Final = 1 / 3  # of a page
LEAST_SCALE: Final = 8 / 12  # of what is read: 8 points
LEAST_CHANGE: Final = 0.8  # of what the width alone would give


@dataclass(frozen=True, slots=True)
class Page:
    """What a sheet has besides its rows: all that openpyxl is told of it.

    The row `head` is repeated on each page, `sticky` columns stay in view, `high` is on how many
    pages one above the other it prints, 0 for as many as it takes.
    """

    tab: str
    widths: tuple[float, ...]
    paper: str
    head: int
    sticky: int
    foot: str
    high: int
    area: str
    filtered: str = ""
    merged: tuple[str, ...] = ()
    breaks: tuple[int, ...] = ()
    bars: tuple[Bars, ...] = ()


def foot() -> str:
    """The number of the page."""
    return FOOT_FONT + _("第 &P 页  共 &N 页")


def open_sheet(workbook: Workbook, page: Page) -> Worksheet:
    """Add the sheet with what stands before its rows."""
    # The write-only sheet has the page's settings too; only the stubs do not say so.
    sheet = cast("Worksheet", workbook.create_sheet(page.tab))
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.sheet_view.showGridLines = False
    sheet.freeze_panes = f"{get_column_letter(page.sticky + 1)}{page.head + 1}"
    for number, width in enumerate(page.widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    return sheet


def close_sheet(sheet: Worksheet, page: Page) -> None:
    """Add what stands behind the rows: paper, margins, number of the page, filter, charts."""
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = PAPER[page.paper]
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, page.high
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = ACROSS
    margins.top, margins.bottom = UP, DOWN
    margins.header = margins.footer = WITHIN
    if sheet.oddFooter is not None:  # there in every new sheet
        sheet.oddFooter.center.text = page.foot
    sheet.print_title_rows = f"{page.head}:{page.head}"
    sheet.print_area = page.area
    if page.filtered:
        sheet.auto_filter.ref = page.filtered
    for area in page.merged:
        sheet.merged_cells.add(area)
    for row in page.breaks:
        sheet.row_breaks.append(Break(id=row))
    for bars in page.bars:
        charts.add(sheet, bars, column=len(page.widths))


def pages_high(heights: Sequence[float], widths: Sequence[float], paper: str, head: int) -> int:
    """On how many pages to print; 0 for as many as it takes.

    A little smaller where that saves a last page with few rows. `heights` are the rows' from the
    top, of which the row `head` is repeated on each page.
    """
    across, down = LANDSCAPE[paper]
    room = down - (UP + DOWN) * 72
    usual = min(1.0, (across - 2 * ACROSS * 72) / (sum(widths) * POINTS_A_WIDTH))
    count, rest = _fall(heights, heights[head - 1], room / usual)
    if count == 1 or rest > NEARLY_EMPTY:
        return 0
    least = max(LEAST_SCALE, usual * LEAST_CHANGE)
    return count - 1 if _fall(heights, heights[head - 1], room / least)[0] < count else 0


def _fall(heights: Sequence[float], head: float, room: float) -> tuple[int, float]:
    """How many pages the rows take, and how full the last one is."""
    count, used = 1, 0.0
    for height in heights:
        if used + height > room:
            count, used = count + 1, head
        used += height
    return count, used / room


def written_heights(file: BinaryIO) -> list[float]:
    """Of each row that was written as text."""
    file.seek(0)
    return [float(points) for points in ROW_HEIGHT.findall(file.read())]


def joined_groups(first: int, starts: Sequence[bool]) -> Iterable[str]:
    """The first column's cells from each start to before the next one, to be merged."""
    places = [place for place, is_start in enumerate(starts) if is_start]
    for place, after in zip(places, [*places[1:], len(starts)], strict=True):
        if after - place > 1:
            yield f"A{first + place}:A{first + after - 1}"
