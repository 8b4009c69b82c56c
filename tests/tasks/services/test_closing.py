"""Closing a quarter: side by side, with what is wanting named, kept in a snapshot."""

import datetime
from typing import Any

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from tasks.models import Period, PlanSide, ProgressReport, Responsibility, Snapshot
from tasks.services import closing, progress, snapshots
from tasks.services.closing import Unsettled
from tasks.services.entry import Entry
from tasks.states import ReportKind
from tests.factories import (
    NOW,
    PeriodFactory,
    ProgressReportFactory,
    ResponsibilityFactory,
    TaskFactory,
    UnitFactory,
    coordinator,
    joint_plan,
    officer,
)
from units.models import AuditEntry, User

pytestmark = pytest.mark.django_db


class Scene:
    """Two tasks of both sides: Chongqing has one approved, Sichuan both."""

    def __init__(self) -> None:
        self.plan = joint_plan()
        self.cq, self.sc = self.plan.sides.select_related("office").order_by("order")
        self.period: Period = PeriodFactory(plan=self.plan)
        self.office = coordinator(self.cq.office)
        self.office2 = coordinator(self.sc.office)
        unit, unit2 = UnitFactory(name="重庆市能源局"), UnitFactory(sichuan=True)
        tasks = [TaskFactory(plan=self.plan), TaskFactory(plan=self.plan)]
        self.sides = [ResponsibilityFactory(task=task, unit=unit) for task in tasks]
        others = [ResponsibilityFactory(task=task, unit=unit2) for task in tasks]
        filed = [self.sides[0], *others]
        self.reports = [
            ProgressReportFactory(responsibility=one, period=self.period, approved=True, percent=45)
            for one in filed
        ]

    def close(self, side: PlanSide, by: User | None, **more: Any) -> Period:
        self.period = closing.close_side(self.period, side, by=by, now=NOW, **more)
        return self.period


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_closing_names_what_is_wanting_and_waits_for_the_counts(scene: Scene) -> None:
    with pytest.raises(Unsettled) as told:
        scene.close(scene.cq, scene.office)
    assert told.value.counts == (1, 0, 0)
    assert "1项未报" in told.value.messages[0]
    with pytest.raises(Unsettled):
        scene.close(scene.cq, scene.office, confirmed=(0, 0, 0))
    period = scene.close(scene.cq, scene.office, confirmed=(1, 0, 0), note="已电话催办。")
    assert period.closed_on is None  # Sichuan's office has not
    assert not Snapshot.objects.exists()
    part = period.sides.get()
    assert (part.closed_by, part.note) == (scene.office, "已电话催办。")
    assert [row["unit"] for row in part.missing] == ["重庆市能源局"]


def test_the_last_side_closes_the_period_with_a_snapshot(scene: Scene) -> None:
    scene.close(scene.cq, scene.office, confirmed=(1, 0, 0))
    period = scene.close(scene.sc, scene.office2)
    assert period.closed_on == NOW.date()
    snapshot = Snapshot.objects.get()
    assert (snapshot.day, snapshot.taken_by) == (NOW.date(), scene.office2)
    assert [row["task"] for row in snapshot.missing] == [2]
    rows = list(snapshot.rows.order_by("order"))
    assert [(row.task_number, row.report_state) for row in rows] == [
        (1, "approved"), (1, "approved"), (2, ""), (2, "approved"),
    ]  # fmt: skip
    assert (rows[0].unit_name, rows[0].percent) == ("重庆市能源局", 45)
    assert "45%" in rows[0].reason
    entry = AuditEntry.objects.get(verb="period.close")
    assert entry.after["sha256"] == snapshot.digest
    assert snapshots.verify(snapshot)


def test_an_office_closes_its_own_side_alone_and_once(scene: Scene) -> None:
    with pytest.raises(PermissionDenied):
        scene.close(scene.cq, scene.office2, confirmed=(1, 0, 0))
    scene.close(scene.cq, scene.office, confirmed=(1, 0, 0))
    with pytest.raises(ValidationError, match="本方已关闭"):
        scene.close(scene.cq, scene.office, confirmed=(1, 0, 0))


def test_before_the_grace_is_over_only_what_is_settled_closes(scene: Scene) -> None:
    early = NOW.replace(month=10, day=12)
    with pytest.raises(ValidationError, match="宽限期至2026-10-16"):
        closing.close_side(scene.period, scene.cq, by=scene.office, now=early, confirmed=(1, 0, 0))
    assert closing.close_side(scene.period, scene.sc, by=scene.office2, now=early)


