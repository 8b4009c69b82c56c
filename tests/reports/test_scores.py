"""考核评分表: off until an office turns it on; every figure and the sum worked out again."""

import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from openpyxl import load_workbook

from reports.services import runs
from tasks.models import Finding, Period, Plan, ProgressReport, Responsibility
from tests.factories import TODAY, coordinator
from tests.reports.conftest import made
from tests.reports.test_every_cell import rows_of
from tracker.lib.workdays import SHANGHAI, Quarter
from units.models import Office, Unit
from units.services import audit

QUARTER = Quarter(2026, 3)
WEIGHTS = (30, 40, 20, 10)
ENDED = ("closed", "standing", "carried", "suspended")
ASIDE = ("carried", "suspended")


@pytest.fixture
def scored(joint: Plan) -> Plan:
    Plan.objects.filter(pk=joint.pk).update(scores_on=True)
    joint.refresh_from_db()
    return joint


def test_it_is_off_until_an_office_turns_it_on(joint: Plan) -> None:
    with pytest.raises(ValidationError, match="没有启用考核评分"):
        runs.request_run(book="scores", quarter=QUARTER, plan=joint, by=None)


def _book(plan: Plan) -> Any:
    by = coordinator(Office.objects.get(name="重庆市双碳办"))
    run = made(quarter=QUARTER, plan=plan, book="scores", by=by)
    return load_workbook(run.files.get().full_path)


def _counts(plan: Plan, unit: Unit) -> list[tuple[int, int]]:
    """Of the four parts how many of how many."""
    period = Period.objects.of(QUARTER).get(plan=plan)
    rows = Responsibility.objects.leads().filter(task__plan=plan, unit=unit)
    sides = list(rows.with_light(TODAY, QUARTER).select_related("task__plan"))
    reports = {
        one.responsibility_id: one
        for one in ProgressReport.objects.filter(period=period, state__in=["submitted", "approved"])
    }
    expected = [s for s in sides if s.state not in ENDED or s.pk in reports]
    in_time = [
        s
        for s in expected
        if s.pk in reports
        and reports[s.pk].kind == "regular"
        and (at := reports[s.pk].submitted_at)
        and at.astimezone(SHANGHAI).date() <= period.due_on
    ]
    going = [s for s in sides if s.state not in ASIDE]
    slow = {"逾期", "期满未办结", "滞后", "严重滞后"}
    at_pace = [s for s in going if str(s.light_word(TODAY).label) not in slow]
    due = [s for s in going if (s.due_on or s.task.due_on or plan.ends_on or TODAY) <= TODAY]
    done = [s for s in due if s.state in ("completed", "closed", "standing")]
    found = Finding.objects.filter(responsibility__in=sides).exclude(state="withdrawn")
    mended = [one for one in found if not (one.state == "issued" and one.due_on < TODAY)]
    parts: list[tuple[list[Any], list[Any]]]
    parts = [(in_time, expected), (at_pace, going), (done, due), (mended, list(found))]
    return [(len(good), len(base)) for good, base in parts]


def test_each_figure_and_the_sum(scored: Plan) -> None:
    rows = rows_of(_book(scored)["考核评分"])
    assert len(rows) > 5
    for row in rows:
        counts = _counts(scored, Unit.objects.get(name=row[2]))
        points = []
        for place, ((good, base), weight) in enumerate(zip(counts, WEIGHTS, strict=True)):
            exact = Fraction(weight * good, base) if base else Fraction(weight)
            rounded = Decimal(int(exact * 10 + Fraction(1, 2))) / 10
            cells = row[3 + 3 * place : 6 + 3 * place]
            assert [cells[0], cells[1]] == [good, base], row[2]
            assert Decimal(str(cells[2])) == rounded, row[2]
            points.append(rounded)
        assert Decimal(str(row[15])) == sum(points)
        assert row[16].endswith(f"＝{sum(points):.1f}")
    totals = [row[15] for row in rows]
    assert totals == sorted(totals, reverse=True)
    assert [row[0] for row in rows] == [totals.index(total) + 1 for total in totals]


def test_what_was_in_by_the_day_and_had_to_be_mended_is_in_time(scored: Plan) -> None:
    """The history, which the database dates itself, knows the first time; as on the desk."""
    period = Period.objects.of(QUARTER).get(plan=scored)
    first = Responsibility.objects.leads().filter(task__plan=scored, side__code="500000")[0]
    told = {"state": "submitted", "percent": 40, "progress": "重报。", "kind": "regular"}
    told["submitted_at"] = datetime.datetime(2999, 2, 1, tzinfo=SHANGHAI)
    report, _made = ProgressReport.objects.update_or_create(
        responsibility=first, period=period, defaults=told
    )
    Period.objects.filter(pk=period.pk).update(due_on="2999-01-01", grace_until="2999-01-09")

    def counted() -> int:
        rows = rows_of(_book(scored)["考核评分"])
        return next(int(row[3]) for row in rows if row[2] == first.unit.name)

    late = counted()
    audit.record("report.submit", report, by=None)
    assert counted() == late + 1


def test_the_other_side_and_central_bodies_are_never_scored(scored: Plan) -> None:
    first = Responsibility.objects.leads().filter(task__plan=scored, side__code="500000")[0]
    Unit.objects.filter(pk=first.unit_id).update(kind="vertical")
    book = _book(scored)
    names = {row[2] for row in rows_of(book["考核评分"])}
    own = Responsibility.objects.leads().filter(task__plan=scored, side__code="500000")
    assert names <= set(own.values_list("unit__name", flat=True))
    assert first.unit.name not in names
    text = [str(cell.value) for page in book for row in page.iter_rows() for cell in row]
    assert not [one for one in text if "四川省" in one]


def test_the_rules_stand_on_a_sheet_with_the_weights_in_force(scored: Plan) -> None:
    Plan.objects.filter(pk=scored.pk).update(score_filing=50, score_pace=20)
    scored.refresh_from_db()
    book = _book(scored)
    rules = {row[1]: row[3] for row in rows_of(book["评分说明"])}
    assert rules["按期报送"] == "50分×按期报送数÷应报数"
    assert rules["按进度推进"] == "20分×未滞后数÷任务数"
    assert all(row[16].startswith(("50×", "50.0")) for row in rows_of(book["考核评分"]))
