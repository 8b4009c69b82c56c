"""The reports of one side of a task, quarter by quarter."""

import datetime
import random

from tasks.models import Period, ProgressReport, Responsibility
from tasks.services.demo.people import People
from tasks.services.demo.stories import ENDS, Course, Last, Story, chance_of
from tasks.services.demo.texts import Words, Writer
from tasks.services.periods import redo_by
from tasks.states import ReportKind, ReportState
from tracker.lib.workdays import SHANGHAI, add_workdays

MISSED = 0.05
NO_NEWS = 0.05
AFTER_DUE = 0.2  # so many of a closed quarter's come in after the due date, before it is closed
LATE = 0.4  # of the missed ones, so many are filed afterwards
RETURN_REASONS = (
    "进展情况未写明本季度完成的具体事项，请补充后重报。",
    "完成进度与上季度口径不一致，请核实并说明。",
    "请补充存在问题和下一步时间安排。",
)


def at(day: datetime.date, chance: random.Random) -> datetime.datetime:
    """Return a moment of the day in office hours."""
    hours = datetime.time(chance.randint(9, 17), chance.randint(0, 59), tzinfo=SHANGHAI)
    return datetime.datetime.combine(day, hours)


class SideReports:
    """Makes one side's reports, unsaved."""

    def __init__(
        self, side: Responsibility, story: Story, people: People, today: datetime.date
    ) -> None:
        self.side = side
        self.story = story
        self.today = today
        self.officer = people.officers.get(side.unit_id)
        self.reviewer = people.reviewers.get((side.task.plan_id, side.side_id or 0))
        self.chance = chance_of(side)
        self.writer = Writer(side, self.chance)

    def reports(self, periods: list[Period]) -> list[ProgressReport]:
        """Return the reports; a quarter that was missed has none."""
        made: list[ProgressReport] = []
        before = 0
        for number, period in enumerate(periods[: self.story.length]):
            percent = max(before, self.story.percent(number, self.chance))
            is_last = number == len(periods) - 1
            report = self._latest(period, percent, before) if is_last else None
            if not is_last:
                # The quarter in which a side ends is always reported.
                ends = self.story.course in ENDS and number == self.story.length - 1
                report = self._past(period, percent, before, certain=ends or number == 0)
            if report is not None:
                made.append(report)
                before = report.percent or before
        return made

    def since(self, periods: list[Period]) -> datetime.date:
        """Return the day since which the side stands where it does."""
        if self.story.course in ENDS:
            last = periods[min(self.story.length, len(periods)) - 1]
            return min(last.closed_on or last.due_on, self.today)
        if self.story.course is Course.COMPLETED and len(periods) > 1:
            return min(periods[-2].due_on, self.today)
        return min(periods[0].due_on, self.today) if periods else self.today

    def _build(
        self, period: Period, percent: int, words: Words, state: ReportState
    ) -> ProgressReport:
        return ProgressReport(
            responsibility=self.side,
            period=period,
            state=state,
            percent=percent,
            progress=words.progress,
            problems=words.problems,
            next_steps=words.next_steps,
            coordination=words.coordination,
            filled_by=self.officer,
        )

    def _past(
        self, period: Period, percent: int, before: int, *, certain: bool
    ) -> ProgressReport | None:
        """Return the approved report of a closed quarter; some are missed, some filed late."""
        luck = 1.0 if certain else self.chance.random()
        if luck < MISSED and self.chance.random() >= LATE:
            return None
        late = luck < MISSED
        if MISSED <= luck < MISSED + NO_NEWS and before:
            report = self._no_news(period, before)
        else:
            report = self._build(
                period, percent, self.writer.report(percent, before), ReportState.APPROVED
            )
        day = self._filing_day(period, late=late)
        if late:
            report.kind = ReportKind.LATE
            self._file(report, day)
            self._review(report, day)
            return report
        day = self._slipped(period, day)
        self._file(report, day)
        self._review(report, day, period.closed_on)
        return report

    def _slipped(self, period: Period, day: datetime.date) -> datetime.date:
        """The day, or one within the grace; by a chance of its own, so that the rest stays."""
        own = chance_of(self.side, period.code)
        if period.closed_on is None or own.random() >= AFTER_DUE:
            return day
        return min(add_workdays(period.due_on, own.randint(1, 5)), period.closed_on, self.today)

    def _no_news(self, period: Period, before: int) -> ProgressReport:
        report = self._build(period, before, self.writer.no_news(), ReportState.APPROVED)
        report.no_news = True
        return report

    def _latest(self, period: Period, percent: int, before: int) -> ProgressReport | None:
        """Return the report of the quarter that is still open, however far it has come."""
        last = self.story.last
        if last is Last.MISSING:
            return None
        if last is Last.NO_NEWS and before:
            report = self._no_news(period, before)
        else:
            words = self.writer.report(percent, before)
            report = self._build(period, percent, words, ReportState.APPROVED)
        day = self._filing_day(period, late=False)
        match last:
            case Last.DRAFT:
                report.state = ReportState.DRAFT
                report.coordination = ""
                return report
            case Last.SUBMITTED:
                report.state = ReportState.SUBMITTED
                self._file(report, day)
                return report
            case Last.RETURNED:
                report.state = ReportState.RETURNED
                report.return_reason = self.chance.choice(RETURN_REASONS)
        self._file(report, day)
        self._review(report, day)
        if report.state == ReportState.RETURNED and report.reviewed_at is not None:
            report.redo_by = redo_by(period, report.reviewed_at.date())
        return report

    def _filing_day(self, period: Period, *, late: bool) -> datetime.date:
        if late and period.closed_on is not None:
            day = add_workdays(period.closed_on, self.chance.randint(3, 15))
        else:
            span = (period.due_on - period.opens_on).days
            first = period.opens_on + datetime.timedelta(days=self.chance.randint(span // 3, span))
            day = add_workdays(first - datetime.timedelta(days=1), 1)
        return min(day, self.today)

    def _file(self, report: ProgressReport, day: datetime.date) -> None:
        report.submitted_by = self.officer
        report.submitted_at = at(day, self.chance)

    def _review(
        self, report: ProgressReport, day: datetime.date, closed: datetime.date | None = None
    ) -> None:
        """A few days later; before its quarter is closed, where that was waited for."""
        report.version = 2
        report.reviewed_by = self.reviewer
        latest = min(self.today, closed or self.today)
        reviewed = min(add_workdays(day, self.chance.randint(1, 4)), latest)
        report.reviewed_at = max(
            at(reviewed, self.chance), report.submitted_at or at(day, self.chance)
        )
