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
from tasks.services.brief.room import LEAST, Room
from tasks.services.brief.rows import BEHIND, Ask, Line, SideFigures
from tasks.services.matrix import Filing
from tasks.states import LATE_WORDS, LightWord
from tracker.lib.text import listed
from tracker.lib.workdays import add_workdays
from units.states import UnitKind

MEND_WORKDAYS = 3


@dataclass(frozen=True)
class Facts:
    """What the rules look at."""

    own: SideFigures
    asks: Sequence[Ask]
    period: Period | None
    today: datetime.date
    room: Room

    @property
    def is_closed(self) -> bool:
        """The quarter takes no reports any more, but those that are filed afterwards."""
        return self.period is not None and self.period.closed_on is not None

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
    own: SideFigures,
    asks: Sequence[Ask],
    period: Period | None,
    today: datetime.date,
    room: Room = LEAST,
) -> list[str]:
    """The sentences of the rules that apply, the weightiest first."""
    facts = Facts(own, asks, period, today, room)
    found = [sentence for _key, rule in RULES if (sentence := rule(facts))]
    return found[: room.sentences] or [_("各项任务按计划推进，建议继续按季度调度。")]


def _units(lines: Iterable[Line], facts: Facts) -> str:
    """Their units, each once, by name as far as there is room."""
    names = list(dict.fromkeys(line.side.unit.name for line in lines))
    words = listed(names[: facts.room.units])
    if len(names) > facts.room.units:
        return _("%(names)s等%(number)d个单位") % {"names": words, "number": len(names)}
    return words


def _tasks(lines: Sequence[Line], facts: Facts) -> str:
    """Their numbers, as far as there is room."""
    numbers = listed(sorted(line.side.task.number for line in lines)[: facts.room.tasks])
    if len(lines) > facts.room.tasks:
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
    return words % {"tasks": _tasks(lines, facts)}


def late_once(facts: Facts) -> str:
    """Past its date, and not yet so a quarter ago: the unit says why, or asks for a later date."""
    found = [x for x in facts.own.lines if x.word in LATE_WORDS and not x.is_late_twice]
    if not found:
        return ""
    words = _("%(tasks)s任务已过时限，请%(units)s说明原因、限期办结，确需延期的按程序报批。")
    return words % {"tasks": _tasks(found, facts), "units": _units(found, facts)}


def missing(facts: Facts) -> str:
    """Not reported: urged; after the closing it is filed afterwards."""
    lines = facts.missing(central=False)
    if not lines:
        return ""
    if facts.is_closed:
        return _afterwards(lines, facts)
    words = ngettext(
        "%(units)s尚有%(number)d项进展未报，建议催办，请于%(day)s前报送。",
        "%(units)s尚有%(number)d项进展未报，建议催办，请于%(day)s前报送。",
        len(lines),
    )
    return words % {"units": _units(lines, facts), "number": len(lines), "day": facts.report_by}


def missing_of_central(facts: Facts) -> str:
    """Not reported by central bodies: asked by letter."""
    lines = facts.missing(central=True)
    if not lines:
        return ""
    if facts.is_closed:
        return _afterwards(lines, facts)
    words = ngettext(
        "%(units)s尚有%(number)d项进展未报，建议发函商请于%(day)s前报送。",
        "%(units)s尚有%(number)d项进展未报，建议发函商请于%(day)s前报送。",
        len(lines),
    )
    return words % {"units": _units(lines, facts), "number": len(lines), "day": facts.report_by}


def _afterwards(lines: Sequence[Line], facts: Facts) -> str:
    words = ngettext(
        "%(units)s有%(number)d项进展未报，本季度已关闭，按补报办理。",
        "%(units)s有%(number)d项进展未报，本季度已关闭，按补报办理。",
        len(lines),
    )
    return words % {"units": _units(lines, facts), "number": len(lines)}


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
    if facts.is_closed:
        words = ngettext(
            "%(units)s的%(number)d项进展退回后未重报，本季度已关闭，按补报办理。",
            "%(units)s的%(number)d项进展退回后未重报，本季度已关闭，按补报办理。",
            len(lines),
        )
    return words % {"units": _units(lines, facts), "number": len(lines)}


def asked(facts: Facts) -> str:
    """The own side's units ask for coordination: a meeting of those concerned."""
    number = sum(ask.own for ask in facts.asks)
    if not number:
        return ""
    words = ngettext(
        "需协调事项%(number)d件，建议召集有关单位会商，明确责任单位和答复时限。",
        "需协调事项%(number)d件，建议召集有关单位会商，明确责任单位和答复时限。",
        number,
    )
    return words % {"number": number}


def asked_by_others(facts: Facts) -> str:
    """Units of the other side ask: their own office is asked, nobody is summoned."""
    number = sum(not ask.own for ask in facts.asks)
    if not number:
        return ""
    words = ngettext(
        "非本方单位的需协调事项%(number)d件，建议商请对方办公室共同研究。",
        "非本方单位的需协调事项%(number)d件，建议商请对方办公室共同研究。",
        number,
    )
    return words % {"number": number}


def not_begun(facts: Facts) -> str:
    """Not begun, and by the dates it should have."""
    lines = facts.own.late_as(LightWord.NOT_STARTED)
    if not lines:
        return ""
    words = _("%(tasks)s任务未启动且落后序时进度，请%(units)s说明原因，尽快启动。")
    return words % {"tasks": _tasks(lines, facts), "units": _units(lines, facts)}


def behind(facts: Facts) -> str:
    """Behind schedule: measures to catch up."""
    lines = [line for word in BEHIND for line in facts.own.with_word(word)]
    if not lines:
        return ""
    words = _("%(tasks)s任务滞后，请%(units)s分析原因，提出赶进度的措施。")
    return words % {"tasks": _tasks(lines, facts), "units": _units(lines, facts)}


def due_soon(facts: Facts) -> str:
    """Near its date: done in time, or a later date asked for before."""
    soon = facts.own.with_word(LightWord.DUE_SOON)
    lines = [line for line in soon if line.due and line.due >= facts.today]
    if not lines:
        return ""
    words = _("%(tasks)s任务临期，请%(units)s按期办结；不能按期的，到期前申请延期。")
    return words % {"tasks": _tasks(lines, facts), "units": _units(lines, facts)}


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
    ("asked_by_others", asked_by_others),
    ("not_begun", not_begun),
    ("behind", behind),
    ("due_soon", due_soon),
    ("waiting", waiting),
)
