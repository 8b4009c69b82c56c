"""Puts comments on cells of a workbook, in a process of its own like `child`.

Run by `guard` as a script: path, bytes of memory and seconds as arguments, the cells as JSON on
standard input; the workbook goes to standard output.
"""

import io
import json
import resource
import sys
from typing import Any, Final

import openpyxl
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

AUTHOR: Final = "碳责通"
TINT: Final = "FDEEEE"  # the tint of red on pages
WIDTH: Final = 320  # pixels of a comment
HEIGHT: Final = 120


def marked(path: str, marks: list[tuple[str, str, str]]) -> bytes:
    """The workbook with a comment and a tint on each of the cells, open at the first of them."""
    book: Any = openpyxl.load_workbook(path)
    for number, (title, address, text) in enumerate(marks):
        if title not in book.sheetnames:
            continue
        page = book[title]
        for area in page.merged_cells.ranges:
            if address in area:
                address = area.start_cell.coordinate
                break
        cell = page[address]
        comment = Comment(text, AUTHOR, width=WIDTH, height=HEIGHT)
        cell.comment = comment
        cell.fill = PatternFill("solid", start_color=TINT)
        if number == 0:
            book.active = page
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def main(path: str, memory: str, seconds: str) -> None:
    """Read the cells, write the workbook."""
    if sys.platform == "linux":
        with open("/proc/self/statm", encoding="ascii") as file:
            used = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + int(memory),) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds),) * 2)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    marks = json.load(sys.stdin.buffer)
    sys.stdout.buffer.write(marked(path, marks))


if __name__ == "__main__":
    main(*sys.argv[1:])
