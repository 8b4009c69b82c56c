"""Heads of columns that no program breaks within a word."""

import re
from dataclasses import replace
from typing import Final

from tracker.lib.columns import Column

LATIN_WORD: Final = re.compile("[A-Za-z]+")
# In units of a column's width, of the widest face that stands in for 黑体 where that is missing.
WIDTH_OF_A_LETTER: Final = 1.35
MARGIN: Final = 2


def with_room(column: Column) -> Column:
    """The column as wide as the longest Latin word of its head; Chinese is broken anywhere."""
    longest = max(map(len, LATIN_WORD.findall(str(column.label))), default=0)
    width = longest * WIDTH_OF_A_LETTER + MARGIN
    return replace(column, width=width) if longest and width > column.width else column
