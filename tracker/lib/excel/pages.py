"""How a sheet is set up to be printed, and how it falls onto pages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, BinaryIO, Final

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from tracker.lib.excel import measure

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from tracker.lib.columns import Sheet

PAPER: Final = {"A3": 8, "A4": 9}
FOOT_FONT: Final = '&"宋体"&10'
LANDSCAPE: Final = {8: (1190.55, 841.89), 9: (841.89, 595.28)}  # A3 and A4, in points
POINTS_A_WIDTH: Final = measure.PIXELS_PER_WIDTH * 0.75
MOST_ROWS: Final = 400  # of a sheet that is looked at; longer ones have no page to lose
ROW_HEIGHT: Final = re.compile(rb'<row [^>]*ht="([0-9.]+)"')
NEARLY_EMPTY: Final = 1 / 3  # of a page
LEAST_SCALE: Final = 8 / 12  # of what is read: 8 points
LEAST_CHANGE: Final = 0.8  # of what the width alone would give


def set_up(page: Worksheet, sheet: Sheet, widths: Sequence[float], head: int) -> None:
    """Paper, margins, number of the page, what is repeated and what stays in view."""
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = PAPER[sheet.paper]
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, int(sheet.one_page)
    page.print_options.horizontalCentered = True
    margins = page.page_margins
    margins.left = margins.right = 0.4
    margins.top, margins.bottom = 0.6, 0.7
    margins.header = margins.footer = 0.3
    if page.oddFooter is not None:  # there in every new sheet
        page.oddFooter.center.text = FOOT_FONT + _("第 &P 页  共 &N 页")
    page.print_title_rows = f"{head}:{head}"
    page.sheet_view.showGridLines = False
    page.freeze_panes = f"{get_column_letter(sheet.sticky + 1)}{head + 1}"
    for number, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(number)].width = width


def leave_no_page_nearly_empty(
    page: Worksheet, heights: Sequence[float], widths: Sequence[float], head: int
) -> None:
    """Print a little smaller where that saves a last page with few rows.

    `heights` are the rows' from the top, of which the row `head` is repeated on each page.
    """
    margins = page.page_margins
    across, down = LANDSCAPE[int(page.page_setup.paperSize or PAPER["A4"])]
    room = down - (margins.top + margins.bottom) * 72
    total = sum(widths) * POINTS_A_WIDTH
    usual = min(1.0, (across - (margins.left + margins.right) * 72) / total)
    count, rest = _fall(heights, heights[head - 1], room / usual)
    if count == 1 or rest > NEARLY_EMPTY:
        return
    least = max(LEAST_SCALE, usual * LEAST_CHANGE)
    if _fall(heights, heights[head - 1], room / least)[0] < count:
        page.page_setup.fitToHeight = count - 1


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


def join_groups(page: Worksheet, first: int, starts: Sequence[bool]) -> None:
    """Merge the first column's cells from each start to before the next one."""
    places = [place for place, is_start in enumerate(starts) if is_start]
    for place, after in zip(places, [*places[1:], len(starts)], strict=True):
        if after - place > 1:
            letter = get_column_letter(1)
            page.merged_cells.add(f"{letter}{first + place}:{letter}{first + after - 1}")
