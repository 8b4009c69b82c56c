"""One side of a task in a quarter: what a line of most tables knows."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from django.db.models import TextChoices
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_noop as _

from reports.books.said import between, said
from reports.services.content import PlanQuarter, Sight
from tasks.columns import marks
from tasks.models import ProgressReport, Responsibility, Task
from tasks.services.contacts import masked
from tasks.services.plan_quarter_rows import Part
from tasks.services.quarter_history import PastSide
from tasks.states import LightWord, ReportKind, ReportState, TaskState
from tracker.lib.columns import Cell, Mark, NotedDate
from units.models import User


def mark(word: LightWord, note: str = "") -> Mark:
    """The light with its word, as a cell shows it; a note beneath that says more."""
    return _mark(word, note, get_language())


def _mark(word: LightWord, note: str, language: str | None) -> Mark:
    return marks.mark(said(word, language), word.light, note)


def due_of(side: Responsibility, language: str | None) -> NotedDate | None:
    """The date in force, with a word where it is not the task's own."""
    if side.due_on is not None:
        return NotedDate(side.due_on, said(_("（核定）"), language))
    if side.task.due_on is not None:
        return NotedDate(side.task.due_on)
    ends_on = side.task.plan.ends_on
    return NotedDate(ends_on, said(_("（方案）"), language)) if ends_on else None


def rows_of(content: PlanQuarter, sides: Iterable[Responsibility], sight: Sight) -> list["SideRow"]:
    """The sides as the reader may see them.

    Readers with the same rights on a side share a row, and what it has worked out: a lead unit's
    book, the summary and those who cooperate.
    """
    language = get_language()
    kept = content.told.setdefault(language, {})
    rows = []
    for side in sides:
        rights = _rights(content, side.pk, sight)
        if rights not in kept:
            kept[rights] = SideRow(content, side, sight, language)
        rows.append(kept[rights])
    return rows


def _rights(content: PlanQuarter, side: int, sight: Sight) -> tuple[object, ...]:
    """All that a row asks of the sight."""
    report, matters = content.reports.get(side), content.matters.get(side)
    return (
        side,
        side in sight.sides,
        side in sight.handed_in,
        report is not None and report.pk in sight.reports,
        side in sight.phones,
        matters and sight.findings.intersection(one.id for one in matters.findings),
        matters and sight.extensions.intersection(one.id for one in matters.extensions),
    )


