"""The template of a year's list of days off, as a workbook."""

import datetime
import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.datavalidation import DataValidation

from units.services.calendars import HEADS

WIDTHS = (16, 10, 20)
ROWS = 60


def workbook(year: int, made_at: datetime.datetime) -> bytes:
    """Heads, two lines to write over, and a choice in the column of kinds."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _("节假日安排")
    for column, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True), 1):
        sheet.cell(1, column, head).font = Font(bold=True)
        sheet.column_dimensions["ABC"[column - 1]].width = width
    for row, (day, name) in enumerate(((1, "元旦"), (2, "元旦")), 2):
        sheet.cell(row, 1, datetime.date(year, 1, day)).number_format = "yyyy-mm-dd"
        sheet.cell(row, 2, "休")
        sheet.cell(row, 3, name)
    kinds = DataValidation("list", formula1='"休,班"')
    sheet.add_data_validation(kinds)
    kinds.add(f"B2:B{ROWS + 1}")
    sheet.freeze_panes = "A2"
    book.properties.creator = "碳责通"
    book.properties.created = made_at.astimezone(datetime.UTC).replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
