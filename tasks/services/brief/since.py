"""Since which quarter a light has said 滞后 or worse, by what had been approved in each."""

import datetime
from collections import defaultdict
from collections.abc import Iterable

from tasks.models import Period, ProgressReport
from tasks.services.asof import word_on
from tasks.services.brief.rows import BEHIND, Line
from tracker.lib.workdays import Quarter


def behind_since(lines: Iterable[Line], period: Period, today: datetime.date) -> dict[int, Quarter]:
    """By a row's number, for those that are 滞后 and told of. Two queries at most.

    The quarters are judged as in the matrix: as of the closing, by the latest percent approved
    for a quarter up to the one in question.
    """
    sides = [line.side for line in lines if line.told and line.word in BEHIND]
    if not sides:
        return {}
    reports = ProgressReport.objects.approved().upto(period.as_quarter)
    known: dict[int, dict[int, int]] = defaultdict(dict)
    for report in reports.filter(responsibility__in=sides).only(
        "responsibility", "quarter_index", "percent"
    ):
        if report.percent is not None:
            known[report.responsibility_id][report.quarter_index] = report.percent
    earlier = [one for one in period.plan.periods.all() if one.as_quarter < period.as_quarter]
    earlier.sort(key=lambda one: one.as_quarter, reverse=True)
    found = {}
    for row in sides:
        found[row.pk] = period.as_quarter
        for one in earlier:
            percent = _upto(known[row.pk], one.as_quarter)
            if word_on(row, percent, one.as_of(today)) not in BEHIND:
                break
            found[row.pk] = one.as_quarter
    return found


def _upto(known: dict[int, int], quarter: Quarter) -> int | None:
    """The percent of the last quarter up to this one."""
    last = max((index for index in known if index <= quarter.index), default=None)
    return None if last is None else known[last]
