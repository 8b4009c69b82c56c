"""Estimates how much room text takes, so that every row is high enough to show all of it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

PIXELS_PER_WIDTH: Final = 7  # a unit of column width, at Excel's default font
PADDING_PIXELS: Final = 5
HALF_WIDTH_PIXELS: Final = 8  # half a Chinese character of 12 points
LINE_POINTS: Final = 17.5  # a line of 12 points: 仿宋 takes 16, what stands in for it a little more
ROW_PADDING: Final = 8.0
MAX_ROW_POINTS: Final = 400.0  # Excel refuses rows above 409
SPLIT_POINTS: Final = 120.0  # parts of a row that is too high: short ones fill the page

# A word of Latin letters, else characters between any two of which a line may end.
_RUN: Final = re.compile(r"[\x21-\x7e]+|[^\x21-\x7e]+")


def text_width(text: str) -> int:
    """Return the width of one line in half-width characters; Chinese ones count two.

    In GBK a character that is as wide as a Chinese one has two bytes, any other one.
    """
    try:
        return len(text.encode("gbk"))
    except UnicodeEncodeError:
        return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def line_room(column_width: float) -> int:
    """Return how many half-width characters a line of the column holds."""
    pixels = column_width * PIXELS_PER_WIDTH - PADDING_PIXELS
    return max(2, int(pixels // HALF_WIDTH_PIXELS))


def line_count(text: str, room: int) -> int:
    """Return how many lines the text takes when wrapped; words of Latin letters stay whole."""
    if "\n" in text:
        return sum(wrapped(line, room) for line in text.split("\n"))
    return wrapped(text, room)


def line_counts(texts: Sequence[str], room: int) -> list[int]:
    """Return how many lines each text takes; none has a line break."""
    half = room // 2
    if max(map(len, texts), default=0) <= half:
        return [1] * len(texts)
    try:
        widths = map(len, "\n".join(texts).encode("gbk").split(b"\n"))
    except UnicodeEncodeError:
        return [wrapped(text, room) for text in texts]
    return [
        1
        if width <= room
        else -(-len(text) // half)
        if width == 2 * len(text)
        else wrapped(text, room)
        for text, width in zip(texts, widths, strict=True)
    ]


def wrapped(line: str, room: int) -> int:
    """Return how many lines a text without line breaks takes."""
    if 2 * len(line) <= room:
        return 1
    width = text_width(line)
    if width <= room:
        return 1
    if width == 2 * len(line):
        return math.ceil(len(line) / (room // 2))
    lines, used = 1, 0
    for run in _RUN.findall(line):
        width = len(run) if run.isascii() else text_width(run)
        if used + width <= room:
            used += width
        else:
            lines, used = _broken(run, width, lines, used, room)
    return lines


def _broken(run: str, width: int, lines: int, used: int, room: int) -> tuple[int, int]:
    """Return how many lines there are after a run that passes the line, and the last one's use."""
    if "!" <= run[0] <= "~":  # a word
        if width <= room:
            return lines + 1, width
        # One longer than the line is broken wherever the line ends.
        extra = used + width - room
        return lines + math.ceil(extra / room), extra % room or room
    if width == 2 * len(run):
        each = room // 2
        left = len(run) - (room - used) // 2
        more = -(-left // each)
        return lines + more, 2 * (left - (more - 1) * each)
    for char in run:
        width = text_width(char)
        lines, used = (lines, used + width) if used + width <= room else (lines + 1, width)
    return lines, used


def row_height(texts: Iterable[tuple[str, float]]) -> float:
    """Return the points a row needs for its texts, each given with its column's width."""
    return height_of(max((line_count(text, line_room(width)) for text, width in texts), default=1))


def height_of(lines: int) -> float:
    """Return the points a row needs for so many lines."""
    return lines * LINE_POINTS + ROW_PADDING


def split_height(height: float) -> list[float]:
    """Split a height that Excel refuses for one row into several; pages break between them."""
    parts = 1 if height <= MAX_ROW_POINTS else math.ceil(height / SPLIT_POINTS)
    return [height / parts] * parts
