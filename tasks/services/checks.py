"""What is noticed of a report at submission: warnings, each a sentence. None stops it.

A flag is stored as its code and the numbers in it, so that each reader gets it in their language:
shown to the unit before it hands in, kept with the report, shown to who reviews it.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from django.db.models import F, QuerySet
from django.db.models.functions import Abs, Length
from django.utils.translation import gettext as _

from tasks.models import Evidence, Period, ProgressReport, Responsibility
from tasks.states import REPORTED_STATES, Light, LightWord
from tracker.lib.workdays import Quarter

Flag = dict[str, Any]
SHORTEST_LAST = 10  # characters: below it the same words say nothing
SHORTEST_OTHER = 30
MOST_OTHERS = 400  # texts of nearly the same length that one is held against
NOTHING = frozenset({"", "无", "没有", "暂无", "无问题", "none", "no", "n/a"})
_BARE = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Warned:
    """A flag as a person reads it; `beside` is the report of another unit that is so alike."""

    code: str
    sentence: str
    beside: int | None = None


def last_reported(side: Responsibility, period: Period) -> ProgressReport | None:
    """The latest report of an earlier quarter that was handed in."""
    reports = ProgressReport.objects.reported().before(period).filter(responsibility=side)
    return reports.select_related("period").newest_first().first()


def found(report: ProgressReport, *, today: date) -> list[Flag]:
    """The warnings about a stored report, in the order in which they are read."""
    last = last_reported(report.responsibility, report.period)
    return [
        *_about_percent(report, last),
        *_about_evidence(report),
        *_about_likeness(report, last),
        *_about_problems(report, today),
    ]


def _about_percent(report: ProgressReport, last: ProgressReport | None) -> Iterable[Flag]:
    if last is None or last.percent is None or report.percent is None:
        return
    said = {"last": last.percent, "percent": report.percent}
    if report.percent < last.percent:
        yield {"code": "fell", **said}
    if report.percent - last.percent > report.period.plan.jump_points:
        yield {"code": "jumped", **said, "limit": report.period.plan.jump_points}


def _about_evidence(report: ProgressReport) -> Iterable[Flag]:
    files = Evidence.objects.filter(report=report, is_sign_sheet=False)
    if report.percent == 100 and not files.exists():
        yield {"code": "bare"}


def _about_problems(report: ProgressReport, today: date) -> Iterable[Flag]:
    if _bare(report.problems) not in NOTHING:
        return
    side = (
        Responsibility.objects.with_light(today)
        .select_related("task__plan")
        .get(pk=report.responsibility_id)
    )
    word = side.light_word(today)
    if word.light == Light.RED:
        yield {"code": "untroubled", "word": word.value}


def _about_likeness(report: ProgressReport, last: ProgressReport | None) -> Iterable[Flag]:
    """The text is nearly last quarter's, or another unit's of the same plan and quarter."""
    if report.no_news:
        return
    limit, own = report.period.plan.alike_percent, Shingles(report.progress)
    if last is not None and own.length >= SHORTEST_LAST:
        alike = own.alike(Shingles(last.progress))
        if alike >= limit:
            yield {"code": "repeated", "percent": alike, "period": last.period.code}
    if own.length < SHORTEST_OTHER:
        return
    others = ((own.alike(Shingles(text)), pk) for pk, text in _others(report))
    alike, pk = max(others, default=(0, 0))
    if alike >= limit:
        yield {"code": "copied", "percent": alike, "report": pk}


def _others(report: ProgressReport) -> QuerySet[ProgressReport, tuple[int, str]]:
    """Texts of other units that were handed in for the quarter, nearest in length first."""
    length = len(report.progress)
    rows = ProgressReport.objects.filter(
        period=report.period_id, state__in=REPORTED_STATES, no_news=False
    ).exclude(responsibility__unit=report.responsibility.unit_id)
    rows = rows.annotate(length=Length("progress")).filter(
        length__gte=length // 2, length__lte=length * 2
    )
    nearest = rows.annotate(off=Abs(F("length") - length)).order_by("off", "pk")
    return nearest.values_list("pk", "progress")[:MOST_OTHERS]


class Shingles:
    """A text as its pairs of neighbouring characters, without blanks and punctuation."""

    def __init__(self, text: str) -> None:
        bare = _bare(text)
        self.length = len(bare)
        self.pairs = Counter(pairwise(bare))

    def alike(self, other: "Shingles") -> int:
        """Of how many per cent both are the same; 100 is the same text."""
        total = self.pairs.total() + other.pairs.total()
        common = (self.pairs & other.pairs).total() if total else 0
        return 200 * common // total if total else 0


def _bare(text: str) -> str:
    return _BARE.sub("", text).lower()


def told(flags: Iterable[Mapping[str, Any]], readable: Iterable[int] = ()) -> list[Warned]:
    """The flags in words. `readable` are reports that the reader may see beside this one."""
    seen = set(readable)
    return [
        Warned(
            flag["code"],
            SENTENCES[flag["code"]](flag),
            flag["report"] if flag.get("report") in seen else None,
        )
        for flag in flags
        if flag.get("code") in SENTENCES
    ]


def reports_in(flags: Iterable[Mapping[str, Any]]) -> set[int]:
    """The reports that flags name."""
    return {flag["report"] for flag in flags if isinstance(flag.get("report"), int)}


def _quarter(code: str) -> str:
    return Quarter.parse(code).label


def _word(value: str) -> str:
    return str(LightWord(value).label)


SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "fell": lambda flag: _("完成进度比上次下降：上次%(last)s%%，本次%(percent)s%%。") % flag,
    "jumped": lambda flag: (
        _("完成进度比上次增加超过%(limit)s个百分点：上次%(last)s%%，本次%(percent)s%%。") % flag
    ),
    "bare": lambda flag: _("完成进度为%(percent)s%%，没有佐证材料。") % {"percent": 100},
    "repeated": lambda flag: (
        _("进展情况与%(period)s的填报%(percent)s%%相同。")
        % {"percent": flag["percent"], "period": _quarter(flag["period"])}
    ),
    "copied": lambda flag: (
        _("进展情况与本季度另一单位的填报%(percent)s%%相同。") % {"percent": flag["percent"]}
    ),
    "untroubled": lambda flag: (
        _("该任务为红灯（%(word)s），没有填写存在问题。") % {"word": _word(flag["word"])}
    ),
}
