"""Whether a target is reached, and from which observation: the rules for a row.

An observation fits a target when it is approved and not corrected, of the same indicator (name
and measure), in the target's place (the plan's where the target names none), of a basis that can
be held against it, and ends in the target's year or the nearest year before. The same rules as
SQL stand in attainment_sql.py; a property test holds the two together.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tasks.models.observations import Observation
from tasks.states import Attained, Basis, Light, Operator, TargetKind
from tracker.lib.text import listed

if TYPE_CHECKING:
    from tasks.models.indicators import Target

# 左右: this far to either side, as a share of the promised value.
ABOUT_TOLERANCE = Decimal("0.05")
# 超, 近: by how much a figure lies beside its number; less than any figure can tell.
LEAN = Decimal("0.00005")
OVER_WORDS = ("超", "超过", "突破", "逾", "余", "超…余", "以上", "高于", "大于")
UNDER_WORDS = ("近", "接近", "不足", "不到", "以下", "低于", "小于")
# Classes of water, best first, in every spelling; other classes are equal or not comparable.
LADDER: tuple[tuple[str, ...], ...] = (
    ("Ⅰ", "I", "Ⅰ类", "I类"),
    ("Ⅱ", "II", "Ⅱ类", "II类"),
    ("Ⅲ", "III", "Ⅲ类", "III类"),
    ("Ⅳ", "IV", "Ⅳ类", "IV类"),
    ("Ⅴ", "V", "Ⅴ类", "V类"),
    ("劣Ⅴ", "劣V", "劣Ⅴ类", "劣V类"),
)
RUNGS = {spelling: at for at, rung in enumerate(LADDER) for spelling in rung}
RISING = (Operator.REACH, Operator.AT_LEAST, Operator.FALL, Operator.BEFORE)
CLASS_OPERATORS = (Operator.REACH, Operator.AT_LEAST, Operator.EXACTLY)
# Where a target does not say on which basis it counts; of the same day the first counts.
BASES = (Basis.CUMULATIVE, Basis.POINT, Basis.ANNUAL, Basis.PERIOD)


@dataclass(frozen=True)
class Attainment:
    """The answer, the observation it rests on, and what to know of it."""

    result: Attained
    observation: Observation | None = None
    remarks: tuple[str, ...] = ()
    forecast: Observation | None = None
    is_due: bool = False

    @property
    def light(self) -> Light:
        """Not reached is red only once the target's year is over."""
        if self.result == Attained.ATTAINED:
            return Light.GREEN
        if self.result == Attained.NO_DATA:
            return Light.GREY
        return Light.RED if self.is_due else Light.YELLOW

    @property
    def reason(self) -> str:
        """The remarks in a row: why there is no answer, or what the answer leaves open."""
        return "；".join(self.remarks)


def attainments(
    targets: Iterable["Target"], today: datetime.date, *, known: Sequence[Observation] | None = None
) -> Mapping[int, Attainment]:
    """`Target.attainment` of many targets (indicator, place, plan loaded), in one query."""
    targets = list(targets)
    if known is None:
        known = observed(targets, today)
    by_name: dict[str, list[Observation]] = defaultdict(list)
    for row in known:
        by_name[row.indicator.name].append(row)
    return {t.pk: judge(t, by_name[t.indicator.name], today) for t in targets}


def observed(targets: Iterable["Target"], today: datetime.date) -> list[Observation]:
    """Standing observations of the targets' indicators, also in other measures."""
    names = {target.indicator.name for target in targets}
    return list(
        Observation.objects.standing(today)
        .filter(indicator__name__in=names)
        .select_related("indicator", "place", "document", "unit", "office")
        .order_by("pk")
    )


def judge(target: "Target", seen: Sequence[Observation], today: datetime.date) -> Attainment:
    """Hold the target against standing observations that bear its indicator's name."""
    due = target.year is not None and target.year < today.year
    rows = [row for row in seen if row.indicator_id == target.indicator_id]
    here = [row for row in rows if _is_here(target, row)]
    guesses = [row for row in here if row.basis == Basis.FORECAST]
    forecast = max(guesses, key=_newness) if guesses else None
    if not target.is_judged:
        return Attainment(Attained.NO_DATA, None, (_needs_person(target),), forecast, due)
    fitting = [row for row in here if _fits(target, row, today)]
    if not fitting:
        why = _why_none(target, seen, rows, here, today)
        return Attainment(Attained.NO_DATA, None, (why,), forecast, due)
    best = max(fitting, key=_newness)
    result = Attained.ATTAINED if _holds(target, best) else Attained.MISSED
    return Attainment(result, best, tuple(_remarks(target, best, due)), forecast, due)


