"""Widths and lines by the quick way are those by the plain one."""

import math
import re
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from tracker.lib.excel.measure import line_count, line_counts, text_width

WORD = re.compile(r"[\x21-\x7e]+|.", re.DOTALL)
texts = st.text(st.one_of(st.characters(), st.sampled_from("碳达峰，ab12. \n　é€")), max_size=60)


def plain_width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WFA" else 1 for char in text)


def plain_lines(line: str, room: int) -> int:
    lines, used = 1, 0
    for word in WORD.findall(line):
        width = plain_width(word)
        if used + width <= room:
            used += width
        elif width <= room:
            lines, used = lines + 1, width
        else:
            extra = used + width - room
            lines, used = lines + math.ceil(extra / room), (extra % room or room)
    return lines


def test_every_character_is_as_wide_as_unicode_says() -> None:
    for number in range(0x20000):
        assert text_width(chr(number)) == plain_width(chr(number)), hex(number)


@given(texts, st.integers(2, 90))
def test_a_text_takes_the_lines_that_its_words_do(text: str, room: int) -> None:
    lines = sum(plain_lines(line, room) for line in text.split("\n"))
    assert line_count(text, room) == lines


@given(st.lists(texts.map(lambda text: text.replace("\n", ""))), st.integers(2, 90))
def test_many_texts_at_once_take_as_many_lines(many: list[str], room: int) -> None:
    assert line_counts(many, room) == [line_count(text, room) for text in many]
