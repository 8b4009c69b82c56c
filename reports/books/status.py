"""进展情况表: what one lead unit promised, how far it is, and what stands beneath."""

import datetime
import functools
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from reports import columns
from reports.books import words
from reports.books.matters import FindingRow
from reports.books.rows import DistrictRow, Fact, TargetRow
from reports.books.side_rows import SideRow, rows_of
from reports.services.content import PlanQuarter, Sight
from reports.states import BookKey
from tasks.services.brief.words import cut
from tasks.states import LATE_WORDS, LightWord
from tracker.lib.columns import Bars, Book, Filled, Section, Sheet
from tracker.lib.text import day_text
from tracker.lib.workdays import SHANGHAI
from units.models import Unit

COVER = Sheet("cover", _("封面"), columns.FACT_ROW, filters=False, one_page=True, grouped=True)
LEADS = Sheet(
    "leads",
    _("牵头任务"),
    columns.FULL_ROW,
    heading=_("牵头任务进展情况表"),
    empty=_("本方案中没有本单位牵头的任务。"),
    sticky=2,
)
COOPERATING = Sheet(
    "cooperating",
    _("配合任务"),
    columns.COOPERATING_ROW,
    heading=_("配合任务进展情况表"),
    empty=_("本方案中没有本单位配合的任务。"),
    sticky=2,
)
OVERDUE = Sheet(
    "overdue",
    _("逾期与督查事项"),
    columns.OVERDUE_ROW,
    heading=_("逾期、期满未办结和督查事项清单"),
    empty=_("没有逾期或期满未办结的牵头任务，也没有未销号的督查事项。"),
    sticky=2,
)
DISTRICTS = Sheet(
    "districts",
    _("区县分解"),
    columns.DISTRICT_ROW,
    heading=_("区县分解落实情况"),
    empty=_("本单位牵头的任务没有区县分解任务。"),
    sticky=2,
)
TARGETS = Sheet(
    "targets",
    _("目标指标"),
    columns.TARGET_ROW,
    heading=_("目标指标"),
    empty=_("没有有关的目标指标。"),
    sticky=2,
)
MOST_NAMED, LONGEST_ASK = 4, 100  # on the cover
BOOK = Book(
    BookKey.STATUS, _("进展情况表"), (COVER, LEADS, COOPERATING, OVERDUE, DISTRICTS, TARGETS)
)


@dataclass(frozen=True)
class UnitPart:
    """A unit's part in one plan: the rows of every sheet."""

    content: PlanQuarter
    unit: Unit
    sight: Sight

    def leads(self) -> Sequence[SideRow]:
        return self._leads

    @cached_property  # several lists and counts ask for the same rows
    def _leads(self) -> Sequence[SideRow]:
        return rows_of(self.content, self.content.led_by(self.unit), self.sight)

    def cooperating(self) -> list[SideRow]:
        """A row for each lead of a task in which the unit cooperates."""
        content, parts = self.content, self.content.cooperated_by(self.unit)
        leads = (lead for part in parts for lead in content.leads_of(part.task_id))
        return rows_of(content, leads, self.sight)

    def overdue(self) -> list[SideRow | FindingRow | Section]:
        return words.late_rows(self.leads())

    def districts(self) -> list[DistrictRow]:
        return [
            DistrictRow(side.task, task, lead, self.content.day)
            for side in self.content.led_by(self.unit)
            for task in self.content.below.get(side.task_id, ())
            for lead in task.leads
        ]

    def targets(self) -> list[TargetRow]:
        """The unit's own and its tasks', and those of the plan as a whole."""
        led = {side.task_id for side in self.content.led_by(self.unit)}
        return [
            TargetRow(target, self.unit, self.content.attainments[target.pk])
            for target in self.content.targets
            if target.unit_id == self.unit.pk
            or (target.unit_id is None and (target.task_id is None or target.task_id in led))
        ]


def fill(contents: Sequence[PlanQuarter], unit: Unit, sight: Sight, paper: str) -> list[Filled]:
    """Return the unit's sheets: a part for each plan in which it leads."""
    parts = [UnitPart(content, unit, sight) for content in contents if content.led_by(unit)]
    return [
        filled
        for part in parts
        for filled in _fill_part(part, paper, words.plan_mark(part.content, len(parts)))
    ]


def _fill_part(part: UnitPart, paper: str, plan_mark: str) -> list[Filled]:
    left = _t("填报单位（盖章）：%(unit)s") % {"unit": part.unit.name}
    right = _t("填报时间：%(day)s") % {"day": day_text(filed_on(part))}
    facts = cover(part)
    rows: dict[str, Sequence[object]] = {
        COVER.key: facts,
        LEADS.key: part.leads(),
        COOPERATING.key: part.cooperating(),
        OVERDUE.key: part.overdue(),
        DISTRICTS.key: part.districts(),
        TARGETS.key: part.targets(),
    }
    return [
        Filled(
            on_paper,
            rows[sheet.key],
            tab=f"{sheet.title}{plan_mark}",
            heading=_heading(sheet, part),
            lead=words.standing(part.unit.name, part.leads()) if sheet is COVER else "",
            left=left,
            right=right,
            foot=words.signatures() if sheet is LEADS else "",
            notes=_notes(sheet),
            charts=charts(part, facts) if sheet is COVER else (),
        )
        for sheet, on_paper in zip(BOOK.sheets, _sheets(paper, get_language()), strict=True)
    ]


