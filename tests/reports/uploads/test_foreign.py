"""Another unit's form whose key is lost: the same numbers, and never the sender's own."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from reports.returns import form
from tasks.models import ProgressReport
from tests.factories import TODAY, ResponsibilityFactory, UnitFactory, officer
from tests.reports.returns.conftest import QUARTER, World
from tests.reports.returns.test_reading import lost
from tests.reports.uploads.conftest import apply, browser, page, sent
from units.models import Unit, UnitName, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(world: World) -> Unit:
    """The other side's lead of the same tasks, under the same numbers."""
    place = world.plan.sides.order_by("order")[1].jurisdiction
    unit: Unit = UnitFactory(name="四川省能源局", jurisdiction=place)
    for side in world.leads:
        ResponsibilityFactory(task=side.task, unit=unit, side=place)
    return unit


def copied(world: World, unit: Unit, change: Callable[[Any], None] | None = None) -> Path:
    """The unit's form, filled in and then copied into a book that knows nothing of its key."""
    _name, content = form.make(unit, QUARTER, for_user=officer(unit), today=TODAY)
    path = world.folder / "copied.xlsx"
    path.write_bytes(content)
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["G5"], book.worksheets[0]["I5"] = 80, "川方的进展。"
    lost(book)
    if change is not None:
        change(book)
    book.save(path)
    return path


def split(book: Any) -> None:
    """The unit's name in a cell of its own."""
    sheet = book.worksheets[0]
    label, name = sheet["A2"].value.split("：")
    for area in list(sheet.merged_cells.ranges):
        if "A2" in area:
            sheet.unmerge_cells(str(area))
    sheet["A2"], sheet["C2"] = f"{label}：", name


def by_another_name(book: Any) -> None:
    """As a former paper had it."""
    book.worksheets[0]["A2"] = "填报单位：四川省能源管理局"


@pytest.mark.parametrize("change", [None, split, by_another_name])
def test_it_is_refused_by_name(
    change: Callable[[Any], None] | None, world: World, other: Unit
) -> None:
    UnitName.objects.create(unit=other, name="四川省能源管理局", kind="former")
    client = browser(world.by)
    upload = sent(client, copied(world, other, change))
    assert (upload.state, upload.unit) == ("refused", None)
    assert "这是四川省能源局的回填表" in page(client, upload)
    assert not ProgressReport.objects.exists()


def test_the_office_of_the_other_side_does_not_take_it(
    world: World, other: Unit, office: User
) -> None:
    upload = sent(browser(office), copied(world, other))
    assert upload.state == "refused"
    assert "四川省能源局" in upload.error


def test_ones_own_is_taken_by_a_longer_name_and_without_any(world: World, other: Unit) -> None:
    def unnamed(book: Any) -> None:
        book.worksheets[0]["A2"] = None

    def as_a_part(book: Any) -> None:
        book.worksheets[0]["A2"] = "填报单位（盖章）：重庆市能源局 （原四川省能源局合作处）"

    client = browser(world.by)
    for change in (unnamed, as_a_part):
        upload = sent(client, copied(world, world.unit, change))
        assert (upload.state, upload.unit) == ("ready", world.unit), upload.error
        assert "确认" in page(client, upload)
    assert apply(client, upload, confirmed="on").status_code == 302
    assert ProgressReport.objects.get().progress == "川方的进展。"
