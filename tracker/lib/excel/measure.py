"""Estimates how much room text takes, so that every row is high enough to show all of it."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

PIXELS_PER_WIDTH: Final = 7  # a unit of column width, at Excel's default font
PADDING_PIXELS: Final = 5
HALF_WIDTH_PIXELS: Final = 8  # half a Chinese character of 12 points
LINE_POINTS: Final = 17.5  # a line of 12 points: 仿宋 takes 16, what stands in for it a little more
ROW_PADDING: Final = 8.0
MAX_ROW_POINTS: Final = 400.0  # Excel refuses rows above 409
SPLIT_POINTS: Final = 120.0  # parts of a row that is too high: short ones fill the page

_WORD = re.compile(r"[\x21-\x7e]+|.", re.DOTALL)


def text_width(text: str) -> int:
    """Return the width of one line in half-width characters; Chinese ones count two."""
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def line_room(column_width: float) -> int:
    """Return how many half-width characters a line of the column holds."""
    pixels = column_width * PIXELS_PER_WIDTH - PADDING_PIXELS
    return max(2, int(pixels // HALF_WIDTH_PIXELS))


def line_count(text: str, room: int) -> int:
    """Return how many lines the text takes when wrapped; words of Latin letters stay whole."""
    return sum(_wrapped(line, room) for line in text.split("\n"))


def _wrapped(line: str, room: int) -> int:
    lines, used = 1, 0
    for word in _WORD.findall(line):
        width = text_width(word)
        if used + width <= room:
            used += width
            continue
        if width <= room:
            lines, used = lines + 1, width
        else:  # a word longer than the line is broken wherever the line ends
            extra = used + width - room
            lines, used = lines + math.ceil(extra / room), (extra % room or room)
    return lines


def row_height(texts: Iterable[tuple[str, float]]) -> float:
    """Return the points a row needs for its texts, each given with its column's width."""
    lines = max((line_count(text, line_room(width)) for text, width in texts), default=1)
    return lines * LINE_POINTS + ROW_PADDING


def split_height(height: float) -> list[float]:
    """Split a height that Excel refuses for one row into several; pages break between them."""
    parts = 1 if height <= MAX_ROW_POINTS else math.ceil(height / SPLIT_POINTS)
    return [height / parts] * parts
