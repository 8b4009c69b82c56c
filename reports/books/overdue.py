"""逾期审查表: for an inspector, what is late by how long, what was found, who has not reported."""

from collections.abc import Sequence

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from reports import columns
from reports.books import words
from reports.books.matters import FindingRow, LateRow, findings_of
from reports.books.parts import PlanPart, Table, fill_parts
from reports.books.quarterly import MISSING, missing_table
from reports.books.rows import Fact
from reports.services.content import PlanQuarter, Sight
from reports.states import BookKey
from tasks.services.late import Band
from tasks.states import LATE_WORDS, FindingState, LightWord
from tracker.lib.columns import Bars, Book, Filled, Section, Sheet
from tracker.lib.text import listed

OVERVIEW = Sheet(
    "overview", _("总体情况"), columns.FACT_ROW, filters=False, one_page=True, grouped=True
)
LATE = Sheet(
    "late",
    _("逾期事项"),
    columns.INSPECTED_ROW,
    heading=_("逾期及期满未办结事项审查表"),
    empty=_("没有逾期或期满未办结的任务。"),
    sticky=3,
)
FINDINGS = Sheet(
    "findings",
    _("督查事项"),
    columns.FINDING_ROW,
    heading=_("督查发现问题及整改情况"),
    empty=_("没有督查事项。"),
    sticky=1,
)
BOOK = Book(BookKey.OVERDUE, _("逾期审查表"), (OVERVIEW, LATE, FINDINGS, MISSING))
HEADS = {
    LightWord.OVERDUE: _("一、逾期（超过任务本身的时限）：共%(n)d项"),
    LightWord.EXPIRED: _("二、期满未办结（仅超过方案期限）：共%(n)d项"),
}


def fill(contents: Sequence[PlanQuarter], maker: str, sight: Sight, paper: str) -> list[Filled]:
    """Return the sheets: a part for each plan."""
    return fill_parts(BOOK, contents, maker, sight, paper, _tables)


def _tables(part: PlanPart) -> list[Table]:
    late = {word: late_of(part, word) for word in LATE_WORDS}
    findings = [one for row in part.rows() for one in findings_of(row)]
    findings.sort(key=lambda one: one.found.code)
    facts = [*_late_facts(late), *_finding_facts(part, findings), *words.period_facts(part.content)]
    return [
        Table(OVERVIEW, facts, charts=_charts(facts, late), lead=_lead(part, late, findings)),
        Table(LATE, _late_lines(late), _notes()),
        Table(FINDINGS, findings),
        missing_table(part),
    ]


def _lead(
    part: PlanPart, late: dict[LightWord, list[LateRow]], findings: Sequence[FindingRow]
) -> str:
    """How much is late, found and missing."""
    counts = [words.number_of(word.label, len(found)) for word, found in late.items()]
    told = {
        "late": listed(counts),
        "findings": sum(one.found.is_open for one in findings),
        "unmended": sum(one.is_overdue for one in findings),
        "missing": sum(row.is_missing for row in part.missing()),
    }
    return (
        _t(
            "%(late)s；未销号督查事项%(findings)d项，其中整改逾期%(unmended)d项；"
            "本季度未报%(missing)d项。"
        )
        % told
    )


def late_of(part: PlanPart, word: LightWord) -> list[LateRow]:
    """The sides that are late in this way, the longest first."""
    rows = [LateRow(row) for row in part.rows() if row.word == word]
    return sorted(rows, key=lambda line: line.row.days_late or 0, reverse=True)


def _late_lines(late: dict[LightWord, list[LateRow]]) -> list[object]:
    lines: list[object] = []
    for word, found in late.items():
        lines += [Section(str(HEADS[word]) % {"n": len(found)}), *found]
    return lines if any(late.values()) else []


def _notes() -> list[str]:
    return [
        _t("注：1．“逾期”指超过任务本身的时限，“期满未办结”指仅超过方案期限，二者分别统计。"),
        _t("　　2．超期时长按工作日计；首次时限为第一次延期前的时限。"),
    ]


def _late_facts(late: dict[LightWord, list[LateRow]]) -> list[Fact]:
    """Of both kinds how many there are, by how long they are late."""
    facts = []
    for word, found in late.items():
        facts.append(Fact(str(word.label), _t("合计"), number=len(found)))
        for band in Band:
            rows = [line.row for line in found if line.band == band]
            facts.append(words.counted("", str(band.label), rows, len(found)))
    return facts


def _charts(facts: Sequence[Fact], late: dict[LightWord, list[LateRow]]) -> list[Bars]:
    charts = []
    for word, found in late.items():
        label = str(word.label)
        start = next(n for n, fact in enumerate(facts) if fact.section == label)
        told = {"light": label, "n": len(found)}
        title = _t("%(light)s按超期时长（共%(n)d项）") % told
        until = start + len(Band)
        item, number = columns.FACT_ITEM, columns.FACT_NUMBER
        colours = [word.light.colour] * len(Band)
        charts.append(Bars(title, item, number, start + 1, until, start, until, colours))
    return charts


def _finding_facts(part: PlanPart, findings: Sequence[FindingRow]) -> list[Fact]:
    """How many findings stand where, and who has not reported."""
    facts = [Fact(_t("督查事项"), _t("合计"), number=len(findings))]
    for state in FindingState:
        rows = [one.row for one in findings if one.found.state == state]
        if rows:
            facts.append(words.counted("", str(state.label), rows, len(findings)))
    mended_late = [one.row for one in findings if one.is_overdue]
    facts.append(words.counted("", _t("其中整改逾期"), mended_late))
    return [*facts, *_filing_facts(part)]


def _filing_facts(part: PlanPart) -> list[Fact]:
    """Who never reported and who was sent back, apart: as the pages count them."""
    missing = [row for row in part.missing() if row.is_missing]
    facts = [words.counted(_t("报送情况"), _t("未报"), missing)]
    if again := [row for row in part.missing() if row.is_redo_late]:
        facts.append(words.counted("", _t("退回未重报"), again))
    return facts
