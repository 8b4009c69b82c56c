"""终期评估表: what became of each side at the plan's end, and whether its targets are reached."""

import datetime
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from reports import columns
from reports.books import words
from reports.books.parts import PlanPart, Table, fill_parts
from reports.books.rows import Fact
from reports.books.side_rows import SideRow
from reports.books.status import TARGETS
from reports.books.targets import target_rows
from reports.services.content import PlanQuarter, Sight
from reports.states import BookKey
from tasks.models import Assessment
from tasks.states import Attained, Outcome
from tracker.lib.columns import DATE, SHORT, Book, Cell, Column, Filled, Sheet
from tracker.lib.text import day_text, listed
from tracker.lib.workdays import SHANGHAI


@dataclass(frozen=True)
class Line:
    """One side with what its office says of it."""

    row: SideRow

    @property
    def assessment(self) -> Assessment | None:
        return self.row.content.assessments.get(self.row.side.pk)

    @property
    def day(self) -> datetime.date | None:
        """When it was assessed."""
        found = self.assessment
        return found.assessed_at.astimezone(SHANGHAI).date() if found else None

    @property
    def is_since(self) -> bool:
        """Of a closed quarter: not kept by its closing."""
        return self.row.side.pk in self.row.content.assessed_since


def _outcome(line: Line) -> Cell:
    found = line.assessment
    return str(found.get_outcome_display()) if found else _t("未评估")


OVERVIEW = Sheet(
    "overview", _("总体情况"), columns.FACT_ROW, filters=False, one_page=True, grouped=True
)
NAMED_AT_MOST = 12  # tasks not yet judged: more would say little and not fit a line
LINES = Sheet(
    "assessment",
    _("终期评估"),
    (
        columns.of_row(columns.NUMBER_OF_TASK),
        columns.of_row(columns.TITLE, width=28),
        columns.of_row(columns.SIDE),
        columns.of_row(columns.LEAD, width=24),
        columns.of_row(columns.DUE),
        columns.of_row(columns.PERCENT_DONE, width=9),
        columns.of_row(columns.WIDE_LIGHT),
        Column(
            "state",
            _("办结情况"),
            format=SHORT,
            width=11,
            value=lambda line: str(line.row.side.get_state_display()),
        ),
        Column("outcome", _("评估结论"), format=SHORT, width=11, value=_outcome),
        Column("assessment.reason", _("评估说明"), width=42),
        Column("day", _("评估日期"), format=DATE, width=14),
    ),
    heading=_("任务完成情况终期评估表"),
    empty=_("本方案没有任务。"),
    sticky=2,
)
BOOK = Book(BookKey.ASSESSMENT, _("终期评估表"), (OVERVIEW, LINES, TARGETS))


def fill(contents: Sequence[PlanQuarter], maker: str, sight: Sight, paper: str) -> list[Filled]:
    """Return the sheets: a part for each plan."""
    return fill_parts(BOOK, contents, maker, sight, paper, _tables)


def _tables(part: PlanPart) -> list[Table]:
    lines = lines_of(part)
    return [
        Table(OVERVIEW, overview(part, lines), lead=_lead(part, lines)),
        Table(LINES, lines),
        Table(TARGETS, target_rows(part.content)),
    ]


def lines_of(part: PlanPart) -> list[Line]:
    """Return the sides whose 终期评估 the reader may read."""
    return [Line(row) for row in part.rows()]


def _lead(part: PlanPart, lines: Sequence[Line]) -> str:
    """How the sides came out, a line each."""
    told = []
    for place in part.places():
        own = [line for line in lines if line.row.side.side == place]
        counts = [words.number_of(label, len(found)) for label, found in _by_outcome(own)]
        name = place.name if place else _t("其他")
        about = {"name": name, "number": len(own), "counts": listed(counts)}
        told.append(_t("%(name)s牵头%(number)d项：%(counts)s。") % about)
    return "\n".join(told)


def _by_outcome(lines: Sequence[Line]) -> list[tuple[str, list[Line]]]:
    """The lines by what was judged of them, those without a judgement last."""
    found = [
        (str(outcome.label), [x for x in lines if x.assessment and x.assessment.outcome == outcome])
        for outcome in Outcome
    ]
    return [*found, (_t("未评估"), [line for line in lines if line.assessment is None])]


def overview(part: PlanPart, lines: Sequence[Line]) -> list[Fact]:
    """Return how the sides came out, how many targets are reached, and what the plan is."""
    facts: list[Fact] = []
    for place in part.places():
        own = [line for line in lines if line.row.side.side == place]
        facts += _of_side(place.name if place else _t("其他"), own)
    facts += [*_since(part, lines), *_of_targets(part.content)]
    return [*facts, *words.period_facts(part.content)]


def _since(part: PlanPart, lines: Sequence[Line]) -> list[Fact]:
    """Of a closed quarter which judgements its closing did not keep, and from when they are."""
    found = [line for line in lines if line.is_since]
    days = sorted({line.day for line in found if line.day})
    if not days:
        return []
    span = day_text(days[0])
    if len(days) > 1:
        span = _t("%(start)s至%(end)s") % {"start": span, "end": day_text(days[-1])}
    told = {"number": len(found), "days": span}
    return [
        Fact(
            _t("评估口径"),
            _t("封存数据以外"),
            _t("%(number)d项评估未随本季度封存，列示的是%(days)s的现行评估") % told,
            words.numbers(line.row for line in found),
        )
    ]


def _of_side(name: str, own: Sequence[Line]) -> list[Fact]:
    *judged, (_label, left) = _by_outcome(own)
    facts = [Fact(name, _t("牵头任务"), number=len(own))]
    for label, found in judged:
        facts.append(words.counted("", label, [line.row for line in found], len(own)))
    missing = [line.row for line in left]
    if missing:
        share = words.share(len(missing), len(own))
        named = words.numbers(missing) if len(missing) <= NAMED_AT_MOST else ""
        facts.append(Fact("", _t("未评估"), share, named, number=len(missing)))
    return facts


def _of_targets(content: PlanQuarter) -> list[Fact]:
    counts = Counter(one.result for one in content.attainments.values())
    total = len(content.targets)
    return [
        Fact(
            _t("目标指标") if place == 0 else "",
            str(result.label),
            words.share(counts[result], total),
            number=counts[result],
        )
        for place, result in enumerate(Attained)
    ]
