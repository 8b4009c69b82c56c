"""Sentences and counts that the books share."""

import dataclasses
import datetime
from collections.abc import Iterable

from django.utils.translation import gettext as _

from reports.books.rows import Fact, SideRow
from reports.services.content import PlanQuarter
from reports.states import Paper
from tasks.states import LightWord
from tracker.lib.columns import Sheet

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
    listed = "、".join(dict.fromkeys(str(row.task.number) for row in rows))
    return _("任务%(numbers)s") % {"numbers": listed} if listed else ""


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
    """What 方案期限 means."""
    return _("注：1．时限依据为“方案期限”的，任务未单独规定时限，以方案实施期满日为准。")


def light_note() -> str:
    """From which figures the lights come."""
    return _(
        "　　2．“状态”按截至本季度已审核的进度计算；“完成进度”为本季度填报数，未报的注明“未报”。"
    )


def late_note() -> str:
    """What tells the two kinds of late apart."""
    return _("注：“逾期”指超过任务本身的时限，“期满未办结”指仅超过方案期限，二者分别统计。")


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
