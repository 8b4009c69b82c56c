"""What each sheet must say, worked out from the models alone, apart from the books' code."""

import datetime
from typing import Any

from tasks.models import (
    Finding,
    Observation,
    Period,
    Plan,
    ProgressReport,
    Responsibility,
    Target,
    Task,
)
from tasks.states import TaskState
from units.models import Membership, Unit

ENDED = {"closed", "standing", "carried", "suspended"}


class Oracle:
    """One unit in one period, read by the unit itself."""

    def __init__(self, unit: Unit | None, period: Period, today: datetime.date) -> None:
        self.unit, self.period, self.day = unit, period, period.closed_on or today
        self.read: dict[Any, list[Responsibility]] = {}
        every = ProgressReport.objects.filter(period=period)
        told = [one for one in every if one.state not in ("draft", "signed") or one.redo_by]
        self.told = {report.responsibility_id: report for report in told}
        self.approved = list(
            ProgressReport.objects.filter(
                state="approved", responsibility__task__plan=period.plan
            ).select_related("period")
        )

    def sides(self, **filters: Any) -> list[Responsibility]:
        """Lead rows with light, as they stood on the day; read once for all sheets."""
        asked = tuple(sorted(filters.items()))
        if asked in self.read:
            return self.read[asked]
        rows = self.read[asked] = list(
            Responsibility.objects.filter(role="lead", **filters)
            .with_light(self.day, self.period.as_quarter)
            .select_related("task__plan__jurisdiction", "unit", "side")
            .prefetch_related("task__responsibilities__unit")
            .order_by("task__plan", "task__number", "order")
        )
        for row in rows:
            if row.state_since and row.state_since > self.day:
                was_on = row.state in ENDED or row.state == "completed"
                row.state = TaskState.IN_PROGRESS if was_on else TaskState.NOT_STARTED
        return rows

    @property
    def plan(self) -> Plan:
        return self.period.plan

    def own(self) -> list[Responsibility]:
        return self.sides(unit=self.unit, task__plan=self.period.plan)

    def report(self, side: Responsibility) -> ProgressReport | None:
        """The report that the unit may read: its own when handed in, others' when approved."""
        states = ["approved", "submitted"] if self.knows(side) else ["approved"]
        report = self.told.get(side.pk)
        return report if report and report.state in states else None

    def knows(self, side: Responsibility) -> bool:
        """Whether the reader learns of a report before it is approved."""
        return side.unit == self.unit

    def light(self, side: Responsibility) -> str:
        word = side.light_word(self.day)
        return f"{word.light.shape} {word.label}"

    def light_and_reason(self, side: Responsibility) -> str:
        reason = side.light_reason(self.day)
        said = str(side.light_word(self.day).label) == reason
        return self.light(side) if said else f"{self.light(side)}\n{reason}"

    def due(self, side: Responsibility) -> tuple[datetime.date, str] | None:
        """The date and the number format that tells where it comes from."""
        mark = "（核定）" if side.due_on else "" if side.task.due_on else "（方案）"
        day = side.due_on or side.task.due_on or side.task.plan.ends_on
        if day is None:
            return None
        return self.date(day), f'yyyy-mm-dd"{mark}"' if mark else "yyyy-mm-dd"

    @staticmethod
    def date(day: datetime.date) -> datetime.date:
        return datetime.datetime(day.year, day.month, day.day)  # noqa: DTZ001 - as read

    @staticmethod
    def names(task: Task, role: str) -> str | None:
        rows = sorted(task.responsibilities.all(), key=lambda row: row.order)
        return "、".join(row.unit.name for row in rows if row.role == role) or None

    def percent(self, side: Responsibility) -> int | str | None:
        """The latest approved up to the quarter."""
        approved = [one for one in self.approved if one.responsibility_id == side.pk]
        approved = [one for one in approved if one.period.as_quarter <= self.period.as_quarter]
        if approved:
            return max(approved, key=lambda report: report.period.as_quarter).percent
        return "—" if side.state in ENDED else "尚无已审核进展"

    def filing(self, side: Responsibility) -> str:
        report = self.told.get(side.pk)
        if report is not None and not self.knows(side) and report.state != "approved":
            report = None
        if report is None and side.state in ENDED:
            return "无须填报"
        if report is None:
            return "未报" if self.knows(side) else "尚无已审核进展"
        if report.state not in ("submitted", "approved"):
            late = report.redo_by and report.redo_by < self.day and side.state not in ENDED
            return "已退回（逾期未重报）" if late else "已退回"
        state = {"submitted": "待审核", "approved": "已审核"}[report.state]
        words = {"late": ["补报"], "backfill": ["补录"]}.get(report.kind, [])
        if report.state == "submitted" and self.report(side):
            words = [*words, f"填报{report.percent}%"]
        return f"{state}（{'，'.join(words)}）" if words else state

    def text(self, side: Responsibility) -> str | None:
        report = self.report(side)
        if report is None:
            return None
        return f"本季度无新进展：{report.progress}" if report.no_news else report.progress

    def field(self, side: Responsibility, name: str) -> str | None:
        report = self.report(side)
        return getattr(report, name) or None if report else None

    def leads(self) -> list[list[Any]]:
        return [
            [
                side.task.number,
                side.task.title,
                side.task.summary,
                self.names(side.task, "lead"),
                self.names(side.task, "cooperating"),
                self.due(side),
                self.text(side),
                self.percent(side),
                self.field(side, "problems"),
                self.field(side, "next_steps"),
                (self.field(side, "coordination") or "否") if self.report(side) else None,
                self.light_and_reason(side),
                self.filing(side),
                *self.person(side),
            ]
            for side in self.own()
        ]

    def person(self, side: Responsibility) -> list[str | None]:
        members = Membership.objects.filter(unit=side.unit).order_by("pk")
        found = members.filter(role="liaison").first() or members.filter(role="officer").first()
        if found is None:
            return [None, None]
        phone = found.user.phone if self.knows(side) else self.masked(found.user.phone)
        return [found.user.name, phone or None]

    @staticmethod
    def masked(phone: str) -> str:
        """023-****1234."""
        area, _bar, number = phone.partition("-")
        assert len(number) > 4
        return f"{area}-{'*' * (len(number) - 4)}{number[-4:]}"

    def cooperating(self) -> list[list[Any]]:
        tasks = Task.objects.filter(
            plan=self.period.plan,
            responsibilities__unit=self.unit,
            responsibilities__role="cooperating",
        )
        return [
            [
                side.task.number,
                side.task.title,
                side.task.summary,
                side.side.name if side.side else None,
                side.unit.name,
                self.due(side),
                self.text(side),
                self.percent(side),
                self.field(side, "next_steps"),
                self.light_and_reason(side),
                self.filing(side),
            ]
            for side in self.sides(task__in=tasks)
        ]

    def overdue(self) -> list[list[Any]]:
        return self.late(self.own())

    def late(self, sides: list[Responsibility]) -> list[list[Any]]:
        """逾期 first, then 期满未办结, each under its line with its count."""
        parts = [
            ("一、逾期（超过任务本身的时限）", [s for s in sides if s.is_overdue(self.day)]),
            ("二、期满未办结（仅超过方案期限）", [s for s in sides if s.is_expired(self.day)]),
        ]
        rows: list[list[Any]] = []
        for head, found in parts:
            rows += [[f"{head}：共{len(found)}项"], *map(self.late_row, found)]
        findings = self.findings(sides)
        if findings:
            rows += [[f"三、督查事项（未销号）：共{len(findings)}项"], *findings]
        return rows if len(rows) > 2 else []

    def findings(self, sides: list[Responsibility]) -> list[list[Any]]:
        """Open ones on these sides, where the reader is a party or everybody's eyes."""
        rows = []
        for side in sides:
            found = Finding.objects.filter(responsibility=side, issued_at__date__lte=self.day)
            open_ones = found.exclude(state__in=["closed", "withdrawn"]).order_by("year", "number")
            rows += [self.finding_row(side, one) for one in open_ones if self.knows(side)]
        return rows

    def finding_row(self, side: Responsibility, finding: Finding) -> list[Any]:
        late = finding.state == "issued" and finding.due_on < self.day
        words = {"issued": "待整改", "contested": "申辩待复核", "answered": "已反馈待核"}
        said = finding.steps.filter(kind__in=["answer", "contest"]).order_by("at", "pk").last()
        asked = f"{finding.demand}\n整改反馈：{said.text}" if said else finding.demand
        return [
            side.task.number,
            side.task.title,
            side.unit.name,
            "■ 整改逾期" if late else f"▲ {words[finding.state]}",
            (self.date(finding.due_on), "yyyy-mm-dd"),
            (self.day - finding.due_on).days if late else None,
            self.percent(side),
            finding.problem,
            asked,
            finding.code,
        ]

    def late_row(self, side: Responsibility) -> list[Any]:
        due = side.due_on or side.task.due_on or side.task.plan.ends_on
        return [
            side.task.number,
            side.task.title,
            side.unit.name,
            self.light(side),
            self.due(side),
            (self.day - due).days if due else None,
            self.percent(side),
            self.field(side, "problems"),
            self.field(side, "next_steps"),
            self.filing(side),
        ]

    def districts(self) -> list[list[Any]]:
        return [
            [
                own.task.number,
                own.task.title,
                side.task.plan.jurisdiction.name if side.task.plan.jurisdiction else None,
                side.task.number,
                side.task.title,
                side.unit.name,
                self.due(side),
                self.light(side),
            ]
            for own in self.own()
            for side in self.sides(task__implements=own.task, task__plan__status="issued")
        ]

    def targets(self) -> list[list[Any]]:
        led = {side.task_id for side in self.own()}
        rows = []
        for target in Target.objects.filter(plan=self.period.plan).order_by("order"):
            own = target.unit == self.unit
            general = target.unit is None and (target.task is None or target.task_id in led)
            if not (own or general):
                continue
            # The plans of the fixtures and their observations share no indicator.
            assert not Observation.objects.filter(indicator__name=target.indicator.name).exists()
            rows.append(
                [
                    target.order,
                    target.indicator.name,
                    self.belongs(target),
                    target.year,
                    float(target.value) if target.value is not None else target.words,
                    target.indicator.measure or None,
                    target.comparator or None,
                    target.baseline_year,
                    "○ 无数据",
                    None,
                    None,
                    "文字目标，须人工判断" if target.words else "尚无该指标的监测值",
                ]
            )
        return rows

    def belongs(self, target: Target) -> str:
        if target.unit == self.unit:
            return "本单位测算"
        return f"任务{target.task.number}" if target.task else "方案总体"
