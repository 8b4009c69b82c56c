"""Reports that are missing or were not mended."""

import datetime

import pytest

from tasks.models import PeriodSide
from tasks.states import TaskState
from tests.factories import (
    NOW,
    TODAY,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
)
from tests.tasks.views.overdue.conftest import OVERDUE


@pytest.fixture
def filings(late):
    """重庆市's side missed 2026Q2 and Q3; another one's report was not mended by its day."""
    PeriodFactory(plan=late.plan, quarter_text="2026Q2")
    back = ResponsibilityFactory(task=TaskFactory(plan=late.plan, title="退回的"), completed=True)
    for period in late.plan.periods.all():
        ProgressReportFactory(
            responsibility=back,
            period=period,
            returned=True,
            redo_by=datetime.date(2026, 11, 18) if period.quarter == 3 else TODAY,
        )
    for side in (late.other_side,):
        for period in late.plan.periods.all():
            ProgressReportFactory(responsibility=side, period=period, submitted=True)
    return late, back


def counted(page) -> dict[str, int]:
    """Of reports alone."""
    told = {kind.value: number for kind, number in page.context["others"]}
    return {kind: told[kind] for kind in ("missing", "returned") if kind in told}


def test_reports_that_are_missing_or_not_mended_are_listed_by_quarter(as_, filings, clock):
    late, back = filings
    browser = as_(late.office)
    page = browser.get(OVERDUE, {"kind": "missing"})
    assert counted(page) == {"missing": 2, "returned": 1}
    rows = [(row.side, str(row.quarter), row.due) for row in page.context["rows"]]
    assert rows == [
        (late.side, "2026Q2", datetime.date(2026, 7, 10)),
        (late.side, "2026Q3", datetime.date(2026, 10, 10)),
    ]
    assert [chip.number for chip in page.context["bands"]] == [0, 1, 0, 1]
    assert "2026年第2季度" in page.text
    assert "报送截止日" in page.text
    (row,) = browser.get(OVERDUE, {"kind": "returned"}).context["rows"]
    assert (row.side, str(row.quarter), row.workdays) == (back, "2026Q3", 2)


def test_a_returned_report_of_what_has_ended_is_not_late(as_, filings, clock):
    late, back = filings
    back.state = TaskState.CLOSED
    back.save()
    page = as_(late.office).get(OVERDUE, {"kind": "returned"})
    assert counted(page) == {"missing": 2, "returned": 0}
    assert list(page.context["rows"]) == []


def test_nobody_is_told_of_filings_that_they_may_not_know(as_, filings, clock):
    late, _back = filings
    for person in (late.stranger, late.other_office, late.cooperating):
        for kind in ("missing", "returned"):
            page = as_(person).get(OVERDUE, {"kind": kind, "of": "all"})
            assert page.status_code == 200
            assert page.context["rows"] == [], person
        assert set(counted(page).values()) <= {0}
    assert counted(as_(late.auditor).get(OVERDUE)) == {"missing": 2, "returned": 1}
    assert counted(as_(late.lead).get(OVERDUE)) == {"missing": 2, "returned": 0}


def test_a_closed_quarter_is_no_more_missing(as_, filings, clock):
    late, _back = filings
    late.period.state, late.period.closed_on = "closed", TODAY
    late.period.save()
    assert counted(as_(late.office).get(OVERDUE)) == {"missing": 1, "returned": 0}


def test_a_side_that_its_office_closed_is_no_more_asked(as_, filings, clock):
    late, _back = filings
    for period in late.plan.periods.all():
        PeriodSide.objects.create(period=period, side=late.side.side, closed_at=NOW)
    assert counted(as_(late.office).get(OVERDUE)) == {"missing": 0, "returned": 0}
    PeriodSide.objects.update(closed_at=None)  # reopened
    assert counted(as_(late.office).get(OVERDUE)) == {"missing": 2, "returned": 1}
