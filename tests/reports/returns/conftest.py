"""A unit with three tasks and a part in a fourth, and its form."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reports.returns import form
from reports.returns.compare import compare
from reports.returns.read import read
from reports.returns.shapes import CellChange, Comparison, RowChange
from tasks.models import Period, Plan, Responsibility
from tests.factories import (
    TODAY,
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    joint_plan,
    officer,
)
from tests.kept import kept_for_module
from tracker.lib.workdays import Quarter
from units.models import Unit, User

QUARTER = Quarter(2026, 3)


@dataclass
class World:
    """One unit's quarter: `leads` are its three sides, `part` where it helps."""

    plan: Plan
    period: Period
    unit: Unit
    by: User
    leads: list[Any]
    part: Responsibility
    folder: Path

    def form(self, *, by: User | None = None) -> Path:
        """The form as a file."""
        name, content = form.make(self.unit, QUARTER, for_user=by or self.by, today=TODAY)
        path = self.folder / name
        path.write_bytes(content)
        return path

    def filled(
        self, values: Mapping[str, Any], change: Callable[[Any], None] | None = None
    ) -> Path:
        """The form with values typed in: 牵头任务!G5 is a key, or G5 of the first sheet."""
        path = self.form()
        book = openpyxl.load_workbook(path)
        for address, value in values.items():
            title, _bang, place = address.rpartition("!")
            page = book[title] if title else book.worksheets[0]
            page[place] = value
        if change is not None:
            change(book)
        book.save(path)
        return path

    def compared(self, path: Path, *, by: User | None = None, **wanted: Any) -> Comparison:
        """What the file would do."""
        return compare(read(path), for_user=by or self.by, today=TODAY, **wanted)


def row_of(found: Comparison, number: int) -> RowChange:
    """The row of a task."""
    return next(row for row in found.rows if row.row.task == number)


def cell_of(found: Comparison, number: int, name: str) -> CellChange:
    """A cell of the row of a task."""
    return next(cell for cell in row_of(found, number).cells if cell.name == name)


@pytest.fixture(scope="module")
def worlds(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Callable[[], World]]:
    yield from kept_for_module(request, django_db_blocker, make_world)


@pytest.fixture
def world(worlds: Callable[[], World], db: None, tmp_path: Path) -> World:
    return replace(worlds(), folder=tmp_path)


def make_world() -> World:
    """The rows of a world."""
    plan = joint_plan()
    side = plan.sides.order_by("order")[0].jurisdiction
    unit = UnitFactory(name="重庆市能源局", jurisdiction=side)
    other = UnitFactory(name="重庆市生态环境局", jurisdiction=side)
    period = PeriodFactory(plan=plan)
    leads = [
        ResponsibilityFactory(task=TaskFactory(plan=plan), unit=unit, side=side) for _n in range(3)
    ]
    helped = TaskFactory(plan=plan)
    ResponsibilityFactory(task=helped, unit=other, side=side)
    part = ResponsibilityFactory(task=helped, unit=unit, side=side, cooperating=True)
    return World(plan, period, unit, officer(unit), leads, part, Path())