def _newness(row: Observation) -> tuple[datetime.date, int, int]:
    rank = BASES.index(Basis(row.basis)) if row.basis in BASES else len(BASES)
    return row.until or datetime.date.min, -rank, row.pk


def _is_here(target: "Target", row: Observation) -> bool:
    place = target.effective_place_id
    coded = row.place_id is None or place is None or row.place_id == place
    return coded and row.where == target.where != ""


def _fits(target: "Target", row: Observation, today: datetime.date) -> bool:
    return (
        _is_comparable(target, row)
        and _basis_fits(target, row)
        and row.until is not None
        and row.until <= today
        and _year_fits(target, row.until.year)
    )


def _is_comparable(target: "Target", row: Observation) -> bool:
    if target.value is not None or row.value is not None:
        return target.value is not None and row.value is not None
    both = target.category in RUNGS and row.category in RUNGS
    return both or row.category == target.category


def _basis_fits(target: "Target", row: Observation) -> bool:
    if row.basis == Basis.FORECAST or target.basis not in ("", row.basis):
        return False
    if row.basis == Basis.PERIOD:
        return target.kind == TargetKind.FREQUENCY or row.is_whole_year
    return True


def _year_fits(target: "Target", year: int) -> bool:
    if target.baseline_year is not None and year <= target.baseline_year:
        return False
    if target.year is None:
        return True
    return year < target.year or (year == target.year and target.operator != Operator.BEFORE)


def _holds(target: "Target", row: Observation) -> bool:
    if target.value is None or row.value is None:
        return _class_holds(target, row)
    lean = LEAN if row.comparator in OVER_WORDS else Decimal(0)
    lean = -LEAN if row.comparator in UNDER_WORDS else lean
    value = row.value + lean
    match target.operator:
        case Operator.AT_MOST:
            return value <= target.value
        case Operator.EXACTLY:
            return value == target.value
        case Operator.ABOUT:
            return abs(row.value - target.value) <= abs(target.value) * ABOUT_TOLERANCE
        case Operator.BETWEEN:
            return target.value <= value <= (target.value_max or target.value)
    return value >= target.value


def _class_holds(target: "Target", row: Observation) -> bool:
    if row.category == target.category:
        return True
    mine, theirs = RUNGS[row.category], RUNGS[target.category]
    return mine == theirs if target.operator == Operator.EXACTLY else mine <= theirs


def _needs_person(target: "Target") -> str:
    if target.operator != Operator.WORDS and target.kind == TargetKind.MILESTONE:
        return _("节点目标，须人工判断")
    return _("文字目标，须人工判断")


def _why_none(
    target: "Target",
    seen: Sequence[Observation],
    rows: Sequence[Observation],
    here: Sequence[Observation],
    today: datetime.date,
) -> str:
    """Why nothing fits: what is nearest, and what keeps it from being compared."""
    if not seen:
        return _("尚无该指标的监测值")
    if not rows:
        others = listed(dict.fromkeys(row.indicator.measure or _("无") for row in seen))
        return _("监测值的计量单位为%(others)s，与目标的不同，不作比较") % {"others": others}
    if not here:
        others = listed(dict.fromkeys(row.where or _("未写明") for row in rows))
        return _("只有其他地域的监测值（%(others)s），不作比较") % {"others": others}
    known = [row for row in here if row.basis != Basis.FORECAST]
    if not known:
        return _("只有预计值，不作为达到的依据")
    comparable = [row for row in known if _is_comparable(target, row)]
    if not comparable:
        return _("监测值与目标一为数值、一为类别，或类别不可比，不作比较")
    based = [row for row in comparable if _basis_fits(target, row)]
    if not based:
        told = _("%(period)s为%(basis)s值")
        words = [
            told % {"period": row.period_text, "basis": row.get_basis_display()}
            for row in comparable
        ]
        return _("口径不符：%(others)s，不作比较") % {"others": listed(dict.fromkeys(words))}
    ended = [row for row in based if row.until is not None and row.until <= today]
    if not ended:
        return _("监测值的时段尚未结束或不明")
    others = listed(dict.fromkeys(row.period_text for row in ended))
    return _("只有基准年及以前或目标年以后的监测值（%(others)s）") % {"others": others}


def _remarks(target: "Target", row: Observation, due: bool) -> Iterable[str]:
    if target.year is not None and not due:
        yield _("未到期")
    is_early = row.until is not None and row.until.year < (target.year or 0)
    if due and is_early and target.operator != Operator.BEFORE:
        yield _("目标年尚无监测值，按最近的%(period)s判断") % {"period": row.period_text}
    if target.operator == Operator.ABOUT:
        yield _("“左右”按上下%(percent)d%%以内计") % {"percent": ABOUT_TOLERANCE * 100}
