"""Text from outside."""

import re
from collections.abc import Iterable

from django.utils.translation import pgettext

# All control characters but tab and newline; lone surrogates; non-characters.
_UNWANTED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def clean_text(text: str) -> str:
    """Line ends as \\n, control characters gone, no blanks at either end."""
    return _UNWANTED.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def first_unwanted(text: str) -> str | None:
    """The first character that `clean_text` takes away, if there is any."""
    found = _UNWANTED.search(text)
    return found[0] if found else None


def listed(items: Iterable[object]) -> str:
    """The items in a row, with the sign that the reader's language puts between them."""
    return pgettext("between the items of a list", "、").join(map(str, items))
