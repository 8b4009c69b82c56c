"""The sentences of a brief, the same on the page, on paper and in Word."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tasks.services.brief.making import Brief
from tasks.services.brief.notes import lines_of
from tasks.services.brief.room import Room
from tasks.services.brief.rows import Ask, SideFigures, late_label
from tasks.states import LightWord
from tracker.lib.figures import percent_of
from tracker.lib.text import day_text, listed


def title(brief: Brief) -> str:
    """What stands over the page."""
    if brief.period is None:
        return _("%(plan)s工作进展") % {"plan": brief.side.plan.name}
    words = {"plan": brief.side.plan.name, "quarter": brief.period.as_quarter.label}
    return _("%(plan)s%(quarter)s工作进展") % words


def place_of(figures: SideFigures) -> str:
    """The side's name; what belongs to no side is told as such."""
    return figures.place.name if figures.place else _("不属任何一方")


def overall(brief: Brief) -> list[str]:
    """一、总体: how many tasks there are and how far; what was reported of what was due."""
    own = brief.own
    stages = [
        _("%(state)s%(number)d项") % {"state": state.label, "number": number}
        for state, number in own.stages
    ]
    words = {"day": day_text(brief.day), "place": place_of(own), "total": own.total}
    whole = ngettext(
        "截至%(day)s，%(place)s牵头任务共%(total)d项",
        "截至%(day)s，%(place)s牵头任务共%(total)d项",
        own.total,
    )
    sentences = [_sentence(whole % words, stages)]
    if brief.period is None:
        return [*sentences, _("本方案没有开放的填报期。")]
    if own.is_close:
        sentences.append(_filed(own, brief.period.as_quarter.label))
    elif own.is_told:
        sentences.append(
            _("%(quarter)s应报%(expected)d项，已审核%(approved)d项。")
            % {
                "quarter": brief.period.as_quarter.label,
                "expected": own.expected,
                "approved": own.approved,
            }
        )
    return sentences


def _sentence(whole: str, parts: list[str]) -> str:
    if not parts:
        return _("%(whole)s。") % {"whole": whole}
    return _("%(whole)s，其中%(parts)s。") % {"whole": whole, "parts": listed(parts)}


def _filed(own: SideFigures, quarter: str) -> str:
    return _(
        "%(quarter)s应报%(expected)d项，已报%(reported)d项（%(percent)d%%），"
        "其中已审核%(approved)d项、待审核%(waiting)d项；已退回%(returned)d项，未报%(missing)d项。"
    ) % {
        "quarter": quarter,
        "expected": own.expected,
        "reported": own.reported,
        "percent": percent_of(own.reported, own.expected),
        "approved": own.approved,
        "waiting": own.waiting,
        "returned": own.returned,
        "missing": own.missing,
    }


def late_counts(brief: Brief) -> str:
    """逾期, 期满未办结 and 滞后, counted apart."""
    if not brief.late_total:
        return _("没有逾期、期满未办结和滞后的任务。")
    parts = [
        _("%(state)s%(number)d项") % {"state": late_label(kind), "number": number}
        for kind, _rows, number in brief.late
        if number or kind not in (LightWord.NOT_STARTED, LightWord.FAR_BEHIND)
    ]
    return _("%(whole)s。") % {"whole": listed(parts)}


def late_rest(brief: Brief) -> str:
    """What is left out of the table; empty where nothing is."""
    if not brief.late_rest_total:
        return ""
    parts = [
        _("%(state)s%(number)d项") % {"state": late_label(kind), "number": number}
        for kind, number in brief.late_rest
    ]
    return ngettext(
        "其余%(number)d项（%(parts)s）见任务清单。",
        "其余%(number)d项（%(parts)s）见任务清单。",
        brief.late_rest_total,
    ) % {"number": brief.late_rest_total, "parts": listed(parts)}


def asks_rest(brief: Brief) -> str:
    """How many requests are left out; empty where none is."""
    if not brief.asks_rest:
        return ""
    return ngettext(
        "其余%(number)d件见季度报表。", "其余%(number)d件见季度报表。", brief.asks_rest
    ) % {"number": brief.asks_rest}


def no_asks(brief: Brief) -> str:
    """That nothing is asked for, as far as has been reported."""
    return _("已报送的进展中没有需协调事项。")


def ask_text(ask: Ask, room: Room) -> str:
    """The request, cut to what the page holds; the report has the rest."""
    return cut(ask.text, room.ask_length)


def cut(text: str, length: int) -> str:
    """The text with a dot-dot-dot in the place of what is too much."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def ask_line(ask: Ask, room: Room) -> str:
    """Who asks for what, of which task; that it is not reviewed yet."""
    row = ask.report.responsibility
    words = {"unit": row.unit.name, "number": row.task.number, "text": ask_text(ask, room)}
    if ask.is_waiting:
        return _("%(unit)s（第%(number)d项，待审核）：%(text)s") % words
    return _("%(unit)s（第%(number)d项）：%(text)s") % words


def advice(brief: Brief) -> list[str]:
    """The office's own wording; without one, what follows from the figures."""
    return lines_of(brief.note.text) if brief.note and brief.note.text else brief.advice()
