"""One table of tasks written as a workbook in many ways: the least, ours, and those of peers.

`python -m tests.bench.book_ways WAY ROWS FILE` says by how much a process grew at most.
"""

import datetime
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

PATHS = {
    "responsibility__task__plan__short_title": "方案",
    "responsibility__task__action__title": "行动",
    "responsibility__task__number": "序号",
    "responsibility__task__title": "重点任务",
    "responsibility__task__summary": "工作内容",
    "responsibility__unit__name": "牵头单位",
    "responsibility__due_on": "完成时限",
    "responsibility__state": "状态",
    "percent": "完成进度",
    "progress": "目前进展情况",
    "problems": "存在问题",
    "next_steps": "下一步工作",
    "state": "报送情况",
    "day": "填报日期",
}
HEADS = list(PATHS.values())
WIDTHS = (12, 14, 6, 16, 22, 14, 13, 11, 8, 36, 16, 16, 10, 13)
DATES, NUMBERS = (6, 13), (2, 8)
STATES = {
    "not_started": ("未开始", "#6B7280", "#F7F8F9"),
    "in_progress": ("进行中", "#1F5FBF", "#EBF2FC"),
    "completed": ("已完成", "#2E7D32", "#EDF6EE"),
    "closed": ("已办结", "#2E7D32", "#EDF6EE"),
    "standing": ("长期坚持", "#8F5500", "#FFF6E8"),
}
SQL = """
SELECT p.short_title, a.title, t.number, t.title, t.summary, u.name, r.due_on, r.state,
    q.percent, q.progress, q.problems, q.next_steps, q.state, q.created_at::date
FROM tasks_progressreport q JOIN tasks_responsibility r ON r.id = q.responsibility_id
JOIN units_unit u ON u.id = r.unit_id JOIN tasks_task t ON t.id = r.task_id
JOIN tasks_plan p ON p.id = t.plan_id LEFT JOIN tasks_action a ON a.id = t.action_id
ORDER BY q.id LIMIT %s
"""
THERE = 10_000  # reports that the bench has
FACE, INK, LINE = "仿宋_GB2312", "1D2733", "C8D0D6"
MOMENT = datetime.datetime(2026, 1, 9, 8, 30, tzinfo=datetime.UTC)


def rows_of(number: int) -> Iterator[tuple[Any, ...]]:
    """As lists read them; those that there are again and again for more."""
    from django.db.models.functions import TruncDate

    from tasks.models import ProgressReport
    from units.services.exports import AT_ONCE

    dated = ProgressReport.objects.annotate(day=TruncDate("created_at"))
    rows = dated.order_by("pk").values_list(*PATHS)
    while number > 0:
        yield from cast(Iterator[tuple[Any, ...]], rows[: min(number, THERE)].iterator(AT_ONCE))
        number -= THERE


def bound(path: Path, number: int) -> None:
    """One statement, rows as text into a zip: no styles, no heights, nothing looked at."""
    from django.db import connection

    def told(row: tuple[Any, ...]) -> str:
        cells = [
            f"<c><v>{value}</v></c>"
            if place in NUMBERS
            else f'<c t="inlineStr"><is><t>{escaped(str(value))}</t></is></c>'
            for place, value in enumerate(row)
        ]
        return f"<row>{''.join(cells)}</row>"

    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book,
        book.open("xl/worksheets/sheet1.xml", "w") as part,
        connection.cursor() as cursor,
    ):
        part.write(b"<worksheet><sheetData>")
        cursor.execute(SQL, [number])
        while rows := cursor.fetchmany(500):
            part.write("".join(map(told, rows)).encode())
        part.write(b"</sheetData></worksheet>")


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def ours(path: Path, number: int) -> None:
    """As any sheet: marks with colours, heights of rows, hostile text made harmless."""
    from tracker.lib.columns import DATE, SHORT, TEXT, WHOLE, Column, Filled, Mark, Sheet
    from tracker.lib.excel import write_book
    from tracker.lib.snapshot import one_moment

    marks = {state: Mark(word, "●", ink, tint) for state, (word, ink, tint) in STATES.items()}
    formats = {**dict.fromkeys(DATES, DATE), **dict.fromkeys(NUMBERS, WHOLE), 12: SHORT}
    columns = [
        Column(way, head, None, formats.get(place, TEXT), WIDTHS[place], value=itemgetter(place))
        for place, (way, head) in enumerate(PATHS.items())
    ]
    columns[7] = Column("light", "状态", format=SHORT, width=11, value=lambda r: marks[r[7]])
    sheet = Sheet("tasks", "任务进展", columns, sticky=2)
    filled = Filled(sheet, rows_of(number), left="填报单位：", notes=["注：用于测量。"])
    with one_moment():
        write_book(path, "任务进展", [filled], made_at=MOMENT, author="碳责通")


def ours_plain(path: Path, number: int) -> None:
    """The same, each cell by openpyxl."""
    from tests.lib.plain_way import plainly

    with plainly():
        ours(path, number)


