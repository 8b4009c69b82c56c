"""The quick way says the same as the long one: columns at once, rows as a whole."""

import dataclasses
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.returns import parsing, plain
from reports.returns.cells import compared
from reports.returns.columns import fields, labels, nothing, parsers
from reports.returns.line import NOTHING, Line
from reports.returns.shapes import Change, KeyRow, Kind, ReadCell, ReadRow
from tasks.models import Period, Plan, ProgressReport, Responsibility, Task
from tasks.services import contributions, progress
from tasks.services.entry import LIMITS, Entry

ODD_TEXTS = ["是", "否", "80", "０.8", "#REF!", "#1", " x\r\ny ", "a\x00b", "　", "\ufffe", "—"]
VALUES = st.one_of(
    st.sampled_from(["", *ODD_TEXTS]),
    st.text(max_size=6),
    st.floats(allow_nan=False),
    st.integers(-2, 102).map(float),
    st.booleans(),
    st.just({"date": "2025-09-30"}),
    st.integers(-2, 102),
)
TEXTS = st.sampled_from(["", "推进。", "完成。", "长" * 100, "长" * 101, "长" * 4000, "长" * 4001])
LEAD = st.tuples(st.sampled_from([None, 0, 40, 100]), st.booleans(), *[TEXTS] * 5)
PART = st.tuples(TEXTS)


@settings(max_examples=300, deadline=None)
@given(values=st.lists(VALUES, max_size=5))
def test_a_column_says_what_its_cells_say(values: list[Any]) -> None:
    for kind in Kind:
        for name, parse in parsers(kind).items():
            found = plain.READERS[parse](values)
            assert len(found) == len(values)
            for value, said in zip(values, found, strict=True):
                if said is not plain.ODD:
                    assert said == (parse(value) if value != "" else nothing(name))
                    assert type(said) is type(parse(value) if value != "" else nothing(name))


def test_what_nearly_all_write_is_not_odd() -> None:
    assert plain.percents([80.0, "", 0.0, 100.0]) == [80, None, 0, 100]
    assert plain.yeses(["是", "", "否"]) == [True, False, False]
    assert plain.texts(["一\n二 ", "", "三"]) == ["一\n二", "", "三"]
    assert plain.texts([1.0, "三", "#REF!"]) == [plain.ODD, "三", plain.ODD]
    assert parsing.text in plain.READERS


def _line(kind: Kind, now: tuple[Any, ...] | None, last: Any) -> Line:
    plan = Plan(pk=1, title="方案")
    task = Task(pk=1, number=1, title="任务", plan=plan)
    period = Period(pk=1, plan=plan, year=2026, quarter=3)
    said = dict(zip(fields(kind), now, strict=True)) if now else NOTHING
    if kind is Kind.PART:
        said = said if now else {"text": ""}
    stored: Any = ProgressReport(pk=1, version=2) if now else None
    return Line(kind, Responsibility(pk=1, task=task), period, stored, last, said)


def _row(kind: Kind, said: tuple[Any, ...], *, whole: bool) -> ReadRow:
    cells = {
        name: ReadCell("表", "A1", "" if value in {"", None} else str(value), value)
        for name, value in zip(fields(kind), said, strict=True)
    }
    origin: Any = SimpleNamespace(title=lambda _row: "任务", cells=lambda _row: cells)
    return ReadRow(kind, "表", 5, 1, 1, said if whole else None, None, origin, None)


@pytest.mark.parametrize("kind", list(Kind))
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_row_as_a_whole_says_what_its_cells_say(kind: Kind, data: st.DataObject) -> None:
    values = LEAD if kind is Kind.LEAD else PART
    now, said = data.draw(st.none() | values), data.draw(values)
    line = _line(kind, now, data.draw(st.sampled_from([None, ProgressReport(percent=40)])))
    said = data.draw(st.sampled_from([said, line.values]))
    before = data.draw(st.sampled_from([line.values, said]))
    given_: dict[str, Any] = {
        "was": KeyRow(kind, 1, 1, 0, before),
        "why": data.draw(st.sampled_from(["", "不能填。"])),
        "to_confirm": data.draw(st.booleans()),
        "label": labels(kind),
    }
    quick = compared(_row(kind, said, whole=True), line, **given_)
    long = compared(_row(kind, said, whole=False), line, **given_)
    assert long.tell is None
    for name in ("change", "entry", "text", "to_confirm", "note", "missing", "writes", "clashes"):
        assert getattr(quick, name) == getattr(long, name), name
    assert list(quick.cells) == list(long.cells)


@settings(max_examples=300, deadline=None)
@given(said=LEAD)
def test_the_quick_way_takes_only_what_the_service_takes(said: tuple[Any, ...]) -> None:
    row = compared(
        _row(Kind.LEAD, said, whole=True),
        line := _line(Kind.LEAD, None, ProgressReport(percent=40)),
        was=KeyRow(Kind.LEAD, 1, 1, 0, line.values),
        why="",
        to_confirm=False,
        label=labels(Kind.LEAD),
    )
    if row.tell is not None:
        assert row.entry is not None
        assert progress.checked(row.entry, last=ProgressReport(percent=40)) == row.entry


def test_texts_up_to_the_limit_go_the_quick_way_and_longer_ones_do_not() -> None:
    for name, limit in LIMITS.items():
        for length, change in ((limit, Change.NEW), (limit + 1, Change.WRONG)):
            text: dict[str, Any] = {name: "长" * length}
            entry = dataclasses.replace(Entry(percent=40, progress="x"), **text)
            said = tuple(getattr(entry, one) for one in fields(Kind.LEAD))
            line = _line(Kind.LEAD, None, None)
            row = compared(
                _row(Kind.LEAD, said, whole=True),
                line,
                was=KeyRow(Kind.LEAD, 1, 1, 0, line.values),
                why="",
                to_confirm=False,
                label=labels(Kind.LEAD),
            )
            assert row.change is change
            assert (row.tell is not None) is (change is Change.NEW)
    assert contributions.checked("长" * 4000, needed=False)