@dataclass(eq=False)
class SideRow:
    """One side of a task in a quarter, as readers with the same rights may see it."""

    content: PlanQuarter
    side: Responsibility
    sight: Sight
    language: str | None = field(default_factory=get_language)

    @cached_property
    def task(self) -> Task:
        return self.side.task

    @cached_property
    def is_known(self) -> bool:
        """Whether the reader may know how far this side is, or that nothing was reported."""
        return self.side.pk in self.sight.sides

    @cached_property
    def knows_filing(self) -> bool:
        """Whether the reader learns what was handed in, or not, before it is approved."""
        return self.side.pk in self.sight.handed_in

    @cached_property
    def told(self) -> ProgressReport | None:
        """The report that is known to be in, its text perhaps not for this reader."""
        report = self.content.reports.get(self.side.pk) if self.is_known else None
        if report is None or self.knows_filing or report.state == ReportState.APPROVED:
            return report
        return None

    @cached_property
    def report(self) -> ProgressReport | None:
        """The report that was handed in, where this reader may read it."""
        report = self.told
        may_read = report is not None and report.is_reported and report.pk in self.sight.reports
        return report if may_read else None

    @cached_property
    def is_reported(self) -> bool:
        return self.told is not None and self.told.is_reported

    @cached_property
    def is_approved(self) -> bool:
        return self.told is not None and self.told.state == ReportState.APPROVED

    @cached_property
    def is_returned(self) -> bool:
        """Sent back, and not handed in again."""
        return self.told is not None and self.told.is_sent_back

    @cached_property
    def is_redo_late(self) -> bool:
        """Sent back, and not handed in again by the day that was set."""
        redo_by = self.told.redo_by if self.is_returned and self.told else None
        return self.is_expected and redo_by is not None and redo_by < self.content.day

    @cached_property
    def is_missing(self) -> bool:
        """未报: due, and never handed in. Not known of those whose filing is not the reader's."""
        return self.knows_filing and self.is_expected and not (self.is_reported or self.is_returned)

    @property
    def filing_due(self) -> datetime.date | None:
        """By when the quarter's report is, or was, to be in."""
        redo_by = self.told.redo_by if self.is_returned and self.told else None
        return redo_by or self.content.period.due_on

    @cached_property
    def is_expected(self) -> bool:
        """Whether a report is due: the task goes on, or a report is in all the same."""
        return self.is_reported or not TaskState(self.side.state).is_ended

    @cached_property
    def word(self) -> LightWord:
        return self.side.light_word(self.content.day)

    @cached_property
    def reason(self) -> str | None:
        return self.side.light_reason(self.content.day) if self.is_known else None

    @cached_property
    def mark(self) -> Mark:
        """状态, as a cell shows it."""
        return _mark(self.word, "", self.language)

    @cached_property
    def mark_and_reason(self) -> Mark:
        """The same with the reason beneath."""
        return _mark(self.word, self.reason or "", self.language)

    @cached_property
    def due(self) -> NotedDate | None:
        """完成时限, as a cell shows it."""
        return due_of(self.side, self.language)

    def _say(self, word: str | TextChoices) -> str:
        return said(word, self.language)

    @cached_property
    def leads(self) -> str:
        return self._listed(self.content.leads_of(self.side.task_id))

    @cached_property
    def cooperating(self) -> str:
        return self._listed(self.content.cooperating.get(self.side.task_id, ()))

    def _listed(self, parts: Sequence[Part | Responsibility]) -> str:
        return between(self.language).join([part.unit.name for part in parts])

    @cached_property
    def percent(self) -> Cell:
        """完成进度: as on the pages, the latest approved up to the quarter."""
        if not self.is_known:
            return None
        if self.side.latest_percent is not None:
            return self.side.latest_percent
        return self._say(_("尚无已审核进展")) if self.is_expected else "—"

    @cached_property
    def filing(self) -> str | None:
        """Whether the quarter's report is in, and how."""
        if not self.is_known:
            return None
        if self.told is not None and self.told.is_reported:
            return self._filed_as(self.told)
        if self.is_returned:
            return self._say(_("已退回（逾期未重报）") if self.is_redo_late else _("已退回"))
        if not self.is_expected:
            return self._say(_("无须填报"))
        return self._say(_("未报") if self.knows_filing else _("尚无已审核进展"))

    def _filed_as(self, report: ProgressReport) -> str:
        """待审核（补报，填报57%）: the figure only before those who may read the report."""
        # Django's own get_…_display hashes every word of the choices each time.
        kind = ReportKind(report.kind)
        words = [] if kind == ReportKind.REGULAR else [self._say(kind)]
        if report.state == ReportState.SUBMITTED and self.report is not None:
            words.append(self._say(_("填报%(percent)d%%")) % {"percent": report.percent or 0})
        state = self._say(ReportState(report.state))
        if not words:
            return state
        return self._say(_("%(state)s（%(words)s）")) % {"state": state, "words": "，".join(words)}

    @cached_property
    def contact(self) -> User | None:
        """责任人: who answers for the unit."""
        return self.content.contacts.get(self.side.unit_id) if self.is_known else None

    @cached_property
    def phone(self) -> str | None:
        """联系电话, as the page of contacts has it: masked before the plan's other offices."""
        if self.contact is None:
            return None
        whole = self.side.pk in self.sight.phones
        return self.contact.phone if whole else masked(self.contact.phone)

    @cached_property
    def progress(self) -> str | None:
        if self.report is None:
            return None
        if self.report.no_news:
            return self._say(_("本季度无新进展：%(reason)s")) % {"reason": self.report.progress}
        return self.report.progress

    @cached_property
    def needs_coordination(self) -> str | None:
        if self.report is None:
            return None
        return self.report.coordination or self._say(_("否"))

    @cached_property
    def days_late(self) -> int | None:
        due = self.side.due_on_in_force
        return (self.content.day - due).days if due else None

    @cached_property
    def past(self) -> list[PastSide | None]:
        """How it stood in the quarters before, oldest first; None where it was not there."""
        return [quarter.sides.get(self.side.pk) for quarter in self.content.past]

    @property
    def last(self) -> PastSide | None:
        """How it stood in the quarter before."""
        return self.past[-1] if self.past else None

    @property
    def quarters_missed(self) -> int:
        """How many quarters on end, with this one, without a report."""
        earlier = takewhile(lambda one: one is not None and one.is_missed, reversed(self.past))
        return 1 + sum(1 for _one in earlier)
