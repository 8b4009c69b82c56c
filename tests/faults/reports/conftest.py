"""The site of these tests, its programs, and a plan of some units."""

import random
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.factories import (
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    joint_plan,
)
from tests.faults.reminders.crew import Crew
from tests.faults.reminders.site import Site

QUICK = "tests.faults.reports.quick"
UNITS = 5
Begin = Callable[..., Crew]


@pytest.fixture
def begin(site: Site, transactional_db: None, settings: Any) -> Iterator[Begin]:
    """Begin a trial with leases of so many seconds, 0 for the product's own."""
    site.fresh()
    settings.FILES_DIR = site.folder / "files"
    shutil.rmtree(settings.FILES_DIR, ignore_errors=True)  # of the trial before
    crew = Crew(site, port=9, app=QUICK)
    crew.log.unlink(missing_ok=True)

    def start(lease: float = 0) -> Crew:
        crew.settings = {"TRY_LEASE": str(lease)}
        plan = joint_plan(code="joint")
        for number in range(UNITS):
            unit = UnitFactory(name=f"第{number}局")
            ResponsibilityFactory(task=TaskFactory(plan=plan), unit=unit)
        PeriodFactory(plan=plan, quarter_text="2026Q3")
        return crew

    with site.looked_at():
        try:
            yield start
        finally:
            crew.stop()


@pytest.fixture
def dice() -> random.Random:
    return random.Random(20261120)  # noqa: S311 - data of a test
