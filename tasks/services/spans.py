"""The span that a measured value speaks of: 2025, 2025Q2, 2025H1, 2025Q1-Q3, or two days."""

import datetime
import re
import unicodedata
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.states import Basis

FIRST_YEAR, LAST_YEAR = 1990, 2100
# Key of a part of a year: its name, its words in a period's text, first and last month.
PARTS = {
    "": (gettext_lazy("全年"), "", 1, 12),
    "H1": (gettext_lazy("上半年"), "上半年", 1, 6),
    "Q1": (gettext_lazy("第1季度"), "第1季度", 1, 3),
    "Q2": (gettext_lazy("第2季度"), "第2季度", 4, 6),
    "Q1-Q3": (gettext_lazy("前三季度"), "前三季度", 1, 9),
    "Q3": (gettext_lazy("第3季度"), "第3季度", 7, 9),
    "Q4": (gettext_lazy("第4季度"), "第4季度", 10, 12),
}
CODE = re.compile(r"(?P<year>\d{4})(?:年度?)?(?P<part>.*)", re.DOTALL)
# Up to a day: what came before is not told.
UP_TO = (Basis.CUMULATIVE, Basis.POINT)


@dataclass(frozen=True)
class Span:
    """The days and the words, as they are stored."""

    starts_on: datetime.date | None
    ends_on: datetime.date
    text: str


def part_of_year(code: str) -> tuple[int, str]:
    """2025Q2 → (2025, "Q2"); a ValidationError says what can be written."""
    text = unicodedata.normalize("NFKC", code).strip().upper().replace(" ", "")
    found = CODE.fullmatch(text)
    part = found["part"] if found else ""
    keys = {words: key for key, (_name, words, _a, _b) in PARTS.items()} | {k: k for k in PARTS}
    if found is None or part not in keys or not FIRST_YEAR <= int(found["year"]) <= LAST_YEAR:
        raise ValidationError(
            _("无法识别时段“%(text)s”：请写成2025、2025H1、2025Q2或2025Q1-Q3（年份1990至2100）。")
            % {"text": code[:30]}
        )
    return int(found["year"]), keys[part]


def span_of_code(code: str, basis: str) -> Span:
    """The span of a year or of a part of it."""
    year, part = part_of_year(code)
    _name, words, first, last = PARTS[part]
    starts = datetime.date(year, first, 1)
    after = datetime.date(year + last // 12, last % 12 + 1, 1)
    ends = after - datetime.timedelta(days=1)
    if basis in UP_TO:
        return Span(None, ends, _until(ends))
    return Span(starts, ends, f"{year}年{words}")


def code_of(starts_on: datetime.date | None, ends_on: datetime.date | None, basis: str) -> str:
    """The code of a span that is a year or a part of it; empty of other days."""
    if ends_on is None:
        return ""
    codes = [f"{ends_on.year}{part}" for part in PARTS]
    wanted = (starts_on, ends_on)
    spans = {code: span_of_code(code, basis) for code in codes}
    same = [code for code, span in spans.items() if (span.starts_on, span.ends_on) == wanted]
    return same[0] if same else ""


def span_of_days(
    starts_on: datetime.date | None, ends_on: datetime.date | None, basis: str
) -> Span:
    """The span between two days; up to a day where the basis asks no more."""
    if ends_on is None:
        raise ValidationError({"ends_on": _("请填写止日。")})
    if basis in UP_TO:
        return Span(starts_on, _checked(starts_on, ends_on), _until(ends_on))
    if starts_on is None:
        raise ValidationError({"starts_on": _("请填写起日。")})
    ends_on = _checked(starts_on, ends_on)
    return Span(starts_on, ends_on, f"{_day(starts_on)}至{_day(ends_on)}")


def _checked(starts_on: datetime.date | None, ends_on: datetime.date) -> datetime.date:
    for name, day in (("starts_on", starts_on), ("ends_on", ends_on)):
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError({name: _("年份应在1990至2100之间，请核对日期。")})
    if starts_on is not None and ends_on < starts_on:
        raise ValidationError({"ends_on": _("止日不能早于起日，请核对。")})
    return ends_on


def _day(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _until(day: datetime.date) -> str:
    return f"截至{_day(day)}"
