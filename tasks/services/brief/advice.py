"""建议: what follows from the figures, by one table of plain rules.

Each rule looks at the figures and says one sentence, or nothing. The table's order is the page's.
"""

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.models import Period
from tasks.services.brief.rows import Ask, Line, SideFigures
from tasks.services.matrix import Filing
from tasks.states import LATE_WORDS, LightWord
from tracker.lib.text import listed
from tracker.lib.workdays import add_workdays
from units.states import UnitKind

MOST = 6  # sentences on the page
UNITS_NAMED = 4
TASKS_NAMED = 6
MEND_WORKDAYS = 3


@dataclass(frozen=True)
class Facts:
    """What the rules look at."""

    own: SideFigures
    asks: Sequence[Ask]
    period: Period | None
    today: datetime.date

    def missing(self, *, central: bool) -> list[Line]:
        """未报: of units that are urged, or of central bodies, which are asked."""
        lines = self.own.with_filing(Filing.MISSING)
        return [x for x in lines if UnitKind(x.side.unit.kind).is_central == central]

    @property
    def report_by(self) -> str:
        """The quarter's day, or, where it has passed, a few working days from today."""
        due = self.period.due_on if self.period else self.today
        day = due if due >= self.today else add_workdays(self.today, MEND_WORKDAYS)
        return date_format(day, "Y-m-d")


def advise(
    own: SideFigures, asks: Sequence[Ask], period: Period | None, today: datetime.date
) -> list[str]:
    """The sentences of the rules that apply, the weightiest first."""
    facts = Facts(own, asks, period, today)
    found = [sentence for _key, rule in RULES if (sentence := rule(facts))]
    return found[:MOST] or [_("各项任务按计划推进，建议继续按季度调度。")]


def _units(lines: Iterable[Line]) -> str:
    """Their units, each once, the first few by name."""
    names = list(dict.fromkeys(line.side.unit.name for line in lines))
    words = listed(names[:UNITS_NAMED])
    if len(names) > UNITS_NAMED:
        return _("%(names)s等%(number)d个单位") % {"names": words, "number": len(names)}
    return words


def _tasks(lines: Sequence[Line]) -> str:
    """Their numbers, the first few."""
    numbers = listed(sorted(line.side.task.number for line in lines)[:TASKS_NAMED])
    if len(lines) > TASKS_NAMED:
        return _("第%(numbers)s等%(number)d项") % {"numbers": numbers, "number": len(lines)}
    return _("第%(numbers)s项") % {"numbers": numbers}


def late_twice(facts: Facts) -> str:
    """Past its date in two quarters on end: for the meeting."""
    lines = [line for line in facts.own.lines if line.is_late_twice]
    if not lines:
        return ""
    words = _(
        "%(tasks)s任务连续两个季度逾期或期满未办结，建议提请会议研究，逐项明确办结时限和责任人。"
    )
    return words % {"tasks": _tasks(lines)}


def late_once(facts: Facts) -> str:
    """Past its date, and not yet so a quarter ago: the unit says why, or asks for a later date."""
    found = [x for x in facts.own.lines if x.word in LATE_WORDS and not x.is_late_twice]
    if not found:
        return ""
    words = _("%(tasks)s任务已过时限，请%(units)s说明原因、限期办结，确需延期的按程序报批。")
    return words % {"tasks": _tasks(found), "units": _units(found)}


def missing(facts: Facts) -> str:
    """Not reported: urged."""
    lines = facts.missing(central=False)
    if not lines:
        return ""
    words = ngettext(
        "%(units)s尚有%(number)d项进展未报，建议催办，请于%(day)s前报送。",
        "%(units)s尚有%(number)d项进展未报，建议催办，请于%(day)s前报送。",
        len(lines),
    )
    return words % {"units": _units(lines), "number": len(lines), "day": facts.report_by}


def missing_of_central(facts: Facts) -> str:
    """Not reported by central bodies: asked by letter."""
    lines = facts.missing(central=True)
    if not lines:
        return ""
    words = ngettext(
        "%(units)s尚有%(number)d项进展未报，建议发函商请于%(day)s前报送。",
        "%(units)s尚有%(number)d项进展未报，建议发函商请于%(day)s前报送。",
        len(lines),
    )
    return words % {"units": _units(lines), "number": len(lines), "day": facts.report_by}


def returned(facts: Facts) -> str:
    """Sent back: to be mended."""
    lines = facts.own.with_filing(Filing.RETURNED)
    if not lines:
        return ""
    words = ngettext(
        "%(units)s的%(number)d项进展已退回，请按退回意见修改后重报。",
        "%(units)s的%(number)d项进展已退回，请按退回意见修改后重报。",
        len(lines),
    )
    return words % {"units": _units(lines), "number": len(lines)}


def asked(facts: Facts) -> str:
    """Coordination is asked for: a meeting of those concerned."""
    number = len(facts.asks)
    if not number:
        return ""
    words = ngettext(
        "需协调事项%(number)d件，建议召集有关单位会商，明确责任单位和答复时限。",
        "需协调事项%(number)d件，建议召集有关单位会商，明确责任单位和答复时限。",
        number,
    )
    return words % {"number": number}


def behind(facts: Facts) -> str:
    """Behind schedule: measures to catch up."""
    lines = facts.own.with_word(LightWord.BEHIND)
    if not lines:
        return ""
    words = _("%(tasks)s任务滞后，请%(units)s分析原因，提出赶进度的措施。")
    return words % {"tasks": _tasks(lines), "units": _units(lines)}


def due_soon(facts: Facts) -> str:
    """Near its date: done in time, or a later date asked for before."""
    lines = facts.own.with_word(LightWord.DUE_SOON)
    if not lines:
        return ""
    words = _("%(tasks)s任务临期，请%(units)s按期办结；不能按期的，到期前申请延期。")
    return words % {"tasks": _tasks(lines), "units": _units(lines)}


def waiting(facts: Facts) -> str:
    """Handed in and not reviewed."""
    number = facts.own.waiting
    if not number:
        return ""
    words = ngettext(
        "%(number)d份进展待审核，建议抓紧审核。",
        "%(number)d份进展待审核，建议抓紧审核。",
        number,
    )
    return words % {"number": number}


RULES: tuple[tuple[str, Callable[[Facts], str]], ...] = (
    ("late_twice", late_twice),
    ("late_once", late_once),
    ("missing", missing),
    ("missing_of_central", missing_of_central),
    ("returned", returned),
    ("asked", asked),
    ("behind", behind),
    ("due_soon", due_soon),
    ("waiting", waiting),
)
