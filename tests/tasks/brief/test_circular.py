"""通报（代拟稿）: figures of the own side, whom to name for what, and who may draft it."""

import io
import re
from urllib.parse import unquote

import pytest
from django.test import Client
from docx import Document

from tasks.models import Plan, Responsibility
from tests.api.conftest import Cast
from tests.factories import (
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
)
from tests.tasks.brief.conftest import enter, side_of
from units.models import AuditEntry, Unit, User

pytestmark = pytest.mark.django_db
CIRCULAR = "/brief/circular/"


def _text(browser: Client) -> str:
    document = Document(io.BytesIO(browser.get(CIRCULAR).content))
    lines = [paragraph.text for paragraph in document.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*lines, *cells])


def _late(plan: Plan, place: str, unit: Unit) -> Responsibility:
    """A task of the side that is past its own date, by a unit that has not reported."""
    side = plan.sides.get(jurisdiction__code=place).jurisdiction
    task = TaskFactory(plan=plan, due_on="2026-06-30")
    row: Responsibility = ResponsibilityFactory(task=task, unit=unit, side=side)
    return row


def test_it_counts_names_and_asks(cast: Cast) -> None:
    side = side_of(cast.plan)
    unit = UnitFactory(name="重庆市某局")
    row = _late(cast.plan, side.jurisdiction.code, unit)
    answer = enter(cast.coordinator).get(CIRCULAR)
    name = unquote(answer.headers["Content-Disposition"])
    assert name.endswith("进展情况的通报（代拟稿）.docx")
    assert AuditEntry.objects.get(verb="circular.download").actor == cast.coordinator
    text = _text(enter(cast.coordinator))
    heads = ["一、总体情况", "二、存在问题", "三、下一步要求"]
    assert [line for line in text.splitlines() if re.match("[一二三]、", line)] == heads
    assert "代拟稿" in text
    total = Responsibility.objects.leads().filter(task__plan=cast.plan, side=side.jurisdiction)
    assert f"牵头任务共{total.count()}项" in text
    assert f"重庆市某局（任务{row.task.number}）" in text
    assert "任务逾期。建议点名1个单位" in text
    assert "进展未报" in text
    assert "2026年11月27日" not in text  # the day of issue is for people to enter
    assert "11月27日前说明原因" in text


def test_the_other_side_and_central_bodies_are_never_named(cast: Cast) -> None:
    side = side_of(cast.plan)
    other = cast.plan.sides.exclude(pk=side.pk).get().jurisdiction
    _late(cast.plan, other.code, UnitFactory(name="四川省某厅"))
    for kind in ("vertical", "enterprise"):
        _late(cast.plan, side.jurisdiction.code, UnitFactory(name=f"某{kind}公司", kind=kind))
    text = _text(enter(cast.coordinator))
    assert "逾期（含期满未办结）2项" in text  # counted, as everywhere
    assert not re.search("四川省某厅|某vertical公司|某enterprise公司", text)


def test_where_all_is_well_it_says_so(cast: Cast) -> None:
    for row in Responsibility.objects.leads().filter(task__plan=cast.plan):
        row.reports.all().delete()
        period = cast.plan.periods.get(quarter=3)
        ProgressReportFactory(responsibility=row, period=period, approved=True, percent=100)
    assert "没有需要点名的单位" in _text(enter(cast.coordinator))


def test_only_the_sides_office_drafts_it(cast: Cast, leader: User) -> None:
    page = enter(cast.coordinator).get("/brief/")
    assert CIRCULAR in page.text
    assert CIRCULAR not in enter(leader).get("/brief/").text
    assert enter(leader).get(CIRCULAR).status_code == 404
    other = cast.plan.sides.exclude(pk=side_of(cast.plan).pk).get().jurisdiction.code
    assert enter(cast.coordinator).get(f"{CIRCULAR}?side={other}").status_code == 404
    assert enter(cast.lead).get(CIRCULAR).status_code == 404


def test_each_page_has_its_number(cast: Cast) -> None:
    document = Document(io.BytesIO(enter(cast.coordinator).get(CIRCULAR).content))
    foot = document.sections[0].footer.paragraphs[0]
    assert 'w:instr="PAGE"' in foot._p.xml
    assert re.findall("<w:t[^>]*>([^<]*)</w:t>", foot._p.xml) == ["— ", "1", " —"]
