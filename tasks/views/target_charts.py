"""Charts of an indicator in a place: its baseline, the path of its targets, what was measured."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tasks.models import Observation, Target
from tasks.states import Basis, Operator
from tracker.lib.charts import Chart, Series
from tracker.lib.text import listed

Points = dict[tuple[datetime.date, str], float]
# What a line shows, if not observations of a basis.
PROMISED, AT_MOST = "promised", "at most"
NAMES = {PROMISED: gettext_lazy("目标"), AT_MOST: gettext_lazy("目标上限")}


def chart_of(targets: Sequence[Target], seen: Iterable[Observation]) -> Chart | None:
    """The chart of targets of one indicator and place; None where there is nothing to draw."""
    numbered = [t for t in targets if t.value is not None and t.year is not None]
    measured = [o for o in seen if o.value is not None and o.until is not None]
    if not targets or not (numbered or measured) or len(numbered) + len(measured) < 2:
        return None
    lines = _lines(numbered, measured)
    axis = sorted({point for points in lines.values() for point in points})
    series = tuple(
        Series(
            NAMES[kind]
            if kind in NAMES
            else _("监测值（%(basis)s）") % {"basis": Basis(kind).label},
            tuple(points.get(point) for point in axis),
            tone="grey" if kind in NAMES else "accent",
            dashed=kind in NAMES,
            points_only=kind == Basis.FORECAST,
        )
        for kind, points in lines.items()
    )
    first = targets[0]
    return Chart(
        "line",
        f"{first.indicator.name}（{first.where}）" if first.where else first.indicator.name,
        tuple(label for _day, label in axis),
        series,
        unit=first.indicator.measure,
        note=_note(numbered),
        head=_("时间"),
    )


def _lines(targets: Sequence[Target], seen: Sequence[Observation]) -> dict[str, Points]:
    lines: dict[str, Points] = defaultdict(dict)
    for target in targets:
        if target.baseline_year is not None and _starts_from_nothing(target):
            lines[PROMISED][_end_of(target.baseline_year)] = 0.0
    for target in targets:
        if target.value is not None and target.year is not None:
            lines[PROMISED][_end_of(target.year)] = float(target.value)
        if target.value_max is not None and target.year is not None:
            lines[AT_MOST][_end_of(target.year)] = float(target.value_max)
    for row in sorted(seen, key=lambda row: (list(Basis).index(Basis(row.basis)), row.pk)):
        if row.value is not None:
            lines[row.basis][_point_of(row)] = float(row.value)
    return dict(lines)


def _starts_from_nothing(target: Target) -> bool:
    """A fall against the baseline is none in the baseline's own year."""
    return (
        target.operator == Operator.FALL or f"较{target.baseline_year}年" in target.indicator.name
    )


def _end_of(year: int) -> tuple[datetime.date, str]:
    return datetime.date(year, 12, 31), str(year)


def _point_of(row: Observation) -> tuple[datetime.date, str]:
    day = row.until or datetime.date.min
    if row.basis == Basis.ANNUAL or row.is_whole_year or (day.month, day.day) == (12, 31):
        return _end_of(day.year)
    return day, f"{day:%Y-%m}" if row.ends_on else str(day.year)


def _note(targets: Sequence[Target]) -> str:
    told = [_("%(year)d年%(promise)s") % {"year": t.year, "promise": t.promise} for t in targets]
    return _("目标：%(told)s") % {"told": listed(told)} if told else ""


def charts_of(targets: Sequence[Target], seen: Sequence[Observation], most: int) -> list[Chart]:
    """A chart for each indicator and place, those that have one; at most so many."""
    groups: dict[tuple[int, str, int], list[Target]] = defaultdict(list)
    for target in targets:
        groups[target.indicator_id, target.where, target.plan_id].append(target)
    charts = []
    for (indicator, where, _plan), rows in groups.items():
        here = [o for o in seen if o.indicator_id == indicator and o.where == where]
        chart = chart_of(rows, here)
        if chart is not None:
            charts.append(chart)
    return charts[:most]
