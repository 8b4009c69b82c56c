"""Figures as their documents say them: 超80余个, 18%以上, 2060年前达到100%."""

import re
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

# Words that stand after the number; all others stand before it.
AFTER = re.compile(r"(?:(?:及|含)?以[上下内]|左右|上下|余)$")
# 余 is the only one that stands between the number and its measure: 1600余个.
INSIDE = "余"
BRACKETS = re.compile(r"（([^（）]*)）|\(([^()]*)\)")
# （2060年前）, （2022-06-30前）: the year again, for those who compare.
YEAR = re.compile(r"(\d{4})(?:年|-\d\d-\d\d)前")
NUMBERS = re.compile(r"\d+(?:\.\d+)?")
NUMERALS = "零一二三四五六七八九十"


class Phrase(NamedTuple):
    """`text` is what the document says, `remark` what its editor noted beside it."""

    text: str
    remark: str = ""


def plain(number: Decimal) -> str:
    """A figure without trailing zeros: 98.6, 16, 4800."""
    return f"{number.normalize():f}"


def phrase(numbers: list[Decimal], category: str, measure: str, comparator: str) -> Phrase:
    """Put together one or two numbers (a range), or a class, its measure and the words around."""
    words, year, remark = _taken_apart(comparator)
    shown = "–".join(map(plain, numbers)) or category
    if not shown:
        text = _("%(year)s年前") % {"year": year} if words == "前" and year else _dated(words, year)
        return Phrase(text, remark)
    # A Latin sign of measure stands apart from its number: 5 GW.
    gap = " " if measure[:1].isascii() and measure[:1].isalpha() else ""
    if _only_repeats(words, numbers, measure):
        return Phrase(f"{shown}{gap}{measure}", remark)
    found = AFTER.search(words)
    after = found[0] if found else ""
    before = _dated(words.removesuffix(after).rstrip("…"), year)
    if after == INSIDE:
        return Phrase(f"{before}{shown}{after}{measure}", remark)
    return Phrase(f"{before}{shown}{gap}{measure}{after}", remark)


def _taken_apart(comparator: str) -> tuple[str, str, str]:
    """The document's words; the year in brackets; what else stands in brackets, a remark."""
    year, remarks = "", []
    for found in BRACKETS.finditer(comparator):
        inside = found[1] or found[2] or ""
        if dated := YEAR.fullmatch(inside):
            year = dated[1]
        else:
            remarks.append(inside)
    return BRACKETS.sub("", comparator).strip(), year, "；".join(filter(None, remarks))


def _dated(words: str, year: str) -> str:
    return f"{year}年{words}" if year else words


def _only_repeats(words: str, numbers: list[Decimal], measure: str) -> bool:
    """等6个园区 beside 6, 区间2-3 beside 2 and 3, 三大 beside 3, 每日 beside 次/日."""
    said = {Decimal(number) for number in NUMBERS.findall(words)}
    if numbers and said == set(numbers):
        return True
    if len(words) <= len("三大") and words[:1] and words[:1] in NUMERALS:
        return numbers == [Decimal(NUMERALS.index(words[0]))]
    return numbers == [1] and words.startswith("每") and measure.endswith(f"/{words[1:]}")