def test_what_a_closing_wrote_cannot_be_changed(scene: Scene) -> None:
    scene.close(scene.cq, scene.office, confirmed=(1, 0, 0))
    scene.close(scene.sc, scene.office2)
    snapshot = Snapshot.objects.get()
    row = snapshot.rows.first()
    assert row is not None
    for change in (
        lambda: snapshot.rows.filter(pk=row.pk).update(percent=99),
        lambda: snapshot.rows.all().delete(),
        lambda: Snapshot.objects.update(digest="0" * 64),
        lambda: Snapshot.objects.update(day=datetime.date(2026, 1, 1)),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()


def test_a_changed_digest_is_found(scene: Scene) -> None:
    scene.close(scene.cq, scene.office, confirmed=(1, 0, 0))
    scene.close(scene.sc, scene.office2)
    snapshot = Snapshot.objects.get()
    rows = list(snapshot.rows.order_by("order"))
    rows[0].percent = 46
    assert snapshots.digest_of(snapshot, rows) != snapshot.digest


def test_reopening_needs_a_reason_and_keeps_the_old_snapshot(scene: Scene) -> None:
    scene.close(scene.cq, scene.office, confirmed=(1, 0, 0))
    scene.close(scene.sc, scene.office2)
    with pytest.raises(ValidationError, match="理由"):
        closing.reopen_side(scene.period, scene.cq, reason=" ", by=scene.office, now=NOW)
    with pytest.raises(PermissionDenied):
        closing.reopen_side(scene.period, scene.cq, reason="补", by=scene.office2, now=NOW)
    period = closing.reopen_side(
        scene.period, scene.cq, reason="数据有误", by=scene.office, now=NOW
    )
    assert (period.closed_on, period.state) == (None, "open")
    old = Snapshot.objects.get()
    assert (old.reason, old.replaced_by) == ("数据有误", scene.office)
    assert snapshots.verify(old)
    later = NOW + datetime.timedelta(days=3)
    closing.close_side(period, scene.cq, by=scene.office, now=later, confirmed=(1, 0, 0))
    new = Snapshot.objects.in_force().get()
    assert new.pk != old.pk
    assert new.day == later.date()
    assert Snapshot.objects.count() == 2


def test_a_unit_that_missed_it_files_late_and_the_snapshot_stays(scene: Scene) -> None:
    scene.close(scene.cq, scene.office, confirmed=(1, 0, 0))
    scene.close(scene.sc, scene.office2)
    entry = Entry(percent=70, progress="已完成主体工程。")
    writer = officer(scene.sides[1].unit)
    report = progress.submit(scene.sides[1], scene.period, entry, by=writer, now=NOW)
    assert report.kind == ReportKind.LATE
    progress.approve(report, by=scene.office, now=NOW)
    kept = snapshots.kept_quarter(scene.period)
    assert kept is not None
    assert scene.sides[1].pk not in kept.reports
    assert snapshots.verify(Snapshot.objects.get())


def test_a_side_that_its_office_closed_takes_late_reports_alone(scene: Scene) -> None:
    scene.close(scene.cq, scene.office, confirmed=(1, 0, 0))
    draft = progress.save_draft(
        scene.sides[1], scene.period, Entry(), by=officer(scene.sides[1].unit), now=NOW
    )
    assert draft.kind == ReportKind.LATE
    assert ProgressReport.objects.filter(kind=ReportKind.REGULAR).count() == 3


def test_a_closed_quarters_counts_are_those_of_its_day(scene: Scene) -> None:
    scene.close(scene.cq, scene.office, confirmed=(1, 0, 0))
    scene.close(scene.sc, scene.office2)
    Responsibility.objects.filter(task__plan=scene.plan).update(state="closed")
    ProgressReportFactory(
        responsibility=scene.sides[1], period=scene.period, approved=True, kind="late"
    )
    own, other = closing.standing_of(scene.period)
    assert (own.expected, own.approved, own.counts) == (2, 1, (1, 0, 0))
    assert (other.expected, other.approved) == (2, 2)


def test_the_command_names_what_is_missing_and_closes(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--plan", scene.plan.code, "--period", "2026Q3"]
    with time_machine.travel(NOW, tick=False):
        call_command("close_period", *asked, "--dry-run")
        told = capsys.readouterr().out
        wanting = scene.sides[1]
        assert "重庆市：应报2，未报1" in told
        assert f"未报  {wanting.unit}  {wanting.task}\n" in told
        assert not Snapshot.objects.exists()
        call_command("close_period", *asked)
        assert Snapshot.objects.get().digest in capsys.readouterr().out
        with pytest.raises(CommandError, match="已关闭"):
            call_command("close_period", *asked)
