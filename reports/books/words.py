"""Sentences and counts that the books share."""

import dataclasses
import datetime
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from reports import columns
from reports.books.matters import FindingRow, findings_of
from reports.books.rows import Fact
from reports.books.side_rows import SideRow, mark
from reports.services.content import PlanQuarter
from reports.states import Paper
from tasks.models import Period
from tasks.states import LATE_WORDS, LightWord
from tracker.lib.columns import Bars, Cell, Mark, Section, Sheet, Words
from tracker.lib.heads import with_room
from tracker.lib.text import day_text, listed

MARK_LIMIT = 12
ON_A_LINE, LISTED = 7, 21  # numbers of tasks
CHART_ROWS = 4  # at least, from the first: a side has as many lines


def on_paper(sheet: Sheet, paper: str) -> Sheet:
    """Return the sheet on the paper that was chosen, no word of its heads broken."""
    wide = [with_room(column) for column in sheet.columns]
    return dataclasses.replace(sheet, paper="A3" if paper == Paper.A3 else "A4", columns=wide)


def plan_mark(content: PlanQuarter, parts: int) -> str:
    """What tells the tabs of several plans apart; empty where there is one plan."""
    if parts < 2:
        return ""
    plan = content.plan
    place = plan.jurisdiction or plan.region
    return f"-{(plan.short_title or (place.name if place else plan.code))[:MARK_LIMIT]}"


def numbers(rows: Iterable[SideRow]) -> str:
    """Return which tasks they are: 任务1、4、9; a few on a line, for figures are not broken."""
    found = sorted({row.task.number for row in rows})
    shown = found[:LISTED]
    lines = [listed(shown[n : n + ON_A_LINE]) for n in range(0, len(shown), ON_A_LINE)]
    told = {"numbers": _("、\n").join(lines), "count": len(found)}
    if len(found) > LISTED:
        return _("任务%(numbers)s等%(count)d项") % told
    return _("任务%(numbers)s") % told if lines else ""


def named(row: SideRow) -> str:
    """Return the task with its number: 任务7：…."""
    return _("任务%(number)d：%(title)s") % {"number": row.task.number, "title": row.task.title}


def share(part: int, base: int) -> str:
    """Return of how many a count is, and which share: 占26项的12%; nothing of none."""
    if not base:
        return _("共0项")
    percent = (200 * part + base) // (2 * base)
    return _("占%(base)d项的%(percent)d%%") % {"base": base, "percent": percent}


def counted(section: str, item: Cell, rows: Sequence[SideRow], base: int | None = None) -> Fact:
    """Return a line of a cover: how many, of how many, and which tasks they are."""
    part = len(rows)
    of_all = "" if base is None else share(part, base)
    return Fact(section, item, of_all, numbers(rows), number=part)


def light_facts(rows: Sequence[SideRow]) -> list[Fact]:
    """A line for each light under which a task stands, the worst first."""
    return [counted("", mark(word), found, len(rows)) for word, found in by_word(rows).items()]


def by_word(rows: Iterable[SideRow]) -> dict[LightWord, list[SideRow]]:
    """The rows under each light under which there are any, the worst first."""
    found: dict[LightWord, list[SideRow]] = {}
    for row in rows:
        found.setdefault(row.word, []).append(row)
    return {word: found[word] for word in LightWord if word in found}


def standing(name: str, rows: Sequence[SideRow]) -> str:
    """One sentence for who reads no further: how many tasks under which light, how many filed."""
    if not rows:
        return ""
    found = by_word(rows)
    told = {
        "name": name,
        "number": len(rows),
        "lights": listed(number_of(word.label, len(some)) for word, some in found.items()),
        "expected": sum(row.is_expected for row in rows),
        "approved": sum(row.is_approved for row in rows),
        "reported": sum(row.is_reported for row in rows),
    }
    if all(row.knows_filing for row in rows):
        return (
            _(
                "%(name)s牵头%(number)d项：%(lights)s；应报%(expected)d项，已报送%(reported)d项，"
                "已审核%(approved)d项。"
            )
            % told
        )
    return (
        _("%(name)s牵头%(number)d项：%(lights)s；应报%(expected)d项，已审核%(approved)d项。") % told
    )


def number_of(label: Words, number: int) -> str:
    """逾期4项."""
    return _("%(label)s%(number)d项") % {"label": label, "number": number}


