"""What people write into the cells of a form: read as it is meant, or a sentence why not.

Each function takes a cell's value and raises ValueError with what is wrong and how to mend it.
"""

import datetime
import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Final

from tracker.lib.text import clean_text
from tracker.lib.told import told as _

ERRORS: Final = re.compile(r"#(N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!)")
NUMBER: Final = re.compile(r"([+-]?\d{1,15}(?:\.\d{1,15})?)(%|个?百分点)?")
MOMENT: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d)(?::.*)?)?")
YES: Final = frozenset({"是", "对", "有", "√", "✓", "✔", "☑", "y", "yes", "true", "1"})
NO: Final = frozenset({"否", "不是", "×", "✗", "✘", "x", "n", "no", "false", "0", "/", "-", "—"})
QUOTES: Final = "'‘’"  # with which people make a text of a number
SHOWN: Final = 40  # characters of a cell in a sentence
EXACT: Final = Decimal("0.000001")  # 0.57 × 100 is not 57 in binary


def folded(value: object) -> str:
    """A cell as one line of text, full-width forms and blanks folded."""
    return " ".join(unicodedata.normalize("NFKC", raw(value)).split())


def raw(value: object) -> str:
    """A cell as text, as a person reads it there."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, float):
        whole_ = value.is_integer() and abs(value) < 10**15
        return str(int(value)) if whole_ else f"{value:.15g}"  # as many digits as Excel has
    if isinstance(value, dict):
        return _moment(str(value.get("date", value.get("text", ""))))
    return str(value)


def _moment(text: str) -> str:
    """A date as official papers have it, 2025年9月30日; with its time where it has one."""
    found = MOMENT.fullmatch(text)
    if found is None:
        return text
    words = f"{int(found[1])}年{int(found[2])}月{int(found[3])}日"
    return words if found[4] in {None, "00:00"} else f"{words} {found[4]}"


def text(value: object) -> str:
    """Words: kept as they are but for control characters and blanks at the ends."""
    words = clean_text(value if isinstance(value, str) else raw(value))
    if words[:1] == "#" and ERRORS.fullmatch(words):
        raise ValueError(_("单元格是公式错误“%(text)s”，请改为文字后重新上传。") % {"text": words})
    return words


def percent(value: object) -> int | None:
    """80, 80%, 0.8 and “８０％” are 80. A number below 1 is a share; 1 is one per cent."""
    if isinstance(value, float) and value.is_integer() and 0 <= value <= 100:
        return int(value)  # as nearly all are
    words = folded(value).replace(" ", "").lstrip(QUOTES)
    if not words:
        return None
    found = NUMBER.fullmatch(words) if not isinstance(value, (bool, dict)) else None
    try:
        number = Decimal(found[1] if found else repr(value))  # a text in quotes is no number
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, (bool, dict)) or not number.is_finite():
        raise ValueError(_not_percent(words))
    if 0 < number < 1 and not (found and found[2]):
        number *= 100
    whole = number.to_integral_value()
    if abs(number - whole) > EXACT:
        raise ValueError(_("完成进度须为整数，现为“%(text)s”，请四舍五入后填写。") % _quoted(words))
    if not 0 <= whole <= 100:
        raise ValueError(_not_percent(words))
    return int(whole)


def share(value: object) -> int | None:
    """The same for a cell in a format of percentages, where 0.8 is shown as 80% and 1 as 100%."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return percent(f"{Decimal(str(value)) * 100:f}%")
    return percent(value)


def yes(value: object) -> bool:
    """是, 否, a tick; empty is 否."""
    words = folded(value).casefold()
    if words in YES:
        return True
    if words in NO or not words:
        return False
    raise ValueError(_("请填“是”或“否”（可留空），现为“%(text)s”。") % _quoted(words))


def whole(value: object) -> int | None:
    """A task's number, however it is written: 3, 3.0, “３”, 第3项; None where it is none."""
    if isinstance(value, float) and value.is_integer() and 0 <= value < 10**6:
        return int(value)
    found = re.fullmatch(r"(?:第|任务)?\s?(\d{1,6})\s?[项.、]?", folded(value))
    return int(found[1]) if found else None


def day(value: object) -> datetime.date | None:
    """A date as a date, 2025-09-30, 2025/9/30, 2025.9.30, 20250930 or 2025年9月30日.

    A time after it, and what stands in brackets, says nothing.
    """
    words = re.sub(r"\(.*?\)| ", "", folded(value))
    if not words:
        return None
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:T?\d\d?:[\d:.]+)?", words)
    found = found or re.fullmatch(r"(\d{4})(\d\d)(\d\d)", words)
    try:
        return datetime.date(*map(int, found.groups())) if found else _no_day(words)
    except ValueError:
        return _no_day(words)


def _no_day(words: str) -> datetime.date:
    raise ValueError(_("无法识别日期“%(text)s”，请按“2025-09-30”的形式填写。") % _quoted(words))


def _not_percent(words: str) -> str:
    return _("完成进度应为0至100的整数，现为“%(text)s”，请改为数字，如80。") % _quoted(words)


def _quoted(words: str) -> dict[str, str]:
    return {"text": words if len(words) <= SHOWN else f"{words[:SHOWN]}…"}