def openpyxl_normal(path: Path, number: int) -> None:
    """A sheet in memory; each cell is given its font, border and alignment, as one would."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    edge = Side(style="thin", color=LINE)
    box, font = Border(left=edge, right=edge, top=edge, bottom=edge), Font(FACE, 12, color=INK)
    wrapped = Alignment(vertical="center", wrap_text=True)
    fills = {state: PatternFill("solid", tint[1:]) for state, (_, _, tint) in STATES.items()}
    book = Workbook()
    page = book.active
    assert page is not None
    page.append(HEADS)
    for number_of_row, row in enumerate(rows_of(number), 2):
        for place, value in enumerate(row):
            cell = page.cell(number_of_row, place + 1, value)
            cell.font, cell.border, cell.alignment = font, box, wrapped
            if place == 7:
                cell.fill = fills[row[7]]
            elif place in DATES:
                cell.number_format = "yyyy-mm-dd"
    book.save(path)


def openpyxl_write_only(path: Path, number: int) -> None:
    """Row by row, each cell with a named style."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side

    edge = Side(style="thin", color=LINE)
    look: dict[str, Any] = {
        "font": Font(FACE, 12, color=INK),
        "border": Border(left=edge, right=edge, top=edge, bottom=edge),
        "alignment": Alignment(vertical="center", wrap_text=True),
    }
    book = Workbook(write_only=True)
    for style in (
        NamedStyle("body", **look),
        NamedStyle("date", number_format="yyyy-mm-dd", **look),
        *(
            NamedStyle(s, fill=PatternFill("solid", t[1:]), **look)
            for s, (_, _, t) in STATES.items()
        ),
    ):
        book.add_named_style(style)
    page: Any = book.create_sheet()
    page.append(HEADS)
    for row in rows_of(number):
        cells = []
        for place, value in enumerate(row):
            cell = WriteOnlyCell(page, value)
            cell.style = row[7] if place == 7 else "date" if place in DATES else "body"
            cells.append(cell)
        page.append(cells)
    book.save(path)


def xlsxwriter(path: Path, number: int) -> None:
    """XlsxWriter with constant memory and a format a column."""
    from xlsxwriter import Workbook

    look = {"font_name": FACE, "font_size": 12, "border": 1, "text_wrap": True, "valign": "vcenter"}
    with Workbook(path, {"constant_memory": True, "strings_to_formulas": False}) as book:
        body, day = book.add_format(look), book.add_format({**look, "num_format": "yyyy-mm-dd"})
        fills = {s: book.add_format({**look, "bg_color": t}) for s, (_, _, t) in STATES.items()}
        page = book.add_worksheet()
        page.write_row(0, 0, HEADS, body)
        for number_of_row, row in enumerate(rows_of(number), 1):
            for place, value in enumerate(row):
                if value is None:
                    page.write_blank(number_of_row, place, None, body)
                elif place in DATES:
                    page.write_datetime(number_of_row, place, value, day)
                elif place in NUMBERS:
                    page.write_number(number_of_row, place, value, body)
                else:
                    style = fills[value] if place == 7 else body
                    page.write_string(number_of_row, place, value, style)


def import_export(path: Path, number: int) -> None:
    """django-import-export as its manual shows it: no styles, no widths."""
    from django.db.models.functions import TruncDate
    from import_export import fields, resources

    from tasks.models import ProgressReport

    ways = {f"c{n}": fields.Field(attribute=way, column_name=way) for n, way in enumerate(PATHS)}
    meta = type("Meta", (), {"model": ProgressReport, "fields": tuple(ways)})
    resource = type("TaskResource", (resources.ModelResource,), {**ways, "Meta": meta})()
    related = ("task__plan", "task__action", "unit")
    rows = ProgressReport.objects.select_related(*(f"responsibility__{one}" for one in related))
    rows = rows.annotate(day=TruncDate("created_at"))
    path.write_bytes(resource.export(rows.order_by("pk")[:number]).export("xlsx"))


WAYS: dict[str, Callable[[Path, int], None]] = {
    "bound": bound,
    "ours": ours,
    "ours, each cell by openpyxl": ours_plain,
    "XlsxWriter, constant memory": xlsxwriter,
    "openpyxl write-only, named styles": openpyxl_write_only,
    "openpyxl normal, styled cell by cell": openpyxl_normal,
    "django-import-export, unstyled": import_export,
}


def peak(way: str, number: int, folder: Path) -> int:
    """KiB by which a process of its own grew at most."""
    from django.conf import settings
    from django.db import connection

    address = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    address = urlsplit(address)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()
    env = os.environ | {"DATABASE_OWNER_URL": address, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    command = [sys.executable, "-m", "tests.bench.book_ways", way, str(number), str(folder / "x")]
    done = subprocess.run(  # noqa: S603 - fixed words
        command, cwd=settings.BASE_DIR, env=env, check=True, capture_output=True, text=True
    )
    return int(done.stdout.split()[-1])


def _main(way: str, number: int, path: Path) -> None:
    import django

    django.setup()
    from tests.bench.test_reminders import peak_over

    WAYS[way](path, 100)  # what is imported and connected is not the way's
    sys.stdout.write(f"{peak_over(lambda: WAYS[way](path, number))}\n")


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
