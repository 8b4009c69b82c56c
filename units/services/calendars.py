"""节假日安排: a year's list of days off and of weekends worked, uploaded, shown, applied whole."""

import csv
import datetime
import io
import logging
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from psycopg.errors import UndefinedTable

from tracker.lib import workdays
from tracker.lib.excel.reader import MAX_BYTES, UnreadableFile, read_book
from tracker.lib.text import clean_text
from units import policy
from units.models import DayList, ListedDay, User
from units.services import audit

logger = logging.getLogger(__name__)
FIRST_YEAR, LAST_YEAR = 2000, 2100
HEADS = ("日期", "类型", "名称")
OFF_WORDS = ("休", "休息", "放假", "节假日", "假", "off", "false", "0")
WORK_WORDS = ("班", "上班", "调休上班", "补班", "工作日", "work", "true", "1")
DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
MOST = 366
LONGEST_NAME = 50


@dataclass(frozen=True)
class Day:
    """A day that is not what its weekday says."""

    day: datetime.date
    is_worked: bool
    name: str = ""


@dataclass(frozen=True)
class Row:
    """A line of the sheet: the day it gives, or what is wrong with it."""

    number: int
    text: str
    day: Day | None = None
    problem: str = ""
    note: str = ""


@dataclass
class Preview:
    """What a sheet would do."""

    year: int | None
    rows: list[Row] = field(default_factory=list)
    problem: str = ""

    @property
    def days(self) -> list[Day]:
        return [row.day for row in self.rows if row.day is not None]

    @property
    def wrong(self) -> list[Row]:
        return [row for row in self.rows if row.problem]

    @property
    def is_good(self) -> bool:
        return bool(self.days) and not self.problem and not self.wrong

    @property
    def off(self) -> int:
        return sum(not day.is_worked for day in self.days)

    @property
    def worked(self) -> int:
        return sum(day.is_worked for day in self.days)


# --- reading a sheet ---------------------------------------------------------------------------


