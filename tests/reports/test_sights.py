"""What units may see, worked out for all at once: the same as one by one, in as many queries."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.books import making
from reports.models import ReportRun
from reports.services.content import load, unit_sight_of
from reports.services.sights import unit_sights
from tasks.models import Period, Plan
from tests.factories import TODAY
from tests.reports.conftest import made
from tracker.lib.workdays import Quarter
from units.models import Unit


def test_all_units_at_once_see_what_each_sees(joint: Plan) -> None:
    quarters = {period.as_quarter for period in Period.objects.all()}
    assert {bool(period.closed_on) for period in Period.objects.all()} == {True, False}
    for quarter in quarters:
        contents = [load(period, today=TODAY) for period in Period.objects.of(quarter)]
        units = list(Unit.objects.filter(responsibilities__isnull=False).distinct())
        at_once = unit_sights(units, contents)
        assert any(at_once[unit.pk].reports for unit in units)
        for unit in units:
            assert at_once[unit.pk] == unit_sight_of(unit, contents), (quarter, unit)


def test_a_run_reads_no_more_for_more_units(joint: Plan, monkeypatch) -> None:
    every = making._units

    def queries(most: int) -> tuple[ReportRun, list[str]]:
        monkeypatch.setattr(making, "_units", lambda *args: every(*args)[:most])
        with CaptureQueriesContext(connection) as seen:
            run = made(plan=joint, quarter=Quarter(2025, 4))
        told = [query["sql"] for query in seen.captured_queries]
        # The progress of the run is told, and its lease renewed, before each file.
        return run, [sql for sql in told if not sql.startswith('UPDATE "reports_reportrun"')]

    few, of_few = queries(2)
    many, of_many = queries(60)
    assert few.files.count() == 4
    assert many.files.count() > 20
    numbers = len(of_few), len(of_many)
    assert numbers[0] == numbers[1]
