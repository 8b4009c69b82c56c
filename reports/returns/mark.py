"""Gives a form back with comments on what is wrong in it."""

from pathlib import Path

from reports.returns.shapes import Comparison, Refused
from tracker.lib.excel.guard import mark_book
from tracker.lib.excel.walk import UnreadableFile


def mark(path: Path, comparison: Comparison) -> bytes:
    """The file with a comment and a colour on each wrong cell, and on the first of a wrong row.

    Raises Refused, Busy.
    """
    marks = [(cell.sheet, cell.address, note) for cell, note in comparison.wrong_cells]
    marks += [
        (row.row.sheet, f"A{row.row.number}", row.note)
        for row in comparison.rows
        if row.note and not row.cells
    ]
    try:
        return mark_book(path, marks)
    except UnreadableFile as error:
        raise Refused(str(error)) from error
