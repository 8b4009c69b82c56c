"""Workbooks of lists, as the browser takes them."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.test import Client

Book = Callable[..., Any]


def table(answer: Any) -> list[list[Any]]:
    """The sheet's rows: title, line of filters, heads, values."""
    assert answer.status_code == 200, answer.headers
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]
    # A sheet that is fitted to its pages ends with a spare row.
    return rows if any(str(cell or "").strip() for cell in rows[-1]) else rows[:-1]


@pytest.fixture
def taken() -> Book:
    """The first sheet that an address gives."""

    def take(browser: Client, address: str, **query: str) -> list[list[Any]]:
        return table(browser.get(address, query))

    return take
