"""The cells of a form that came back: a column at a time, and one by one where they are odd."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import repeat, zip_longest
from typing import Any, Final

from openpyxl.utils import get_column_letter

from reports.returns import key, parsing
from reports.returns.columns import CODE, DUE, NUMBER, TITLE, fields, nothing, parsers
from reports.returns.plain import ODD, READERS, percents
from reports.returns.shapes import Kind, ReadCell, ReadRow, Said
from tracker.lib.excel.guard import Raw, Table
from tracker.lib.told import told as _

SHARE: Final = re.compile(r"0?\.\d+")
Parser = Callable[[Any], object]


def at(row: Sequence[Raw], place: int | None) -> Raw:
    """What stands there; nothing in a row that is not so long."""
    return row[place] if place is not None and place < len(row) else ""


class Rows:
    """The rows of a table: read a column at a time, and cell by cell where that is asked for."""

    def __init__(
        self, table: Table, kind: Kind, places: Mapping[str, int], body: Sequence[Sequence[Raw]]
    ) -> None:
        self.kind = kind
        self.readers = [
            _Reader(table, name, places[name], parse)
            for name, parse in parsers(kind).items()
            if name in places
        ]
        self.due = _Reader(table, DUE, places[DUE], _iso) if DUE in places else None
        self.code_at, self.task_at, self.title_at = (
            places.get(name) for name in (CODE, NUMBER, TITLE)
        )
        self.columns = list(zip_longest(*body, fillvalue=""))
        self.height, self.is_whole = len(body), not table.uncounted
        for reader in self.readers:
            if reader.name == "percent":
                reader.look_for_shares(self._column(reader.place))

    def _column(self, place: int | None) -> Sequence[Raw]:
        there = place is not None and place < len(self.columns)
        return self.columns[place] if there and place is not None else ("",) * self.height

    def plain(self) -> Iterator[tuple[int | None, tuple[Said, ...] | None, str | None]]:
        """Of each row the side, what it says where nothing of it is odd, and the date."""
        sides = map(self._side, self._column(self.code_at))
        dues = map(_due, self._column(self.due.place if self.due else None))
        return zip(sides, self._said(), dues, strict=True)

    def _said(self) -> Iterator[tuple[Said, ...] | None]:
        names = tuple(reader.name for reader in self.readers)
        if names != fields(self.kind) or not self.is_whole:
            return repeat(None, self.height)
        read = [reader.column(self._column(reader.place)) for reader in self.readers]
        return (None if ODD in said else said for said in zip(*read, strict=True))

    def _side(self, value: Raw) -> int | None:
        plain = value if isinstance(value, str) and value.isalnum() else parsing.folded(value)
        code = key.split(plain)
        return code[1] if code and code[0] is self.kind else None

    def says_nothing(self, row: ReadRow) -> bool:
        """Whether it is about no task and nothing is filled in."""
        if row.task is not None or key.split(parsing.folded(at(row.raw, self.code_at))):
            return False
        return all(cell.is_blank for name, cell in row.cells.items() if name != DUE)

    def title(self, row: ReadRow) -> str:
        """What stands as the task's name."""
        return parsing.folded(at(row.raw, self.title_at))

    def cells(self, row: ReadRow) -> Mapping[str, ReadCell]:
        """The cells, and the date where there is one."""
        cells = {one.name: one.cell(row.raw, row.number) for one in self.readers}
        if self.due is not None and row.due:
            cells[DUE] = self.due.cell(row.raw, row.number)
        return cells


class _Reader:
    """Reads the cells of a column."""

    def __init__(self, table: Table, name: str, place: int, parse: Parser) -> None:
        self.name, self.place, self.parse = name, place, parse
        self.sheet, self.letter, self.nothing = (
            table.title,
            get_column_letter(place + 1),
            nothing(name),
        )
        self.percents = table.percents if name == "percent" else frozenset()
        self.uncounted = table.uncounted
        self.has_shares = False

    def look_for_shares(self, values: Sequence[Raw]) -> None:
        """Where others wrote shares, as 0.8, a bare 1 may be 1% or 100%: that is asked."""
        odd = (one for one, plain in zip(values, percents(values), strict=True) if plain is ODD)
        self.has_shares = any(SHARE.fullmatch(parsing.folded(one)) for one in odd)

    def column(self, values: Sequence[Raw]) -> list[Any]:
        """What each says, ODD where it is to be read by itself."""
        reader = READERS.get(self.parse)
        if reader is None or self.percents or self.has_shares:
            return [ODD] * len(values)
        return reader(values)

    def cell(self, row: Sequence[Raw], number: int) -> ReadCell:
        """What stands in the row of that number."""
        value = row[self.place] if self.place < len(row) else ""
        address = f"{self.letter}{number}"
        if value == "":
            if address in self.uncounted:
                return ReadCell(self.sheet, address, "=", None, _uncounted())
            return ReadCell(self.sheet, address, "", self.nothing)
        raw = parsing.raw(value)
        parse = parsing.share if address in self.percents else self.parse
        try:
            found: Any = parse(value)
        except ValueError as error:
            return ReadCell(self.sheet, address, raw, None, str(error))
        if self.has_shares and found == 1 and raw.strip() in {"1", "1.0", "１"}:
            return ReadCell(self.sheet, address, raw, None, _which_one())
        return ReadCell(self.sheet, address, raw, found)


@lru_cache(maxsize=1000)
def _day(text: str) -> str | None:
    found = parsing.day(text)
    return found.isoformat() if found else None


def _iso(value: object) -> str | None:
    return _day(parsing.raw(value))


def _due(value: Raw) -> str | None:
    """A date that is only looked at; None where there is none that can be read."""
    try:
        return _iso(value) if value != "" else None
    except ValueError:
        return None


def _which_one() -> str:
    return _("同表中有0.8这样的小数，“1”可能是1%也可能是100%，请改为1%或100。")


def _uncounted() -> str:
    return _(
        "单元格的公式没有算出的结果，或结果是错误值：请用 Excel 或 WPS 打开并保存，"
        "或改为数值、文字后重新上传。"
    )
