"""The effect of reminders equals a plain recount, in the same few queries for any size."""

import datetime
from collections import Counter
from statistics import median
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tasks.models import Notice, Period, PeriodSide, ProgressReport, Responsibility
from tasks.services import effect, snapshots
from tasks.services.effect import Line
from tasks.states import ENDED_STATES, PeriodState
from tests.factories import OfficeFactory, UserFactory, coordinator, inspector
from tests.factories.units import JurisdictionFactory
from tests.tasks.effect.conftest import grow, moment, quarter
from tracker.lib.workdays import SHANGHAI
from units.models import AuditEntry, Unit, User

pytestmark = pytest.mark.django_db


class Recount:
    """Every report by itself, in Python."""

    def __init__(self, period: Period) -> None:
        self.period = period
        self.closed = {
            one.side_id: one.closed_at for one in PeriodSide.objects.filter(period=period)
        }

    def of(self, sides: list[Responsibility]) -> Line:
        line = Line(steps={})
        first, last = [], []
        for side in sides:
            report = ProgressReport.objects.filter(responsibility=side, period=self.period).first()
            if side.state in ENDED_STATES and not (report and report.is_reported):
                continue
            line.expected += 1
            kind, day = self.came(side, report)
            setattr(line, kind, getattr(line, kind) + 1)
            if day is None or kind == "later":
                continue
            told = self.told(side, day)
            step = told[-1].step if told else None
            line.steps[step] = line.steps.get(step, 0) + 1
            line.told += bool(told)
            line.signer += any(n.params["verb"] == "report.sign" for n in told)
            line.office += any(n.params["verb"] == "report.review" for n in told)
            if told:
                first.append((day - told[0].made_on).days)
                last.append((day - told[-1].made_on).days)
        line.since_first = float(median(first)) if first else None
        line.since_last = float(median(last)) if last else None
        return line

    def came(self, side: Any, report: Any) -> tuple[str, datetime.date | None]:
        entry = (
            report
            and AuditEntry.objects.filter(verb="report.submit", object_id=str(report.pk))
            .order_by("at")
            .first()
        )
        at = entry.at if entry else report and report.submitted_at
        if not at:
            return "never", None
        day = at.astimezone(SHANGHAI).date()
        closed = self.closed.get(side.side_id)
        if (closed and at >= closed) or (self.period.closed_on and day > self.period.closed_on):
            return "later", day
        due = self.period.due_on
        return ("early" if day < due else "on_day" if day == due else "after"), day

    def told(self, side: Any, day: datetime.date) -> list[Notice]:
        rows = Notice.objects.filter(
            subject=f"report/{side.pk}/{self.period.code}", rule__in=effect.RULES
        )
        told = [n for n in rows if n.state != "dropped" and n.made_on <= day]
        return sorted(told, key=lambda n: (n.made_on, n.step))


def check(period: Period, user: User) -> Counter[str]:
    """Each line of the effect as told again; what was in it."""
    found = effect.build(period, effect.sides_of(user, period))
    recount, seen = Recount(period), Counter[str]()
    everything: list[Responsibility] = []
    for side in found.sides:
        rows = Responsibility.objects.leads().filter(
            task__plan=period.plan, side=side.side.jurisdiction
        )
        by_unit: dict[int, list[Responsibility]] = {}
        for row in rows:
            by_unit.setdefault(row.unit_id, []).append(row)
        told = {one.id: one.line for one in side.units}
        wanted = {unit: recount.of(some) for unit, some in by_unit.items()}
        assert told == {unit: line for unit, line in wanted.items() if line.expected}
        assert side.line == recount.of(list(rows))
        everything += rows
    assert found.line == recount.of(everything)
    for name in ("early", "on_day", "after", "later", "never", "told", "signer", "office"):
        seen[name] = getattr(found.line, name)
    assert found.line.expected == found.line.came + found.line.later + found.line.never
    assert found.steps[:1] in ([None], [])
    return seen


@pytest.mark.parametrize("seed", range(3))
def test_open_quarters_equal_a_plain_recount(seed: int) -> None:
    _plan, period = quarter(seed, 25)
    seen = check(period, UserFactory(superuser=True))
    assert min(seen[name] for name in ("early", "after", "never", "told", "signer", "office")) > 0


def test_a_side_that_was_closed_tells_what_came_later_apart() -> None:
    plan, period = quarter(7, 25)
    side = plan.sides.order_by("order")[0]
    at = moment(period.due_on + datetime.timedelta(days=10))
    PeriodSide.objects.create(period=period, side=side.jurisdiction, closed_at=at)
    seen = check(period, UserFactory(superuser=True))
    assert seen["later"] > 0


def test_a_closed_quarter_is_counted_as_its_snapshot_has_it() -> None:
    _plan, period = quarter(8, 25)
    period.state, period.closed_on = PeriodState.CLOSED, period.due_on + datetime.timedelta(days=60)
    period.save()
    snapshots.take(
        period, missing=[], unreviewed=[], note="", by=None, now=moment(period.closed_on)
    )
    user = UserFactory(superuser=True)
    before = effect.build(period, effect.sides_of(user, period))
    check(period, user)
    unit = before.sides[0].units[0]
    Responsibility.objects.filter(unit=unit.id).update(state="closed")
    Unit.objects.filter(pk=unit.id).update(name="改名后的单位")
    assert effect.build(period, effect.sides_of(user, period)) == before


def test_as_many_queries_for_any_number_of_reports() -> None:
    _plan, period = quarter(1, 3)
    person = coordinator(OfficeFactory())

    def count() -> int:
        user = User.objects.get(pk=person.pk)
        with CaptureQueriesContext(connection) as queries:
            effect.build(period, effect.sides_of(user, period))
        return len(queries)

    few = count()
    grow(2, period, 12)
    assert count() == few == 5


def test_an_empty_quarter_has_lines_of_nothing() -> None:
    _plan, period = quarter(0, 0)
    found = effect.build(period, effect.sides_of(UserFactory(superuser=True), period))
    assert [side.line for side in found.sides] == [Line(), Line()]
    assert found.line == Line()
    assert found.steps == []


def test_who_reads_which_side() -> None:
    _plan, period = quarter(0, 1)
    cq = coordinator(OfficeFactory())
    place = inspector(JurisdictionFactory())
    assert [s.jurisdiction.code for s in effect.sides_of(cq, period)] == ["500000"]
    assert [s.jurisdiction.code for s in effect.sides_of(place, period)] == ["500000"]
    assert effect.sides_of(UserFactory(), period) == []
