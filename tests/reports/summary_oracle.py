"""What each sheet of the coordinator's workbook must say: approved text and figures, both sides."""

import datetime
from collections import Counter
from copy import copy
from typing import Any

from tasks.models import Finding, Period, ProgressReport, Responsibility, SnapshotRow
from tasks.states import LightWord, TaskState
from tests.reports.oracle import ENDED, Oracle

COUNTED = ["正常", "临期", "滞后", "严重滞后", "逾期", "期满未办结", "已销号", "未启动"]
# From the worst to the best, as the sheet of changes has it.
GOOD = [
    *["逾期", "期满未办结", "严重滞后", "滞后", "临期", "未启动", "正常"],
    *["中止", "长期坚持", "结转", "已销号"],
]
IN_HAND = ("submitted", "approved")


def day_text(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def numbers(sides: list[Responsibility]) -> str:
    found = [str(number) for number in sorted({side.task.number for side in sides})]
    lines = ["、".join(found[:21][n : n + 7]) for n in range(0, len(found[:21]), 7)]
    return "任务" + "、\n".join(lines) + f"等{len(found)}项" * (len(found) > 21)


def share(part: int, base: int) -> str:
    return f"占{base}项的{int(part * 100 / base + 0.5)}%"


class SummaryOracle(Oracle):
    """A whole plan; `own_side` is the code of the asking office's side, None for nobody's run."""

    own_side: str | None = None

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.lit: dict[int, dict[int, Responsibility]] = {}

    def all(self) -> list[Responsibility]:
        return self.sides(task__plan=self.plan)

    def knows(self, side: Responsibility) -> bool:
        code = side.side.code if side.side else ""
        return self.own_side is None or code == self.own_side

    def report(self, side: Responsibility) -> ProgressReport | None:
        """Approved alone, whoever asks."""
        report = self.told.get(side.pk)
        return report if report and report.state == "approved" else None

    def state(self, side: Responsibility) -> str:
        """Of the report, as far as the reader knows; empty where there is none."""
        report = self.told.get(side.pk)
        if report is None or (report.state != "approved" and not self.knows(side)):
            return ""
        return report.state if report.state in IN_HAND else "returned"

    def expected(self, side: Responsibility) -> bool:
        return side.state not in ENDED or self.state(side) in IN_HAND

    def missing_of(self, sides: list[Responsibility]) -> list[Responsibility]:
        return [s for s in sides if self.knows(s) and self.expected(s) and not self.state(s)]

    def progress(self) -> list[list[Any]]:
        return [
            [
                side.task.number,
                side.task.title,
                side.task.summary,
                self.lead(side),
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
            for side in self.all()
        ]

    def lead(self, side: Responsibility) -> str:
        place = side.side.name if side.side else ""
        return side.unit.name if place in side.unit.name else f"{side.unit.name}\n（{place}）"

    def overdue(self) -> list[list[Any]]:
        return self.late(self.all())

    def late_row(self, side: Responsibility) -> list[Any]:
        return [side.side.name if side.side else None, *super().late_row(side)]

    def finding_row(self, side: Responsibility, finding: Finding) -> list[Any]:
        return [side.side.name if side.side else None, *super().finding_row(side, finding)]

    def by_place(self) -> dict[str, list[Responsibility]]:
        found: dict[str, list[Responsibility]] = {}
        for side in sorted(self.all(), key=lambda side: side.side.code if side.side else ""):
            found.setdefault(str(side.side), []).append(side)
        return found

    def units(self) -> list[list[Any]]:
        rows: list[list[Any]] = []
        for place, sides in self.by_place().items():
            for unit in sorted({side.unit for side in sides}, key=lambda unit: unit.order):
                own = [side for side in sides if side.unit == unit]
                words = Counter(str(side.light_word(self.day).label) for side in own)
                states = Counter(map(self.state, own))
                counted = [words[word] for word in COUNTED]
                filed: list[int | str] = [
                    states["submitted"] + states["approved"],
                    states["approved"],
                    states["returned"],
                    len(self.missing_of(own)),
                ]
                if not self.knows(own[0]):
                    filed = ["—", states["approved"], "—", "—"]
                rows.append(
                    [
                        len(rows) + 1,
                        place,
                        unit.name,
                        len(own),
                        *counted,
                        len(own) - sum(counted),
                        sum(map(self.expected, own)),
                        *filed,
                    ]
                )
        return rows

    def missing(self) -> list[list[Any]]:
        rows = []
        order = [row[2] for row in self.units()]
        for side in sorted(self.all(), key=lambda side: order.index(side.unit.name)):
            report = self.told.get(side.pk)
            late = self.filing(side) == "已退回（逾期未重报）"
            if not (side in self.missing_of([side]) or late):
                continue
            due = report.redo_by if late and report else self.period.due_on
            rows.append(
                [
                    str(side.side),
                    side.unit.name,
                    side.task.number,
                    side.task.title,
                    (self.date(due or self.day), "yyyy-mm-dd"),
                    self.filing(side),
                    self.missed_on_end(side),
                ]
            )
        return rows

    def missed_on_end(self, side: Responsibility) -> int:
        """Quarters without a report, back from this one; asked of each quarter by itself."""
        count = 1
        for period in self.earlier()[::-1]:
            kept = self.kept(side, period)
            report = ProgressReport.objects.filter(responsibility=side, period=period).first()
            state = kept.report_state if kept else report.state if report else ""
            ended = kept.state in ENDED if kept else self.had_ended(side, period)
            if state in IN_HAND or ended:
                break
            count += 1
        return count

    def earlier(self) -> list[Period]:
        """The seven quarters before, oldest first."""
        found = [p for p in self.plan.periods.all() if p.as_quarter < self.period.as_quarter]
        return sorted(found, key=lambda period: period.as_quarter)[-7:]

    def had_ended(self, side: Responsibility, period: Period) -> bool:
        day = period.closed_on or self.day
        row = Responsibility.objects.get(pk=side.pk)
        return row.state in ENDED and not (row.state_since and row.state_since > day)

    @staticmethod
    def kept(side: Responsibility, period: Period) -> SnapshotRow | None:
        """What the closing kept; a 补报 that came later is not in it."""
        rows = SnapshotRow.objects.filter(snapshot__period=period, snapshot__replaced_at=None)
        return rows.filter(responsibility=side).first()

    def stood(self, period: Period) -> dict[int, Responsibility]:
        """All sides with their light of an earlier quarter."""
        if period.pk not in self.lit:
            rows = (
                Responsibility.objects.filter(task__plan=self.plan)
                .with_light(period.closed_on or self.day, period.as_quarter)
                .select_related("task__plan", "unit", "side")
            )
            self.lit[period.pk] = {row.pk: row for row in rows}
        return self.lit[period.pk]

    def then(self, side: Responsibility, period: Period) -> tuple[str, int | None]:
        """Light and progress as they stood in an earlier quarter."""
        kept = self.kept(side, period)
        if kept:
            word = LightWord(kept.light_word)
            return f"{word.light.shape} {word.label}", kept.percent
        day = period.closed_on or self.day
        row = copy(self.stood(period)[side.pk])
        if row.state_since and row.state_since > day:
            was_on = row.state in ENDED or row.state == "completed"
            started = was_on or row.latest_percent is not None
            row.state = TaskState.IN_PROGRESS if started else TaskState.NOT_STARTED
        word = row.light_word(day)
        return f"{word.light.shape} {word.label}", row.latest_percent

    def trend(self) -> list[list[Any]]:
        return [
            [
                side.task.number,
                side.task.title,
                side.side.name if side.side else None,
                side.unit.name,
                *(self.then(side, period)[0] for period in self.earlier()),
                self.light(side),
            ]
            for side in self.all()
        ]

    def changes(self) -> list[list[Any]]:
        """Worse, better, and where only the progress moved; from the last quarter alone."""
        if not self.earlier():
            return []
        before = self.earlier()[-1]
        parts: list[list[list[Any]]] = [[], [], []]
        for side in self.all():
            light, percent = self.then(side, before)
            now = side.latest_percent
            gain = now - percent if now is not None and percent is not None else None
            step = GOOD.index(self.light(side)[2:]) - GOOD.index(light[2:])
            line = [side.task.number, side.task.title, str(side.side), side.unit.name, light]
            line += [self.light(side), percent, self.percent(side), gain, self.filing(side)]
            if step or gain:
                parts[0 if step < 0 else 1 if step else 2].append(line)
        heads = ["一、状态变差", "二、状态好转、办结或不再推进", "三、状态未变、进度有变化"]
        rows: list[list[Any]] = []
        for head, found in zip(heads, parts, strict=True):
            rows += [[f"{head}：共{len(found)}项"], *found]
        return rows if any(parts) else []

    def matrix(self) -> list[list[Any]]:
        tasks: dict[int, list[Responsibility]] = {}
        for side in sorted(self.all(), key=lambda side: side.side.code if side.side else ""):
            tasks.setdefault(side.task.number, []).append(side)
        return [
            [number, sides[0].task.action.title, sides[0].task.title]
            + [c for s in sides for c in (s.unit.name, self.percent(s), self.light(s))]
            for number, sides in sorted(tasks.items())
        ]

    def overview(self) -> list[list[Any]]:
        plan, period = self.plan, self.period
        dates = f"{period.opens_on}开放，{period.due_on}截止，宽限至{period.grace_until}"
        assert plan.starts_on is not None
        assert plan.ends_on is not None
        span = f"{day_text(plan.starts_on)}至{day_text(plan.ends_on)}"
        state = {"open": "填报中", "closed": "已关闭"}[period.state]
        counted = f"{state}；状态按已审核的进展计，待审核的不计"
        rows: list[list[Any]] = []
        plan_rows: list[list[Any]] = [
            ["基本情况", "方案", None, plan.title, plan.number or None],
            [None, "实施期限", None, span, plan.dates_note or None],
            [None, "填报季度", None, period.as_quarter.label, dates],
            [None, "数据截至", None, day_text(self.day), counted],
        ]
        for place, sides in self.by_place().items():
            rows.append([place, "牵头任务", len(sides), None, None])
            for word in LightWord:
                found = [side for side in sides if side.light_word(self.day) == word]
                if found:
                    light = f"{word.light.shape} {word.label}"
                    of_all = share(len(found), len(sides))
                    rows.append([None, light, len(found), of_all, numbers(found)])
            rows += self.filed(sides)
        return rows + plan_rows

    def filed(self, sides: list[Responsibility]) -> list[list[Any]]:
        base = sum(map(self.expected, sides))
        approved = sum(self.state(side) == "approved" for side in sides)
        rows: list[list[Any]] = [[None, "已审核", approved, share(approved, base), "占应报任务"]]
        if not self.knows(sides[0]):
            return rows
        reported = sum(self.state(side) in IN_HAND for side in sides)
        told = share(reported, base)
        rows.insert(0, [None, "已报送", reported, told, "占应报任务，含待审核"])
        returned = [side for side in sides if self.state(side) == "returned"]
        for head, found in (("已退回", returned), ("未报", self.missing_of(sides))):
            if found:
                rows.append([None, head, len(found), None, numbers(found)])
        return rows
