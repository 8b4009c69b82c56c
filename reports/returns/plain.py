"""What nearly all cells are, read a column at a time: equal to `parsing`, for many at once.

What is anything else, or might be wrong, is ODD: its row is read cell by cell.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from reports.returns import parsing
from tracker.lib.text import first_unwanted

ODD: Final[Any] = object()
WHOLE: Final[Mapping[object, int | None]] = {float(n): n for n in range(101)} | {"": None}
SAID: Final[Mapping[object, bool]] = {"": False, "是": True, "否": False}


def percents(values: Sequence[object]) -> list[Any]:
    """Whole numbers as the sheet holds them, and nothing."""
    return [WHOLE.get(one, ODD) if type(one) in {float, str} else ODD for one in values]


def yeses(values: Sequence[object]) -> list[Any]:
    """The two words that the sheet offers, and nothing."""
    return [SAID.get(one, ODD) if type(one) is str else ODD for one in values]


def texts(values: Sequence[Any]) -> list[Any]:
    """Words without control characters, that are no errors of a formula."""
    try:
        whole = " ".join(values)
    except TypeError:  # numbers and dates among them
        whole = "#"
    if "#" not in whole and (whole.isprintable() or first_unwanted(whole) is None):
        return [one.strip() for one in values]
    return [_text(one) for one in values]


def _text(value: object) -> Any:
    is_plain = isinstance(value, str) and value[:1] != "#" and first_unwanted(value) is None
    return value.strip() if isinstance(value, str) and is_plain else ODD


READERS: Final[Mapping[Callable[[Any], object], Callable[[Sequence[Any]], list[Any]]]] = {
    parsing.percent: percents,
    parsing.yes: yeses,
    parsing.text: texts,
}
