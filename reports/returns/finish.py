"""Makes a form of a written book: locked but for the cells to fill, with rules and instructions."""

import datetime
import io
import tempfile
from collections.abc import Collection, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any, Final

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.packaging.custom import StringProperty
from openpyxl.styles import PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.worksheet import Worksheet

from reports.returns import key
from reports.returns.columns import ASKED, SHEETS, Asked, name_of
from reports.returns.content import PlanPart
from reports.returns.line import Line
from reports.returns.shapes import Kind
from reports.returns.words import instructions
from tracker.lib.excel import measure
from tracker.lib.excel.files import settle
from tracker.lib.excel.writer import HEAD_ROW

GIVEN_TINT: Final = "F1F4F3"  # what is given is grey, what is asked for white
LONGEST_PROMPT: Final = 255


def finish(
    path: Path,
    sheets: Sequence[tuple[Kind, PlanPart]],
    pieces: Sequence[str],
    property_text: str,
    *,
    made_at: datetime.datetime,
) -> bytes:
    """The book at the path as a form, with its key."""
    book: Any = openpyxl.load_workbook(path)  # the stubs lack the document's own properties
    for page, (kind, part) in zip(list(book.worksheets), sheets, strict=True):
        _finish_sheet(page, kind, part)
    hidden = book.create_sheet(key.SHEET)
    for piece in pieces:
        hidden.append([piece])
    hidden.sheet_state = "veryHidden"
    hidden.protection.sheet = True
    book.custom_doc_props.append(StringProperty(name=key.PROPERTY, value=property_text))
    raw = io.BytesIO()
    book.save(raw)
    with tempfile.TemporaryDirectory(prefix="form-") as folder:
        target = Path(folder) / "form.xlsx"
        settle(raw, target, made_at)
        return target.read_bytes()


def _finish_sheet(page: Worksheet, kind: Kind, part: PlanPart) -> None:
    columns = SHEETS[kind].columns
    last = get_column_letter(len(columns) - 1)
    _insert_line(page, HEAD_ROW, instructions(kind, part), len(columns) - 1)
    head = HEAD_ROW + 1
    rows = _rows(page, head, len(columns), {line.code: line for line in part.lines[kind]})
    _let_grow(page, rows)
    _tint(page, rows, kind)
    _free_to_sign(page, max(rows, default=head))
    _validate(page, rows, kind)
    page.column_dimensions[get_column_letter(len(columns))].hidden = True
    page.print_title_rows = f"{head}:{head}"
    page.print_area = f"A1:{last}{page.max_row}"
    page.freeze_panes = f"{get_column_letter(SHEETS[kind].sticky + 1)}{head + 1}"
    protection = page.protection
    protection.sheet = True  # without a password: against slips, not against people
    protection.formatColumns = protection.formatRows = protection.formatCells = False
    protection.sort = protection.autoFilter = False


def _rows(page: Worksheet, head: int, width: int, lines: Mapping[str, Line]) -> dict[int, Line]:
    """Where each line stands; a high one is continued below, merged."""
    found = {}
    for row in range(head + 1, page.max_row + 1):
        line = lines.get(str(page.cell(row, width).value))
        if line is not None:
            found[row] = line
    return found


def _tint(page: Worksheet, rows: Mapping[int, Line], kind: Kind) -> None:
    """Grey what is given, unlock what is asked for; each of the few looks is made once."""
    given, free = PatternFill("solid", start_color=GIVEN_TINT), Protection(locked=False)
    styles: dict[tuple[int, bool], Any] = {}
    columns = SHEETS[kind].columns
    for row, line in rows.items():
        for place, column in enumerate(columns, 1):
            cell: Any = page.cell(row, place)  # the stubs lack the style as a whole
            opened = column.parse is not None and not line.why
            known = (cell.style_id, opened)
            if known not in styles:
                if opened:
                    cell.protection = free
                else:
                    cell.fill = given
                styles[known] = copy(cell._style)
            cell._style = copy(styles[known])


class _Growing(RowDimension):
    """A row whose height is what it needs today: programs grow it with what is typed."""

    customHeight = False


def _let_grow(page: Worksheet, rows: Collection[int]) -> None:
    """Not those that are merged with what is below: no program knows what these need."""
    merged = {row for area in page.merged_cells.ranges for row in range(area.min_row, area.max_row)}
    for row in rows:
        if row not in merged:
            height = page.row_dimensions[row].height
            page.row_dimensions[row] = _Growing(page, index=row, ht=height)


def _free_to_sign(page: Worksheet, last: int) -> None:
    """Let people type the date above the table, and names and phone below it."""
    below = range(last + 1, page.max_row + 1)
    lines = [page[HEAD_ROW - 1][1:], *(page[row] for row in below)]
    for cell in (cell for line in lines for cell in line):
        cell.protection = Protection(locked=False)


def _validate(page: Worksheet, rows: Mapping[int, Line], kind: Kind) -> None:
    """Rules and words beside the cells to fill, one for each column."""
    if not rows:
        return
    for place, column in enumerate(SHEETS[kind].columns, 1):
        asked = ASKED.get(name_of(column)) if column.parse is not None else None
        if asked is None:
            continue
        letter = get_column_letter(place)
        rule = _rule(name_of(column), asked)
        rule.promptTitle = rule.errorTitle = str(column.label)[:32]
        rule.prompt = str(asked.prompt)[:LONGEST_PROMPT]
        rule.error = str(asked.error)[:LONGEST_PROMPT]
        rule.showInputMessage = rule.showErrorMessage = True
        rule.add(f"{letter}{min(rows)}:{letter}{max(rows)}")
        page.add_data_validation(rule)


def _rule(name: str, asked: Asked) -> DataValidation:
    if name == "percent":
        return DataValidation(
            type="whole", operator="between", formula1="0", formula2="100", allow_blank=True
        )
    if name == "no_news":
        words = f'"{_("是")},{_("否")}"'
        return DataValidation(type="list", formula1=words, allow_blank=True)
    return DataValidation(
        type="textLength", operator="lessThanOrEqual", formula1=str(asked.limit), allow_blank=True
    )


def _insert_line(page: Worksheet, row: int, text: str, width: int) -> None:
    """Put a line over the whole width before the row; what stands below moves down."""
    heights = {number: one.height for number, one in page.row_dimensions.items()}
    for merged in list(page.merged_cells.ranges):
        if merged.min_row >= row:
            merged.shift(0, 1)
    last = page.max_row
    page.move_range(f"A{row}:{get_column_letter(page.max_column)}{last}", rows=1)
    for number in range(row, last + 1):
        page.row_dimensions[number + 1].height = heights.get(number)
    cell: Any = page.cell(row, 1, text)
    above: Any = page.cell(row - 1, 1)
    cell._style = copy(above._style)
    total = sum(page.column_dimensions[get_column_letter(n)].width for n in range(1, width + 1))
    page.row_dimensions[row].height = measure.row_height([(text, total)])
    page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
