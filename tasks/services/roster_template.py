"""The table of people and contacts to fill in; phones are text, so that no 0 is lost."""

import datetime
import io

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation

from units.states import UNIT_ROLES

HEADS = ("单位", "姓名", "职务", "电话", "邮箱", "角色", "责任领导", "责任处室")
WIDTHS = (26, 12, 14, 18, 26, 12, 14, 20)
ROWS = 300  # lines that are set up


def workbook(made_at: datetime.datetime) -> bytes:
    """The sheet as a file."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _("人员和联系人")
    for column, (head, width) in enumerate(zip(HEADS, WIDTHS, strict=True), 1):
        cell = sheet.cell(1, column, head)
        cell.font = Font(bold=True)
        cell.alignment = Alignment(horizontal="center")
        sheet.column_dimensions[cell.column_letter].width = width
        for row in range(2, ROWS + 2):
            sheet.cell(row, column).number_format = "@"
    roles = DataValidation("list", formula1=f'"{",".join(str(role.label) for role in UNIT_ROLES)}"')
    sheet.add_data_validation(roles)
    roles.add(f"F2:F{ROWS + 1}")
    sheet.freeze_panes = "A2"
    book.properties.creator = "碳责通"
    book.properties.created = made_at.astimezone(datetime.UTC).replace(tzinfo=None)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