def read_lines(name: str, content: bytes) -> list[tuple[int, tuple[str, ...]]]:
    """The sheet's lines with their numbers. Raises UnreadableFile."""
    if len(content) > MAX_BYTES:
        limit = {"limit": MAX_BYTES // 1024 // 1024}
        raise UnreadableFile(_("文件超过%(limit)d MB，请只留需要的行后重试。") % limit)
    if not name.lower().endswith(".csv"):
        pages = read_book(content)
        lines = pages[0].lines if pages else []
        return [(line.number, line.cells) for line in lines if not line.is_empty]
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        cells = csv.reader(io.StringIO(text))
        try:
            return [(n, tuple(map(clean_text, row))) for n, row in enumerate(cells, 1) if row]
        except csv.Error:
            break
    raise UnreadableFile(_("这不是可读的 CSV 文件：请另存为 UTF-8 编码的 CSV 或 .xlsx。"))


def preview(lines: Iterable[tuple[int, Sequence[str]]]) -> Preview:
    """Each line with its day or what is wrong with it; the year is the days' own."""
    rows = [_row(number, cells) for number, cells in lines if not _is_head(cells)]
    found = Preview(None, _without_twins([row for row in rows if row is not None]))
    years = {day.day.year for day in found.days}
    if len(found.rows) > MOST:
        found.problem = _("一年最多%(most)d天，文件有%(n)d行。") % {
            "most": MOST,
            "n": len(found.rows),
        }
    elif not found.rows:
        found.problem = _("文件里没有日期：请按模板填写日期、类型（休或班）和名称。")
    elif len(years) > 1:
        listed = "、".join(str(year) for year in sorted(years))
        found.problem = _("一次只能上传一年的安排，文件里有%(years)s年。") % {"years": listed}
    elif years:
        found.year = years.pop()
    return found


def _is_head(cells: Sequence[str]) -> bool:
    texts = [cell.strip() for cell in cells if cell.strip()]
    return not texts or (bool(texts) and not any(ch.isdigit() for ch in texts[0]))


def _row(number: int, cells: Sequence[str]) -> Row | None:
    day_text, kind, name = ([cell.strip() for cell in cells] + ["", "", ""])[:3]
    text = " ".join(part for part in (day_text, kind, name) if part)[:100]
    day = _day_of(day_text)
    if day is None:
        return Row(number, text, problem=_("日期无效：请写作 2027-01-01。"))
    word = kind.lower()
    if word not in OFF_WORDS and word not in WORK_WORDS:
        return Row(number, text, problem=_("类型应为“休”或“班”。"))
    if len(name) > LONGEST_NAME:
        return Row(number, text, problem=_("名称最多%(n)d字。") % {"n": LONGEST_NAME})
    is_worked = word in WORK_WORDS
    weekday = day.weekday() < workdays.SATURDAY
    note = _("本为工作日") if is_worked and weekday else ""
    return Row(number, text, Day(day, is_worked, name), note=note)


def _day_of(text: str) -> datetime.date | None:
    match = DAY.fullmatch(text.strip())
    if match is None:
        return None
    try:
        day = datetime.date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
    return day if FIRST_YEAR <= day.year <= LAST_YEAR else None


def _without_twins(rows: list[Row]) -> list[Row]:
    """The same day twice is wrong the second time."""
    seen: dict[datetime.date, int] = {}
    kept: list[Row] = []
    for row in rows:
        first = seen.get(row.day.day) if row.day else None
        if first is not None:
            row = Row(row.number, row.text, problem=_("与第%(n)d行是同一天。") % {"n": first})
        elif row.day:
            seen[row.day.day] = row.number
        kept.append(row)
    return kept


# --- taking it over ----------------------------------------------------------------------------


@transaction.atomic
def apply(
    year: int, days: Sequence[Day], *, source: str, by: User, now: datetime.datetime
) -> DayList:
    """Put the year's list in force, in place of an earlier one. Raises ValidationError."""
    if not policy.edits_calendar(by):
        raise PermissionDenied
    source = clean_text(source)[:200]
    _check(year, days, source)
    earlier = DayList.objects.select_for_update().filter(year=year).first()
    before = {"days": earlier.days.count(), "source": earlier.source} if earlier else {}
    listed = earlier or DayList(year=year)
    listed.source, listed.uploaded_by, listed.uploaded_at = source, by, now
    listed.save()
    listed.days.all().delete()
    ListedDay.objects.bulk_create(
        ListedDay(day_list=listed, day=one.day, is_worked=one.is_worked, name=one.name)
        for one in sorted(days, key=lambda one: one.day)
    )
    after = {"days": len(days), "source": source}
    audit.record("calendar.upload", listed, by=by, before=before, after=after)
    transaction.on_commit(forget)
    return listed


def _check(year: int, days: Sequence[Day], source: str) -> None:
    errors: dict[str, str] = {}
    if not source:
        errors["source"] = _("请写明依据，如国务院办公厅通知的文号。")
    if not FIRST_YEAR <= year <= LAST_YEAR or any(one.day.year != year for one in days):
        errors["days"] = _("日期都应在%(year)d年。") % {"year": year}
    elif not days or len(days) > MOST:
        errors["days"] = _("应有1至%(most)d天。") % {"most": MOST}
    elif len({one.day for one in days}) != len(days):
        errors["days"] = _("同一天不能出现两次。")
    elif all(one.is_worked for one in days):
        errors["days"] = _("没有一天休息：请核对类型一栏。")
    if errors:
        raise ValidationError(errors)


def lists() -> list[DayList]:
    """The uploaded years, newest first, with their days."""
    rows = DayList.objects.order_by("-year").select_related("uploaded_by")
    return list(rows.prefetch_related("days"))


# --- what workdays asks ------------------------------------------------------------------------


class _InForce:
    """The lists in force, read again when their number or newest moment has changed.

    Every process looks once in `CALENDAR_SECONDS`; None never looks (tests).
    """

    def __init__(self) -> None:
        self.lists: workdays.Lists = {}
        self.version: object = None
        self.until = float("-inf")

    def __call__(self) -> workdays.Lists:
        seconds = settings.CALENDAR_SECONDS
        if seconds is None or time.monotonic() < self.until:
            return self.lists
        self.until = time.monotonic() + seconds
        try:
            version = list(DayList.objects.order_by("year").values_list("year", "uploaded_at"))
            if version != self.version:
                self.version, self.lists = version, _read()
                workdays.forget()
        except DatabaseError as error:  # what is known holds on
            if not isinstance(error.__cause__, UndefinedTable):  # not migrated yet: no lists
                logger.warning("The uploaded lists of days off could not be read.")
        return self.lists


def _read() -> workdays.Lists:
    found: dict[int, dict[datetime.date, bool]] = {
        year: {} for year in DayList.objects.values_list("year", flat=True)
    }
    for day, is_worked in ListedDay.objects.values_list("day", "is_worked"):
        found[day.year][day] = is_worked
    return found


in_force = _InForce()


def forget() -> None:
    """Look again at once, in this process."""
    in_force.until = float("-inf")
