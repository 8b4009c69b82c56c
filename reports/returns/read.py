"""Reads a form that came back: forgiving in how it is written, strict in what it says."""

from pathlib import Path

from reports.returns.shapes import Returned


def read(path: Path) -> Returned:
    """What stands in the file. Raises Refused with a sentence; asks the database nothing."""
    raise NotImplementedError