def light_bars(facts: Sequence[Fact], start: int, rows: Sequence[SideRow], title: str) -> Bars:
    """The chart of the lights that stand among the lines from `start` on."""
    first = next(n for n, fact in enumerate(facts) if n > start and isinstance(fact.item, Mark))
    last = first + len({row.word for row in rows}) - 1
    found = {row.word for row in rows}
    colours = [word.light.colour for word in LightWord if word in found]
    label, value = columns.FACT_ITEM, columns.FACT_NUMBER
    until = max(last, start + CHART_ROWS)  # of few lights, too, it can be read
    return Bars(title, label, value, first, last, start, min(until, len(facts) - 1), colours)


def signatures() -> str:
    """The line for names and seals under a table that leaves the unit."""
    gap = "　" * 8
    return gap.join([_("单位负责人（签字）："), _("审签人："), _("填报人："), _("联系电话：")])


def due_note() -> str:
    """What the marks behind a date mean."""
    return _(
        "注：1．完成时限注“（方案）”的，任务未单独规定时限，以方案实施期满日为准；"
        "注“（核定）”的，为核定的时限。"
    )


def light_note() -> str:
    """From which figures the lights and percentages come."""
    return _(
        "　　2．“状态”“完成进度”以截至本季度最近一次已审核的填报为准，本季度报送与否见“报送情况”。"
    )


def late_note() -> str:
    """What tells the two kinds of late apart."""
    return _(
        "注：“逾期”指超过任务本身的时限，“期满未办结”指仅超过方案期限，二者分别统计；"
        "督查事项的完成时限为整改期限，存在问题、下一步工作为发现问题、整改要求和反馈。"
    )


def filing_facts(rows: Sequence[SideRow]) -> list[Fact]:
    """How many reports are in, and which are not; where that is not the reader's, approved ones."""
    expected = sum(row.is_expected for row in rows)
    approved = sum(row.is_approved for row in rows)
    base = _("占应报任务")
    lines = [Fact("", _("已审核"), share(approved, expected), base, number=approved)]
    if not all(row.knows_filing for row in rows):
        return lines
    reported = sum(row.is_reported for row in rows)
    base = _("占应报任务，含待审核")
    lines.insert(0, Fact("", _("已报送"), share(reported, expected), base, number=reported))
    for head, found in (
        (_("已退回"), [row for row in rows if row.is_returned]),
        (_("未报"), [row for row in rows if row.is_missing]),
    ):
        if found:
            lines.append(counted("", head, found))
    return lines


def late_rows(rows: Sequence[SideRow]) -> list[SideRow | FindingRow | Section]:
    """逾期, 期满未办结, then open 督查事项, each under a line with its count; empty without any."""
    late = {word: [row for row in rows if row.word == word] for word in LATE_WORDS}
    findings = [one for row in rows for one in findings_of(row) if one.found.is_open]
    if not any(late.values()) and not findings:
        return []
    heads = {
        LightWord.OVERDUE: _("一、逾期（超过任务本身的时限）：共%(n)d项"),
        LightWord.EXPIRED: _("二、期满未办结（仅超过方案期限）：共%(n)d项"),
    }
    lines: list[SideRow | FindingRow | Section] = []
    for word, found in late.items():
        lines += [Section(heads[word] % {"n": len(found)}), *found]
    if findings:
        head = _("三、督查事项（未销号）：共%(n)d项")
        lines += [Section(head % {"n": len(findings)}), *findings]
    return lines


def in_quarter(content: PlanQuarter, title: Words) -> str:
    """Return a heading: 2026年第3季度牵头任务进展情况表."""
    return _("%(quarter)s%(title)s") % {"quarter": content.quarter.label, "title": title}


def period_facts(content: PlanQuarter) -> list[Fact]:
    """Which plan, which quarter, as of when."""
    plan, period = content.plan, content.period
    dates = {"opens": period.opens_on, "due": period.due_on, "grace": period.grace_until}
    return [
        Fact(_("基本情况"), _("方案"), plan.title, plan.number),
        Fact("", _("实施期限"), _span(plan.starts_on, plan.ends_on), plan.dates_note),
        Fact(
            "",
            _("填报季度"),
            content.quarter.label,
            _("%(opens)s开放，%(due)s截止，宽限至%(grace)s") % dates,
        ),
        Fact("", _("数据截至"), day_text(content.day), _counted_from(period)),
    ]


def _counted_from(period: Period) -> str:
    """How the quarter stands, and from which reports lights are told: as the office's desk says."""
    state = {"state": period.get_state_display()}
    return _("%(state)s；状态按已审核的进展计，待审核的不计") % state


def _span(start: datetime.date | None, end: datetime.date | None) -> str:
    return _("%(start)s至%(end)s") % {"start": day_text(start), "end": day_text(end)}
