"""Text from outside."""

import datetime
import re
from collections.abc import Iterable
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

# All control characters but tab and newline; lone surrogates; non-characters.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean_text(text: str) -> str:
    """Line ends as \\n, control characters gone, no blanks at either end."""
    if text.isprintable():  # as most are; it has none of these, and is told ten times as fast
        return text.strip()
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def first_unwanted(text: str) -> str | None:
    """The first character that `clean_text` takes away, if there is any."""
    found = _UNWANTED.search(text)
    return found[0] if found else None


MOST_DIGITS: Final = 18  # what a bigint holds in any case


def whole_number(text: str, digits: int = MOST_DIGITS) -> int | None:
    """The number that the text is, in at most so many ASCII digits and nothing else; else None.

    `int` itself raises over thousands of digits, and takes the digits of any script.
    """
    fits = text.isascii() and text.isdigit() and len(text) <= digits
    return int(text) if fits else None


def workday_words(number: int) -> str:
    """3个工作日: for a sentence that says how long."""
    return ngettext("%(n)d个工作日", "%(n)d个工作日", number) % {"n": number}


def day_text(day: datetime.date | None) -> str:
    """2026年1月9日, as an official paper has it; without a day, blanks to fill in by hand."""
    if day is None:
        return _("　　　年　　月　　日")
    return date_format(day, pgettext("date format", "Y年n月j日"))


def listed(items: Iterable[object]) -> str:
    """The items in a row, with the sign that the reader's language puts between them."""
    return pgettext("between the items of a list", "、").join(map(str, items))
