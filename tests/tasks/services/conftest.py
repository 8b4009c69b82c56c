"""A lead unit's desk: a side not started, an open period, an officer, and who reviews."""

from dataclasses import dataclass
from typing import Any

import pytest

from tasks.models import Period, ProgressReport, Responsibility
from tasks.services import progress
from tasks.services.entry import Entry
from tests.factories import (
    NOW,
    OfficeFactory,
    PeriodFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    joint_plan,
    officer,
)
from units.models import User

FULL = Entry(
    percent=40, progress="已完成前期工作。", problems="资金尚未落实。", next_steps="推进。"
)


@dataclass
class Desk:
    side: Responsibility
    period: Period
    officer: User
    reviewer: User

    def save(self, entry: Entry = FULL, **values: Any) -> ProgressReport:
        return progress.save_draft(self.side, self.period, entry, **self._call(values))

    def submit(self, entry: Entry = FULL, **values: Any) -> ProgressReport:
        return progress.submit(self.side, self.period, entry, **self._call(values))

    def _call(self, values: dict[str, Any]) -> dict[str, Any]:
        return {"by": self.officer, "now": NOW, **values}


@pytest.fixture
def desk() -> Desk:
    plan = joint_plan()
    unit = UnitFactory()
    side = ResponsibilityFactory(task=TaskFactory(plan=plan), unit=unit, not_started=True)
    return Desk(side, PeriodFactory(plan=plan), officer(unit), coordinator(OfficeFactory()))
