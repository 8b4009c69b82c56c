"""Workbooks that say the same in other words of XML than Excel's."""

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.reports.returns.conftest import World, cell_of

PREFIX = {b"xmlns:r=": b"xmlns:rel=", b" r:id=": b" rel:id="}
NUMBERS = {"甲&乙".replace("&", "&amp;").encode(): b"&#30002;&#38;&#x4E59;"}


def rewritten(path: Path, changes: Mapping[bytes, bytes]) -> Path:
    """The file with other words in the part that names its sheets."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    content = parts["xl/workbook.xml"]
    for old, new in changes.items():
        assert old in content, old
        content = content.replace(old, new)
    parts["xl/workbook.xml"] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, part in parts.items():
            book.writestr(name, part)
    return path


@pytest.mark.parametrize("changes", [{}, PREFIX, NUMBERS, {**PREFIX, **NUMBERS}])
def test_one_in_a_percent_format_is_a_hundred_whatever_the_sheet_is_called(
    changes: Mapping[bytes, bytes], world: World
) -> None:
    def shown_as_percent(book: Any) -> None:
        page = book.worksheets[0]
        page["G5"].number_format = "0%"
        page.title = "甲&乙"

    path = rewritten(world.filled({"G5": 1, "I5": "完成。"}, shown_as_percent), changes)
    assert cell_of(world.compared(path), 1, "percent").said == 100
