"""Sentences and counts that the books share."""

import dataclasses
import datetime
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from reports.books.rows import Fact, SideRow
from reports.services.content import PlanQuarter
from reports.states import Paper
from tasks.states import LATE_WORDS, LightWord
from tracker.lib.columns import Section, Sheet, Words
from tracker.lib.text import listed

MARK_LIMIT = 12


def on_paper(sheet: Sheet, paper: str) -> Sheet:
    """Return the sheet on the paper that was chosen."""
    return dataclasses.replace(sheet, paper="A3" if paper == Paper.A3 else "A4")


def plan_mark(content: PlanQuarter, parts: int) -> str:
    """What tells the tabs of several plans apart; empty where there is one plan."""
    if parts < 2:
        return ""
    plan = content.plan
    place = plan.jurisdiction or plan.region
    return f"-{(plan.short_title or (place.name if place else plan.code))[:MARK_LIMIT]}"


def day_text(day: datetime.date | None) -> str:
    """Return 2026年1月9日, or blanks to fill in by hand."""
    if day is None:
        return _("　　　年　　月　　日")
    return _("%(year)d年%(month)d月%(day)d日") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }


def count(rows: Iterable[object]) -> str:
    """Return how many there are: 3项."""
    return _("%(n)d项") % {"n": sum(1 for _row in rows)}


def numbers(rows: Iterable[SideRow]) -> str:
    """Return which tasks they are: 任务1、4、9."""
    found = listed(dict.fromkeys(row.task.number for row in rows))
    return _("任务%(numbers)s") % {"numbers": found} if found else ""


def named(row: SideRow) -> str:
    """Return the task with its number: 任务7：…."""
    return _("任务%(number)d：%(title)s") % {"number": row.task.number, "title": row.task.title}


def numbers_of(rows: Iterable[SideRow], word: LightWord) -> str:
    """Return which tasks stand under the light."""
    return numbers(row for row in rows if row.word == word)


def share(part: int, base: int) -> str:
    """Return a count with its base and its share: 3／26项，12%."""
    if not base:
        return _("%(part)d／0项") % {"part": part}
    percent = (200 * part + base) // (2 * base)
    return _("%(part)d／%(base)d项，%(percent)d%%") % {
        "part": part,
        "base": base,
        "percent": percent,
    }


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
    return _("注：“逾期”指超过任务本身的时限，“期满未办结”指仅超过方案期限，二者分别统计。")


def filing_facts(rows: Sequence[SideRow]) -> list[Fact]:
    """How many reports are in, and which are not; where that is not the reader's, approved ones."""
    expected = sum(row.is_expected for row in rows)
    approved = sum(row.is_approved for row in rows)
    lines = [Fact("", _("已审核"), share(approved, expected), _("占应报任务"))]
    if not all(row.knows_filing for row in rows):
        return lines
    reported = sum(row.is_reported for row in rows)
    lines.insert(0, Fact("", _("已报送"), share(reported, expected), _("占应报任务，含待审核")))
    for head, found in (
        (_("已退回"), [row for row in rows if row.is_returned]),
        (_("未报"), [row for row in rows if row.is_missing]),
    ):
        if found:
            lines.append(Fact("", head, count(found), numbers(found)))
    return lines


def late_rows(rows: Iterable[SideRow]) -> list[SideRow | Section]:
    """逾期 first, then 期满未办结, each under its own line with its count; empty without any."""
    late: dict[LightWord, list[SideRow]] = {word: [] for word in LATE_WORDS}
    for row in rows:
        if row.word in late:
            late[row.word].append(row)
    if not any(late.values()):
        return []
    heads = {
        LightWord.OVERDUE: _("一、逾期（超过任务本身的时限）：共%(n)d项"),
        LightWord.EXPIRED: _("二、期满未办结（仅超过方案期限）：共%(n)d项"),
    }
    lines: list[SideRow | Section] = []
    for word, found in late.items():
        lines += [Section(heads[word] % {"n": len(found)}), *found]
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
        Fact("", _("数据截至"), day_text(content.day), str(period.get_state_display())),
    ]


def _span(start: datetime.date | None, end: datetime.date | None) -> str:
    return _("%(start)s至%(end)s") % {"start": day_text(start), "end": day_text(end)}
