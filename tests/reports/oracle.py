"""What each sheet must say, worked out from the models alone, apart from the books' code."""

import datetime
from typing import Any

from tasks.models import Observation, Period, ProgressReport, Responsibility, Target, Task
from tasks.states import LATE_WORDS, TaskState
from units.models import Unit

ENDED = {"closed", "standing", "carried", "suspended"}


class Oracle:
    """One unit in one period, read by the unit itself."""

    def __init__(self, unit: Unit, period: Period, today: datetime.date) -> None:
        self.unit, self.period, self.day = unit, period, period.closed_on or today
        told = ProgressReport.objects.filter(period=period).exclude(state__in=["draft", "signed"])
        self.told = {row.responsibility_id: row for row in told.select_related("filled_by")}

    def sides(self, **filters: Any) -> list[Responsibility]:
        """Lead rows with light, as they stood on the day."""
        rows = list(
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

    def own(self) -> list[Responsibility]:
        return self.sides(unit=self.unit, task__plan=self.period.plan)

    def report(self, side: Responsibility) -> ProgressReport | None:
        """The report that the unit may read: its own when handed in, others' when approved."""
        states = ["approved", "submitted"] if side.unit == self.unit else ["approved"]
        report = self.told.get(side.pk)
        return report if report and report.state in states else None

    def light(self, side: Responsibility) -> str:
        word = side.light_word(self.day)
        return f"{word.light.shape} {word.label}"

    @staticmethod
    def basis(side: Responsibility) -> str:
        return "核定时限" if side.due_on else "任务时限" if side.task.due_on else "方案期限"

    @staticmethod
    def date(day: datetime.date | None) -> datetime.date | None:
        return day and datetime.datetime(day.year, day.month, day.day)  # noqa: DTZ001 - as read

    @staticmethod
    def names(task: Task, role: str) -> str | None:
        rows = sorted(task.responsibilities.all(), key=lambda row: row.order)
        return "、".join(row.unit.name for row in rows if row.role == role) or None

    def percent(self, side: Responsibility) -> int | str | None:
        report = self.report(side)
        if report is not None:
            return report.percent
        if side.pk in self.told and self.told[side.pk].state == "submitted":
            return "待审核"
        return "—" if side.state in ENDED else "未报"

    def filing(self, side: Responsibility) -> str:
        report = self.told.get(side.pk)
        if report is None:
            return "无须填报" if side.state in ENDED else "未报"
        state = {"submitted": "待审核", "approved": "已审核", "returned": "已退回"}[report.state]
        kind = {"late": "（补报）", "backfill": "（补录）"}.get(report.kind, "")
        return state if report.state == "returned" else state + kind

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
                self.date(side.due_on or side.task.due_on or side.task.plan.ends_on),
                self.basis(side),
                self.text(side),
                self.percent(side),
                self.field(side, "problems"),
                self.field(side, "next_steps"),
                (self.field(side, "coordination") or "否") if self.report(side) else None,
                self.light(side),
                side.light_reason(self.day),
                self.filing(side),
                *self.person(side),
            ]
            for side in self.own()
        ]

    def person(self, side: Responsibility) -> list[str | None]:
        report = self.report(side)
        person = report.filled_by if report else None
        return [person.name, person.phone or None] if person else [None, None]

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
                self.date(side.due_on or side.task.due_on or side.task.plan.ends_on),
                self.basis(side),
                self.text(side),
                self.percent(side),
                self.field(side, "next_steps"),
                self.light(side),
                side.light_reason(self.day),
            ]
            for side in self.sides(task__in=tasks)
        ]

    def overdue(self) -> list[list[Any]]:
        late = [side for side in self.own() if side.light_word(self.day) in LATE_WORDS]
        return [
            [
                side.task.number,
                side.task.title,
                side.unit.name,
                self.light(side),
                self.date(due := side.due_on or side.task.due_on or side.task.plan.ends_on),
                self.basis(side),
                (self.day - due).days if due else None,
                self.percent(side),
                self.field(side, "problems"),
                self.field(side, "next_steps"),
                self.filing(side),
            ]
            for side in late
        ]

    def districts(self) -> list[list[Any]]:
        rows = []
        for own in self.own():
            for side in self.sides(task__implements=own.task, task__plan__status="issued"):
                place = side.task.plan.jurisdiction
                rows.append(
                    [
                        own.task.number,
                        own.task.title,
                        place.name if place else None,
                        side.task.number,
                        side.task.title,
                        side.unit.name,
                        self.date(side.due_on or side.task.due_on or side.task.plan.ends_on),
                        self.basis(side),
                        self.light(side),
                    ]
                )
        return rows

    def targets(self) -> list[list[Any]]:
        led = {side.task_id for side in self.own()}
        rows = []
        for target in Target.objects.filter(plan=self.period.plan).order_by("order"):
            own = target.unit == self.unit
            general = target.unit is None and (target.task is None or target.task_id in led)
            if not (own or general):
                continue
            seen = (
                Observation.objects.filter(indicator=target.indicator, ends_on__lte=self.day)
                .order_by("-ends_on", "-pk")
                .first()
            )
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
                    (float(seen.value) if seen.value is not None else seen.category)
                    if seen
                    else "无数据",
                    seen.period_text if seen else None,
                ]
            )
        return rows

    def belongs(self, target: Target) -> str:
        if target.unit == self.unit:
            return "本单位测算"
        return f"任务{target.task.number}" if target.task else "方案总体"
