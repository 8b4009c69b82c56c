"""Workbooks: filled sheets in, a clean .xlsx out, written beside and renamed."""

from tracker.lib.excel.clean import clean_text, file_name, sheet_titles
from tracker.lib.excel.files import XLSX, WrittenFile, digest, written_beside, zip_files
from tracker.lib.excel.shared import Shared
from tracker.lib.excel.writer import write_book

__all__ = [
    "XLSX",
    "Shared",
    "WrittenFile",
    "clean_text",
    "digest",
    "file_name",
    "sheet_titles",
    "write_book",
    "written_beside",
    "zip_files",
]
