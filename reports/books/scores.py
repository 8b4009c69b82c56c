"""考核评分表: what each lead unit of the own side scores, with every figure of the arithmetic.

Off unless an office turns it on for its plan. The other side's units, central bodies and
enterprises are never scored.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from reports import columns
from reports.books import words
from reports.books.counts import UnitRow
from reports.books.matters import findings_of
from reports.books.parts import PlanPart, Table, fill_parts
from reports.books.rows import Fact
from reports.books.side_rows import SideRow
from reports.services.content import PlanQuarter, Sight
from reports.states import BookKey
from tasks.models import Plan
from tasks.states import LATE_WORDS, FindingState, LightWord, ReportKind, TaskState
from tracker.lib.columns import SHORT, WHOLE, Book, Column, Filled, Format, Sheet, Words
from tracker.lib.text import listed
from tracker.lib.workdays import SHANGHAI
from units.models import Unit
from units.states import UnitKind

DONE = (TaskState.COMPLETED, TaskState.CLOSED, TaskState.STANDING)
SET_ASIDE = (TaskState.SUSPENDED, TaskState.CARRIED)  # asks for nothing
SLOW = (*LATE_WORDS, LightWord.FAR_BEHIND, LightWord.BEHIND)
TENTH = Decimal("0.1")
POINTS = Format("points", "0.0", "center", lambda value: f"{value:.1f}")


@dataclass(frozen=True)
class Count:
    """How many of how many; of none it is all."""

    good: int
    base: int


def _filed(rows: Sequence[SideRow]) -> Count:
    due = [row for row in rows if row.is_expected]
    return Count(sum(_in_time(row) for row in due), len(due))


def _in_time(row: SideRow) -> bool:
    """First handed in by the day, and not after the closing: who mends it loses nothing."""
    report = row.told
    if report is None or not report.is_reported or report.submitted_at is None:
        return False
    at = row.content.first_handed_in.get(report.pk, report.submitted_at)
    day = at.astimezone(SHANGHAI).date()
    return report.kind == ReportKind.REGULAR and day <= row.content.period.due_on


def _at_pace(rows: Sequence[SideRow]) -> Count:
    pursued = [row for row in rows if row.side.state not in SET_ASIDE]
    return Count(sum(row.word not in SLOW for row in pursued), len(pursued))


def _done(rows: Sequence[SideRow]) -> Count:
    due = [row for row in rows if row.side.state not in SET_ASIDE and _is_due(row)]
    return Count(sum(row.side.state in DONE for row in due), len(due))


def _is_due(row: SideRow) -> bool:
    due = row.side.due_on_in_force
    return due is not None and due <= row.content.day


def _mended(rows: Sequence[SideRow]) -> Count:
    found = [one for row in rows for one in findings_of(row)]
    found = [one for one in found if one.found.state != FindingState.WITHDRAWN]
    return Count(sum(not one.is_overdue for one in found), len(found))


@dataclass(frozen=True)
class Part:
    """One part of the score: the setting that holds its weight, and what is counted of what."""

    weight: str
    title: Words
    good: Words
    base: Words
    count: Callable[[Sequence[SideRow]], Count]
    rule: Words


PARTS = (
    Part(
        "score_filing",
        _("按期报送"),
        _("按期报送数"),
        _("应报数"),
        _filed,
        _(
            "报送截止日前报送的为按期报送，退回后已重报的按首次报送计；"
            "退回未重报、未报、补报的不计。"
        ),
    ),
    Part(
        "score_pace",
        _("按进度推进"),
        _("未滞后数"),
        _("任务数"),
        _at_pace,
        _("逾期、期满未办结、滞后、严重滞后以外的为未滞后；中止、结转的不计入。"),
    ),
    Part(
        "score_done",
        _("按期办结"),
        _("已办结数"),
        _("到期数"),
        _done,
        _("完成时限（含方案期限）已到的任务，已办结、已销号、长期坚持的为已办结。"),
    ),
    Part(
        "score_mending",
        _("督查整改"),
        _("未逾期数"),
        _("督查事项数"),
        _mended,
        _("整改期限内或已整改的为未逾期；已撤销的不计入。"),
    ),
)


@dataclass(frozen=True)
class Score:
    """A unit's score, part by part."""

    number: int
    plan: Plan
    unit: Unit
    rows: Sequence[SideRow]

    @property
    def side(self) -> object:
        return self.rows[0].side.side

    def count(self, part: Part) -> Count:
        return part.count(self.rows)

    def weight(self, part: Part) -> int:
        return int(getattr(self.plan, part.weight))

    def points(self, part: Part) -> Decimal:
        """weight × good ÷ base, to a tenth; the whole weight where the base is 0."""
        weight, count = Decimal(self.weight(part)), self.count(part)
        if not count.base:
            return weight.quantize(TENTH)
        return (weight * count.good / count.base).quantize(TENTH, ROUND_HALF_UP)

    @property
    def total(self) -> Decimal:
        return sum((self.points(part) for part in PARTS), Decimal(0))

    @property
    def sum(self) -> str:
        """30×2÷3＋40×3÷3＋…＝…: the arithmetic in the cell."""
        return "＋".join(self._term(part) for part in PARTS) + f"＝{self.total}"

    def _term(self, part: Part) -> str:
        count = self.count(part)
        return (
            f"{self.weight(part)}×{count.good}÷{count.base}"
            if count.base
            else str(self.points(part))
        )


