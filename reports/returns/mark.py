"""Gives a form back with comments on what is wrong in it."""

from collections.abc import Iterable
from pathlib import Path

from reports.returns.shapes import ReadCell


def mark(path: Path, wrong: Iterable[tuple[ReadCell, str]]) -> bytes:
    """The file with a comment and a colour on each wrong cell. Raises Refused as `read`."""
    raise NotImplementedError