@functools.lru_cache(maxsize=8)  # the same for each unit: what is made of them is made once
def _sheets(paper: str, _language: str | None) -> list[Sheet]:
    return [words.on_paper(sheet, paper) for sheet in BOOK.sheets]


def _heading(sheet: Sheet, part: UnitPart) -> str:
    if sheet is COVER:
        return _t("%(unit)s%(quarter)s进展情况表") % {
            "unit": part.unit.name,
            "quarter": part.content.quarter.label,
        }
    return words.in_quarter(part.content, sheet.heading)


def _notes(sheet: Sheet) -> list[str]:
    if sheet is LEADS:
        return [words.due_note(), words.light_note()]
    if sheet is OVERDUE:
        return [words.late_note()]
    if sheet is DISTRICTS:
        return [_t("注：区县任务落实联合任务，不计入联合任务的完成进度。")]
    return []


def filed_on(part: UnitPart) -> datetime.date | None:
    """The day of the unit's latest handed-in report of the quarter; None where there is none."""
    moments = [
        row.report.submitted_at
        for row in part.leads()
        if row.report is not None and row.report.submitted_at is not None
    ]
    return max(moments).astimezone(SHANGHAI).date() if moments else None


def cover(part: UnitPart) -> list[Fact]:
    """Return the lines of the cover: how it stands, what needs attention, and what this is."""
    leads = part.leads()
    return [
        *_standing(leads),
        *_attention(leads),
        *_coordination(leads),
        *_beneath(part),
        *words.period_facts(part.content),
    ]


def charts(part: UnitPart, facts: Sequence[Fact]) -> list[Bars]:
    """The lights of the unit's tasks, beside the lines that count them."""
    leads = part.leads()
    start = next(n for n, fact in enumerate(facts) if fact.section == _t("牵头任务"))
    title = _t("牵头任务状态（共%(n)d项）") % {"n": len(leads)}
    return [words.light_bars(facts, start, leads, title)]


def _standing(leads: Sequence[SideRow]) -> list[Fact]:
    """总体: how many tasks under which light, how many reported."""
    return [
        Fact(_t("牵头任务"), _t("合计"), number=len(leads)),
        *words.light_facts(leads),
        *words.filing_facts(leads),
    ]


def _beneath(part: UnitPart) -> list[Fact]:
    """How much stands on the other sheets."""
    districts = {row.task.pk for row in part.districts()}
    cooperating = part.content.cooperated_by(part.unit)
    return [
        Fact(_t("配合与落实"), _t("配合任务"), number=len(cooperating)),
        Fact("", _t("区县分解任务"), number=len(districts)),
        Fact("", _t("目标指标"), number=len(part.targets())),
    ]


def _attention(leads: Sequence[SideRow]) -> list[Fact]:
    """滞后: the tasks that are late or behind, the worst first, with the reason."""
    rows = [
        row for row in leads if row.word in (*LATE_WORDS, LightWord.FAR_BEHIND, LightWord.BEHIND)
    ]
    rows.sort(key=lambda row: row.word.rank)
    if not rows:
        return [Fact(_t("逾期和滞后"), _t("无"), "")]
    return [
        Fact(
            _t("逾期和滞后") if place == 0 else "",
            row.mark,
            words.named(row),
            row.reason or "",
        )
        for place, row in enumerate(rows[:MOST_NAMED])
    ] + _rest(len(rows))


def _rest(number: int) -> list[Fact]:
    """How many a cover leaves out, and where they stand: it is one page that is read at once."""
    if number <= MOST_NAMED:
        return []
    where = _t("见“%(sheet)s”") % {"sheet": LEADS.title}
    return [Fact("", _t("其余"), where, number=number - MOST_NAMED)]


def _coordination(leads: Sequence[SideRow]) -> list[Fact]:
    """需协调: what the unit asks of others."""
    asked = [(row, row.report.coordination) for row in leads if row.report]
    asked = [(row, text) for row, text in asked if text]
    if not asked:
        return [Fact(_t("需协调事项"), _t("无"), "")]
    return [
        Fact(
            _t("需协调事项") if place == 0 else "",
            _t("提请协调"),
            words.named(row),
            cut(text, LONGEST_ASK),
        )
        for place, (row, text) in enumerate(asked[:MOST_NAMED])
    ] + _rest(len(asked))