HEADS = {
    "score_filing": _("按期报送得分"),
    "score_pace": _("按进度推进得分"),
    "score_done": _("按期办结得分"),
    "score_mending": _("督查整改得分"),
}


def _of_part(part: Part) -> list[Column]:
    return [
        Column(
            f"{part.weight}.good",
            part.good,
            format=WHOLE,
            width=8,
            value=lambda score: score.count(part).good,
        ),
        Column(
            f"{part.weight}.base",
            part.base,
            format=WHOLE,
            width=8,
            value=lambda score: score.count(part).base,
        ),
        Column(
            f"{part.weight}.points",
            HEADS[part.weight],
            format=POINTS,
            width=9,
            value=lambda score: score.points(part),
        ),
    ]


SCORES = Sheet(
    "scores",
    _("考核评分"),
    (
        Column("number", _("名次"), format=WHOLE, width=6),
        Column("side.name", _("所属方"), format=SHORT, width=9),
        Column("unit.name", _("牵头单位"), width=24),
        *(column for part in PARTS for column in _of_part(part)),
        Column("total", _("合计得分"), format=POINTS, width=9),
        Column("sum", _("算式"), width=52),
    ),
    heading=_("牵头单位考核评分表"),
    empty=_("没有可以评分的单位：只评本方的单位，不评中央垂直管理单位和企业。"),
    sticky=3,
)
RULES = Sheet(
    "rules",
    _("评分说明"),
    columns.FACT_ROW,
    heading=_("考核评分说明"),
    filters=False,
    one_page=True,
    grouped=True,
)
BOOK = Book(BookKey.SCORES, _("考核评分表"), (SCORES, RULES))


def fill(contents: Sequence[PlanQuarter], maker: str, sight: Sight, paper: str) -> list[Filled]:
    """Return the sheets: a part for each plan."""
    return fill_parts(BOOK, contents, maker, sight, paper, _tables)


def _tables(part: PlanPart) -> list[Table]:
    scores = scores_of(part)
    return [Table(SCORES, scores, _notes(part, scores)), Table(RULES, rules(part))]


def _notes(part: PlanPart, scores: Sequence[Score]) -> list[str]:
    """How points and places come about, and which units are left out."""
    notes = [
        _t("注：1．各项得分＝分值×达到数÷基数，保留一位小数后相加；基数为0的按满分计。"),
        _t("　　2．合计得分相同的名次相同，按机构序列排列。详见“评分说明”。"),
    ]
    scored = {score.unit for score in scores}
    left_out = [row.unit.name for row in own_units(part) if row.unit not in scored]
    if left_out:
        told = {"units": listed(left_out)}
        notes.append(_t("　　3．未评分（中央单位、企业，或没有可计分的事项）：%(units)s。") % told)
    return notes


def own_units(part: PlanPart) -> list[UnitRow]:
    """The lead units of which the reader learns what they handed in: those of the own side."""
    return [row for row in part.units() if row.knows_filing]


def scores_of(part: PlanPart) -> list[Score]:
    """The units that are scored, side by side, the best first; of nothing there is no score."""
    plan = part.content.plan
    found = [
        Score(0, plan, row.unit, row.rows)
        for row in own_units(part)
        if not UnitKind(row.unit.kind).is_central
    ]
    scored = [one for one in found if any(one.count(some).base for some in PARTS)]
    return [one for place in part.places() for one in _ranked(scored, place)]


def _ranked(scores: Sequence[Score], place: object) -> list[Score]:
    """Those of a side, each with its place among them."""
    own = [one for one in scores if one.side == place]
    own.sort(key=lambda score: (-score.total, score.unit.order))
    totals = [score.total for score in own]
    return [Score(totals.index(one.total) + 1, one.plan, one.unit, one.rows) for one in own]


def rules(part: PlanPart) -> list[Fact]:
    """What is counted, with which weight, and for what it is not to be used."""
    plan = part.content.plan
    facts: list[Fact] = []
    for place, one in enumerate(PARTS):
        weight = _t("%(n)d分") % {"n": getattr(plan, one.weight)}
        told = {"weight": weight, "good": one.good, "base": one.base}
        formula = _t("%(weight)s×%(good)s÷%(base)s") % told
        section = _t("评分项目") if place == 0 else ""
        facts.append(Fact(section, str(one.title), formula, str(one.rule)))
    scope = _t("只评本方协调办公室对应的单位；对方单位、中央垂直管理单位和企业不评分、不通报。")
    use = _t("供协调办公室内部研究使用；由人核定后才能作为考核依据。")
    facts += [Fact(_t("适用范围"), _t("评分对象"), scope), Fact("", _t("用途"), use)]
    return [*facts, *words.period_facts(part.content)]
